// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Api.h"

#include "core/base/Json.h"

#include <QJsonDocument>

namespace quorate::sandbox {

namespace {

constexpr int kTtlDefault =
    180; ///< seconds; the concurrency lock of the documents (domain.md, Replication)
constexpr int kTtlMax = 3600;
constexpr int kTextMax = 1000;

struct Wish {
    QString verb; ///< "POST", "PUT" or "DELETE"
    QString owner;
    QString note;
    int ttlSeconds = kTtlDefault;
};

Result<Wish> wishFrom(const QString& verb, const QJsonObject& body)
{
    JsonReader in(body);
    Wish wish;
    wish.verb = verb;
    wish.owner = in.string("owner");
    wish.note = in.stringOr("note", {});
    wish.ttlSeconds = static_cast<int>(in.optionalInteger("ttlSeconds").value_or(kTtlDefault));
    if (in.error()) {
        return refuse(400, "body-invalid", in.error()->message);
    }
    if (wish.owner.isEmpty() || wish.owner.size() > 200 || wish.note.size() > kTextMax
        || wish.ttlSeconds < 1 || wish.ttlSeconds > kTtlMax) {
        return refuse(400, "body-invalid",
                      QStringLiteral("owner, note or ttlSeconds is out of its limits"));
    }
    return wish;
}

/// The lease of the shared document, if it still holds.
QJsonObject holding(const QJsonObject& document, TimePoint now)
{
    const QJsonObject lease = document.value(QStringLiteral("lease")).toObject();
    const Result<TimePoint> expires = fromIso(lease.value(QStringLiteral("expiresAt")).toString());
    return expires && *expires > now ? lease : QJsonObject();
}

tl::unexpected<Error> held(const QJsonObject& lease)
{
    Error error = makeError(ErrorKind::Conflict, QStringLiteral("lease-held"),
                            QStringLiteral("%1 has the lease until %2")
                                .arg(lease.value(QStringLiteral("owner")).toString(),
                                     lease.value(QStringLiteral("expiresAt")).toString()));
    error.httpStatus = 409;
    error.context = {QString::fromUtf8(QJsonDocument(lease).toJson(QJsonDocument::Compact))};
    return fail(std::move(error));
}

Result<QJsonObject> apply(const Wish& wish, QJsonObject document, TimePoint now)
{
    const QJsonObject current = holding(document, now);
    const bool ours = current.value(QStringLiteral("owner")).toString() == wish.owner;
    if (!current.isEmpty() && !ours) {
        return held(current);
    }
    if (wish.verb == QLatin1String("DELETE")) {
        document.remove(QStringLiteral("lease"));
        return document;
    }
    if (wish.verb == QLatin1String("PUT") && current.isEmpty()) {
        return refuse(404, "lease-free", QStringLiteral("Nobody has the lease; acquire it first"));
    }
    const QString since =
        current.isEmpty() ? toIso(now) : current.value(QStringLiteral("acquiredAt")).toString();
    document.insert(QStringLiteral("lease"), QJsonObject{{QStringLiteral("owner"), wish.owner},
                                                         {QStringLiteral("acquiredAt"), since},
                                                         {QStringLiteral("expiresAt"),
                                                          toIso(now + Seconds(wish.ttlSeconds))},
                                                         {QStringLiteral("note"), wish.note}});
    return document;
}

QJsonObject answerBody(const QJsonObject& lease)
{
    return {{QStringLiteral("lease"),
             lease.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(lease)}};
}

} // namespace

/// On the leader.
Result<Answer> Api::changeLease(const QString& verb, const QJsonObject& body)
{
    if (verb == QLatin1String("GET")) {
        return Answer{200, answerBody(holding(m_node.document(), m_node.clock().now())), {}, false};
    }
    const Result<Wish> wish = wishFrom(verb, body);
    if (!wish) {
        return fail(wish.error());
    }
    const TimePoint now = m_node.clock().now();
    bool renewed = false;
    QJsonObject lease;
    const Result<void> changed = m_node.changeDocument([&](const QJsonObject& document) {
        renewed = !holding(document, now).isEmpty();
        Result<QJsonObject> made = apply(*wish, document, now);
        lease = made ? made->value(QStringLiteral("lease")).toObject() : QJsonObject();
        return made;
    });
    if (!changed) {
        return fail(changed.error());
    }
    m_node.events().publish("lease", answerBody(lease));
    if (verb == QLatin1String("DELETE")) {
        return Answer{204, {}, {}, true};
    }
    return Answer{
        verb == QLatin1String("POST") && !renewed ? 201 : 200, answerBody(lease), {}, true};
}

void Api::installLease(Http& server)
{
    const auto throughLeader = [this](const QString& verb,
                                      const QJsonObject& body) -> Result<Answer> {
        const QString leader = m_node.leader();
        if (leader == m_node.id()) {
            return changeLease(verb, body);
        }
        if (leader.isEmpty()) {
            return refuse(503, "no-quorum", QStringLiteral("The cluster has no leader now"));
        }
        const Result<QJsonObject> answer =
            m_callPeer(leader, QStringLiteral("lease"),
                       {{QStringLiteral("verb"), verb}, {QStringLiteral("request"), body}});
        if (!answer) {
            return fail(answer.error());
        }
        return Answer{answer->value(QStringLiteral("status")).toInt(),
                      answer->value(QStringLiteral("body")).toObject(),
                      {},
                      true};
    };
    server.Get("/api/v1/cluster/lease",
               reading([throughLeader](const httplib::Request& in, httplib::Response& out) {
                   const Result<Answer> answer = throughLeader(QStringLiteral("GET"), {});
                   if (answer) {
                       sendJson(out, 200, answer->body);
                   } else {
                       sendError(in, out, answer.error());
                   }
               }));
    const auto change = [throughLeader](const httplib::Request& in, const Request& request) {
        QJsonObject body = request.body;
        if (in.method == "DELETE") {
            body = {{QStringLiteral("owner"), query(in, "owner")}};
        }
        return throughLeader(QString::fromStdString(in.method), body);
    };
    server.Post("/api/v1/cluster/lease", acting(change));
    server.Put("/api/v1/cluster/lease", acting(change));
    server.Delete("/api/v1/cluster/lease", acting(change));
}

} // namespace quorate::sandbox
