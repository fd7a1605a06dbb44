// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/EtcdClient.h"

namespace quorate::platform::kubernetes {
namespace {

net::HttpRoute routeOf(const EtcdAccess& access)
{
    net::HttpRoute route;
    route.identity = access.identity;
    return route;
}

void takeHealth(EtcdAnswers& answers, const QJsonObject& object)
{
    if (auto health = decodeEtcdHealth(object)) {
        answers.health = *std::move(health);
    }
}

void takeStatus(EtcdAnswers& answers, const QJsonObject& object)
{
    if (auto status = decodeEtcdStatus(object)) {
        answers.status = *std::move(status);
    }
}

void takeMembers(EtcdAnswers& answers, const QJsonObject& object)
{
    if (auto members = decodeMembers(object)) {
        answers.members = *std::move(members);
    }
}

/// With TLS 1.3 a server refuses a client's certificate only after the handshake. We then hear its
/// alert, or only that it hung up, when our question was on its way already.
Error explained(const Error& error)
{
    const bool refused = error.code == QLatin1String("client-certificate-refused");
    const bool hungUp = error.code == QLatin1String("connection-cut");
    if (!refused && !hungUp) {
        return error;
    }
    Error out =
        makeError(ErrorKind::Tls, QStringLiteral("etcd-refuses-certificate"),
                  refused ? QStringLiteral("it does not accept the client certificate")
                          : QStringLiteral("it hung up after the client certificate was shown"),
                  QStringLiteral("Give one that the authority of etcd has signed"));
    out.endpoint = error.endpoint;
    return out;
}

/// Of several errors the one that a person can mend.
bool saysMore(const Error& later, const std::optional<Error>& before)
{
    return !before || (later.kind == ErrorKind::Tls && before->kind != ErrorKind::Tls);
}

} // namespace

struct EtcdClient::Round {
    EtcdAnswers answers;
    std::optional<Error> error;
    Millis limit{0};
    std::stop_token stop;
    int open = 0;
    Resolver<EtcdAnswers> out;
};

EtcdClient::EtcdClient(const EtcdAccess& access, const QString& host,
                       std::shared_ptr<const Clock> clock, QObject* parent)
    : QObject(parent)
    , m_client(access.trust, routeOf(access), std::move(clock))
{
    m_url.setScheme(QStringLiteral("https"));
    m_url.setHost(host);
    m_url.setPort(access.port);
}

Async<EtcdAnswers> EtcdClient::ask(Millis limit, std::stop_token stop)
{
    auto round = std::make_shared<Round>();
    round->limit = limit;
    round->stop = std::move(stop);
    round->open = 1; // until all have been sent
    auto future = round->out.future();
    send(round, QStringLiteral("/health"), &takeHealth);
    send(round, QStringLiteral("/v3/maintenance/status"), &takeStatus);
    send(round, QStringLiteral("/v3/cluster/member/list"), &takeMembers);
    part(*round);
    return future;
}

void EtcdClient::send(const RoundPtr& round, const QString& path, Take take)
{
    net::HttpRequest request;
    request.url = m_url;
    request.url.setPath(path);
    if (path.startsWith(QLatin1String("/v3"))) {
        request.method = "POST";
        request.body = "{}";
    }
    request.limits.connect = round->limit;
    request.limits.total = round->limit;
    request.anyStatus = true; // an ill etcd answers 503 with its reason
    ++round->open;
    deliver(m_client.send(std::move(request), round->stop), this,
            [round, take](const Result<net::HttpResponse>& answer) {
                if (answer) {
                    if (const auto object = parseJsonObject(answer->body)) {
                        take(round->answers, *object);
                    }
                } else if (Error error = explained(answer.error()); saysMore(error, round->error)) {
                    round->error = std::move(error);
                }
                part(*round);
            });
}

void EtcdClient::part(Round& round)
{
    if (--round.open > 0) {
        return;
    }
    EtcdAnswers& answers = round.answers;
    if (!answers.health && !answers.status && !answers.members) {
        answers.trouble = round.error.value_or(
            makeError(ErrorKind::Protocol, QStringLiteral("etcd-gateway"),
                      QStringLiteral("it has no JSON gateway on this address"),
                      QStringLiteral("Etcd serves it on its client address unless "
                                     "--enable-grpc-gateway is off")));
    }
    round.out.resolve(std::move(answers));
}

} // namespace quorate::platform::kubernetes
