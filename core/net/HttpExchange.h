// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/CurlLoop.h"
#include "core/net/CurlTrust.h"
#include "core/net/Http.h"

#include <QNetworkProxy>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <optional>
#include <stop_token>

namespace quorate::net {

/// What all exchanges of one client share.
struct HttpSettings {
    std::shared_ptr<const TlsPolicy> tls;
    QString peerName; ///< see HttpRoute
    std::shared_ptr<const Clock> clock;
};

/// One request and its answer; private to HttpClient. Its total limit counts from the beginning,
/// what else there is from `launch`.
class HttpExchange final : public QObject, private CurlTransfer {
    Q_OBJECT
public:
    HttpExchange(HttpRequest request, const HttpSettings& settings, QObject* parent);
    ~HttpExchange() override;

    [[nodiscard]] Async<HttpResponse> start(std::stop_token stop);
    /// Dials, or takes a connection that `loop` has kept. Once.
    void launch(CurlLoop& loop, const QNetworkProxy& proxy);
    void cancel() { stopWith(cancelledError()); }
    /// What the server asked in Retry-After, 0 when nothing.
    [[nodiscard]] Millis retryAfter() const { return m_retryAfter; }
    [[nodiscard]] const QUrl& url() const { return m_request.url; }
    [[nodiscard]] bool hasEnded() const { return m_result.has_value() || m_out.isResolved(); }

Q_SIGNALS:
    void ended(); ///< the answer follows from the event loop; deletes itself then

private:
    struct Hooks;

    void onReceived() override;
    void onDone(int curlCode) override;
    void prepare(const QNetworkProxy& proxy);
    void setHooks();
    void prepareBody();
    void restartIdle();
    bool takeHeaderLine(const QByteArray& line);
    void onHead();
    void reserveBody();
    bool takePart(const char* bytes, qint64 size);
    bool refuse(Error error);
    void handToSink();
    void stopWith(Error error);
    [[nodiscard]] Error withPlace(Error error) const;
    [[nodiscard]] Result<HttpResponse> outcome(int curlCode);
    void finish(Result<HttpResponse> result);
    void answer();

    HttpRequest m_request;
    QString m_peerName;
    CurlTrust m_trust;
    CURL* m_handle = nullptr;
    QPointer<CurlLoop> m_loop; ///< null before `launch`
    CurlHeaders m_headers;
    curl_slist* m_connectTo = nullptr;
    char m_errorText[256] = {}; // CURL_ERROR_SIZE
    QTimer m_totalTimer;
    QTimer m_idleTimer;
    std::optional<Error> m_ownError; ///< why we ended it ourselves; wins over what libcurl reports
    HttpResponse m_response;         ///< its status is 0 until the head is there
    qint64 m_headBytes = 0;
    qint64 m_bodyBytes = 0;
    QByteArray m_forSink; ///< received, not handed on yet
    Millis m_retryAfter{0};
    std::optional<Result<HttpResponse>> m_result;
    Resolver<HttpResponse> m_out;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace quorate::net
