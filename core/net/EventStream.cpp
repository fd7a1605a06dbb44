// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/EventStream.h"

#include <algorithm>
#include <limits>

namespace quorate::net {

EventStream::EventStream(Send send, Options options, QObject* parent)
    : QObject(parent)
    , m_send(std::move(send))
    , m_options(std::move(options))
{}

EventStream::~EventStream() { m_stop.request_stop(); }

void EventStream::start()
{
    m_attempt = 0;
    open();
}

void EventStream::open()
{
    m_parser = EventParser();
    HttpRequest request = m_options.request;
    request.method = "GET";
    request.headers.emplaceBack("Accept", "text/event-stream");
    if (!m_lastId.isEmpty()) {
        request.headers.emplaceBack("Last-Event-ID", m_lastId);
    }
    request.limits.total = Millis(0);
    request.limits.idle = m_options.silenceMax;
    request.limits.bodyBytesMax = std::numeric_limits<qint64>::max(); // the parser has bounds
    const QPointer<EventStream> self(this);
    request.sink = [self](const QByteArray& part) -> Result<void> {
        return self ? self->take(part) : Result<void>(fail(cancelledError()));
    };
    deliver(m_send(std::move(request), m_stop.get_token()), this,
            [this](Result<HttpResponse> result) { onEnded(result); });
}

Result<void> EventStream::take(const QByteArray& part)
{
    setConnected(true);
    auto events = m_parser.feed(part);
    if (!events) {
        return fail(events.error());
    }
    const QPointer<EventStream> self(this);
    for (const ServerEvent& event : *events) {
        m_attempt = 0;
        m_lastId = event.id;
        Q_EMIT eventReceived(event);
        if (!self) { // a listener may delete us
            return fail(cancelledError());
        }
    }
    return {};
}

void EventStream::onEnded(const Result<HttpResponse>& result)
{
    setConnected(false);
    const bool again = result || result.error().retryable;
    ++m_attempt;
    const int most = m_options.retry.attemptsMax;
    if (!again || (most > 0 && m_attempt >= most)) {
        if (!result && result.error().kind != ErrorKind::Cancelled) {
            Q_EMIT failed(result.error());
        }
        return;
    }
    const Millis asked(std::clamp<qint64>(m_parser.retryMs(), 0, m_options.retry.delayMax.count()));
    const QPointer<EventStream> self(this);
    m_options.scheduler(std::max(asked, retryDelay(m_options.retry, m_attempt)), [self] {
        if (self) {
            self->open();
        }
    });
}

void EventStream::setConnected(bool connected)
{
    if (m_connected != connected) {
        m_connected = connected;
        Q_EMIT connectedChanged(connected);
    }
}

} // namespace quorate::net
