// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/domain/ClusterFile.h"
#include "core/secret/SecretStore.h"

namespace quorate::service {

/// Who signs in. Without a password a person has to be asked; `reason` says why there is none, when
/// that is known.
struct Account {
    QString user{};
    secret::SecretPtr password{};
    std::optional<Error> reason{};
    secret::SecretPtr etcd{}; ///< certificate and key for the cluster's etcd, sealed
};

/// The same for one cluster on every start: made from its system and the addresses of its nodes.
ClusterId clusterIdOf(const ClusterFile& file);
/// Where the keychain keeps a cluster's password.
QString secretKeyOf(const ClusterId& id);
/// Where it keeps certificate and key for the cluster's etcd.
QString etcdKeyOf(const ClusterId& id);

/// The credentials of a practice cluster, {"user": …, "password": …}. Refused with Precondition
/// "credentials-exposed" when anybody but its owner can read the file.
[[nodiscard]] Result<Account> readPracticeCredentials(const QString& path);

/// A practice cluster's own file, then the keychain. An empty user takes the file's; the file of
/// another user than the wanted one is not used. Errors only for an exposed or damaged file; a
/// missing password is an Account without.
[[nodiscard]] Async<Account> findAccount(secret::SecretStore& secrets, const ClusterFile& file,
                                         QString user);

} // namespace quorate::service
