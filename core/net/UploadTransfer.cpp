// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/UploadTransfer.h"

#include "core/net/CurlError.h"
#include "core/net/CurlProxy.h"

#include <curl/curl.h>

#include <algorithm>

namespace quorate::net {
namespace {

constexpr long kUploadBuffer = 2 * 1024 * 1024; // libcurl's maximum: fewer, larger writes
constexpr qint64 kAnswerBytesMax = 64 * 1024;   // problem+json is some hundred bytes
constexpr long kAnswerLimitMs = 15'000;         // interactive (peers.md section 8)
constexpr qint64 kRateMs = 2000;                // "speed of the last moment", Platform.h

bool sameServer(const QUrl& a, const QUrl& b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && a.port(443) == b.port(443);
}

} // namespace

/// What libcurl calls.
struct UploadTransfer::Hooks {
    static size_t read(char* out, size_t size, size_t count, void* user)
    {
        auto* self = static_cast<UploadTransfer*>(user);
        FileWindow& window = self->m_pack.window;
        const auto max = static_cast<qint64>(size * count);
        qint64 filled = 0;
        while (filled < max) {
            if (window.wouldMove(self->m_position) && !self->m_pack.mayMove(*self)) {
                self->m_paused = filled == 0;
                return filled > 0 ? static_cast<size_t>(filled) : CURL_READFUNC_PAUSE;
            }
            const qint64 got = window.read(self->m_position, out + filled, max - filled);
            if (got < 0) {
                self->m_fileFailed = true;
                return CURL_READFUNC_ABORT;
            }
            if (got == 0) {
                break;
            }
            self->m_position += got;
            filled += got;
        }
        return static_cast<size_t>(filled);
    }

    /// When a kept connection dies, libcurl would send the request again with its old offset; we
    /// ask the server for the offset instead.
    static int refuseRewind(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

    static size_t header(char* line, size_t size, size_t count, void* user)
    {
        auto* self = static_cast<UploadTransfer*>(user);
        const size_t length = size * count;
        self->m_headerBytes += static_cast<qint64>(length);
        if (self->m_headerBytes > kAnswerBytesMax) {
            return 0;
        }
        addHeaderLine(self->m_headers, QByteArray(line, static_cast<qsizetype>(length)));
        return length;
    }

    static size_t write(char* part, size_t size, size_t count, void* user)
    {
        auto* self = static_cast<UploadTransfer*>(user);
        const size_t length = size * count;
        if (self->m_body.size() + static_cast<qint64>(length) > kAnswerBytesMax) {
            return 0;
        }
        self->m_body.append(part, static_cast<qsizetype>(length));
        return length;
    }
};

UploadTransfer::UploadTransfer(UploadPack& pack, const UploadTarget& target, QNetworkProxy proxy)
    : m_pack(pack)
    , m_target(target)
    , m_proxy(std::move(proxy))
    , m_trust(pack.tls, target.createUrl, pack.options.now)
    , m_handle(curl_easy_init())
{
    m_outcome.id = target.id;
    m_outcome.url = target.resumeUrl;
}

UploadTransfer::~UploadTransfer()
{
    curl_multi_remove_handle(static_cast<CURLM*>(m_pack.multi), m_handle);
    curl_easy_cleanup(m_handle);
}

void UploadTransfer::begin()
{
    if (m_handle == nullptr) {
        failWith(makeError(ErrorKind::Internal, QStringLiteral("no-memory"),
                           QStringLiteral("No transfer could be made")));
    } else if (!m_outcome.url.isEmpty() && !sameServer(m_outcome.url, m_target.createUrl)) {
        failWith(makeError(ErrorKind::Protocol, QStringLiteral("foreign-location"),
                           QStringLiteral("The upload is said to be on another server")));
    } else if (m_outcome.url.isEmpty()) {
        create();
    } else {
        ask();
    }
}

void UploadTransfer::prepare(const QUrl& url, std::vector<QByteArray> headers)
{
    curl_easy_reset(m_handle);
    m_headerList.clear();
    m_headers.clear();
    m_headerBytes = 0;
    m_body.clear();
    headers.push_back("Tus-Resumable: 1.0.0");
    headers.push_back("Expect:"); // no waiting for "100 Continue"
    if (m_target.bearer) {
        headers.push_back("Authorization: Bearer " + m_target.bearer->reveal());
    }
    for (QByteArray& header : headers) {
        m_headerList.append(std::move(header));
    }
    curl_easy_setopt(m_handle, CURLOPT_URL, url.toEncoded().constData());
    curl_easy_setopt(m_handle, CURLOPT_HTTPHEADER, m_headerList.list());
    prepareTransfer(m_handle, m_pack.options.connectLimit, m_errorText);
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, &Hooks::header);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, &Hooks::write);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, this);
    prepareProxy(m_handle, m_proxy);
    m_trust.apply(m_handle);
}

void UploadTransfer::launch(State state)
{
    m_state = state;
    m_paused = false;
    m_movedAtMs = m_pack.nowMs();
    m_movedBytes = 0;
    curl_multi_add_handle(static_cast<CURLM*>(m_pack.multi), m_handle);
}

void UploadTransfer::create()
{
    prepare(m_target.createUrl,
            {"Upload-Length: " + QByteArray::number(m_pack.options.sizeBytes),
             "Upload-Metadata: " + m_pack.options.metadata,
             "Idempotency-Key: " + m_target.idempotencyKey.toUtf8(), "Content-Type:"});
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE, 0L);
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT_MS, kAnswerLimitMs);
    launch(State::Creating);
}

void UploadTransfer::ask()
{
    prepare(m_outcome.url, {});
    curl_easy_setopt(m_handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT_MS, kAnswerLimitMs);
    launch(State::Asking);
}

void UploadTransfer::sendRest()
{
    m_hasSent = true;
    m_start = m_furthest;
    m_position = m_start;
    m_toldWhole = m_start == m_pack.options.sizeBytes;
    prepare(m_outcome.url, {"Upload-Offset: " + QByteArray::number(m_start),
                            "Content-Type: application/offset+octet-stream"});
    curl_easy_setopt(m_handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(m_handle, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(m_pack.options.sizeBytes - m_start));
    curl_easy_setopt(m_handle, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    curl_easy_setopt(m_handle, CURLOPT_READFUNCTION, &Hooks::read);
    curl_easy_setopt(m_handle, CURLOPT_READDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_SEEKFUNCTION, &Hooks::refuseRewind);
    if (m_pack.window.bytesRead() == 0 && !m_toldWhole) {
        m_pack.window.startAt(m_start);
    }
    launch(State::Sending);
}

qint64 UploadTransfer::sentNow() const
{
    curl_off_t sent = 0;
    curl_easy_getinfo(m_handle, CURLINFO_SIZE_UPLOAD_T, &sent);
    return static_cast<qint64>(sent);
}

HttpResponse UploadTransfer::response(int status) const
{
    HttpResponse out;
    out.status = status;
    out.headers = m_headers;
    out.body = m_body;
    out.endpoint = endpointOf(m_outcome.url.isEmpty() ? m_target.createUrl : m_outcome.url);
    out.requestId = QString::fromLatin1(out.header("X-Request-Id").left(128));
    return out;
}

void UploadTransfer::onDone(int curlCode)
{
    long status = 0;
    curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
    if (m_state == State::Sending) {
        m_outcome.bytesSent += sentNow();
    }
    curl_multi_remove_handle(static_cast<CURLM*>(m_pack.multi), m_handle);
    m_paused = false;
    if (m_fileFailed) {
        failWith(makeError(ErrorKind::Storage, QStringLiteral("package-not-readable"),
                           QStringLiteral("The package can no longer be read to its end"),
                           QStringLiteral("Choose the package again")));
    } else if (status >= 300) {
        onStatusError(static_cast<int>(status)); // also when the server hung up after saying no
    } else if (curlCode != CURLE_OK) {
        const Error error = curlError(curlCode);
        error.kind == ErrorKind::Tls ? failWith(error) : tryAgain(error);
    } else {
        onAnswer(static_cast<int>(status));
    }
}

void UploadTransfer::onAnswer(int status)
{
    if (m_state == State::Creating) {
        const QByteArray location = response(status).header("Location");
        const QUrl url = m_target.createUrl.resolved(QUrl(QString::fromLatin1(location)));
        if (location.isEmpty() || !sameServer(url, m_target.createUrl)) {
            failWith(makeError(ErrorKind::Protocol, QStringLiteral("foreign-location"),
                               QStringLiteral("The server made an upload but names no place on "
                                              "itself for it")));
            return;
        }
        m_outcome.url = url;
        m_created = true;
        m_furthest = 0;
        ask(); // a repeated creation may meet an upload that has bytes already
        return;
    }
    onOffset();
}

void UploadTransfer::onOffset()
{
    bool isNumber = false;
    const HttpResponse answer = response(200);
    const qint64 offset = answer.header("Upload-Offset").toLongLong(&isNumber);
    if (!isNumber || offset < 0 || offset > m_pack.options.sizeBytes) {
        failWith(makeError(ErrorKind::Protocol, QStringLiteral("bad-offset"),
                           QStringLiteral("The server names no usable Upload-Offset")));
        return;
    }
    if (offset > m_furthest) {
        m_attempt = 0;
    }
    m_furthest = offset;
    m_outcome.packageId = answer.header("Quorate-Package").left(200);
    // Cut right after the last byte: all is there, and nobody has told the server that it is all.
    const bool unfinished =
        m_state == State::Asking && m_outcome.packageId.isEmpty() && !m_toldWhole;
    if (offset == m_pack.options.sizeBytes && !unfinished) {
        m_state = State::Done;
        finish();
    } else if (m_state == State::Sending) {
        tryAgain(makeError(ErrorKind::Transport, QStringLiteral("connection-cut"),
                           QStringLiteral("The server took only a part")));
    } else {
        sendRest();
    }
}

void UploadTransfer::onStatusError(int status)
{
    const Error error = errorForStatus(response(status));
    const bool gone = (status == 404 || status == 410) && m_state != State::Creating;
    if (gone && !m_created) {
        m_outcome.url.clear();
        create();
    } else if (error.retryable || error.code == QStringLiteral("offset-mismatch")
               || error.code == QStringLiteral("checksum-mismatch")) {
        tryAgain(error);
    } else {
        failWith(error);
    }
}

void UploadTransfer::tryAgain(Error error)
{
    ++m_attempt;
    if (m_attempt >= m_pack.options.retry.attemptsMax) {
        failWith(error.withContext(QStringLiteral("after %1 attempts").arg(m_attempt)));
        return;
    }
    m_state = State::Resting;
    m_restUntilMs = m_pack.nowMs() + retryDelay(m_pack.options.retry, m_attempt).count();
}

void UploadTransfer::failWith(Error error)
{
    if (error.endpoint.isEmpty()) {
        error.endpoint = endpointOf(m_target.createUrl);
    }
    m_state = State::Failed;
    m_outcome.error = std::move(error);
    finish();
}

void UploadTransfer::cancel()
{
    if (!hasEnded()) {
        curl_multi_remove_handle(static_cast<CURLM*>(m_pack.multi), m_handle);
        failWith(cancelledError());
    }
}

void UploadTransfer::finish() { m_samples.clear(); }

void UploadTransfer::tick()
{
    if (m_state == State::Resting && m_pack.nowMs() >= m_restUntilMs) {
        m_outcome.url.isEmpty() ? create() : ask();
        return;
    }
    if (m_state != State::Sending) {
        return;
    }
    if (m_paused && (!m_pack.window.wouldMove(m_position) || m_pack.mayMove(*this))) {
        m_paused = false;
        curl_easy_pause(m_handle, CURLPAUSE_CONT);
    }
    const qint64 sent = sentNow();
    if (sent != m_movedBytes) {
        m_movedBytes = sent;
        m_movedAtMs = m_pack.nowMs();
    }
    const bool verifying = m_start + sent >= m_pack.options.sizeBytes;
    const Millis limit = verifying ? m_pack.options.verifyLimit : m_pack.options.stallLimit;
    if (m_pack.nowMs() - m_movedAtMs < limit.count()) {
        return;
    }
    m_outcome.bytesSent += sent;
    curl_multi_remove_handle(static_cast<CURLM*>(m_pack.multi), m_handle);
    m_paused = false;
    tryAgain(verifying ? limitError(QStringLiteral("verify-timeout"),
                                    QStringLiteral("The server has not finished checking the file"),
                                    limit)
                       : limitError(QStringLiteral("upload-stalled"),
                                    QStringLiteral("No byte was taken"), limit));
}

Error UploadTransfer::limitError(const QString& code, const QString& what, Millis limit) const
{
    return makeError(ErrorKind::Timeout, code,
                     QStringLiteral("%1 within %2").arg(what, toDurationText(limit)),
                     QStringLiteral("Try again: what has arrived is kept"));
}

Error UploadTransfer::curlError(int code) const
{
    curl_off_t connectedAfter = 0;
    curl_easy_getinfo(m_handle, CURLINFO_PRETRANSFER_TIME_T, &connectedAfter);
    if (code == CURLE_OPERATION_TIMEDOUT && connectedAfter > 0) {
        return timeoutError(QStringLiteral("answer-timeout"),
                            QStringLiteral("No complete answer within %1 s"),
                            Millis(kAnswerLimitMs));
    }
    if (code == CURLE_WRITE_ERROR) {
        return tooLargeError(QStringLiteral("The answer"), kAnswerBytesMax);
    }
    HttpLimits limits;
    limits.connect = m_pack.options.connectLimit;
    return explainTransfer(
        {m_handle, code, m_errorText, m_trust, endpointOf(m_target.createUrl), limits});
}

UploadProgress UploadTransfer::progress()
{
    UploadProgress out;
    out.id = m_target.id;
    out.bytesTotal = m_pack.options.sizeBytes;
    const bool sending = m_state == State::Sending;
    out.bytesDone = sending ? std::min(m_start + sentNow(), out.bytesTotal) : m_furthest;
    out.phase = !sending                         ? UploadProgress::Phase::Waiting
                : out.bytesDone < out.bytesTotal ? UploadProgress::Phase::Sending
                                                 : UploadProgress::Phase::Verifying;
    const qint64 now = m_pack.nowMs();
    m_samples.emplace_back(now, out.bytesDone);
    while (m_samples.size() > 2 && m_samples.front().first < now - kRateMs) {
        m_samples.pop_front();
    }
    const auto [time, bytes] = m_samples.front();
    if (now > time && out.bytesDone > bytes) {
        out.bytesPerSecond =
            1000.0 * static_cast<double>(out.bytesDone - bytes) / static_cast<double>(now - time);
    }
    return out;
}

} // namespace quorate::net
