// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Back.h"

#include "core/quorum/Evidence.h"

#include <algorithm>

namespace quorate::quorum {
namespace {

using detail::Evidence;

/// A row of green readings breaks when nothing was read for longer than this: nobody knows what
/// happened meanwhile (a workstation that slept). Our own choice; never shorter than the
/// stabilisation time itself.
constexpr Millis kGapMax = Seconds(30);

bool isInTransition(NodeState state)
{
    return state == NodeState::Updating || state == NodeState::Restarting
           || state == NodeState::Starting || state == NodeState::Joining
           || state == NodeState::Draining;
}

void readVersion(const Observation& answer, const BackCriteria& criteria, const QString& name,
                 BackReading& reading)
{
    const bool restarted =
        criteria.bootIdBefore.isEmpty()
        || (!answer.self.bootId.isEmpty() && answer.self.bootId != criteria.bootIdBefore);
    if (!restarted) {
        reading.missing.append(answer.self.bootId.isEmpty()
                                   ? name
                                         + QStringLiteral(" does not say which start of it this is")
                                   : name + QStringLiteral(" has not restarted yet"));
    }
    if (!criteria.version || answer.self.version == *criteria.version) {
        return;
    }
    reading.missing.append(QStringLiteral("version is %1, expected %2")
                               .arg(answer.self.version.toString(), criteria.version->toString()));
    const bool settled =
        answer.self.state == NodeState::Ready || answer.self.state == NodeState::Drained;
    reading.wrongVersion = restarted && settled;
}

void readTroubles(const Observation& answer, const QString& name, BackReading& reading)
{
    if (answer.self.verification == QLatin1String("failed")) {
        reading.failed = true;
        reading.missing.append(QStringLiteral("the verification on %1 failed").arg(name));
    } else if (answer.self.verification == QLatin1String("running")) {
        reading.missing.append(QStringLiteral("the verification on %1 is still running").arg(name));
    }
    for (const Condition& condition : answer.self.conditions) {
        if (condition.severity == Severity::Error) {
            // While it starts or updates, an error can still go by itself.
            reading.failed = reading.failed || !isInTransition(answer.self.state);
            reading.missing.append(QStringLiteral("%1 reports: %2").arg(name, condition.text));
        }
    }
}

void readPeers(const Evidence& evidence, const Observation& answer, const QString& name,
               BackReading& reading)
{
    if (!evidence.isVoter(answer.node) || answer.self.learner || !answer.self.voter) {
        reading.missing.append(answer.self.learner
                                   ? name + QStringLiteral(" is still a learner, not a voter yet")
                                   : name + QStringLiteral(" is not a voter yet"));
    }
    if (evidence.members.size() < 2) {
        return;
    }
    const detail::PeerWords words = detail::wordsAbout(evidence, answer.node);
    if (words.peers == 0) {
        reading.missing.append(QStringLiteral("no peer of %1 answers").arg(name));
    } else if (2 * words.ready <= words.peers || words.down > 0) {
        reading.missing.append(QStringLiteral("its peers do not see it as ready yet (%1 of %2)")
                                   .arg(words.ready)
                                   .arg(words.peers));
    }
}

void readLag(const Evidence& evidence, const Observation& answer, const BackCriteria& criteria,
             const QString& name, BackReading& reading)
{
    std::optional<qint64>
        reference; // the leader's position; without one, the furthest of the others
    bool isLeaders = false;
    for (const Observation* other : evidence.fresh) {
        if (other->node == answer.node || !other->self.appliedIndex || isLeaders) {
            continue;
        }
        isLeaders = evidence.leader == other->node;
        reference =
            isLeaders ? other->self.appliedIndex : std::max(reference, other->self.appliedIndex);
    }
    if (!reference) {
        return; // nobody counts positions here
    }
    if (!answer.self.appliedIndex) {
        reading.missing.append(name + QStringLiteral(" does not say how far it has caught up"));
        return;
    }
    const qint64 behind = *reference - *answer.self.appliedIndex;
    if (behind > criteria.appliedLagMax) {
        reading.missing.append(
            QStringLiteral("%1 is %2 entries behind %3")
                .arg(name)
                .arg(behind)
                .arg(isLeaders ? QStringLiteral("the leader") : QStringLiteral("the others")));
    }
}

} // namespace

BackReading readBack(const ClusterSnapshot& snapshot, TimePoint now, const BackCriteria& criteria,
                     const Policy& policy)
{
    const Evidence evidence = detail::gather(snapshot, now, policy);
    const QString name = evidence.nameOf(criteria.node);
    BackReading reading;
    const Observation* answer = evidence.freshOf(criteria.node);
    if (!answer) {
        const bool known = snapshot.node(criteria.node) || evidence.members.contains(criteria.node);
        reading.missing.append(known ? detail::judge(evidence, criteria.node).verdict.text
                                     : name + QStringLiteral(" is not a node of this cluster"));
        return reading;
    }
    const detail::Judged judged = detail::judge(evidence, criteria.node);
    if (judged.verdict.state != VoterState::Ready) {
        reading.missing.append(judged.verdict.text);
    }
    readVersion(*answer, criteria, name, reading);
    readTroubles(*answer, name, reading);
    readPeers(evidence, *answer, name, reading);
    readLag(evidence, *answer, criteria, name, reading);
    reading.green = reading.missing.isEmpty();
    return reading;
}

BackProgress advance(BackProgress progress, const BackReading& reading, TimePoint observedAt,
                     const BackCriteria& criteria)
{
    if (!reading.green) {
        return {};
    }
    if (progress.lastGreen && observedAt <= *progress.lastGreen) {
        return progress; // the same reading again
    }
    const Millis gapMax = std::max({kGapMax, criteria.stabilisation, 3 * criteria.greenInterval});
    if (!progress.greenSince || observedAt - *progress.lastGreen > gapMax) {
        return {.greenSince = observedAt, .lastGreen = observedAt, .greenCount = 1};
    }
    if (observedAt - *progress.lastGreen >= criteria.greenInterval) {
        ++progress.greenCount;
        progress.lastGreen = observedAt;
    } else if (progress.greenCount >= criteria.greenReadings) {
        progress.lastGreen = observedAt;
    }
    return progress;
}

bool isBack(const BackProgress& progress, const BackCriteria& criteria)
{
    return progress.greenSince && progress.greenCount >= criteria.greenReadings
           && *progress.lastGreen - *progress.greenSince >= criteria.stabilisation;
}

} // namespace quorate::quorum
