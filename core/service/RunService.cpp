// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/RunService.h"

namespace quorate::service {

QStringList openObligations(const std::vector<RunViewPtr>& newestFirst, const ClusterId& cluster)
{
    QStringList titles;
    for (const auto& view : newestFirst) {
        if (view->cluster.id != cluster) {
            continue;
        }
        if (view->phase == run::RunPhase::Succeeded) {
            break;
        }
        for (const auto& obligation : view->obligations) {
            if (obligation.isOpen()) {
                titles.append(obligation.title);
            }
        }
    }
    titles.removeDuplicates();
    return titles;
}

} // namespace quorate::service
