// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/RunService.h"

#include <algorithm>

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
            titles.append(obligation.text());
        }
    }
    return titles;
}

QStringList openObligations(const std::vector<RunViewPtr>& newestFirst, const ClusterId& cluster)
{
    QStringList titles;
    std::vector<const run::ObligationView*> closedSince; // in runs newer than the one looked at
    for (const auto& view : newestFirst) {
        if (view->cluster.id != cluster) {
            continue;
        }
        for (const auto& obligation : view->obligations) {
            const auto settles = [&obligation](const run::ObligationView* closed) {
                return isSame(*closed, obligation);
            };
            if (obligation.isOpen() && std::ranges::none_of(closedSince, settles)) {
                titles.append(obligation.text());
            }
        }
        for (const auto& obligation : view->obligations) {
            if (obligation.openedAt && obligation.closedAt) {
                closedSince.push_back(&obligation);
            }
        }
    }
    titles.removeDuplicates();
    return titles;
}

} // namespace quorate::service
