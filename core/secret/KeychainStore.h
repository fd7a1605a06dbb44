// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"
#include "core/secret/SecretStore.h"

#include <QObject>
#include <QPointer>

namespace QKeychain {
class Job;
}

namespace quorate::secret {

/// The OS keychain. Answers on the thread that made it. A keychain may ask a person to unlock it,
/// hence the long limit; after it the answer is "keychain-timeout", and what the keychain says
/// later is dropped.
class KeychainStore final : public SecretStore {
public:
    static constexpr Millis kLimit{60'000};
    /// Tests use a service name and a limit of their own.
    explicit KeychainStore(QObject* parent, QString service = QStringLiteral("Quorate"),
                           Millis limit = kLimit);
    ~KeychainStore() override;

    [[nodiscard]] Async<SecretPtr> read(QString key) override;
    [[nodiscard]] Async<bool> write(QString key, Secret secret) override;
    [[nodiscard]] Async<bool> remove(QString key) override;

private:
    template <typename T, typename Take>
    [[nodiscard]] Async<T> run(QKeychain::Job* job, const QString& key, Take take);

    QPointer<QObject> m_jobs; ///< parent of what is under way
    QString m_service;
    Millis m_limit;
};

} // namespace quorate::secret
