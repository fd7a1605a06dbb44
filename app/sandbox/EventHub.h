// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace quorate::sandbox {

/// The node's last events, for any number of streams. Ids grow over restarts, so that a stream that
/// resumes with an id of an earlier start is told to read everything again.
class EventHub {
public:
    explicit EventHub(qint64 boot)
        : m_last(boot << 32)
    {}

    void publish(const char* type, const QJsonObject& data);
    [[nodiscard]] qint64 newest() const;
    /// The events after `id` as text of an event stream; waits at most `patienceMs` for one. Moves
    /// `id` on. Empty: none.
    QByteArray after(qint64& id, int patienceMs);

private:
    struct Event {
        qint64 id;
        QByteArray text;
    };
    mutable std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<Event> m_events;
    qint64 m_last;
};

} // namespace quorate::sandbox
