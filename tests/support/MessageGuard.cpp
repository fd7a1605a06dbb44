// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/MessageGuard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

namespace quorate::test {
namespace {

// A message handler has no user data, so what it needs is here, under a lock: messages come from
// any thread.
std::mutex mutex;
QStringList allowedParts;
QStringList seen;

void collect(QtMsgType type, const QMessageLogContext&, const QString& text)
{
    if (type == QtDebugMsg || type == QtInfoMsg) {
        return;
    }
    const std::lock_guard lock(mutex);
    const bool allowed = std::any_of(allowedParts.cbegin(), allowedParts.cend(),
                                     [&](const QString& part) { return text.contains(part); });
    if (!allowed) {
        seen.append(text);
    }
}

} // namespace

MessageGuard::MessageGuard(QStringList allowed)
{
    const std::lock_guard lock(mutex);
    allowedParts = std::move(allowed);
    seen.clear();
    m_previous = qInstallMessageHandler(collect);
}

MessageGuard::~MessageGuard()
{
    qInstallMessageHandler(m_previous);
    const std::lock_guard lock(mutex);
    for (const QString& text : std::as_const(seen)) {
        ADD_FAILURE() << "Qt warned: " << text.toStdString();
    }
    allowedParts.clear();
    seen.clear();
}

} // namespace quorate::test
