// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/WatchLines.h"

#include "core/platform/kubernetes/KubeStatus.h"
#include "core/platform/kubernetes/Slim.h"

#include <utility>

namespace quorate::platform::kubernetes {

Result<std::vector<WatchLine>> decodeWatchLines(const QByteArrayList& texts, bool slim)
{
    std::vector<WatchLine> out;
    out.reserve(std::size_t(texts.size()));
    for (const QByteArray& text : texts) {
        auto object = parseJsonObject(slim ? withoutBulk(text) : text, kKubeJson);
        if (!object) {
            return fail(object.error());
        }
        const QString type = object->value(QStringLiteral("type")).toString();
        const QJsonValue value = object->value(QStringLiteral("object"));
        if (type.isEmpty() || !value.isObject()) {
            return fail(ErrorKind::Protocol, QStringLiteral("unreadable-answer"),
                        QStringLiteral("A line of the watch is not a change"));
        }
        out.push_back({type.toLatin1(), value.toObject()});
    }
    return out;
}

Result<void> WatchLines::add(const QByteArray& part)
{
    qsizetype from = 0;
    for (qsizetype end = part.indexOf('\n'); end >= 0; end = part.indexOf('\n', from)) {
        m_part += part.mid(from, end - from);
        from = end + 1;
        if (!m_part.trimmed().isEmpty()) {
            m_bytes += m_part.size();
            m_lines.append(m_part);
        }
        m_part.clear();
    }
    m_part += part.mid(from);
    if (m_part.size() > kLineMax || m_bytes > kPendingMax) {
        return fail(ErrorKind::Protocol, QStringLiteral("answer-too-large"),
                    QStringLiteral("The changes come in lines, or faster, than can be taken"));
    }
    return {};
}

QByteArrayList WatchLines::take()
{
    m_bytes = 0;
    return std::exchange(m_lines, {});
}

void WatchLines::clear()
{
    m_part.clear();
    m_lines.clear();
    m_bytes = 0;
}

} // namespace quorate::platform::kubernetes
