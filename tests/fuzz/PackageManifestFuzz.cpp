// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/Manifest.h"
#include "core/package/Signature.h"

#include <cstdint>

/// Any bytes as the head of a package, as its manifest alone, and as its signature.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace quorate::package;
    const QByteArray bytes(reinterpret_cast<const char*>(data), qsizetype(size));
    (void)parseManifest(bytes);
    if (const auto head = detail::parseHead(bytes.left(detail::kHeadBytesMax));
        head && head->manifest && !head->fileBytes) {
        __builtin_trap();
    }
    if (const auto signature = detail::Signature::parse(bytes)) {
        (void)signature->signer();
        (void)signature->verifyAttributes();
        detail::Digest digest(signature->digest());
        digest.add(bytes);
        if (signature->verifyContent(digest.result())) {
            __builtin_trap(); // it would have to contain a digest of itself
        }
    }
    return 0;
}
