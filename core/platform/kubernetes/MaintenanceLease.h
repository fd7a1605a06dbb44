// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/kubernetes/Servers.h"

namespace quorate::platform::kubernetes {

inline constexpr char kLeaseName[] = "quorate-maintenance";

/// What a Lease object means to us; nullopt: nobody holds it (never taken, given back, or run out).
std::optional<Lease> leaseFrom(const LeaseObject& object, const QString& owner,
                               TimePoint serverNow);
/// The object that takes or renews it. `before`: what is there now; null for none.
QJsonObject leaseBody(const QString& nameSpace, const QJsonObject& before, const QString& owner,
                      const QString& note, TimePoint serverNow, Seconds ttl);
/// The object that gives it back: an empty holder.
QJsonObject releasedBody(const QJsonObject& before, TimePoint serverNow);

/// The right to coordinate, as a coordination.k8s.io/v1 Lease. Two who want it at the same time are
/// told apart by the resourceVersion: the API server lets one write pass. Times are the API
/// server's.
class MaintenanceLease final : public QObject {
    Q_OBJECT
public:
    explicit MaintenanceLease(Servers& servers, QObject* parent = nullptr);

    [[nodiscard]] Async<Lease> acquire(QString owner, QString note, std::stop_token stop);
    [[nodiscard]] Async<Lease> renew(QString owner, std::stop_token stop);
    [[nodiscard]] Async<bool> release(QString owner, std::stop_token stop);
    [[nodiscard]] Async<std::optional<Lease>> read(std::stop_token stop);

private:
    struct Found {
        QJsonObject object; ///< empty: there is none
        std::optional<Lease> lease;
    };
    [[nodiscard]] Async<Found> look(std::stop_token stop);
    [[nodiscard]] Async<Lease> write(const Found& found, const QString& note, std::stop_token stop);
    [[nodiscard]] QString path(bool collection) const;
    [[nodiscard]] Error refused(const KubeAnswer& answer) const;

    Servers& m_servers;
    QString m_owner; ///< who we are
};

} // namespace quorate::platform::kubernetes
