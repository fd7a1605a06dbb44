// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/nodeadmin/Nodes.h"

namespace quorate::platform::nodeadmin {

/// The coordinator lease; any node that answers speaks for the cluster. Taking, renewing and giving
/// back are repeatable for the same owner, so the next node may be asked when one does not answer.
class Leases final : public std::enable_shared_from_this<Leases> {
public:
    Leases(std::shared_ptr<Nodes> nodes, Seconds ttl);

    [[nodiscard]] Async<Lease> acquire(QString owner, QString note, std::stop_token stop);
    [[nodiscard]] Async<Lease> renew(QString owner, std::stop_token stop);
    [[nodiscard]] Async<bool> release(QString owner, std::stop_token stop);
    [[nodiscard]] Async<std::optional<Lease>> read(std::stop_token stop);

private:
    [[nodiscard]] Async<Lease> take(const QByteArray& method, const QString& owner,
                                    const QString& note, std::stop_token stop);
    [[nodiscard]] Async<Lease> explainConflict(Error error, std::stop_token stop);
    [[nodiscard]] Result<std::optional<Lease>> decode(const net::HttpResponse& response) const;

    std::shared_ptr<Nodes> m_nodes;
    Seconds m_ttl;
    QString m_owner; ///< of the lease that we took last
};

} // namespace quorate::platform::nodeadmin
