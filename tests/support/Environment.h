// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace quorate::test {

/// The part of main() that all test programs share: application name, locale, GoogleTest, refusal
/// of a folder of the user's own for settings and data. Returns the exit code; the application
/// object must exist.
int runAllTests(int argc, char** argv);
/// Before the application object is made.
void prepareProcess();

/// The loopback port was free a moment ago. For servers that cannot listen on port 0 and say what
/// they got.
[[nodiscard]] quint16 freePort();
/// The source tree and the build tree of this test; environment variables QUORATE_SOURCE_DIR and
/// QUORATE_BINARY_DIR move them.
[[nodiscard]] QString sourcePath(const QString& relative);
[[nodiscard]] QString buildPath(const QString& relative);

} // namespace quorate::test
