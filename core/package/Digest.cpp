// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/package/Digest.h"

#include "core/base/Assert.h"

#include <openssl/evp.h>

namespace quorate::package::detail {
namespace {

const EVP_MD* methodOf(DigestKind kind)
{
    switch (kind) {
    case DigestKind::Sha256: return EVP_sha256();
    case DigestKind::Sha384: return EVP_sha384();
    case DigestKind::Sha512: return EVP_sha512();
    }
    return nullptr;
}

} // namespace

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Digest::Digest(DigestKind kind)
    : m_context(EVP_MD_CTX_new())
{
    const bool isReady = EVP_DigestInit_ex(m_context.get(), methodOf(kind), nullptr) == 1;
    QUORATE_ASSERT(isReady);
}

Digest::~Digest() = default;

void Digest::add(const QByteArray& bytes)
{
    const bool isAdded =
        EVP_DigestUpdate(m_context.get(), bytes.constData(), size_t(bytes.size())) == 1;
    QUORATE_ASSERT(isAdded);
}

QByteArray Digest::result() const
{
    const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
    QByteArray out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    const bool isDone =
        EVP_MD_CTX_copy_ex(copy.get(), m_context.get()) == 1
        && EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
    QUORATE_ASSERT(isDone);
    out.truncate(qsizetype(size));
    return out;
}

} // namespace quorate::package::detail
