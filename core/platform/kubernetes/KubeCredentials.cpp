// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeCredentials.h"

#include <QFileInfo>
#include <QPointer>
#include <QUrl>

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kLookPause{1000}; // between two looks at whether a file has changed

QByteArray stampOf(const QString& path)
{
    const QFileInfo file(path);
    return path.isEmpty() ? QByteArray()
                          : QByteArray::number(file.size()) + '@'
                                + QByteArray::number(file.lastModified().toMSecsSinceEpoch());
}

net::HttpHeaders headersOf(const Impersonation& as)
{
    net::HttpHeaders out;
    if (as.user.isEmpty()) {
        return out;
    }
    out.emplaceBack("Impersonate-User", as.user.toUtf8());
    if (!as.uid.isEmpty()) {
        out.emplaceBack("Impersonate-Uid", as.uid.toUtf8());
    }
    for (const QString& group : as.groups) {
        out.emplaceBack("Impersonate-Group", group.toUtf8());
    }
    for (const auto& [key, values] : as.extra) {
        for (const QString& value : values) {
            out.emplaceBack("Impersonate-Extra-" + QUrl::toPercentEncoding(key.toLower()),
                            value.toUtf8());
        }
    }
    return out;
}

Error refusedError(const ExecCommand& command)
{
    return makeError(
        ErrorKind::Unauthorized, QStringLiteral("exec-plugin-refused"),
        QStringLiteral("The credential plug-in may not be run: %1").arg(command.text().left(300)),
        QStringLiteral("Connect again and allow it, or use other credentials"));
}

} // namespace

KubeCredentials::KubeCredentials(Options options, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    m_credential.headers = headersOf(m_options.user.impersonation);
    const KubeUser& user = m_options.user;
    if (!user.userName.isEmpty() || user.password) {
        QByteArray pair = user.userName.toUtf8() + ':';
        pair += user.password ? user.password->reveal() : QByteArray();
        m_credential.basic = std::make_shared<const Secret>(std::move(pair));
    }
    m_usesExec = user.exec && !user.token && user.tokenFile.isEmpty() && !m_credential.basic;
}

KubeCredentials::~KubeCredentials()
{
    m_stop.request_stop();
    answerParked(fail(cancelledError()));
}

Async<KubeCredential> KubeCredentials::current(std::stop_token stop)
{
    if (auto read = refreshFiles(); !read) {
        return ready<KubeCredential>(fail(read.error()));
    }
    if (!m_usesExec || isExecFresh()) {
        return ready<KubeCredential>(m_credential);
    }
    const bool failedLately =
        m_execFailure && m_options.clock->now() < m_execFailedAt + kRefusalPause;
    if (isExecUsable()) { // the next one is made beside what the present one still opens
        if (!m_renewing && !failedLately) {
            renew();
        }
        return ready<KubeCredential>(m_credential);
    }
    if (failedLately) {
        return ready<KubeCredential>(fail(*m_execFailure));
    }
    Parked& parked = m_parked.emplace_back();
    auto future = parked.out.future();
    parked.onStop.emplace(std::move(stop), [this, out = parked.out] {
        QMetaObject::invokeMethod(
            this, [out] { out.resolve(fail(cancelledError())); }, Qt::QueuedConnection);
    });
    if (!m_renewing) {
        renew();
    }
    return future;
}

bool KubeCredentials::refuse(const KubeCredential& refused)
{
    if (refused.generation != m_credential.generation) {
        return true;
    }
    const TimePoint now = m_options.clock->now();
    if (m_usesExec) {
        if (m_refusedAt && now < *m_refusedAt + kRefusalPause) {
            return false;
        }
        m_refusedAt = now;
        m_execReady = false;
        return true;
    }
    m_lookedAt.reset(); // whatever the files' times say
    m_readAt.reset();
    return refreshFiles() && refused.generation != m_credential.generation;
}

bool KubeCredentials::isExecFresh() const
{
    return m_execReady && (!m_expiresAt || m_options.clock->now() + kExpiryMargin < *m_expiresAt);
}

bool KubeCredentials::isExecUsable() const
{
    return m_execReady && m_expiresAt && m_options.clock->now() < *m_expiresAt;
}

/// Reads what stands in files: the first time, when one has changed, and each minute.
Result<void> KubeCredentials::refreshFiles()
{
    const KubeUser& user = m_options.user;
    const TimePoint now = m_options.clock->now();
    if (m_lookedAt && now < *m_lookedAt + kLookPause) {
        return {};
    }
    m_lookedAt = now;
    const QByteArray stamp =
        stampOf(user.tokenFile) + stampOf(user.certificate.path) + stampOf(user.key.path);
    if (m_readAt && stamp == m_stamp && (stamp.isEmpty() || now < *m_readAt + kTokenFileAge)) {
        return {};
    }
    const bool isFirst = m_credential.generation == 0;
    auto read = readToken().and_then([this] { return readCertificate(); });
    if (!read && isFirst) {
        m_lookedAt.reset();
        return read;
    }
    m_readAt = now; // what could be read before stays in use until the server refuses it
    m_stamp = stamp;
    m_credential.generation = std::max(m_credential.generation, 1);
    return {};
}

Result<void> KubeCredentials::readToken()
{
    const KubeUser& user = m_options.user;
    SecretPtr token = user.token;
    if (!user.tokenFile.isEmpty()) {
        Material file;
        file.path = user.tokenFile;
        file.place = user.place;
        const auto bytes = file.bytes(QStringLiteral("user %1: tokenFile").arg(user.name));
        if (bytes) {
            token = std::make_shared<const Secret>((*bytes)->reveal().trimmed());
        } else if (!token) {
            Error error = bytes.error();
            error.code = QStringLiteral("token-file-unreadable");
            return fail(std::move(error));
        }
    }
    if (token && (!m_credential.bearer || m_credential.bearer->reveal() != token->reveal())) {
        m_credential.bearer = std::move(token);
        ++m_credential.generation;
    }
    return {};
}

Result<void> KubeCredentials::readCertificate()
{
    const KubeUser& user = m_options.user;
    if (user.certificate.isEmpty()) {
        return {};
    }
    const auto certificate =
        user.certificate.bytes(QStringLiteral("user %1: client-certificate").arg(user.name));
    const auto key = user.key.bytes(QStringLiteral("user %1: client-key").arg(user.name));
    if (!certificate || !key) {
        return fail(certificate ? key.error() : certificate.error());
    }
    return readClientIdentity(**certificate, **key).map([this](net::ClientIdentity identity) {
        adoptIdentity(std::move(identity));
    });
}

void KubeCredentials::adoptIdentity(net::ClientIdentity identity)
{
    if (identity.chain != m_credential.identity.chain
        || identity.key != m_credential.identity.key) {
        m_credential.identity = std::move(identity);
        ++m_credential.generation;
        ++m_credential.identityGeneration;
    }
}

void KubeCredentials::renew()
{
    m_renewing = true;
    const auto command = describeExec(*m_options.user.exec, m_options.environment);
    if (!command) {
        renewed(fail(command.error()));
    } else if (m_options.approved.contains(command->key)) {
        run(*command);
    } else if (!m_options.consent || m_denied.contains(command->key)) {
        renewed(fail(refusedError(*command)));
    } else {
        askConsent(*command);
    }
}

void KubeCredentials::askConsent(const ExecCommand& command)
{
    deliver(m_options.consent(command), this, [this, command](Result<bool> answer) {
        if (answer && *answer) {
            m_options.approved.insert(command.key);
            run(command);
            return;
        }
        if (answer) { // a no is not asked again; a question that could not be put is
            m_denied.insert(command.key);
        }
        renewed(fail(answer ? refusedError(command) : answer.error()));
    });
}

void KubeCredentials::run(const ExecCommand& command)
{
    deliver(runExec(*m_options.user.exec, command, m_options.cluster, m_options.environment,
                    m_options.limits, m_stop.get_token()),
            this, [this](Result<ExecResult> result) { renewed(std::move(result)); });
}

void KubeCredentials::renewed(Result<ExecResult> result)
{
    m_renewing = false;
    if (result && result->certificatePem) {
        auto identity = readClientIdentity(*result->certificatePem, *result->keyPem);
        if (identity) {
            adoptIdentity(*std::move(identity));
        } else {
            result = fail(identity.error());
        }
    }
    if (!result) {
        m_execFailure = result.error();
        m_execFailedAt = m_options.clock->now();
        answerParked(fail(result.error()));
        return;
    }
    m_execFailure.reset();
    m_credential.bearer = result->token;
    ++m_credential.generation;
    m_expiresAt = result->expiresAt;
    if (m_expiresAt) { // one that is over already (the clocks differ) is not run for each request
        m_expiresAt =
            std::max(*m_expiresAt, m_options.clock->now() + kExpiryMargin + kRefusalPause);
    }
    m_execReady = true;
    answerParked(m_credential);
}

void KubeCredentials::answerParked(const Result<KubeCredential>& result)
{
    std::list<Parked> parked = std::exchange(m_parked, {});
    for (Parked& waiting : parked) {
        waiting.onStop.reset();
        waiting.out.resolve(result);
    }
}

} // namespace quorate::platform::kubernetes
