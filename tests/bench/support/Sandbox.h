// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace quorate::bench {

/// A practice cluster for one measurement; taken down and removed at the end.
class Sandbox {
public:
    Sandbox(QString folder, int nodes, int port);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] bool isUp() const { return m_up; }
    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] QString clusterFile() const { return m_folder + QStringLiteral("/cluster.json"); }

private:
    QString m_folder;
    bool m_up = false;
};

} // namespace quorate::bench
