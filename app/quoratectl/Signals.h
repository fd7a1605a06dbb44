// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace quorate::ctl {

/// Ctrl-C as a Qt signal. Only one at a time; while it lives, SIGINT and SIGTERM do not end the
/// process.
class Signals final : public QObject {
    Q_OBJECT
public:
    explicit Signals(QObject* parent = nullptr);
    ~Signals() override;

Q_SIGNALS:
    void interrupted();
};

} // namespace quorate::ctl
