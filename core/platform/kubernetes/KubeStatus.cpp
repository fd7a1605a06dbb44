// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeStatus.h"

#include "core/platform/kubernetes/KubeClient.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kMessageMax = 1000; // of a server's own words: a few lines for a person
constexpr int kWordMax = 253;     // the longest name that Kubernetes allows
constexpr int kCausesMax = 32;    // of an invalid object; nobody reads more
constexpr Seconds kRetryAfterMax{3600};

/// One line of printable text, however hostile the server.
QString tamed(const QJsonValue& value, int most)
{
    QString line = value.toString().left(most).simplified();
    line.removeIf([](QChar c) { return !c.isPrint(); });
    return line;
}

/// "TooManyRequests" → "too-many-requests"; empty when it is not a word of letters.
QString kebab(const QString& reason)
{
    QString out;
    for (const QChar c : reason.left(64)) {
        if (c.unicode() > 0x7f || !c.isLetter()) {
            return {};
        }
        if (c.isUpper() && !out.isEmpty()) {
            out += QLatin1Char('-');
        }
        out += c.toLower();
    }
    return out;
}

ErrorKind kindOf(int code)
{
    switch (code) {
    case 401: return ErrorKind::Unauthorized;
    case 403: return ErrorKind::Forbidden;
    case 404:
    case 410: return ErrorKind::NotFound;
    case 409:
    case 412: return ErrorKind::Conflict;
    case 429: return ErrorKind::Server;
    default: break;
    }
    if (code >= 500) {
        return ErrorKind::Server;
    }
    return code >= 400 ? ErrorKind::Validation : ErrorKind::Protocol;
}

QString cureOf(int code)
{
    switch (code) {
    case 401: return QStringLiteral("Sign in again, or renew the credentials in the kubeconfig");
    case 403: return QStringLiteral("Ask the cluster's administrator for this right (RBAC)");
    case 409: return QStringLiteral("Look at the object again and repeat the change");
    case 410: return QStringLiteral("List again");
    case 429: return QStringLiteral("Wait and try again");
    case 503: return QStringLiteral("Wait until the API server is ready");
    default: return {};
    }
}

} // namespace

bool KubeStatus::hasCause(const QString& wanted) const
{
    return std::any_of(causes.begin(), causes.end(),
                       [&](const Cause& cause) { return cause.reason == wanted; });
}

bool KubeStatus::isExpired() const
{
    // 504 with this cause: the server's store was set back, for example by a restored backup.
    return code == 410 || reason == QLatin1String("Expired") || reason == QLatin1String("Gone")
           || hasCause(QStringLiteral("ResourceVersionTooLarge"));
}

KubeStatus statusFrom(const QJsonObject& object, int code)
{
    KubeStatus out;
    out.code = code;
    if (object.value(QStringLiteral("kind")).toString() != QLatin1String("Status")) {
        return out;
    }
    const int own = object.value(QStringLiteral("code")).toInt();
    if (code == 0 && own >= 100 && own <= 599) {
        out.code = own;
    }
    out.reason = tamed(object.value(QStringLiteral("reason")), kWordMax);
    out.message = tamed(object.value(QStringLiteral("message")), kMessageMax);
    const QJsonObject details = object.value(QStringLiteral("details")).toObject();
    out.kind = tamed(details.value(QStringLiteral("kind")), kWordMax);
    out.name = tamed(details.value(QStringLiteral("name")), kWordMax);
    const int seconds = details.value(QStringLiteral("retryAfterSeconds")).toInt();
    out.retryAfter = std::clamp<Seconds>(Seconds(seconds), Seconds(0), kRetryAfterMax);
    for (const QJsonValue value : details.value(QStringLiteral("causes")).toArray()) {
        if (out.causes.size() >= kCausesMax) {
            break;
        }
        const QJsonObject cause = value.toObject();
        out.causes.push_back({tamed(cause.value(QStringLiteral("reason")), kWordMax),
                              tamed(cause.value(QStringLiteral("message")), kMessageMax),
                              tamed(cause.value(QStringLiteral("field")), kWordMax)});
    }
    return out;
}

KubeStatus statusFrom(const KubeAnswer& answer)
{
    KubeStatus out;
    const auto object = parseJsonObject(answer.body);
    out = statusFrom(object ? *object : QJsonObject(), answer.status);
    if (out.retryAfter == Millis(0)) {
        out.retryAfter = answer.retryAfter();
    }
    return out;
}

Error kubeError(const KubeStatus& status, const QString& endpoint)
{
    const QString word = kebab(status.reason);
    Error error = makeError(
        kindOf(status.code), word.isEmpty() ? QStringLiteral("http-%1").arg(status.code) : word,
        status.message.isEmpty()
            ? QStringLiteral("The API server answered with status %1").arg(status.code)
            : status.message,
        cureOf(status.code));
    error.httpStatus = status.code;
    error.endpoint = endpoint;
    error.retryable = status.code == 429 || status.code >= 500;
    return error;
}

} // namespace quorate::platform::kubernetes
