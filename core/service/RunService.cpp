// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/RunService.h"

#include <algorithm>
#include <iterator>

namespace quorate::service {
namespace {

/// The node too: an obligation of `on-one` says it neither in its id nor in its title.
bool isSame(const run::ObligationView& left, const run::ObligationView& right)
{
    return left.id == right.id && left.title == right.title && left.node == right.node;
}

} // namespace

QStringList openTitles(const run::RunView& view)
{
    QStringList titles;
    for (const run::ObligationView& obligation : view.obligations) {
        if (obligation.isOpen()) {
            titles.append(obligation.title);
        }
    }
    return titles;
}

QStringList openObligations(const std::vector<RunViewPtr>& newestFirst, const ClusterId& cluster)
{
    QStringList titles;
    std::vector<run::ObligationView> closedSince; // in runs newer than the one looked at
    for (const auto& view : newestFirst) {
        if (view->cluster.id != cluster) {
            continue;
        }
        for (const auto& obligation : view->obligations) {
            const bool isSettled =
                std::ranges::any_of(closedSince, [&obligation](const run::ObligationView& closed) {
                    return isSame(closed, obligation);
                });
            if (obligation.isOpen() && !isSettled) {
                titles.append(obligation.title);
            }
        }
        std::ranges::copy_if(
            view->obligations, std::back_inserter(closedSince),
            [](const run::ObligationView& each) { return each.openedAt && each.closedAt; });
    }
    titles.removeDuplicates();
    return titles;
}

} // namespace quorate::service
