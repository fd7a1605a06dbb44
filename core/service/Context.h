// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/TrustStore.h"
#include "core/platform/Platform.h"
#include "core/secret/SecretStore.h"
#include "core/store/Store.h"

#include <functional>
#include <memory>

namespace quorate::service {

class ReportMaker;

/// What a platform is made from.
struct PlatformRequest {
    ClusterFile file{};
    net::TrustPolicy trust{};
    QString user{};
    secret::SecretPtr password{};
    secret::SecretPtr etcd{}; ///< sealed certificate and key for etcd; null: etcd is not asked
    QString leaseNamespace{}; ///< empty: the platform's own choice
};
using PlatformFactory = std::function<std::unique_ptr<platform::Platform>(const PlatformRequest&)>;

/// One node as it is before anybody signs in: does it answer, and is its certificate trusted?
struct ReachRequest {
    QUrl address{};
    net::TrustPolicy trust{};
    QString platform{};           ///< of the cluster file
    secret::SecretPtr password{}; ///< when it is known already; only for what it says of the way
};
/// Tls errors as net::trustError; true: it answered and is trusted.
using ReachProbe = std::function<Async<bool>(const ReachRequest&)>;
/// The cluster file of the cluster that the request's only node belongs to, in that node's own
/// words.
using ClusterLookUp = std::function<Async<ClusterFile>(const PlatformRequest&)>;
using CertificateFetch = std::function<Async<QList<QSslCertificate>>(QString host, int port)>;

/// What the services share; made once by Services::open, or by a test. Outlives them all.
struct Context {
    store::Store& store;
    std::shared_ptr<const Clock> clock{};
    secret::SecretStore& secrets;
    PlatformFactory makePlatform{};
    ReachProbe reach{};
    CertificateFetch fetchCertificates{};
    ClusterLookUp lookUp{};
    QString userName{}; ///< who acts
    QString hostName{}; ///< where from; for leases
    QString home{};
    Millis pollForeground{Seconds(2)};            ///< peers.md section 8, k9s
    std::shared_ptr<const ReportMaker> reports{}; ///< null: no reports
    /// Is a run of this cluster not ended? Set by the run service.
    std::function<bool(const ClusterId&)> hasActiveRun{};

    [[nodiscard]] QString actor() const { return userName + QLatin1Char('@') + hostName; }
};

} // namespace quorate::service
