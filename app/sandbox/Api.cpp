// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Api.h"

#include "app/sandbox/Files.h"
#include "core/base/Json.h"
#include "core/base/Secret.h"

#include <QRegularExpression>

#include <openssl/crypto.h>

namespace quorate::sandbox {

namespace {

constexpr Seconds kSessionLife = std::chrono::hours(1);
constexpr size_t kSessionsMax = 1000;
constexpr int kEventPatienceMs = 500;
constexpr Millis kKeepAlive = Seconds(10);

QString requestId(const httplib::Request& in)
{
    static const QRegularExpression allowed(QStringLiteral("^[A-Za-z0-9._-]{1,64}$"));
    const QString given = header(in, "X-Request-Id");
    return allowed.match(given).hasMatch() ? given : randomHex(8);
}

/// users.json: [{"user","salt","hash","canWrite"}].
bool passwordMatches(const QJsonObject& user, const Secret& password)
{
    const QByteArray salt =
        QByteArray::fromHex(user.value(QStringLiteral("salt")).toString().toLatin1());
    const QByteArray hash =
        QByteArray::fromHex(user.value(QStringLiteral("hash")).toString().toLatin1());
    const QByteArray made = passwordHash(password.reveal(), salt);
    return hash.size() == made.size()
           && CRYPTO_memcmp(made.constData(), hash.constData(), size_t(made.size())) == 0;
}

} // namespace

Api::Api(Node& node, Uploads& uploads, QByteArray clusterSecret, CallPeer callPeer)
    : m_node(node)
    , m_uploads(uploads)
    , m_clusterSecret(std::move(clusterSecret))
    , m_callPeer(std::move(callPeer))
{}

void Api::install(Http& server)
{
    server.set_default_headers(
        {{"Server", "quorate-sandbox (practice cluster)"}, {"X-Quorate-Practice", "true"}});
    server.set_post_routing_handler([](const httplib::Request& in, httplib::Response& out) {
        out.set_header("X-Request-Id", requestId(in).toStdString());
    });
    server.set_error_handler(httplib::Server::Handler([](const httplib::Request& in,
                                                         httplib::Response& out) {
        if (out.body.empty() && in.method != "HEAD") {
            const bool missing = out.status == 404;
            sendProblem(in, out, out.status,
                        missing ? QStringLiteral("not-found") : QStringLiteral("request-invalid"),
                        missing ? QStringLiteral("There is nothing here")
                                : QStringLiteral("The request cannot be read"));
        }
    }));
    server.Get("/api/v1/ping", reading(
                                   [this](const httplib::Request&, httplib::Response& out) {
                                       sendJson(out, 200,
                                                {{QStringLiteral("status"), QStringLiteral("ok")},
                                                 {QStringLiteral("node"), m_node.id()},
                                                 {QStringLiteral("sandbox"), true}});
                                   },
                                   Auth::None));
    installSession(server);
    installNode(server);
    installCluster(server);
    installLease(server);
    installUploads(server);
    installPackages(server);
    installEvents(server);
    installInternal(server);
}

void Api::installSession(Http& server)
{
    server.Post(
        "/api/v1/session",
        writing(
            [this](const httplib::Request& in, httplib::Response& out, const Reader& reader) {
                std::optional<QByteArray> body = readBody(in, reader);
                if (!body) {
                    sendProblem(in, out, 413, QStringLiteral("body-too-large"),
                                QStringLiteral("At most 1 MiB"));
                    return;
                }
                logIn(in, out, *body);
                wipeBytes(*body);
            },
            Auth::None));
    server.Delete(
        "/api/v1/session",
        writing(
            [this](const httplib::Request& in, httplib::Response& out, const Reader& reader) {
                (void)readBody(in, reader);
                const QByteArray token =
                    QByteArray::fromStdString(in.get_header_value("Authorization")).mid(7);
                const std::lock_guard lock(m_sessionsMutex);
                m_sessions.erase(sha256Hex(token));
                out.status = 204;
            },
            Auth::Read));
}

void Api::logIn(const httplib::Request& in, httplib::Response& out, const QByteArray& body)
{
    const Result<QJsonObject> object = parseJsonObject(body);
    if (!object) {
        sendProblem(in, out, 400, QStringLiteral("body-invalid"),
                    QStringLiteral("The body is not a JSON object"));
        return;
    }
    JsonReader fields(*object);
    const QString name = fields.string("user");
    const Secret password(fields.string("password").toUtf8());
    if (fields.error()) {
        sendProblem(in, out, 400, QStringLiteral("body-invalid"), fields.error()->message);
        return;
    }
    const Result<QJsonObject> users =
        readObject(m_node.settings().path(QStringLiteral("users.json")));
    const QJsonObject user = users ? users->value(name).toObject() : QJsonObject();
    if (!passwordMatches(user,
                         password)) { // also for users that do not exist, so that they take as long
        sendProblem(in, out, 401, QStringLiteral("credentials-refused"),
                    QStringLiteral("The user or the password is wrong"));
        return;
    }
    const QString token = QLatin1String(kSessionTokenPrefix) + randomHex(32);
    const Session session{name, user.value(QStringLiteral("canWrite")).toBool(),
                          m_node.clock().now() + kSessionLife};
    {
        const std::lock_guard lock(m_sessionsMutex);
        if (m_sessions.size() >= kSessionsMax) {
            m_sessions.erase(m_sessions.begin());
        }
        m_sessions.emplace(sha256Hex(token.toLatin1()), session);
    }
    out.set_header("Cache-Control", "no-store");
    sendJson(out, 200,
             {{QStringLiteral("token"), token},
              {QStringLiteral("expiresAt"), toIso(session.expiresAt)},
              {QStringLiteral("user"), name},
              {QStringLiteral("canWrite"), session.canWrite}});
}

void Api::installEvents(Http& server)
{
    server.Get(
        "/api/v1/events", reading([this](const httplib::Request& in, httplib::Response& out) {
            bool isNumber = false;
            const qint64 given = header(in, "Last-Event-ID").toLongLong(&isNumber);
            auto last = std::make_shared<qint64>(isNumber ? given : m_node.events().newest());
            auto quietSince = std::make_shared<TimePoint>(TimePoint{});
            out.set_header("Cache-Control", "no-store");
            out.set_chunked_content_provider(
                "text/event-stream", [this, last, quietSince](size_t, httplib::DataSink& sink) {
                    QByteArray text = m_node.events().after(*last, kEventPatienceMs);
                    const TimePoint now = m_node.clock().now();
                    if (text.isEmpty() && now - *quietSince > kKeepAlive) {
                        text = ": still here\n\n";
                    }
                    if (text.isEmpty()) {
                        return sink.is_writable();
                    }
                    *quietSince = now;
                    return sink.write(text.constData(), static_cast<size_t>(text.size()));
                });
        }));
}

void Api::installInternal(Http& server)
{
    server.Get("/internal/status",
               reading(
                   [this](const httplib::Request&, httplib::Response& out) {
                       const QJsonObject self = m_node.self();
                       sendJson(out, 200,
                                {{QStringLiteral("leader"), m_node.leader()},
                                 {QStringLiteral("state"), self[QLatin1String("state")]},
                                 {QStringLiteral("version"), self[QLatin1String("version")]}});
                   },
                   Auth::Cluster));
    server.Post(
        "/internal/(heartbeat|vote|lead|lease)",
        writing(
            [this](const httplib::Request& in, httplib::Response& out, const Reader& reader) {
                const std::optional<QByteArray> body = readBody(in, reader);
                const Result<QJsonObject> object = parseJsonObject(body.value_or(QByteArray()));
                if (!object) {
                    sendProblem(in, out, 400, QStringLiteral("body-invalid"),
                                object.error().message);
                    return;
                }
                const QString path = matched(in, 1);
                if (path != QLatin1String("lease")) {
                    sendJson(out, 200, m_node.received(path, *object));
                    return;
                }
                const Result<Answer> answer =
                    changeLease(object->value(QStringLiteral("verb")).toString(),
                                object->value(QStringLiteral("request")).toObject());
                if (answer) {
                    sendJson(out, 200,
                             {{QStringLiteral("status"), answer->status},
                              {QStringLiteral("body"), answer->body}});
                } else {
                    sendError(in, out, answer.error());
                }
            },
            Auth::Cluster));
}

} // namespace quorate::sandbox
