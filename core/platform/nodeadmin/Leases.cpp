// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Leases.h"

#include <QJsonDocument>
#include <QUuid>

namespace quorate::platform::nodeadmin {
namespace {

/// Each call is an intent of its own: an old answer must never be given for a lease that has
/// expired since.
QString freshKey() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }

Error withOwner(Error error, const Lease& lease, TimePoint now)
{
    error.message =
        QStringLiteral("%1 coordinates this cluster since %2%3")
            .arg(lease.owner, toDurationText(now - lease.acquiredAt),
                 lease.note.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(lease.note));
    error.cure = QStringLiteral("Ask the owner, or wait: unless it is renewed the lease ends in %1")
                     .arg(toDurationText(lease.expiresAt - now));
    return error;
}

} // namespace

Leases::Leases(std::shared_ptr<Nodes> nodes, Seconds ttl)
    : m_nodes(std::move(nodes))
    , m_ttl(ttl)
{}

Result<std::optional<Lease>> Leases::decode(const net::HttpResponse& response) const
{
    auto lease = net::jsonBody(response).and_then(decodeLease);
    if (lease && *lease) {
        (*lease)->ours = (*lease)->owner == m_owner;
    }
    return lease;
}

Async<std::optional<Lease>> Leases::read(std::stop_token stop)
{
    auto asked = m_nodes->askAny([stop](const NodeClientPtr& node) {
        return node->send(node->request("GET", QStringLiteral("/cluster/lease")), stop);
    });
    return andThen(std::move(asked),
                   [self = shared_from_this()](const net::HttpResponse& response) {
                       return self->decode(response);
                   });
}

Async<Lease> Leases::take(const QByteArray& method, const QString& owner, const QString& note,
                          std::stop_token stop)
{
    m_owner = owner;
    QJsonObject body{{QStringLiteral("owner"), owner},
                     {QStringLiteral("ttlSeconds"), static_cast<int>(m_ttl.count())}};
    if (!note.isEmpty()) {
        body.insert(QStringLiteral("note"), note);
    }
    const QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    auto asked = m_nodes->askAny([method, text, stop](const NodeClientPtr& node) {
        auto request = node->request(method, QStringLiteral("/cluster/lease"));
        request.body = text;
        request.idempotencyKey = freshKey();
        return node->send(std::move(request), stop);
    });
    auto taken =
        andThen(std::move(asked),
                [self = shared_from_this()](const net::HttpResponse& response) -> Result<Lease> {
                    auto lease = self->decode(response);
                    if (!lease) {
                        return fail(lease.error());
                    }
                    if (!*lease || !(*lease)->ours) {
                        return fail(ErrorKind::Protocol, QStringLiteral("lease-not-ours"),
                                    QStringLiteral("The node says yes to the lease but "
                                                   "names another owner"));
                    }
                    return **lease;
                });
    Resolver<Lease> out;
    auto future = out.future();
    detail::onAnswer<Lease>(
        std::move(taken), [self = shared_from_this(), out, stop](Result<Lease> result) {
            if (result || result.error().kind != ErrorKind::Conflict) {
                out.resolve(std::move(result));
                return;
            }
            detail::onAnswer<Lease>(self->explainConflict(result.error(), stop),
                                    [out](Result<Lease> told) { out.resolve(std::move(told)); });
        });
    return future;
}

/// Names the owner and the age of the lease that stands in the way; always an error.
Async<Lease> Leases::explainConflict(Error error, std::stop_token stop)
{
    Resolver<Lease> out;
    auto future = out.future();
    detail::onAnswer<std::optional<Lease>>(
        read(std::move(stop)),
        [self = shared_from_this(), out, error](Result<std::optional<Lease>> lease) {
            const bool known = lease && *lease;
            out.resolve(
                fail(known ? withOwner(error, **lease, self->m_nodes->clock().now()) : error));
        });
    return future;
}

Async<Lease> Leases::acquire(QString owner, QString note, std::stop_token stop)
{
    return take("POST", owner, note, std::move(stop));
}

Async<Lease> Leases::renew(QString owner, std::stop_token stop)
{
    return take("PUT", owner, {}, std::move(stop));
}

Async<bool> Leases::release(QString owner, std::stop_token stop)
{
    const QString path = QStringLiteral("/cluster/lease?owner=")
                         + QString::fromLatin1(QUrl::toPercentEncoding(owner));
    auto asked = m_nodes->askAny([path, stop](const NodeClientPtr& node) {
        auto request = node->request("DELETE", path);
        request.idempotencyKey = freshKey();
        return node->send(std::move(request), stop);
    });
    return andThen(std::move(asked),
                   [self = shared_from_this()](const net::HttpResponse&) -> Result<bool> {
                       self->m_owner.clear();
                       return true;
                   });
}

} // namespace quorate::platform::nodeadmin
