// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QtGlobal>

namespace quorate::test {

/// While it lives, Qt's warnings (broken connections, timers on the wrong thread, …) fail the test,
/// unless their text contains one of the allowed parts. Opt in: one at a time, on the main thread.
class MessageGuard {
public:
    explicit MessageGuard(QStringList allowed = {});
    MessageGuard(const MessageGuard&) = delete;
    MessageGuard& operator=(const MessageGuard&) = delete;
    ~MessageGuard();

private:
    QtMessageHandler m_previous = nullptr;
};

} // namespace quorate::test
