// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpClient.h"
#include "core/platform/kubernetes/KubeCredentials.h"
#include "core/platform/kubernetes/KubeStatus.h"

#include <QJsonArray>
#include <QPointer>
#include <QUrlQuery>

#include <initializer_list>

namespace quorate::platform::kubernetes {

enum class KubePatch { Merge, Strategic, Json };

struct KubeRequest {
    QByteArray method = "GET";
    QString path; ///< "/api/v1/nodes/node-1", encoded; `kubePath` makes one
    QUrlQuery query;
    QByteArray body;
    QByteArray contentType = "application/json";
    QByteArray accept = "application/json";
    qint64 expectedBytes = 0;              ///< of the answer: see net::HttpRequest
    bool newConnection = false;            ///< none that is kept: it may lead nowhere any more
    std::optional<net::HttpLimits> limits; ///< none: those of the client
    net::HttpSink sink;
    std::function<void(int status)> onHead; ///< when the head of the answer is there
};

/// An answer of any status.
struct KubeAnswer {
    int status = 0;
    QByteArray body;
    QString endpoint;
    net::HttpHeaders headers;
    [[nodiscard]] bool isOk() const { return status / 100 == 2; }
    [[nodiscard]] Millis retryAfter() const; ///< the header's, at most an hour; 0: none
};

struct KubeListOptions {
    QString labelSelector;
    QString fieldSelector;
    QString
        resourceVersion; ///< empty: as etcd's majority has it; "0": whatever this server remembers
    int pageSize = 500;  ///< client-go's; 0: all in one answer
    QByteArray accept = "application/json";
    bool slim = false;                         ///< `withoutBulk` before it is parsed
    qint64 pageBytesMax = 256LL * 1024 * 1024; ///< a page of 500 of the largest objects (1.5 MB in
                                               ///< etcd) is three times that; real ones are a tenth
    Millis pageLimit{60'000};                  ///< the API server's own limit of a request
    int itemsMax = 200'000;                    ///< the largest supported cluster has 150,000 pods
};

/// Called for each page in order, on the thread of the client; an error ends the list with it.
using KubePage = std::function<Result<void>(const QJsonObject& page)>;

struct KubeListEnd {
    QString resourceVersion; ///< to watch from
    int items = 0;
};

/// One API server, one identity. Lives on one thread, never blocks. Errors carry `label` as
/// context; statuses become errors by `kubeError`. A 401 asks the credentials for others and tries
/// once more; a safe request that is answered 429 or 503 with Retry-After is repeated a few times.
class KubeClient final : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString label; ///< of errors: the node's name
        QUrl server;
        net::TrustPolicy trust;
        QString tlsServerName;
        QUrl proxy; ///< http or socks5; empty: the system's choice
        std::shared_ptr<KubeCredentials> credentials;
        std::shared_ptr<const Clock> clock;
        net::HttpLimits limits;
        int busyAttemptsMax = 5; ///< of a safe request that is answered 429 or 503
        Millis busyPauseMax{10'000};
    };
    explicit KubeClient(Options options, QObject* parent = nullptr);
    ~KubeClient() override;

    [[nodiscard]] const Options& options() const { return m_options; }

    /// Any status is an answer, so that a refused eviction or a failing readyz can be read.
    [[nodiscard]] Async<KubeAnswer> send(KubeRequest request, std::stop_token stop);
    /// 2xx with a JSON object, or an error.
    [[nodiscard]] Async<QJsonObject> sendJson(KubeRequest request, std::stop_token stop);

    [[nodiscard]] Async<QJsonObject> get(QString path, QUrlQuery query, std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> create(QString path, QJsonObject object, std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> replace(QString path, QJsonObject object,
                                             std::stop_token stop);
    /// `body` is the patch document: an object, or for KubePatch::Json a list.
    [[nodiscard]] Async<QJsonObject> patch(QString path, KubePatch kind, QJsonValue body,
                                           std::stop_token stop);
    [[nodiscard]] Async<QJsonObject> remove(QString path, QJsonObject deleteOptions,
                                            std::stop_token stop);
    /// Goes through all pages. When the continue token has expired (410) the error is
    /// "list-expired": begin anew, what was handed out is not one consistent list.
    [[nodiscard]] Async<KubeListEnd> list(QString path, KubeListOptions options, KubePage page,
                                          std::stop_token stop);
    /// A stream of its own connection (there are six for everything else); for KubeWatch.
    [[nodiscard]] Async<KubeAnswer> stream(KubeRequest request, std::stop_token stop);

    /// The Error of an answer that is not 2xx.
    [[nodiscard]] Error explained(const KubeAnswer& answer) const;

    void shutDown();

private:
    struct Lane;
    struct Attempt;
    using AttemptPtr = std::shared_ptr<Attempt>;
    [[nodiscard]] Async<KubeAnswer> sendOn(bool isStream, KubeRequest request,
                                           std::stop_token stop);
    void authorize(const AttemptPtr& attempt);
    void transmit(const AttemptPtr& attempt, const KubeCredential& credential);
    void answered(const AttemptPtr& attempt, const KubeCredential& used,
                  Result<net::HttpResponse> result);
    [[nodiscard]] Millis pauseOf(const Attempt& attempt, Millis asked) const;
    void later(const AttemptPtr& attempt, Millis pause);
    [[nodiscard]] std::shared_ptr<Lane> laneFor(const KubeCredential& credential, bool isStream);
    [[nodiscard]] net::HttpRequest httpRequest(const KubeRequest& request,
                                               const KubeCredential& credential) const;

    Options m_options;
    std::vector<std::shared_ptr<Lane>> m_lanes;
    std::vector<std::weak_ptr<Lane>> m_retired;
    QSslCertificate m_shown; ///< our certificate of the latest credential
    bool m_closed = false;
};

/// "/api/v1/namespaces/a/pods/b" from its parts, each percent-encoded.
QString kubePath(std::initializer_list<QString> parts);
/// The Leases by which kubelets show that they live, one a node.
QString kubeletLeasesPath();
/// The Endpoints object that names the API servers' addresses.
QString apiEndpointsPath();
/// resourceVersion=0: whatever the server remembers, without the consent of etcd's majority.
QUrlQuery anyVersion();
/// http and socks5 addresses as Qt's proxy; Validation "proxy-unsupported" for the others.
[[nodiscard]] Result<QNetworkProxy> proxyFrom(const QUrl& url);

} // namespace quorate::platform::kubernetes
