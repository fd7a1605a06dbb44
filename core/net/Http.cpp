// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/Http.h"

#include "core/net/TrustStore.h"

#include <QRegularExpression>

namespace quorate::net {
namespace {

constexpr int kDetailMax = 1000; // of a server's own words in an error: a few lines for a person

ErrorKind kindForStatus(int status)
{
    switch (status) {
    case 401: return ErrorKind::Unauthorized;
    case 403: return ErrorKind::Forbidden;
    case 404:
    case 410: return ErrorKind::NotFound;
    case 409:
    case 412:
    case 423: return ErrorKind::Conflict;
    case 429: return ErrorKind::Server;
    default: break;
    }
    if (status >= 500) {
        return ErrorKind::Server;
    }
    return status >= 400 ? ErrorKind::Validation : ErrorKind::Protocol;
}

bool isWorthRepeating(int status)
{
    return status == 423 || status == 429 || status == 502 || status == 503 || status == 504;
}

/// One line of printable text, however hostile the server.
QString tamed(const QString& text)
{
    QString line = text.left(kDetailMax).simplified();
    line.removeIf([](QChar c) { return !c.isPrint(); });
    return line;
}

bool isCode(const QString& text)
{
    static const QRegularExpression form(
        QRegularExpression::anchoredPattern(QStringLiteral("[a-z0-9]+(-[a-z0-9]+){0,15}")));
    return text.size() <= 64 && form.match(text).hasMatch();
}

void readProblem(const QByteArray& body, Error& error)
{
    const auto object = parseJsonObject(body);
    if (!object) {
        return;
    }
    const QString code = object->value(QStringLiteral("code")).toString();
    const QString title = tamed(object->value(QStringLiteral("title")).toString());
    const QString detail = tamed(object->value(QStringLiteral("detail")).toString());
    if (isCode(code)) {
        error.code = code;
    }
    if (!title.isEmpty() || !detail.isEmpty()) {
        error.message = title.isEmpty() || detail.isEmpty() || detail.startsWith(title)
                            ? (detail.isEmpty() ? title : detail)
                            : QStringLiteral("%1: %2").arg(title, detail);
    }
}

} // namespace

bool HttpRequest::isSafe() const
{
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

QByteArray HttpResponse::header(const QByteArray& name) const
{
    for (const auto& [key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0) {
            return value;
        }
    }
    return {};
}

QString endpointOf(const QUrl& url)
{
    return QStringLiteral("%1://%2%3")
        .arg(url.scheme(), hostPortText(url.host(), url.port(443)), url.path());
}

Error errorForStatus(const HttpResponse& response)
{
    Error error =
        makeError(kindForStatus(response.status), QStringLiteral("http-%1").arg(response.status),
                  QStringLiteral("The server answered with status %1").arg(response.status));
    if (response.status < 400) {
        error.code = QStringLiteral("redirect-refused");
        error.message = QStringLiteral("The server wants to send us elsewhere, which is refused");
        error.cure = QStringLiteral("Enter the node's own address");
    } else if (response.header("Content-Type").contains("json")) {
        readProblem(response.body, error);
    }
    error.retryable = isWorthRepeating(response.status);
    error.httpStatus = response.status;
    error.requestId = response.requestId;
    error.endpoint = response.endpoint;
    return error;
}

Result<QJsonObject> jsonBody(const HttpResponse& response, const JsonLimits& limits)
{
    auto object = parseJsonObject(response.body, limits);
    if (!object) {
        object.error().endpoint = response.endpoint;
        object.error().requestId = response.requestId;
        object.error().httpStatus = response.status;
    }
    return object;
}

} // namespace quorate::net
