// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Probe.h"

#include "core/platform/Probes.h"
#include "core/platform/nodeadmin/ActRequests.h"
#include "core/platform/nodeadmin/BackupDownload.h"

#include <algorithm>

namespace quorate::platform::nodeadmin {
namespace {

Result<ProbeOutcome> joined(const std::vector<Result<ProbeOutcome>>& answers)
{
    const auto says = [&answers](ProbeOutcome outcome) {
        return std::any_of(answers.begin(), answers.end(),
                           [outcome](const auto& answer) { return answer && *answer == outcome; });
    };
    for (const ProbeOutcome outcome : {ProbeOutcome::Done, ProbeOutcome::Running}) {
        if (says(outcome)) {
            return outcome;
        }
    }
    for (const auto& answer : answers) {
        if (!answer) {
            return answer;
        }
    }
    return says(ProbeOutcome::Unknown) || answers.empty() ? ProbeOutcome::Unknown
                                                          : ProbeOutcome::NotDone;
}

} // namespace

Probe::Probe(std::shared_ptr<Nodes> nodes, std::shared_ptr<Backups> backups, Act act,
             IdempotencyKey key, std::optional<Observation> before)
    : m_nodes(std::move(nodes))
    , m_backups(std::move(backups))
    , m_act(std::move(act))
    , m_key(std::move(key))
    , m_before(std::move(before))
{}

Async<std::optional<OperationAnswer>> Probe::findOperation(const NodeClientPtr& node,
                                                           std::stop_token stop) const
{
    using Found = std::optional<OperationAnswer>;
    if (m_key.value.isEmpty()) {
        return ready<Found>(Found{});
    }
    const QString path = QStringLiteral("/operations?idempotencyKey=")
                         + QString::fromLatin1(QUrl::toPercentEncoding(m_key.value));
    return andThen(node->getJson(path, std::move(stop)),
                   [key = m_key.value](const QJsonObject& object) -> Result<Found> {
                       auto page = decodeOperations(object);
                       if (!page) {
                           return fail(page.error());
                       }
                       for (OperationAnswer& answer : page->items) {
                           if (answer.idempotencyKey == key) {
                               return Found(std::move(answer));
                           }
                       }
                       return Found{};
                   });
}

ProbeOutcome Probe::judgeOperation(const NodeClientPtr& node, const OperationAnswer& answer) const
{
    const ProbeOutcome outcome = outcomeOf(answer.status.state);
    const auto* backup = std::get_if<act::TakeBackup>(&m_act);
    if (backup == nullptr) {
        return outcome;
    }
    m_backups->expect(node->id(), answer.status.id, backup->folder);
    const bool atHome = backupFiles(backup->folder, node->id().value, answer.result).exist();
    // With the same key the node makes no second one, and `follow` brings the first one home.
    return outcome == ProbeOutcome::Done && !atHome ? ProbeOutcome::NotDone : outcome;
}

Async<ProbeOutcome> Probe::answerOf(NodeClientPtr node, std::stop_token stop)
{
    return andThen(findOperation(node, stop),
                   [self = shared_from_this(), node,
                    stop](const std::optional<OperationAnswer>& found) -> Async<ProbeOutcome> {
                       if (found) {
                           return ready<ProbeOutcome>(self->judgeOperation(node, *found));
                       }
                       return andThen(
                           node->getJson(QStringLiteral("/node"), stop),
                           [self](const QJsonObject& object) -> Result<ProbeOutcome> {
                               return decodeNode(object).map([&self](const NodeAnswer& now) {
                                   return judgeByState(self->m_act, now, self->m_before);
                               });
                           });
                   });
}

Async<ProbeOutcome> Probe::askNode(NodeClientPtr node, std::stop_token stop)
{
    Resolver<ProbeOutcome> out;
    auto future = out.future();
    detail::onAnswer<ProbeOutcome>(
        answerOf(std::move(node), std::move(stop)),
        [out](Result<ProbeOutcome> outcome) { out.resolve(softened(std::move(outcome))); });
    return future;
}

Async<ProbeOutcome> Probe::askAll(std::stop_token stop)
{
    std::vector<Async<ProbeOutcome>> asked;
    for (const NodeClientPtr& node : m_nodes->all()) {
        asked.push_back(askNode(node, stop));
    }
    Resolver<ProbeOutcome> out;
    auto future = out.future();
    all<ProbeOutcome>(std::move(asked))
        .then([out](const std::vector<Result<ProbeOutcome>>& answers) {
            out.resolve(joined(answers));
        });
    return future;
}

} // namespace quorate::platform::nodeadmin
