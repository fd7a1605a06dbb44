// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secret/KeychainStore.h"

#include <QTimer>

#include <qt6keychain/keychain.h>

namespace quorate::secret {
namespace {

Error storageError(const char* code, const QString& message, const QString& cure)
{
    return makeError(ErrorKind::Storage, QString::fromLatin1(code), message, cure);
}

Error toError(const QKeychain::Job& job)
{
    const QString reason = job.errorString().left(200);
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return makeError(ErrorKind::NotFound, QStringLiteral("secret-absent"),
                         QStringLiteral("The keychain has no such entry"));
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return storageError("keychain-absent",
                            QStringLiteral("There is no keychain: %1").arg(reason),
                            QStringLiteral("Passwords are asked for each time"));
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return storageError("keychain-locked",
                            QStringLiteral("The keychain is locked: %1").arg(reason),
                            QStringLiteral("Unlock it, or type the password"));
    case QKeychain::NoError:
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::OtherError: break;
    }
    return storageError("keychain-failed", QStringLiteral("The keychain failed: %1").arg(reason),
                        QStringLiteral("Type the password; nothing was changed"));
}

Error timeoutError(Millis limit)
{
    return storageError(
        "keychain-timeout",
        QStringLiteral("The keychain has not answered for %1").arg(toDurationText(limit)),
        QStringLiteral("Unlock it and try again; nothing was changed by us"));
}

} // namespace

KeychainStore::KeychainStore(QObject* parent, QString service, Millis limit)
    : m_jobs(new QObject(parent))
    , m_service(std::move(service))
    , m_limit(limit)
{}

KeychainStore::~KeychainStore() { delete m_jobs.data(); }

/// The job belongs to the keychain library until it says finished: deleting it earlier would leave
/// a callback of the OS without its target.
template <typename T, typename Take>
Async<T> KeychainStore::run(QKeychain::Job* job, const QString& key, Take take)
{
    Resolver<T> out;
    auto future = out.future();
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(key);
    auto* timer = new QTimer(m_jobs);
    timer->setSingleShot(true);
    QObject::connect(timer, &QTimer::timeout, timer, [out, timer, limit = m_limit] {
        timer->deleteLater();
        out.resolve(fail(timeoutError(limit)));
    });
    QObject::connect(timer, &QObject::destroyed, job,
                     [out] { out.resolve(fail(cancelledError())); });
    QObject::connect(
        job, &QKeychain::Job::finished, timer, [out, timer, take](QKeychain::Job* done) {
            timer->stop();
            timer->deleteLater();
            out.resolve(done->error() == QKeychain::NoError ? Result<T>(take(done))
                                                            : Result<T>(fail(toError(*done))));
        });
    timer->start(m_limit);
    job->start();
    return future;
}

Async<SecretPtr> KeychainStore::read(QString key)
{
    return run<SecretPtr>(new QKeychain::ReadPasswordJob(m_service), key, [](QKeychain::Job* job) {
        QByteArray bytes = static_cast<QKeychain::ReadPasswordJob*>(job)->binaryData();
        auto secret = std::make_shared<const Secret>(bytes);
        wipeBytes(bytes);
        return secret;
    });
}

Async<bool> KeychainStore::write(QString key, Secret secret)
{
    auto* job = new QKeychain::WritePasswordJob(m_service);
    job->setBinaryData(secret.reveal());
    return run<bool>(job, key, [](QKeychain::Job*) { return true; });
}

Async<bool> KeychainStore::remove(QString key)
{
    return run<bool>(new QKeychain::DeletePasswordJob(m_service), key,
                     [](QKeychain::Job*) { return true; });
}

std::unique_ptr<SecretStore> makeKeychainStore(QObject* parent)
{
    return std::make_unique<KeychainStore>(parent);
}

} // namespace quorate::secret
