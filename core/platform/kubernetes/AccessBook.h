// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Servers.h"

namespace quorate::platform::kubernetes {

/// What this user may do here, asked of the cluster itself and remembered. What has not been asked
/// yet counts as forbidden.
class AccessBook final : public QObject {
    Q_OBJECT
public:
    explicit AccessBook(Servers& servers, QObject* parent = nullptr);

    [[nodiscard]] Capabilities capabilities() const;
    /// Asks for every right once; again with each call (rights change).
    [[nodiscard]] Async<bool> ask(std::stop_token stop);

private:
    Servers& m_servers;
    std::map<QString, Access> m_answers; ///< by Right::text
};

} // namespace quorate::platform::kubernetes
