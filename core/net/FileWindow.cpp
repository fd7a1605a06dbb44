// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/FileWindow.h"

#include <algorithm>
#include <cstring>

namespace quorate::net {

FileWindow::FileWindow(const QString& path, int slots, qint64 slotBytes)
    : m_file(path)
    , m_slotBytes(slotBytes)
    , m_slots(static_cast<std::size_t>(std::max(slots, 1)))
{}

Result<void> FileWindow::open(qint64 sizeBytes)
{
    if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return fail(
            ErrorKind::Storage, QStringLiteral("package-not-readable"),
            QStringLiteral("%1 cannot be read: %2").arg(m_file.fileName(), m_file.errorString()));
    }
    if (m_file.size() != sizeBytes) {
        return fail(ErrorKind::Validation, QStringLiteral("package-changed"),
                    QStringLiteral("%1 is no longer the file that was checked: it has %2 bytes "
                                   "instead of %3")
                        .arg(m_file.fileName())
                        .arg(m_file.size())
                        .arg(sizeBytes),
                    QStringLiteral("Choose the package again"));
    }
    m_size = sizeBytes;
    return {};
}

qint64 FileWindow::readFile(qint64 offset, char* out, qint64 max)
{
    if (!m_file.seek(offset)) {
        return -1;
    }
    qint64 done = 0;
    while (done < max) {
        const qint64 got = m_file.read(out + done, max - done);
        if (got <= 0) {
            return -1; // the size was checked: an early end means that somebody changes the file
        }
        done += got;
    }
    m_bytesRead += done;
    return done;
}

bool FileWindow::wouldMove(qint64 offset) const
{
    const auto capacity = static_cast<qint64>(m_slots.size()) * m_slotBytes;
    return offset == m_end && m_end < m_size && m_end - m_begin >= capacity;
}

bool FileWindow::isOldest(qint64 offset) const
{
    return offset >= m_begin && offset < m_begin + m_slotBytes && offset < m_end;
}

bool FileWindow::advance()
{
    const auto count = static_cast<qint64>(m_slots.size());
    if (m_end - m_begin >= count * m_slotBytes) {
        m_begin += m_slotBytes;
        m_first = (m_first + 1) % count;
    }
    const qint64 index = (m_first + (m_end - m_begin) / m_slotBytes) % count;
    QByteArray& slot = m_slots[static_cast<std::size_t>(index)];
    const qint64 wanted = std::min(m_slotBytes, m_size - m_end);
    slot.resize(m_slotBytes);
    if (readFile(m_end, slot.data(), wanted) != wanted) {
        return false;
    }
    m_end += wanted;
    return true;
}

qint64 FileWindow::read(qint64 offset, char* out, qint64 max)
{
    max = std::min(max, m_size - offset);
    if (max <= 0) {
        return 0;
    }
    if (offset < m_begin || offset > m_end) {
        return readFile(offset, out, max);
    }
    if (offset == m_end && !advance()) {
        return -1;
    }
    const auto count = static_cast<qint64>(m_slots.size());
    const qint64 within = offset - m_begin;
    const QByteArray& slot =
        m_slots[static_cast<std::size_t>((m_first + within / m_slotBytes) % count)];
    const qint64 at = within % m_slotBytes;
    const qint64 length = std::min({max, m_slotBytes - at, m_end - offset});
    std::memcpy(out, slot.constData() + at, static_cast<std::size_t>(length));
    return length;
}

} // namespace quorate::net
