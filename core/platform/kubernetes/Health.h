// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/platform/kubernetes/NodeObject.h"

/// What API servers and etcd say of their own health. Pure.
namespace quorate::platform::kubernetes {

struct HealthCheck {
    QString name; ///< "etcd", "poststarthook/rbac/bootstrap-roles"
    bool ok = false;
    QString text; ///< "ok", "failed: reason withheld"
    bool operator==(const HealthCheck&) const = default;
};

/// `/readyz?verbose` or `/livez?verbose`. A plain "ok" has no checks.
struct HealthReport {
    bool ok = false;
    std::vector<HealthCheck> checks;
    bool operator==(const HealthReport&) const = default;

    /// What it says of etcd (checks "etcd" and "etcd-readiness"); nullopt when it says nothing.
    [[nodiscard]] std::optional<bool> etcd() const;
    [[nodiscard]] QStringList failed() const; ///< names of the checks that failed
    /// Only start-up hooks fail: it is on its way up.
    [[nodiscard]] bool isStarting() const;
    [[nodiscard]] bool isShuttingDown() const;
};
/// `status` of the answer decides; the text gives the reasons. Total: any text is a report.
HealthReport readHealth(int status, const QByteArray& body);

struct EtcdMember {
    QString id; ///< decimal, as etcd's gateway writes it
    QString name;
    QStringList peerUrls;
    QStringList clientUrls;
    bool isLearner = false;
    bool operator==(const EtcdMember&) const = default;
};
/// Answer of POST /v3/cluster/member/list. Protocol "bad-etcd-answer" when it lists nobody.
[[nodiscard]] Result<std::vector<EtcdMember>> decodeMembers(const QJsonObject& object);

/// Answer of POST /v3/maintenance/status.
struct EtcdStatus {
    QString memberId;
    QString leaderId; ///< "0" or empty: it knows of no leader
    QString version;
    quint64 raftTerm = 0;
    quint64 appliedIndex = 0;
    qint64 databaseBytes = 0;
    bool isLearner = false;
    QStringList errors; ///< alarms: "NOSPACE"
    bool operator==(const EtcdStatus&) const = default;
    [[nodiscard]] bool knowsLeader() const
    {
        return !leaderId.isEmpty() && leaderId != QLatin1String("0");
    }
};
[[nodiscard]] Result<EtcdStatus> decodeEtcdStatus(const QJsonObject& object);
/// `/health`: {"health":"true"}, since 3.5 with a reason.
[[nodiscard]] Result<HealthCheck> decodeEtcdHealth(const QJsonObject& object);

} // namespace quorate::platform::kubernetes
