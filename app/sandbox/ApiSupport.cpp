// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Api.h"

#include "app/sandbox/Files.h"
#include "app/sandbox/Server.h"
#include "core/base/Json.h"

#include <QJsonDocument>

#include <openssl/crypto.h>
#include <thread>

namespace quorate::sandbox {

namespace {

constexpr size_t kBodyMax = 1024 * 1024;
constexpr size_t kDrainMax =
    64 * 1024 * 1024; ///< of a body that is not wanted; longer ones end the connection
constexpr Millis kSlowAnswer = Seconds(3);
constexpr int kPageMax = 500;
constexpr int kPageDefault = 100;
constexpr const char* kJson = "application/json";

std::string text(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

bool isInternal(const httplib::Request& in) { return in.path.rfind("/internal/", 0) == 0; }

bool hasBody(const httplib::Request& in)
{
    return in.has_header("Content-Length") || in.has_header("Transfer-Encoding");
}

} // namespace

QString header(const httplib::Request& in, const char* name)
{
    return QString::fromStdString(in.get_header_value(name));
}

QString query(const httplib::Request& in, const char* name)
{
    return QString::fromStdString(in.get_param_value(name));
}

QString matched(const httplib::Request& in, int index)
{
    return QString::fromStdString(in.matches[static_cast<size_t>(index)].str());
}

void sendJson(httplib::Response& out, int status, const QJsonObject& body)
{
    out.status = status;
    out.set_content(text(body), kJson);
}

void sendTagged(const httplib::Request& in, httplib::Response& out, const QJsonObject& body)
{
    const std::string content = text(body);
    const QString tag = QLatin1Char('"') + sha256Hex(QByteArray::fromStdString(content)).left(32)
                        + QLatin1Char('"');
    out.set_header("ETag", tag.toStdString());
    out.set_header("Cache-Control", "no-cache");
    if (header(in, "If-None-Match").contains(tag)) {
        out.status = 304;
        return;
    }
    out.status = 200;
    out.set_content(content, kJson);
}

void sendProblem(const httplib::Request& in, httplib::Response& out, int status,
                 const QString& code, const QString& detail, const QJsonObject& extra)
{
    QJsonObject problem = problemJson(status, code, detail, QString::fromStdString(in.path));
    for (auto field = extra.begin(); field != extra.end(); ++field) {
        problem.insert(field.key(), field.value());
    }
    out.status = status;
    out.set_content(text(problem), "application/problem+json");
}

void sendError(const httplib::Request& in, httplib::Response& out, const Error& error)
{
    const int status = error.httpStatus != 0               ? error.httpStatus
                       : error.kind == ErrorKind::Protocol ? 400
                                                           : 500;
    QJsonObject extra;
    if (error.code
        == QLatin1String(
            "lease-held")) { // the lease travels in the context: Error has no place of its own
        extra.insert(QStringLiteral("lease"),
                     QJsonDocument::fromJson(error.context.value(0).toUtf8()).object());
    }
    sendProblem(in, out, status, error.code, error.message, extra);
}

std::optional<QByteArray> readBody(const httplib::Request& in, const httplib::ContentReader& reader)
{
    QByteArray body;
    if (!hasBody(in)) {
        return body;
    }
    size_t seen = 0;
    const bool whole = reader([&](const char* data, size_t size) {
        seen += size;
        if (seen <= kBodyMax) {
            body.append(data, static_cast<qsizetype>(size));
        }
        return seen <= kDrainMax;
    });
    if (!whole) {
        cutConnection();
    }
    return whole && seen <= kBodyMax ? std::optional(body) : std::nullopt;
}

bool Api::misbehave(const httplib::Request& in, httplib::Response& out)
{
    const Faults& faults = m_node.faults();
    if (faults.has(fault::kHang)) {
        while (faults.has(fault::kHang)) {
            std::this_thread::sleep_for(Millis(100));
        }
        cutConnection();
        return true;
    }
    if (isInternal(in)) {
        return false;
    }
    if (faults.has(fault::kSlow)) {
        std::this_thread::sleep_for(kSlowAnswer);
    }
    if (faults.has(fault::kHttp500)) {
        sendProblem(in, out, 500, QStringLiteral("internal-error"),
                    QStringLiteral("The node has an internal error"));
        return true;
    }
    if (faults.has(fault::kGarbage)) {
        switch (m_garbage++ % 3) {
        case 0: // cut short
            sendRaw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    "900\r\n\r\n{\"id\": \"node-1\", \"na");
            cutConnection();
            break;
        case 1: // not JSON
            out.status = 200;
            out.set_content("<html>\x01\xff\xfe It works!", kJson);
            break;
        default: // JSON of other types
            out.status = 200;
            out.set_content(
                R"({"id": 7, "state": ["ready"], "members": {"node-1": null}, "items": "none"})",
                kJson);
        }
        return true;
    }
    return false;
}

bool Api::authorise(const httplib::Request& in, httplib::Response& out, Auth auth)
{
    if (auth == Auth::None) {
        return true;
    }
    const QByteArray bearer = QByteArray::fromStdString(in.get_header_value("Authorization"));
    if (!bearer.startsWith("Bearer ")) {
        out.set_header("WWW-Authenticate", "Bearer");
        sendProblem(in, out, 401, QStringLiteral("token-missing"),
                    QStringLiteral("Log in first: POST /session"));
        return false;
    }
    const QByteArray token = bearer.mid(7);
    if (auth == Auth::Cluster) {
        if (token.size() == m_clusterSecret.size()
            && CRYPTO_memcmp(token.constData(), m_clusterSecret.constData(),
                             static_cast<size_t>(token.size()))
                   == 0) {
            return true;
        }
        sendProblem(in, out, 403, QStringLiteral("not-a-member"),
                    QStringLiteral("Only members of the cluster may ask this"));
        return false;
    }
    const std::lock_guard lock(m_sessionsMutex);
    const auto session = m_sessions.find(sha256Hex(token));
    if (session == m_sessions.end() || session->second.expiresAt <= m_node.clock().now()) {
        out.set_header("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        sendProblem(in, out, 401, QStringLiteral("token-unknown"),
                    QStringLiteral("The token is not known or has expired"));
        return false;
    }
    if (auth == Auth::Write && !session->second.canWrite) {
        sendProblem(in, out, 403, QStringLiteral("read-only"),
                    QStringLiteral("This user may only read"));
        return false;
    }
    return true;
}

bool Api::prepare(const httplib::Request& in, httplib::Response& out, Auth auth)
{
    return !misbehave(in, out) && authorise(in, out, auth);
}

Api::Plain Api::reading(Plain handler, Auth auth)
{
    return [this, handler = std::move(handler), auth](const httplib::Request& in,
                                                      httplib::Response& out) {
        if (prepare(in, out, auth)) {
            handler(in, out);
        }
    };
}

Api::WithBody Api::writing(WithBody handler, Auth auth)
{
    return [this, handler = std::move(handler),
            auth](const httplib::Request& in, httplib::Response& out, const Reader& reader) {
        if (prepare(in, out, auth)) {
            handler(in, out, reader);
        } else {
            (void)readBody(in, reader); // refused, but the connection goes on
        }
    };
}

Api::WithBody Api::acting(Act act)
{
    return writing([this, act = std::move(act)](const httplib::Request& in, httplib::Response& out,
                                                const Reader& reader) {
        const std::optional<QByteArray> body = readBody(in, reader);
        if (!body) {
            sendProblem(in, out, 413, QStringLiteral("body-too-large"),
                        QStringLiteral("At most 1 MiB"));
            return;
        }
        answerAct(in, out, *body, act);
    });
}

void Api::answerAct(const httplib::Request& in, httplib::Response& out, const QByteArray& body,
                    const Act& act)
{
    Request request;
    request.idempotencyKey = header(in, "Idempotency-Key");
    if (request.idempotencyKey.isEmpty() || request.idempotencyKey.size() > 128) {
        sendProblem(
            in, out, 400, QStringLiteral("idempotency-key-missing"),
            QStringLiteral("Unsafe requests need an Idempotency-Key of 1 to 128 characters"));
        return;
    }
    if (!body.isEmpty()) {
        Result<QJsonObject> parsed = parseJsonObject(body);
        if (!parsed) {
            sendProblem(in, out, 400, QStringLiteral("body-invalid"), parsed.error().message);
            return;
        }
        request.body = *parsed;
    }
    const QByteArray upload = QByteArray::fromStdString(in.get_header_value("Upload-Metadata"));
    request.requestHash = sha256Hex(QByteArray::fromStdString(in.method + ' ' + in.target) + '\n'
                                    + upload + '\n' + body);
    const std::lock_guard one(m_actMutex);
    const Result<std::optional<Remembered>> known = m_node.recall(request);
    if (!known) {
        sendError(in, out, known.error());
        return;
    }
    Answer answer;
    if (known->has_value()) {
        answer = {(*known)->status, (*known)->body, (*known)->location, false};
    } else {
        Result<Answer> made = act(in, request);
        if (!made) {
            sendError(in, out, made.error());
            return;
        }
        answer = *std::move(made);
        if (answer.remember) {
            m_node.remember(request, {QString(), answer.status, answer.location, answer.body});
        }
    }
    out.status = answer.status;
    if (!answer.location.isEmpty()) {
        out.set_header("Location", answer.location.toStdString());
    }
    if (!answer.body.isEmpty()) {
        sendJson(out, answer.status, answer.body);
    }
}

void Api::answerList(const httplib::Request& in, httplib::Response& out,
                     const std::vector<QJsonObject>& items, bool tagged) const
{
    size_t start = 0;
    if (const QString cursor = query(in, "cursor"); !cursor.isEmpty()) {
        while (start < items.size()
               && items[start].value(QStringLiteral("id")).toString() != cursor) {
            ++start;
        }
        if (start == items.size()) {
            sendProblem(in, out, 400, QStringLiteral("cursor-invalid"),
                        QStringLiteral("Start again without a cursor"));
            return;
        }
        ++start;
    }
    bool isNumber = true;
    const QString asked = query(in, "limit");
    const int limit = asked.isEmpty() ? kPageDefault : asked.toInt(&isNumber);
    if (!isNumber || limit < 1 || limit > kPageMax) {
        sendProblem(in, out, 400, QStringLiteral("limit-invalid"),
                    QStringLiteral("The limit is 1 to 500"));
        return;
    }
    QJsonArray page;
    size_t at = start;
    for (; at < items.size() && page.size() < limit; ++at) {
        page.append(items[at]);
    }
    const QJsonValue next = at < items.size() ? items[at - 1].value(QStringLiteral("id"))
                                              : QJsonValue(QJsonValue::Null);
    const QJsonObject body{{QStringLiteral("items"), page}, {QStringLiteral("nextCursor"), next}};
    if (tagged) {
        sendTagged(in, out, body);
    } else {
        sendJson(out, 200, body);
    }
}

} // namespace quorate::sandbox
