// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ActWords.h"

#include <algorithm>

namespace quorate::service {
namespace {

using std::chrono::minutes;

/// Between "10 or more" (seeds/003) and "up to 15" (seeds/000).
constexpr Millis kRebootExpected = minutes(12);
constexpr Millis kRebootLimit = minutes(15); ///< peers.md section 8: node wait after reboot
constexpr Millis kShortLimit = minutes(5);   ///< peers.md section 8: component restart limit
constexpr Millis kScaledLimitMin = Seconds(30);

} // namespace

ActTimes timesOf(const Act& act)
{
    if (std::holds_alternative<act::Reboot>(act)) {
        return {.expected = kRebootExpected, .limit = kRebootLimit};
    }
    if (const auto* drain = std::get_if<act::Drain>(&act)) { // the operator's own limit comes first
        const Millis own = Seconds(drain->limitSeconds) + act::kDrainEnding;
        return {.expected = Millis(0), .limit = std::max(kRebootLimit, own)};
    }
    if (std::holds_alternative<act::Redeploy>(act)) {
        return {.expected = Millis(0), .limit = kRebootLimit}; // pods end one after the other
    }
    return {.expected = Millis(0), .limit = kShortLimit};
}

Millis scaled(Millis time, double speed)
{
    const Millis divided{static_cast<Millis::rep>(double(time.count()) / speed)};
    return speed > 1 ? std::max(divided, kScaledLimitMin) : divided;
}

QString titleOf(const QString& nodeName, const Act& act)
{
    if (const auto* start = std::get_if<act::StartService>(&act)) {
        return QStringLiteral("Start %1 on %2").arg(start->service, nodeName);
    }
    if (const auto* stop = std::get_if<act::StopService>(&act)) {
        return QStringLiteral("Stop %1 on %2").arg(stop->service, nodeName);
    }
    if (std::holds_alternative<act::Shutdown>(act)) {
        return QStringLiteral("Shut down %1").arg(nodeName);
    }
    return isOfNode(act) ? QStringLiteral("%1 %2").arg(actTitle(act), nodeName) : actTitle(act);
}

QString consequenceOf(const QString& nodeName, const Act& act)
{
    if (std::holds_alternative<act::Drain>(act)) {
        return QStringLiteral("%1 is asked to drain: it hands its work to the other nodes and "
                              "takes no new users until "
                              "it is resumed. It stays up, but does not count as ready.")
            .arg(nodeName);
    }
    if (std::holds_alternative<act::Resume>(act)) {
        return QStringLiteral("%1 is asked to take part again: it takes users and counts as ready.")
            .arg(nodeName);
    }
    if (std::holds_alternative<act::Reboot>(act)) {
        return QStringLiteral("%1 is asked to drain and restart. Users of this node are moved to "
                              "the others; it comes "
                              "back by itself.")
            .arg(nodeName);
    }
    if (std::holds_alternative<act::Shutdown>(act)) {
        return QStringLiteral("%1 is asked to drain and switch itself off. It does not come back "
                              "by itself: somebody "
                              "has to start it.")
            .arg(nodeName);
    }
    if (const auto* start = std::get_if<act::StartService>(&act)) {
        return QStringLiteral("%1 is asked to start its service %2.").arg(nodeName, start->service);
    }
    if (const auto* stop = std::get_if<act::StopService>(&act)) {
        return QStringLiteral("%1 is asked to stop its service %2. Users of that service on this "
                              "node are cut off.")
            .arg(nodeName, stop->service);
    }
    if (std::holds_alternative<act::Cordon>(act)) {
        return QStringLiteral("%1 takes no new work until it is resumed. What runs there stays, "
                              "and it still votes.")
            .arg(nodeName);
    }
    if (const auto* redeploy = std::get_if<act::Redeploy>(&act)) {
        return QStringLiteral("Every instance of %1/%2 is started anew, a few at a time, as the "
                              "workload itself says. "
                              "Its users may have to connect again.")
            .arg(redeploy->nameSpace, redeploy->name);
    }
    return QStringLiteral("%1 is asked for: %2.").arg(nodeName, actTitle(act));
}

QString byHandConsequenceOf(const QString& nodeName, const Act& act, bool cordoned)
{
    const QString what =
        std::holds_alternative<act::Shutdown>(act)
            ? QStringLiteral(
                "Nothing here can switch the machine off: you shut %1 down by hand (its console, "
                "IPMI, "
                "ssh). Quorate sends nothing. It keeps the others from working on this cluster, "
                "and "
                "watches until %1 is gone, for up to 15 minutes. It does not come back by itself.")
            : QStringLiteral("Nothing here can restart the machine: you reboot %1 by hand (its "
                             "console, IPMI, ssh). "
                             "Quorate sends nothing. It keeps the others from working on this "
                             "cluster, and watches "
                             "until %1 has gone and is ready again, each for up to 15 minutes.");
    const QString drain =
        cordoned
            ? QStringLiteral("%1 takes no new work; if it is not drained yet, do that first.")
            : QStringLiteral("%1 still takes work: drain it first, or what runs there is cut off.");
    return QStringLiteral(
               "%1 %2 When Quorate ends meanwhile, or you stop waiting, nothing has to be undone.")
        .arg(what.arg(nodeName), drain.arg(nodeName));
}

QString verbOf(const Act& act)
{
    if (std::holds_alternative<act::Drain>(act)) {
        return QStringLiteral("is drained");
    }
    if (std::holds_alternative<act::Shutdown>(act)) {
        return QStringLiteral("is shut down");
    }
    return QStringLiteral("restarts");
}

bool isDestructive(const Act& act)
{
    return std::holds_alternative<act::Reboot>(act) || std::holds_alternative<act::Shutdown>(act);
}

bool isOfNode(const Act& act) { return !std::holds_alternative<act::Redeploy>(act); }

bool isSingleAct(const Act& act)
{
    return std::holds_alternative<act::Drain>(act) || std::holds_alternative<act::Resume>(act)
           || std::holds_alternative<act::Reboot>(act) || std::holds_alternative<act::Shutdown>(act)
           || std::holds_alternative<act::StartService>(act)
           || std::holds_alternative<act::StopService>(act)
           || std::holds_alternative<act::Cordon>(act) || !isOfNode(act);
}

quorum::GateVerdict judgeAct(const ClusterStatus& status, TimePoint now,
                             const quorum::Policy& policy, const NodeId& node, const Act& act)
{
    if (!takesVoterAway(act)) {
        quorum::GateVerdict verdict;
        verdict.verdict = quorum::Verdict::Yes;
        verdict.sentence = status.assessment.sentence.text();
        return verdict;
    }
    const Millis expected = timesOf(act).expected;
    quorum::GateRequest request;
    request.leaving = node;
    request.verb = verbOf(act);
    request.expected = Millis(static_cast<Millis::rep>(double(expected.count()) / status.speed));
    request.permanent = std::holds_alternative<act::Shutdown>(act);
    return quorum::decideLeave(*status.snapshot, now, request, policy);
}

} // namespace quorate::service
