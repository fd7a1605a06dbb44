// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/EventParser.h"
#include "core/net/HttpClient.h"

#include <QPointer>

namespace quorate::net {

/// A server-sent event stream that comes back by itself: after a cut, a silence or an error that is
/// worth repeating it connects again with Last-Event-ID, pausing longer each time. Any other error
/// (trust, credentials, a stream that breaks our limits) ends it with `failed`.
class EventStream final : public QObject {
    Q_OBJECT
public:
    /// Sends the request; so that a caller can add its token.
    using Send = std::function<Async<HttpResponse>(HttpRequest request, std::stop_token stop)>;
    struct Options {
        HttpRequest request;       ///< url and headers; sink and limits are ours
        Millis silenceMax{45'000}; ///< three times the API's keep-alive of 15 s
        RetryPolicy retry;         ///< attempts without one event in between; 0: for ever
        Scheduler scheduler = timerScheduler();
    };
    EventStream(Send send, Options options, QObject* parent = nullptr);
    ~EventStream() override;

    void start();
    [[nodiscard]] bool isConnected() const { return m_connected; }

Q_SIGNALS:
    void eventReceived(quorate::net::ServerEvent event);
    void connectedChanged(bool connected);
    void failed(quorate::Error error);

private:
    void open();
    [[nodiscard]] Result<void> take(const QByteArray& part);
    void onEnded(const Result<HttpResponse>& result);
    void setConnected(bool connected);

    Send m_send;
    Options m_options;
    EventParser m_parser;
    QByteArray m_lastId;
    std::stop_source m_stop;
    bool m_connected = false;
    int m_attempt = 0;
};

} // namespace quorate::net
