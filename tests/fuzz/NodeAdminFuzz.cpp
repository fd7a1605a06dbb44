// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Decode.h"
#include "tests/fuzz/Require.h"

#include <cstdint>

namespace {

using namespace quorate;
using namespace quorate::fuzz;
using namespace quorate::platform::nodeadmin;

void readNode(const QJsonObject& object)
{
    if (const auto node = decodeNode(object); isGood(node)) {
        require(!node->id.value.isEmpty() && node->id.value.size() <= kIdMax
                && !node->self.bootId.isEmpty());
        require(node->self.stagedPackages.size() <= std::size_t(kItemsMax));
    }
}

void readCluster(const QJsonObject& object)
{
    const auto view = decodeCluster(object);
    if (!isGood(view)) {
        return;
    }
    require(view->members.size() <= std::size_t(kMembersMax) && view->term >= 0);
    for (std::size_t at = 1; at < view->members.size(); ++at) {
        require(view->members[at].id != view->members[at - 1].id);
    }
}

void readUploads(const QJsonObject& object)
{
    if (const auto page = decodeUploads(object); isGood(page)) {
        for (const UploadAnswer& upload : page->items) {
            require(upload.offset >= 0 && upload.offset <= upload.length
                    && upload.sha256.size() == 32);
        }
    }
}

} // namespace

/// First byte: which resource. The rest: the body of its answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) {
        return -1;
    }
    const QByteArray body(reinterpret_cast<const char*>(data + 1), qsizetype(size - 1));
    const auto object = parseJsonObject(body);
    if (!object) {
        return 0;
    }
    switch (data[0]) {
    case 'n': readNode(*object); break;
    case 'c': readCluster(*object); break;
    case 'o': isGood(decodeOperation(*object)); break;
    case 'a': isGood(decodeAccepted(*object)); break;
    case 'O': isGood(decodeOperations(*object)); break;
    case 'p': isGood(decodePackage(*object)); break;
    case 'u': readUploads(*object); break;
    case 'b': isGood(decodeBackups(*object)); break;
    case 'v': isGood(decodeServices(*object)); break;
    case 'l': isGood(decodeLease(*object)); break;
    case 's': isGood(decodeSession(*object)); break;
    default: return -1; // not worth keeping
    }
    return 0;
}
