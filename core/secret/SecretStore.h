// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Secret.h"

namespace quorate::secret {

/// Passwords by key ("cluster/<id>/password"). Storage errors by code: "keychain-absent" (there is
/// none: ask each time, never write), "keychain-locked", "keychain-timeout" (slow is not absent:
/// nothing is overwritten; peers.md 9.5), NotFound "secret-absent". Secrets are shared pointers
/// because futures copy.
using SecretPtr = std::shared_ptr<const Secret>;

class SecretStore {
public:
    SecretStore() = default;
    SecretStore(const SecretStore&) = delete;
    SecretStore& operator=(const SecretStore&) = delete;
    virtual ~SecretStore() = default;
    [[nodiscard]] virtual Async<SecretPtr> read(QString key) = 0;
    [[nodiscard]] virtual Async<bool> write(QString key, Secret secret) = 0;
    [[nodiscard]] virtual Async<bool> remove(QString key) = 0;
    /// False: what is written goes with the process.
    [[nodiscard]] virtual bool isLasting() const { return true; }
};

/// The OS keychain through QtKeychain. Never falls back to plain text.
[[nodiscard]] std::unique_ptr<SecretStore> makeKeychainStore(QObject* parent = nullptr);
/// Lives as long as the process; for `ask each time` and for tests.
[[nodiscard]] std::unique_ptr<SecretStore> makeMemoryStore();

} // namespace quorate::secret
