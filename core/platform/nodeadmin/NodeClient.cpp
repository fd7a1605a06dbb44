// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/NodeClient.h"

#include "core/base/SecretText.h"

#include <QJsonDocument>
#include <QUrlQuery>

namespace quorate::platform::nodeadmin {
namespace {

QByteArray credentialsBody(const Credentials& credentials)
{
    const QByteArray user = credentials.user.toUtf8();
    const QByteArray& password = credentials.password->reveal();
    QByteArray body;
    body.reserve(6 * (user.size() + password.size()) + 64); // so that it never moves
    body.append("{\"user\":");
    appendJsonText(body, user);
    body.append(",\"password\":");
    appendJsonText(body, password);
    body.append('}');
    return body;
}

} // namespace

NodeClient::NodeClient(ClusterFileNode node, std::shared_ptr<net::HttpClient> http,
                       CredentialsProvider credentials, net::HttpLimits limits)
    : m_node(std::move(node))
    , m_http(std::move(http))
    , m_credentials(std::move(credentials))
    , m_limits(limits)
{}

QString NodeClient::label() const
{
    if (!m_node.name.isEmpty()) {
        return m_node.name;
    }
    return m_node.id.isEmpty() ? net::hostPortText(m_node.address.host(), m_node.address.port(9443))
                               : m_node.id.value;
}

QUrl NodeClient::url(const QString& path) const
{
    constexpr int kPort = 9443; // of the Node Admin API, design section 4
    QUrl out;
    out.setScheme(m_node.address.scheme());
    out.setHost(m_node.address.host());
    out.setPort(m_node.address.port(kPort));
    const auto query = path.indexOf(QLatin1Char('?'));
    out.setPath(QStringLiteral("/api/v1") + path.left(query), QUrl::TolerantMode);
    if (query >= 0) {
        out.setQuery(path.mid(query + 1), QUrl::TolerantMode);
    }
    return out;
}

net::HttpRequest NodeClient::request(const QByteArray& method, const QString& path) const
{
    net::HttpRequest out;
    out.method = method;
    out.url = url(path);
    out.limits = m_limits;
    return out;
}

Async<net::HttpResponse> NodeClient::send(net::HttpRequest request, std::stop_token stop)
{
    Resolver<net::HttpResponse> out;
    auto future = out.future();
    auto answer = andThen(token(stop), [self = shared_from_this(), request, stop](TokenPtr token) {
        return self->sendWith(std::move(token), request, stop, true);
    });
    detail::onAnswer<net::HttpResponse>(
        std::move(answer), [out, name = label()](Result<net::HttpResponse> result) {
            out.resolve(result ? std::move(result) : fail(result.error().withContext(name)));
        });
    return future;
}

Async<net::HttpResponse> NodeClient::sendWith(TokenPtr token, net::HttpRequest request,
                                              std::stop_token stop, bool mayRenew)
{
    Resolver<net::HttpResponse> out;
    auto future = out.future();
    request.bearer = token;
    auto again = [self = shared_from_this(), request, stop, out, token]() {
        self->dropToken(token);
        auto second = andThen(self->token(stop), [self, request, stop](TokenPtr fresh) {
            return self->sendWith(std::move(fresh), request, stop, false);
        });
        detail::onAnswer<net::HttpResponse>(
            std::move(second),
            [out](Result<net::HttpResponse> result) { out.resolve(std::move(result)); });
    };
    detail::onAnswer<net::HttpResponse>(m_http->send(std::move(request), stop),
                                        [out, again, mayRenew](Result<net::HttpResponse> result) {
                                            if (!result && mayRenew
                                                && result.error().kind == ErrorKind::Unauthorized) {
                                                again();
                                            } else {
                                                out.resolve(std::move(result));
                                            }
                                        });
    return future;
}

Async<QJsonObject> NodeClient::sendJson(net::HttpRequest request, std::stop_token stop)
{
    return andThen(send(std::move(request), std::move(stop)),
                   [name = label()](net::HttpResponse response) -> Result<QJsonObject> {
                       auto object = net::jsonBody(response);
                       return object ? std::move(object) : fail(object.error().withContext(name));
                   });
}

Async<QJsonObject> NodeClient::getJson(const QString& path, std::stop_token stop)
{
    return sendJson(request("GET", path), std::move(stop));
}

void NodeClient::dropToken(const TokenPtr& token)
{
    if (m_token == token) { // else somebody has renewed it already
        m_token.reset();
    }
}

Async<TokenPtr> NodeClient::token(std::stop_token stop)
{
    if (m_token) {
        return ready<TokenPtr>(m_token);
    }
    Parked& parked = m_parked.emplace_back();
    auto future = parked.out.future();
    parked.onStop.emplace(std::move(stop), [out = parked.out, http = m_http.get()] {
        QMetaObject::invokeMethod(
            http, [out] { out.resolve(fail(cancelledError())); }, Qt::QueuedConnection);
    });
    if (!m_loggingIn) {
        logIn();
    }
    return future;
}

void NodeClient::logIn()
{
    m_loggingIn = true;
    auto credentials = m_credentials ? m_credentials() : nullptr;
    if (!credentials || !credentials->password) {
        loggedIn(nullptr, fail(ErrorKind::Unauthorized, QStringLiteral("password-needed"),
                               QStringLiteral("The cluster asks for a password"),
                               QStringLiteral("Sign in")));
        return;
    }
    if (credentials == m_refused) {
        loggedIn(nullptr, fail(m_refusal));
        return;
    }
    auto login = request("POST", QStringLiteral("/session"));
    login.body = credentialsBody(*credentials);
    auto answer = andThen(m_http->send(std::move(login), {}),
                          [](net::HttpResponse response) -> Result<TokenPtr> {
                              auto session = net::jsonBody(response).and_then(decodeSession);
                              wipeBytes(response.body);
                              if (!session) {
                                  return fail(session.error());
                              }
                              return session->token;
                          });
    detail::onAnswer<TokenPtr>(std::move(answer),
                               [self = shared_from_this(), credentials](Result<TokenPtr> result) {
                                   self->loggedIn(credentials, std::move(result));
                               });
}

void NodeClient::loggedIn(std::shared_ptr<const Credentials> used, Result<TokenPtr> result)
{
    m_loggingIn = false;
    if (result) {
        m_token = *result;
        m_refused.reset();
    } else if (used && result.error().kind == ErrorKind::Unauthorized) {
        result.error().cure = QStringLiteral("Sign in with another user or password");
        m_refused = std::move(used);
        m_refusal = result.error();
    }
    std::list<Parked> parked = std::exchange(m_parked, {});
    for (Parked& waiting : parked) {
        waiting.onStop.reset();
        waiting.out.resolve(result);
    }
}

} // namespace quorate::platform::nodeadmin
