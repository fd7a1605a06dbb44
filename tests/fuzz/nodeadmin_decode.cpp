// SPDX-License-Identifier: GPL-3.0-or-later
// First byte: which decoder. The rest: the body of an answer.
#include "core/platform/nodeadmin/Decode.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace quorate;
    using namespace quorate::platform::nodeadmin;
    if (size < 2) {
        return 0;
    }
    const QByteArray body(reinterpret_cast<const char*>(data + 1),
                          static_cast<qsizetype>(size - 1));
    const auto object = parseJsonObject(body);
    if (!object) {
        return 0;
    }
    switch (data[0] % 10) {
    case 0: static_cast<void>(decodeNode(*object)); break;
    case 1: static_cast<void>(decodeCluster(*object)); break;
    case 2: static_cast<void>(decodeOperation(*object)); break;
    case 3: static_cast<void>(decodeAccepted(*object)); break;
    case 4: static_cast<void>(decodeOperations(*object)); break;
    case 5: static_cast<void>(decodePackage(*object)); break;
    case 6: static_cast<void>(decodeUploads(*object)); break;
    case 7: static_cast<void>(decodeBackups(*object)); break;
    case 8: static_cast<void>(decodeLease(*object)); break;
    default: static_cast<void>(decodeSession(*object)); break;
    }
    return 0;
}
