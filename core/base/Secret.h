// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace quorate {

/// A password, token or key. Move-only; its memory is wiped when it goes. It has no stream operator
/// and no conversion to QString: the only way in is `reveal`, at the one place that needs the
/// bytes.
class Secret {
public:
    Secret() = default;
    /// Takes the bytes over; the caller's copy is the caller's to wipe.
    explicit Secret(QByteArray bytes);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    [[nodiscard]] bool isEmpty() const { return m_bytes.isEmpty(); }
    /// Valid as long as this object; do not keep a copy.
    [[nodiscard]] const QByteArray& reveal() const { return m_bytes; }
    [[nodiscard]] Secret clone() const;

private:
    void wipe();
    QByteArray m_bytes;
};

/// Overwrites the bytes of an array that held a secret (detaches first if it is shared).
void wipeBytes(QByteArray& bytes);

} // namespace quorate
