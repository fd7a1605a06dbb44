// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Kubernetes.h"

namespace quorate::platform::kubernetes {

/// What an operator gives for etcd: a client certificate, its key, and the authority of etcd's
/// servers. PEM.
struct EtcdPems {
    SecretPtr certificate;
    SecretPtr key;
    SecretPtr authority;
};

/// Reads the three files, each at most KubeconfigLimits::kMaterialBytesMax long. Validation error
/// "etcd-file" names the file.
[[nodiscard]] Result<EtcdPems> readEtcdPems(const QString& certificate, const QString& key,
                                            const QString& authority);
/// The certificate and the key fit each other, and there is an authority. Errors of
/// readClientIdentity; "bad-etcd-authority".
[[nodiscard]] Result<EtcdAccess> etcdAccess(const EtcdPems& pems);

/// All three as one text, for the keychain.
[[nodiscard]] Secret sealEtcd(const EtcdPems& pems);
/// The inverse, checked as by etcdAccess; Validation "bad-etcd-seal".
[[nodiscard]] Result<EtcdAccess> openEtcd(const Secret& sealed);

} // namespace quorate::platform::kubernetes
