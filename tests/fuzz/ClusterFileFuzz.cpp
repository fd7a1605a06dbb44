// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/ClusterFile.h"

#include <cstdint>

/// Any bytes: a cluster file that keeps its own rules, or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using quorate::ClusterFile;
    const QByteArray text(reinterpret_cast<const char*>(data), qsizetype(size));
    const auto read = ClusterFile::parse(text, QStringLiteral("/folder"));
    if (read && (read->nodes.empty() || read->nodes.size() > std::size_t(ClusterFile::kNodesMax))) {
        __builtin_trap();
    }
    return 0;
}
