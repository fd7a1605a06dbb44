// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Loader.h"

#include <cstdint>

/// Any bytes: a procedure or an error that names a place, never a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char*>(data), qsizetype(size));
    const auto read = quorate::procedure::parseProcedure(text, QStringLiteral("f.yaml"));
    if (!read && !read.error().message.startsWith(QStringLiteral("f.yaml:"))) {
        __builtin_trap();
    }
    return 0;
}
