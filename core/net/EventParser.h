// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArray>

#include <vector>

namespace quorate::net {

struct ServerEvent {
    QByteArray type; ///< "message" when the server named none
    QByteArray data;
    QByteArray id; ///< the last id the server sent, for Last-Event-ID
    bool operator==(const ServerEvent&) const = default;
};

/// Server-sent events (WHATWG HTML 9.2.6), fed in pieces of any size. Bounded: a line and an event
/// beyond their limits are a Protocol error "event-too-large", after which the parser is of no use.
class EventParser {
public:
    static constexpr qsizetype kLineMax = 1024 * 1024; ///< one object as one line
    static constexpr qsizetype kEventMax =
        8 * 1024 * 1024; ///< as an answer's body (design section 9)

    [[nodiscard]] Result<std::vector<ServerEvent>> feed(const QByteArray& part);
    [[nodiscard]] const QByteArray& lastId() const { return m_lastId; }
    /// What "retry:" asked for, in milliseconds; 0: nothing.
    [[nodiscard]] qint64 retryMs() const { return m_retryMs; }

private:
    void takeLine(const QByteArray& line, std::vector<ServerEvent>& out);
    void takeField(const QByteArray& name, const QByteArray& value);

    QByteArray m_line;
    QByteArray m_type;
    QByteArray m_data;
    QByteArray m_lastId;
    bool m_hasData = false;
    bool m_afterCr = false;
    bool m_atStart = true;
    qint64 m_retryMs = 0;
};

} // namespace quorate::net
