// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpExchange.h"

#include "core/net/CurlError.h"

#include <curl/curl.h>

namespace quorate::net {
namespace {

/// Of what a server only announces, memory is taken in advance up to here. Our own choice.
constexpr qint64 kReserveMax = 16LL * 1024 * 1024;

} // namespace

/// C functions that libcurl calls, from within CurlLoop: they only collect.
struct HttpExchange::Hooks {
    /// Connected, and the request is about to be sent.
    static int connected(void* user, char*, char*, int, int)
    {
        static_cast<HttpExchange*>(user)->restartIdle();
        return CURL_PREREQFUNC_OK;
    }

    static size_t header(char* bytes, size_t size, size_t count, void* user)
    {
        auto* self = static_cast<HttpExchange*>(user);
        const size_t length = size * count;
        const QByteArray line(bytes, static_cast<qsizetype>(length));
        return self->takeHeaderLine(line) ? length : 0;
    }

    static size_t write(char* bytes, size_t size, size_t count, void* user)
    {
        auto* self = static_cast<HttpExchange*>(user);
        const size_t length = size * count;
        return self->takePart(bytes, static_cast<qint64>(length)) ? length : 0;
    }
};

HttpExchange::HttpExchange(HttpRequest request, const HttpSettings& settings, QObject* parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_peerName(settings.peerName)
    , m_trust(settings.tls, m_request.url, settings.clock->now())
{
    m_response.endpoint = endpointOf(m_request.url);
    for (QTimer* timer : {&m_totalTimer, &m_idleTimer}) {
        timer->setSingleShot(true);
    }
    connect(&m_totalTimer, &QTimer::timeout, this, [this] {
        stopWith(timeoutError(QStringLiteral("answer-timeout"),
                              QStringLiteral("No complete answer within %1 s"),
                              m_request.limits.total));
    });
    connect(&m_idleTimer, &QTimer::timeout, this, [this] {
        stopWith(timeoutError(QStringLiteral("idle-timeout"),
                              QStringLiteral("Nothing was received for %1 s"),
                              m_request.limits.idle));
    });
}

HttpExchange::~HttpExchange()
{
    m_onStop.reset();
    if (m_loop) {
        m_loop->remove(m_handle);
    }
    curl_easy_cleanup(m_handle);
    curl_slist_free_all(m_connectTo);
    answer();
    wipeBytes(m_request.body);
}

Async<HttpResponse> HttpExchange::start(std::stop_token stop)
{
    auto future = m_out.future();
    if (m_request.limits.total > Millis(0)) {
        m_totalTimer.start(m_request.limits.total);
    }
    m_onStop.emplace(std::move(stop), [this] {
        QMetaObject::invokeMethod(
            this, [this] { cancel(); }, Qt::QueuedConnection);
    });
    return future;
}

void HttpExchange::launch(CurlLoop& loop, const QNetworkProxy& proxy)
{
    m_handle = curl_easy_init();
    if (m_handle == nullptr) {
        stopWith(makeError(ErrorKind::Internal, QStringLiteral("no-memory"),
                           QStringLiteral("No request could be made")));
        return;
    }
    m_loop = &loop;
    prepare(proxy);
    loop.add(m_handle, *this);
}

void HttpExchange::setHooks()
{
    curl_easy_setopt(m_handle, CURLOPT_PREREQFUNCTION, &Hooks::connected);
    curl_easy_setopt(m_handle, CURLOPT_PREREQDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, &Hooks::header);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, &Hooks::write);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, this);
}

void HttpExchange::onReceived()
{
    const QPointer<HttpExchange> self(this); // whoever is called may end us
    if (m_response.status > 0 && m_request.onHead) {
        std::exchange(m_request.onHead, nullptr)(m_response.status);
    }
    if (self) {
        handToSink();
    }
}

void HttpExchange::handToSink()
{
    if (m_forSink.isEmpty() || hasEnded()) {
        return;
    }
    const HttpSink sink = m_request.sink;
    const QPointer<HttpExchange> self(this); // it may end us
    if (auto taken = sink(std::exchange(m_forSink, {})); !taken && self) {
        stopWith(std::move(taken).error());
    }
}

void HttpExchange::onDone(int curlCode)
{
    const QPointer<HttpExchange> self(this);
    onReceived();
    if (self && !hasEnded()) {
        finish(outcome(curlCode));
    }
}

void HttpExchange::restartIdle()
{
    if (m_request.limits.idle > Millis(0)) {
        m_idleTimer.start(m_request.limits.idle);
    }
}

bool HttpExchange::takeHeaderLine(const QByteArray& line)
{
    restartIdle();
    m_headBytes += line.size();
    if (m_headBytes > m_request.limits.headerBytesMax) {
        return refuse(tooLargeError(QStringLiteral("The head of the answer"),
                                    m_request.limits.headerBytesMax));
    }
    if (m_response.status > 0) {
        return true; // a trailer after chunks
    }
    addHeaderLine(m_response.headers, line);
    if (line.trimmed().isEmpty()) {
        onHead();
    }
    return true;
}

void HttpExchange::onHead()
{
    constexpr long kFinal = 200; // what is below is interim (RFC 9110 section 15.2)
    long status = 0;
    curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
    if (status < kFinal) {
        return;
    }
    m_response.status = static_cast<int>(status);
    m_response.requestId = QString::fromLatin1(m_response.header("X-Request-Id").left(128));
    bool isNumber = false;
    const int seconds = m_response.header("Retry-After").toInt(&isNumber);
    m_retryAfter = isNumber && seconds > 0 ? Millis(Seconds(seconds)) : Millis(0);
    reserveBody();
    if (m_request.onHead) {
        m_loop->markReceived(m_handle);
    }
}

/// A long body that grows piece by piece is copied several times.
void HttpExchange::reserveBody()
{
    curl_off_t length = 0;
    curl_easy_getinfo(m_handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    const qint64 expected = length >= 0 ? static_cast<qint64>(length) : m_request.expectedBytes;
    if (expected > 0 && !m_request.sink) {
        m_response.body.reserve(static_cast<qsizetype>(
            std::min({expected, m_request.limits.bodyBytesMax, kReserveMax})));
    }
}

bool HttpExchange::takePart(const char* bytes, qint64 size)
{
    restartIdle();
    m_bodyBytes += size;
    if (m_bodyBytes > m_request.limits.bodyBytesMax) {
        return refuse(tooLargeError(QStringLiteral("The answer"), m_request.limits.bodyBytesMax));
    }
    if (!m_request.sink || m_response.status / 100 != 2) {
        m_response.body.append(bytes, size);
        return true;
    }
    if (m_forSink.isEmpty()) {
        m_loop->markReceived(m_handle);
    }
    m_forSink.append(bytes, size);
    return true;
}

/// libcurl then ends the transfer, and `outcome` finds the error.
bool HttpExchange::refuse(Error error)
{
    m_ownError = std::move(error);
    return false;
}

void HttpExchange::stopWith(Error error)
{
    if (hasEnded()) {
        return;
    }
    finish(fail(withPlace(std::move(error))));
}

Error HttpExchange::withPlace(Error error) const
{
    error.endpoint = m_response.endpoint;
    error.requestId = m_response.requestId;
    return error;
}

Result<HttpResponse> HttpExchange::outcome(int curlCode)
{
    if (m_ownError) {
        return fail(withPlace(*m_ownError));
    }
    if (curlCode != CURLE_OK) {
        return fail(withPlace(explainTransfer(
            {m_handle, curlCode, m_errorText, m_trust, m_response.endpoint, m_request.limits})));
    }
    if (m_response.status / 100 == 2 || m_response.status == 304 || m_request.anyStatus) {
        return std::move(m_response);
    }
    return fail(errorForStatus(m_response));
}

void HttpExchange::finish(Result<HttpResponse> result)
{
    m_onStop.reset();
    for (QTimer* timer : {&m_totalTimer, &m_idleTimer}) {
        timer->stop();
    }
    if (m_loop) {
        m_loop->remove(m_handle);
    }
    m_headers.clear();
    m_result = std::move(result);
    Q_EMIT ended();
    // From the event loop, so that a continuation may delete the client, and with it our loop.
    QMetaObject::invokeMethod(this, &HttpExchange::answer, Qt::QueuedConnection);
    deleteLater();
}

void HttpExchange::answer()
{
    const Resolver<HttpResponse> out = m_out; // a continuation may delete us
    out.resolve(m_result ? *std::exchange(m_result, std::nullopt)
                         : Result<HttpResponse>(fail(cancelledError())));
}

} // namespace quorate::net
