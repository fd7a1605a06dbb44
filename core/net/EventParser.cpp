// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/EventParser.h"

#include <algorithm>

namespace quorate::net {
namespace {

constexpr qsizetype kIdMax = 1024; // it travels back in a header

tl::unexpected<Error> tooLarge(const char* what, qsizetype limit)
{
    return fail(ErrorKind::Protocol, QStringLiteral("event-too-large"),
                QStringLiteral("%1 of the event stream is larger than %2 bytes")
                    .arg(QString::fromLatin1(what))
                    .arg(limit));
}

} // namespace

Result<std::vector<ServerEvent>> EventParser::feed(const QByteArray& part)
{
    std::vector<ServerEvent> out;
    for (const char c : part) {
        if (c == '\n' && m_afterCr) {
            m_afterCr = false;
            continue;
        }
        m_afterCr = c == '\r';
        if (c != '\r' && c != '\n') {
            if (m_line.size() >= kLineMax) {
                return tooLarge("A line", kLineMax);
            }
            m_line.append(c);
            continue;
        }
        if (m_atStart && m_line.startsWith("\xEF\xBB\xBF")) {
            m_line.remove(0, 3);
        }
        m_atStart = false;
        takeLine(m_line, out);
        m_line.clear();
        if (m_data.size() > kEventMax) {
            return tooLarge("An event", kEventMax);
        }
    }
    return out;
}

void EventParser::takeLine(const QByteArray& line, std::vector<ServerEvent>& out)
{
    if (line.isEmpty()) {
        if (m_hasData) {
            m_data.chop(1); // the newline after the last data line
            out.push_back({m_type.isEmpty() ? QByteArray("message") : m_type, m_data, m_lastId});
        }
        m_type.clear();
        m_data.clear();
        m_hasData = false;
        return;
    }
    const auto colon = line.indexOf(':');
    if (colon == 0) {
        return; // a comment keeps the connection alive
    }
    QByteArray value = colon < 0 ? QByteArray() : line.mid(colon + 1);
    if (value.startsWith(' ')) {
        value.remove(0, 1);
    }
    takeField(colon < 0 ? line : line.left(colon), value);
}

void EventParser::takeField(const QByteArray& name, const QByteArray& value)
{
    if (name == "data") {
        m_data.append(value).append('\n');
        m_hasData = true;
    } else if (name == "event") {
        m_type = value;
    } else if (name == "id") {
        const bool usable = value.size() <= kIdMax
                            && std::all_of(value.begin(), value.end(),
                                           [](char c) { return c >= 0x20 && c < 0x7f; });
        m_lastId = usable ? value : m_lastId;
    } else if (name == "retry") {
        bool isNumber = false;
        const qint64 asked = value.toLongLong(&isNumber);
        m_retryMs = isNumber && asked >= 0 ? asked : m_retryMs;
    }
}

} // namespace quorate::net
