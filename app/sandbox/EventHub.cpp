// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/EventHub.h"

#include <QJsonDocument>

namespace quorate::sandbox {

namespace {
constexpr size_t kEventsMax = 1000;
}

void EventHub::publish(const char* type, const QJsonObject& data)
{
    const std::lock_guard lock(m_mutex);
    m_last += 1;
    m_events.push_back(
        {m_last, QByteArrayLiteral("id: ") + QByteArray::number(m_last) + "\nevent: " + type
                     + "\ndata: " + QJsonDocument(data).toJson(QJsonDocument::Compact) + "\n\n"});
    if (m_events.size() > kEventsMax) {
        m_events.pop_front();
    }
    m_arrived.notify_all();
}

qint64 EventHub::newest() const
{
    const std::lock_guard lock(m_mutex);
    return m_last;
}

QByteArray EventHub::after(qint64& id, int patienceMs)
{
    std::unique_lock lock(m_mutex);
    const qint64 oldestKept = m_last - static_cast<qint64>(m_events.size());
    if (id < oldestKept || id > m_last) {
        id = m_last;
        return "id: " + QByteArray::number(m_last) + "\nevent: reset\ndata: {}\n\n";
    }
    m_arrived.wait_for(lock, std::chrono::milliseconds(patienceMs), [&] { return m_last > id; });
    QByteArray text;
    for (const Event& event : m_events) {
        if (event.id > id) {
            text += event.text;
        }
    }
    id = m_last;
    return text;
}

} // namespace quorate::sandbox
