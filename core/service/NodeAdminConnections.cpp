// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/NodeAdminConnections.h"

#include "core/net/Certificates.h"
#include "core/net/HttpClient.h"
#include "core/platform/nodeadmin/Decode.h"
#include "core/platform/nodeadmin/NodeAdmin.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace quorate::service {
namespace {

net::HttpRequest question(const QUrl& address, const QString& path)
{
    net::HttpRequest request;
    request.url = address;
    request.url.setPath(QStringLiteral("/api/v1") + path);
    return request;
}

std::unique_ptr<platform::Platform> makeNodeAdmin(const std::shared_ptr<const Clock>& clock,
                                                  const PlatformRequest& request)
{
    platform::NodeAdminOptions options;
    options.nodes = request.file.nodes;
    options.trust = request.trust;
    options.clock = clock;
    std::shared_ptr<const platform::Credentials> credentials;
    if (request.password) {
        credentials = std::make_shared<const platform::Credentials>(
            platform::Credentials{request.user, request.password});
    }
    options.credentials = [credentials] { return credentials; };
    return platform::makeNodeAdminPlatform(std::move(options));
}

Async<bool> reachNodes(const std::shared_ptr<const Clock>& clock, QObject* root,
                       const ReachRequest& request)
{
    auto* client = new net::HttpClient(request.trust, clock, root);
    Resolver<bool> out;
    deliver(client->send(question(request.address, QStringLiteral("/ping")), {}), client,
            [client, out](const Result<net::HttpResponse>& answer) {
                client->deleteLater();
                if (answer) {
                    out.resolve(true);
                } else {
                    out.resolve(fail(answer.error()));
                }
            });
    return out.future();
}

/// One question of the look-up: who are you, as a signed-in user sees it.
class LookUp final : public QObject {
public:
    LookUp(const std::shared_ptr<const Clock>& clock, const PlatformRequest& request, QObject* root)
        : QObject(root)
        , m_request(request)
        , m_address(request.file.nodes.front().address)
        , m_client(request.trust, clock)
    {}

    Async<ClusterFile> start()
    {
        const QJsonObject credentials{
            {QStringLiteral("user"), m_request.user},
            {QStringLiteral("password"), QString::fromUtf8(m_request.password->reveal())}};
        net::HttpRequest login = question(m_address, QStringLiteral("/session"));
        login.method = "POST";
        login.body = QJsonDocument(credentials).toJson(QJsonDocument::Compact);
        deliver(m_client.send(std::move(login), {}), this,
                [this](const Result<net::HttpResponse>& answer) {
                    auto session =
                        answer ? decodeWith(*answer, platform::nodeadmin::decodeSession)
                               : Result<platform::nodeadmin::SessionAnswer>(fail(answer.error()));
                    if (session) {
                        askCluster(session->token);
                    } else {
                        finish(fail(std::move(session).error()));
                    }
                });
        return m_out.future();
    }

private:
    template <typename Decode>
    static auto decodeWith(const net::HttpResponse& answer, Decode decode)
        -> decltype(decode(QJsonObject()))
    {
        auto object = net::jsonBody(answer);
        if (!object) {
            return fail(std::move(object).error());
        }
        return decode(*object);
    }

    void askCluster(std::shared_ptr<const Secret> token)
    {
        net::HttpRequest request = question(m_address, QStringLiteral("/cluster"));
        request.bearer = std::move(token);
        deliver(m_client.send(std::move(request), {}), this,
                [this](const Result<net::HttpResponse>& answer) {
                    if (!answer) {
                        finish(fail(answer.error()));
                        return;
                    }
                    finish(decodeWith(
                        *answer, [this](const QJsonObject& object) { return fileOf(object); }));
                });
    }

    /// The members in the node's words, checked as strictly as a file from a person.
    [[nodiscard]] static Result<ClusterFile> fileOf(const QJsonObject& object)
    {
        QJsonArray nodes;
        for (const QJsonValue member : object.value(QLatin1String("members")).toArray()) {
            nodes.append(QJsonObject{
                {QStringLiteral("id"), member[QLatin1String("id")]},
                {QStringLiteral("name"), member[QLatin1String("name")]},
                {QStringLiteral("address"),
                 QStringLiteral("https://") + member[QLatin1String("address")].toString()}});
        }
        const QJsonObject file{{QStringLiteral("format"), QStringLiteral("quorate-cluster/1")},
                               {QStringLiteral("name"), object.value(QLatin1String("name"))},
                               {QStringLiteral("system"), object.value(QLatin1String("system"))},
                               {QStringLiteral("platform"), QStringLiteral("nodeadmin")},
                               {QStringLiteral("nodes"), nodes}};
        return ClusterFile::parse(QJsonDocument(file).toJson(), QStringLiteral("/"));
    }

    void finish(Result<ClusterFile> file)
    {
        m_out.resolve(std::move(file));
        deleteLater();
    }

    PlatformRequest m_request;
    QUrl m_address;
    net::HttpClient m_client;
    Resolver<ClusterFile> m_out;
};

} // namespace

void useNodeAdmin(Context& context, QObject* root)
{
    const std::shared_ptr<const Clock> clock = context.clock;
    context.makePlatform = [clock](const PlatformRequest& request) {
        return makeNodeAdmin(clock, request);
    };
    context.reach = [clock, root](const ReachRequest& request) {
        return reachNodes(clock, root, request);
    };
    context.fetchCertificates = [](const QString& host, int port) {
        return net::fetchCertificates(host, port, {});
    };
    context.lookUp = [clock, root](const PlatformRequest& request) {
        return (new LookUp(clock, request, root))->start();
    };
}

} // namespace quorate::service
