// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/detail/Engine.h"

namespace quorate::run::detail {
namespace {

struct Wording {
    const char* code;
    const char* title; ///< %1: the node or "the cluster", %2: the step
    const char* next;
};

constexpr Wording kWordings[] = {
    {"paused", "The run is paused", "Resume when you are ready."},
    {"interrupted", "The run was interrupted before \"%2\" was finished",
     "Resume: every node is observed and asked what was done before anything is sent."},
    {"journal-failed", "The run cannot be recorded, so nothing is sent",
     "Make room on the disk of this workstation, then resume."},
    {"lease-held", "Somebody else coordinates this cluster now",
     "Wait until they have finished, or agree with them; then resume."},
    {"lease-lost", "The right to coordinate this cluster was taken over by somebody else",
     "Find out who works on the cluster; then resume, which asks for the right again."},
    {"lease-unreachable", "The right to coordinate this cluster cannot be had: it does not answer",
     "Check the connection to the cluster, then resume."},
    {"gate-refused", "%1 may not leave now",
     "Bring the other nodes back to ready, then resume: the gate is asked again."},
    {"gate-unknown", "It cannot be told whether %1 may leave",
     "Make every node answer, then resume: the gate is asked again."},
    {"checks-failed", "The checks before %1 do not pass",
     "Cure what is named, then resume: the checks run again."},
    {"warnings-not-accepted", "The checks before %1 warn",
     "Cure what is named and resume, or accept the warnings by name."},
    {"node-silent", "%1 does not answer, so \"%2\" was not sent",
     "Check the node and its network, then resume."},
    {"package-changed", "The package on %1 is not the planned one",
     "Stage the package again, then resume."},
    {"operation-failed", "\"%2\" failed on %1",
     "Read the node's own message and cure it, then retry the step."},
    {"outcome-unknown", "It cannot be told whether \"%2\" was done on %1",
     "Look at the node itself. Resume asks it again; nothing is sent twice."},
    {"limit-passed", "\"%2\" on %1 takes longer than its limit",
     "Look at the node's own console. Resume waits once more."},
    {"wrong-version", "%1 came back on another version than the target",
     "Look at the node's upgrade log. Resume looks again; the other nodes stay as they are until "
     "then."},
    {"verification-failed", "%1 came back, and its own verification failed",
     "Cure the node with its vendor's tools. Resume looks again."},
    {"obligation-unverified", "\"%2\" was done on %1, but it cannot be seen",
     "Look at the service on the node, then resume: it is looked at again."},
    {"obligation-open", "The steps are done, but something temporary was not undone",
     "Undo it by hand, then cancel the run to end it."},
    {"not-done", "The manual step \"%2\" is not done", "Resume asks for it again."},
};

QString unharmedOf(const procedure::Plan& plan, const RunState& state)
{
    if (state.nodeOut) {
        return plan.voters > 1 ? QStringLiteral("Only %1 is held out; no other node is touched")
                                     .arg(state.nodeOut->value)
                               : QStringLiteral("Nothing else is sent to it");
    }
    return state.current < 0 ? QStringLiteral("Nothing was sent to any node")
                             : QStringLiteral("No node is held out by this run");
}

} // namespace

Attention attentionFor(const procedure::Plan& plan, const RunState& state, const QString& code,
                       const QString& what, std::optional<Error> error)
{
    QString node = QStringLiteral("the cluster");
    QString title = QStringLiteral("the first step");
    if (state.current >= 0 && state.current < static_cast<int>(plan.steps.size())) {
        const procedure::PlanStep& step = stepAt(plan, state.current);
        node = step.node ? step.node->value : node;
        title = step.title;
    }
    Attention attention;
    attention.code = code;
    attention.error = std::move(error);
    attention.unharmed = unharmedOf(plan, state);
    for (const Wording& wording : kWordings) {
        if (code == QLatin1String(wording.code)) {
            attention.title = QString::fromLatin1(wording.title)
                                  .replace(QLatin1String("%1"), node)
                                  .replace(QLatin1String("%2"), title);
            attention.next = QString::fromLatin1(wording.next);
        }
    }
    if (!what.isEmpty()) {
        attention.title += QStringLiteral(": ") + what;
    }
    if (!attention.title.isEmpty()) {
        attention.title[0] = attention.title.at(0).toUpper();
    }
    return attention;
}

} // namespace quorate::run::detail
