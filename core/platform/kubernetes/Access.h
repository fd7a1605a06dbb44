// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/platform/kubernetes/Fields.h"

#include <vector>

/// What the cluster's rules let this user do (SelfSubjectAccessReview, authorization.k8s.io/v1).
/// Pure.
namespace quorate::platform::kubernetes {

/// One right: "may patch nodes".
struct Right {
    QString verb;
    QString group; ///< empty: the core group
    QString resource;
    QString subresource;
    QString nameSpace; ///< empty: everywhere
    bool operator==(const Right&) const = default;
    [[nodiscard]] QString
    text() const; ///< "create pods/eviction", "update leases.coordination.k8s.io in ops"
};
QJsonObject accessReview(const Right& right);

struct Access {
    bool allowed = false;
    QString reason; ///< why not, as the cluster says it; may be empty
    bool operator==(const Access&) const = default;
};
[[nodiscard]] Result<Access> decodeAccess(const QJsonObject& object);

/// Something that we can do when all its rights are there.
struct Ability {
    QString name; ///< by quorate::actName, or "lease"
    std::vector<Right> rights;
    bool byHand = false; ///< a person does it on the node; the rights are what it takes to see that
                         ///< it is done
};
/// All that this platform can do, with what it takes. `leaseNamespace`: of the maintenance lease.
std::vector<Ability> abilities(const QString& leaseNamespace);

} // namespace quorate::platform::kubernetes
