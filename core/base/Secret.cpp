// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace quorate {

Secret::Secret(QByteArray bytes)
    : m_bytes(std::move(bytes))
{
    m_bytes.detach();
}

Secret::Secret(Secret&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
{}

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        wipe();
        m_bytes = std::exchange(other.m_bytes, {});
    }
    return *this;
}

Secret::~Secret() { wipe(); }

Secret Secret::clone() const { return Secret(QByteArray(m_bytes.constData(), m_bytes.size())); }

void Secret::wipe()
{
    wipeBytes(m_bytes);
    m_bytes.clear();
}

void wipeBytes(QByteArray& bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    char* start = bytes.data(); // detaches, so first
    OPENSSL_cleanse(start, static_cast<size_t>(std::max(bytes.size(), bytes.capacity())));
}

} // namespace quorate
