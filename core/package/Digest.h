// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>

struct evp_md_ctx_st;

namespace quorate::package::detail {

/// What a signature may digest its content with.
enum class DigestKind { Sha256, Sha384, Sha512 };

/// A digest over all that was added. OpenSSL's, which uses the processor's own instructions: Qt's
/// takes several times as long, and a package has gigabytes.
class Digest {
public:
    explicit Digest(DigestKind kind);
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;
    ~Digest();

    void add(const QByteArray& bytes);
    /// Of what was added so far; more may follow.
    [[nodiscard]] QByteArray result() const;

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

} // namespace quorate::package::detail
