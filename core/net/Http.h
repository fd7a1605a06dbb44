// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Json.h"
#include "core/base/Secret.h"
#include "core/base/Time.h"

#include <QByteArray>
#include <QList>
#include <QUrl>

#include <functional>
#include <memory>
#include <utility>

namespace quorate::net {

/// Bounds of one request. Sources: peers.md section 8 (5 s dial, 15 s interactive), design section
/// 9.
struct HttpLimits {
    Millis connect{5000};                    ///< from dialling to the request being sent
    Millis total{15000};                     ///< until the answer is complete; 0: no such limit
    Millis idle{0};                          ///< without a byte of the answer; 0: no such limit
    qint64 bodyBytesMax = 8LL * 1024 * 1024; ///< of the answer, also with a sink
    qint64 headerBytesMax = 64LL * 1024;     ///< of the answer's head
};

/// A name may be there several times; names and values without line breaks.
using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

/// Takes the body of a 2xx answer as it arrives. An error ends the request with that error.
using HttpSink = std::function<Result<void>(const QByteArray& part)>;

struct HttpRequest {
    QByteArray method = "GET";
    QUrl url; ///< https only
    HttpHeaders headers;
    std::shared_ptr<const Secret> bearer; ///< becomes "Authorization: Bearer …"; never logged
    QByteArray body;
    QByteArray contentType = "application/json";
    QString idempotencyKey; ///< becomes "Idempotency-Key"
    HttpLimits limits;
    HttpSink sink;                          ///< null: the body is collected
    std::function<void(int status)> onHead; ///< called once, when the head of the answer is there
    qint64 expectedBytes =
        0; ///< of the body, where its head does not tell: memory for it is taken at once
    bool newConnection = false; ///< none that is kept: it may lead nowhere any more
    bool anyStatus = false;     ///< an answer of any status is an answer, not only 2xx and 304

    /// GET, HEAD and OPTIONS change nothing at the other side and may be sent again.
    [[nodiscard]] bool isSafe() const;
};

/// A 2xx or 304 answer; everything else is an Error, unless `HttpRequest::anyStatus` was asked for.
struct HttpResponse {
    int status = 0;
    HttpHeaders headers;
    QByteArray body;
    QString requestId;
    QString endpoint;

    [[nodiscard]] QByteArray header(const QByteArray& name) const; ///< empty when absent
};

/// scheme://host:port/path: what errors may show of a URL.
QString endpointOf(const QUrl& url);
/// The Error for a status of 300 and more; reads problem+json when it is one (code, title, detail).
Error errorForStatus(const HttpResponse& response);
/// The body as one JSON object; the endpoint and request id go into the error.
[[nodiscard]] Result<QJsonObject> jsonBody(const HttpResponse& response,
                                           const JsonLimits& limits = {});

} // namespace quorate::net
