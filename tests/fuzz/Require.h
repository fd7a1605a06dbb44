// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

namespace quorate::fuzz {

/// Ends the program, as a crash would, when what must hold does not.
inline void require(bool holds)
{
    if (!holds) {
        __builtin_trap();
    }
}

/// Whatever came: a value, or an error that says what is wrong with the answer.
template <typename T>
bool isGood(const Result<T>& read)
{
    require(read.has_value()
            || (read.error().kind == ErrorKind::Protocol && !read.error().message.isEmpty()));
    return read.has_value();
}

} // namespace quorate::fuzz
