// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/Http.h"
#include "core/net/HttpRoute.h"
#include "core/net/TrustStore.h"

#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <optional>
#include <stop_token>

class QNetworkAccessManager;
class QSslConfiguration;

namespace quorate::net {

/// How connections to this host:port are verified. A pinned one gets *no* authorities: then every
/// handshake ends in sslErrors, for which Qt halts the connection before any request byte, and our
/// judge compares the exact certificate there. (QNetworkReply::encrypted would come too late to be
/// relied on, and not at all for a certificate that some CA vouches for.) Sessions are never
/// resumed, so that every connection shows its certificate.
QSslConfiguration tlsConfiguration(const TrustPolicy& policy, const QString& host, int port);

/// One request and its answer; private to HttpClient.
class HttpExchange final : public QObject {
    Q_OBJECT
public:
    HttpExchange(HttpRequest request, TrustPolicy policy, HttpRoute route,
                 std::shared_ptr<const Clock> clock, QObject* parent);
    ~HttpExchange() override;

    [[nodiscard]] Async<HttpResponse> start(QNetworkAccessManager* manager, std::stop_token stop);
    void cancel() { stopWith(cancelledError()); }
    /// What the server asked in Retry-After, 0 when nothing.
    [[nodiscard]] Millis retryAfter() const { return m_retryAfter; }

Q_SIGNALS:
    void ended(); ///< the answer follows from the event loop; deletes itself then

private:
    void connectReply();
    void onSslErrors(const QList<QSslError>& errors);
    void acceptPinned(const QList<QSslError>& errors);
    void onEncrypted();
    void onHead();
    void onReadyRead();
    void onFinished();
    void take(const QByteArray& part);
    void stopWith(Error error);
    void dropReply();
    Error timeoutError(const QString& code, const QString& text) const;
    Error replyError() const;
    [[nodiscard]] Result<HttpResponse> outcome();
    void finish(Result<HttpResponse> result);
    void answer();

    HttpRequest m_request;
    TrustPolicy m_policy;
    HttpRoute m_route;
    std::shared_ptr<const Clock> m_clock;
    QPointer<QNetworkReply> m_reply; ///< the manager may go first
    QTimer m_connectTimer;
    QTimer m_totalTimer;
    QTimer m_idleTimer;
    std::optional<Error> m_ownError; ///< why we ended it ourselves; wins over what Qt reports
    HttpResponse m_response;
    qint64 m_bodyBytes = 0;
    Millis m_retryAfter{0};
    std::optional<Result<HttpResponse>> m_result;
    Resolver<HttpResponse> m_out;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace quorate::net
