// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/platform/Platform.h"

namespace quorate::platform {

/// Forbidden "lease-not-permitted": the lease cannot be written in this place, and what to do about
/// it.
[[nodiscard]] inline Error leaseNotPermitted(const QString& nameSpace, const QString& why)
{
    return makeError(
        ErrorKind::Forbidden, QStringLiteral("lease-not-permitted"),
        QStringLiteral("The maintenance lease cannot be written in the namespace \"%1\": %2")
            .arg(nameSpace, why),
        QStringLiteral(
            "Have the rights to get, create and update leases there given to this user, or "
            "choose another namespace, the same on every console: quoratectl cluster "
            "lease-namespace NAME, or in the window when connecting it again"));
}

/// Why this user may not hold the lease; nullopt: he may, or the platform has none. Without it
/// nothing is changed: two consoles would not see each other.
[[nodiscard]] inline std::optional<Error> leaseRefusal(const Capabilities& able)
{
    const auto found = able.forbidden.find(QStringLiteral("lease"));
    return found == able.forbidden.end()
               ? std::nullopt
               : std::optional(leaseNotPermitted(able.leaseNamespace, found->second));
}

} // namespace quorate::platform
