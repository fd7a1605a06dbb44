// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Assert.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

namespace quorate {

void assertionFailed(const char* condition, const char* file, int line)
{
    spdlog::critical("broken invariant: {} ({}:{})", condition, file, line);
    spdlog::shutdown();
    std::abort();
}

} // namespace quorate
