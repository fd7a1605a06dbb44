// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Checks.h"
#include "core/run/detail/Engine.h"
#include "core/run/detail/Timing.h"

#include <algorithm>

namespace quorate::run::detail {

using procedure::StepKind;
using procedure::When;

/// Every node was asked after this stage began, whatever it answered.
bool Engine::isRoundComplete() const
{
    const ClusterSnapshot& snapshot = *m_state.live.snapshot;
    const auto asked = [this](const NodeRecord& record) {
        return record.address.isEmpty()
               || (record.attemptedAt && *record.attemptedAt >= m_state.stageSince);
    };
    return !snapshot.nodes.empty() && std::ranges::all_of(snapshot.nodes, asked);
}

/// The answer of the step's own node, when it is one that was asked for after this stage began.
const Observation* Engine::freshOwn() const
{
    const NodeRecord* record = step().node ? m_state.live.snapshot->node(*step().node) : nullptr;
    const bool fresh = record != nullptr && record->isReachable() && record->attemptedAt
                       && *record->attemptedAt >= m_state.stageSince;
    return fresh ? &*record->last : nullptr;
}

void Engine::judgeLook()
{
    if (!isConditionJudged()) {
        return;
    }
    switch (step().kind) {
    case StepKind::Checks: judgeChecks(); return;
    case StepKind::Gate: judgeGate(); return;
    case StepKind::WaitBack:
        enterStage(Stage::WaitBack);
        progress().state = StepState::Waiting;
        judgeWaitBack();
        return;
    case StepKind::WaitAllReady:
        enterStage(Stage::WaitReady);
        progress().state = StepState::Waiting;
        judgeWaitReady();
        return;
    case StepKind::Act:
    case StepKind::Manual: prepareAct(); return;
    }
}

/// True when the step is to be carried out now; false when it waits for an answer, or was skipped.
bool Engine::isConditionJudged()
{
    const auto skip = [this](const QString& why) {
        finishStep(StepState::Skipped, why);
        nextStep();
        return false;
    };
    if (step().closesObligation) {
        const auto found =
            std::ranges::find(m_state.obligations, *step().closesObligation, &ObligationView::id);
        if (found != m_state.obligations.end() && !found->openedAt) {
            return skip(QStringLiteral("nothing to undo"));
        }
    }
    const bool holdsItOut = step().node && m_state.nodeOut == step().node;
    if (step().when == When::Always || !step().node
        || (step().kind == StepKind::WaitBack && holdsItOut)) {
        return true; // a node that we hold out is always waited for
    }
    const Observation* own = freshOwn();
    if (own == nullptr) {
        m_state.live.memory.missing = QStringLiteral("%1 has not answered").arg(step().node->value);
        return false;
    }
    switch (step().when) {
    case When::Always: return true;
    case When::UpdatesAvailable:
        return own->self.updatesAvailable.value_or(false)
               || skip(areUpdatesLookedFor(m_plan, m_state, *step().node)
                           ? QStringLiteral("no updates are offered")
                           : QStringLiteral("none are known: it was not looked for updates"));
    case When::RebootNeeded:
        return own->self.rebootNeeded.value_or(false)
               || skip(QStringLiteral("no restart is needed"));
    case When::NotOnTarget:
        if (own->self.version == m_plan.targetVersion) {
            progress().onTarget = true;
            return skip(QStringLiteral("it is on %1 already").arg(m_plan.targetVersion.toString()));
        }
        return true;
    case When::RestartedSinceGate: {
        const auto atGate = m_state.bootIdAtGate.find(*step().node);
        const bool restarted =
            atGate != m_state.bootIdAtGate.end() && atGate->second != own->self.bootId;
        return restarted || skip(QStringLiteral("it has not restarted"));
    }
    }
    return true;
}

void Engine::judgeChecks()
{
    if (!isRoundComplete()) {
        m_state.live.memory.missing = QStringLiteral("not every node was asked yet");
        return;
    }
    procedure::CheckContext context;
    context.now = m_at;
    context.nextNode = step().node;
    context.doneNodes = doneNodes(m_plan, m_state);
    context.targetVersion = m_plan.targetVersion;
    context.policy = m_plan.policy;
    context.haveBackup = true;
    for (int index = 0; index < static_cast<int>(m_plan.steps.size()); ++index) {
        const StepState state = m_state.steps[static_cast<std::size_t>(index)].state;
        context.haveBackup =
            context.haveBackup && (state == StepState::Done || !takesBackup(stepAt(m_plan, index)));
    }
    if (m_plan.package) {
        context.package = m_plan.package->id;
        context.packageSha256 = m_plan.package->sha256;
        context.packageBytes = m_plan.package->sizeBytes;
    }
    std::vector<procedure::CheckSpec> specs = m_plan.checks;
    if (step().node) {
        std::erase_if(specs, [](const procedure::CheckSpec& spec) { return !spec.beforeEachNode; });
    }
    QStringList blocking;
    QStringList unknown;
    QStringList warnings;
    QStringList accepted;
    for (const procedure::CheckResult& result :
         procedure::runChecks(specs, *m_state.live.snapshot, context)) {
        const QString line =
            result.cure.isEmpty() ? result.text : result.text + QStringLiteral(". ") + result.cure;
        if (result.blocks()) {
            (result.outcome == procedure::CheckOutcome::Unknown ? unknown : blocking).append(line);
        } else if (result.severity == Severity::Warning
                   && result.outcome != procedure::CheckOutcome::Passed) {
            const bool known = std::ranges::find(m_state.acceptedWarnings, result.id)
                               != m_state.acceptedWarnings.end();
            (known ? accepted : warnings).append(known ? result.id : line);
        }
    }
    if (!blocking.isEmpty()) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("checks-failed"),
                           blocking.join(QStringLiteral("; "))));
    } else if (!unknown.isEmpty()) {
        m_state.live.memory.missing = unknown.join(QStringLiteral("; "));
    } else if (!warnings.isEmpty()) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("warnings-not-accepted"),
                           warnings.join(QStringLiteral("; "))));
    } else {
        finishStep(
            StepState::Done,
            accepted.isEmpty()
                ? QStringLiteral("all checks passed")
                : QStringLiteral("passed; accepted: %1").arg(accepted.join(QStringLiteral(", "))));
        nextStep();
    }
}

void Engine::judgeGate()
{
    QString sentence;
    if (!mayLeave(&sentence)) {
        return;
    }
    if (const NodeRecord* record = m_state.live.snapshot->node(*step().node);
        record != nullptr && record->last) {
        m_state.bootIdAtGate[*step().node] = record->last->self.bootId;
    }
    finishStep(StepState::Done, sentence);
    nextStep();
}

/// True after a Yes. A No pauses the run; an Unknown is asked again until the limit.
bool Engine::mayLeave(QString* sentence)
{
    const NodeId leaving = *step().node;
    if (!m_guards.gate) {
        return true;
    }
    if (m_guards.oneAtATime && m_state.nodeOut && *m_state.nodeOut != leaving) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("gate-refused"),
                           QStringLiteral("%1 is still out").arg(m_state.nodeOut->value)));
        return false;
    }
    if (m_guards.gateFresh && !isRoundComplete()) {
        m_state.live.memory.missing = QStringLiteral("not every node was asked yet");
        return false;
    }
    quorum::GateRequest request;
    request.leaving = leaving;
    request.verb = verbOf(step());
    request.permanent = step().act && std::holds_alternative<act::Shutdown>(*step().act);
    request.expected = step().expected;
    for (int index = m_state.current + 1; index < static_cast<int>(m_plan.steps.size()); ++index) {
        if (stepAt(m_plan, index).node != step().node) {
            break;
        }
        request.expected +=
            stepAt(m_plan, index).round == 1 ? stepAt(m_plan, index).expected : Millis(0);
    }
    // The only node of a cluster: the plan and its forecast have said that the service stops.
    request.outageAccepted = m_plan.voters == 1;
    if (m_guards.leaderLast) {
        request.stillToLeave = stillToLeave(m_plan, m_state, leaving);
    }
    if (m_state.nodeOut && (*m_state.nodeOut == leaving || !m_guards.oneAtATime)) {
        request.heldByUs.push_back(*m_state.nodeOut);
    }
    quorum::Policy policy = m_plan.policy;
    if (!m_guards.gateFresh) {
        policy.freshnessMax = std::chrono::hours(24);
    }
    const quorum::GateVerdict verdict =
        quorum::decideLeave(*m_state.live.snapshot, m_at, request, policy);
    quorum::Verdict judged = verdict.verdict;
    if (!m_guards.oneAtATime) { // the planted defect: others that are out do not matter
        judged = quorum::Verdict::Yes;
        for (const quorum::GateReason& reason : verdict.reasons) {
            const bool ignored = reason.rule == quorum::GateRule::NobodyElseLeaving;
            judged = ignored || reason.verdict == quorum::Verdict::Yes ? judged : reason.verdict;
        }
    }
    switch (judged) {
    case quorum::Verdict::Yes: *sentence = verdict.sentence; return true;
    case quorum::Verdict::No:
        pause(attentionFor(m_plan, m_state, QStringLiteral("gate-refused"), verdict.refusal));
        return false;
    case quorum::Verdict::Unknown: m_state.live.memory.missing = verdict.refusal; return false;
    }
    return false;
}

bool Engine::isStagedAsPlanned(const Observation& own)
{
    const auto& staged = own.self.stagedPackages;
    const auto& wanted = *m_plan.package;
    const auto found = std::ranges::find(staged, wanted.id, &StagedPackage::id);
    QString what;
    if (found == staged.end()) {
        what =
            QStringLiteral("%1 does not have the package %2").arg(own.node.value, wanted.id.value);
    } else if (!found->verified) {
        what = QStringLiteral("%1 has not verified the package: %2")
                   .arg(own.node.value, found->problem);
    } else if (found->sha256 != wanted.sha256) {
        what = QStringLiteral(
                   "The package on %1 is not the planned one: its SHA-256 is %2, planned is %3")
                   .arg(own.node.value, QString::fromLatin1(found->sha256.toHex().left(16)),
                        QString::fromLatin1(wanted.sha256.toHex().left(16)));
    }
    if (!what.isEmpty()) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("package-changed"), what));
    }
    return what.isEmpty();
}

void Engine::prepareAct()
{
    if (!step().act) {
        failOperation(makeError(ErrorKind::Validation, QStringLiteral("no-act"),
                                QStringLiteral("The plan does not say what this step does")));
        return;
    }
    const Observation* own = freshOwn();
    if (step().node && own == nullptr && step().kind == StepKind::Act) {
        m_state.live.memory.missing = QStringLiteral("%1 has not answered").arg(step().node->value);
        return;
    }
    QString sentence;
    if (takesAway(step()) && m_guards.gateAgain && !mayLeave(&sentence)) {
        return;
    }
    if (isInstall(step()) && step().kind == StepKind::Act && m_plan.package && own != nullptr
        && !isStagedAsPlanned(*own)) {
        return;
    }
    const std::optional<TimePoint>& expires = m_state.live.memory.leaseExpiresAt;
    if (m_state.lease == LeaseState::Lost) {
        pause(attentionFor(m_plan, m_state, QStringLiteral("lease-lost"), QString()));
        return;
    }
    if (m_state.lease != LeaseState::Held || (expires && m_at >= *expires)) {
        takeLease(Stage::Look, false);
        return;
    }
    send();
}

void Engine::send()
{
    const procedure::PlanStep& sending = step();
    if (std::exchange(m_state.newKey, false)) {
        ++m_state.generation;
    }
    ++m_state.tries;
    ++progress().attempts;
    progress().state = StepState::Running;
    m_state.operation.reset();
    m_state.limitFrom = m_at;
    const Observation* own = freshOwn();
    m_state.before = own != nullptr ? std::optional(*own) : std::nullopt;
    if (takesAway(sending)) {
        m_state.nodeOut = sending.node;
    }
    if (sending.act && own != nullptr) {
        m_state.installedInHold = m_state.installedInHold || isInstall(sending)
                                  || std::holds_alternative<act::InstallUpdates>(*sending.act);
        if (std::holds_alternative<act::Reboot>(*sending.act)) {
            m_state.bootIdBeforeReboot = own->self.bootId;
        }
        m_state.bootIdAtGate.try_emplace(*sending.node, own->self.bootId);
    }
    openObligation();
    if (sending.kind == StepKind::Manual) {
        enterStage(Stage::Ask);
        progress().state = StepState::Waiting;
        return;
    }
    enterStage(Stage::Sent);
    m_effects.push_back(
        effect::Perform{target(), *sending.act, keyOf(m_state, sending), m_state.serial});
}

} // namespace quorate::run::detail
