// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"

#include <cstdint>

/// Any bytes: a plan or an error. What is read is written and read back to the same plan.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace quorate::procedure;
    const QByteArray text(reinterpret_cast<const char*>(data), qsizetype(size));
    const auto read = planFromYaml(text, QStringLiteral("f.yaml"));
    if (read) {
        const auto again = planFromYaml(toYaml(*read), QStringLiteral("f.yaml"));
        if (!again || *again != *read) {
            __builtin_trap();
        }
        (void)toJson(*read);
    }
    return 0;
}
