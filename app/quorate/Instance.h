// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QObject>

#include <memory>

namespace quorate::app {

/// One program for each home folder: a second start hands its request to the first and ends, so
/// that a run is found in the window that drives it. Only the same user can connect.
class Instance final : public QObject {
    Q_OBJECT

public:
    explicit Instance(const QString& home, QObject* parent = nullptr);
    /// True when another one took the request over; then this program has nothing to do.
    [[nodiscard]] bool handOver(const QString& clusterFile);
    /// Becomes the one that others hand over to.
    void listen();

Q_SIGNALS:
    void requested(const QString& clusterFile); ///< empty: just show the window

private:
    QString m_name;
    QLocalServer m_server;
};

} // namespace quorate::app
