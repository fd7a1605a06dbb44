// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// A broken invariant of our own code: logged and fatal in every build. Remote data can never trip
/// one.
#define QUORATE_ASSERT(condition)                                                                  \
    ((condition) ? static_cast<void>(0)                                                            \
                 : ::quorate::assertionFailed(#condition, __FILE__, __LINE__))

namespace quorate {
[[noreturn]] void assertionFailed(const char* condition, const char* file, int line);
} // namespace quorate
