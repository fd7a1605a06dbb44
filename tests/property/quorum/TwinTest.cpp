// SPDX-License-Identifier: GPL-3.0-or-later
// Every cluster of 1 to 7 voters whose nodes agree on each other, and every node leaving it,
// against a twin that is written as simply as possible: it counts letters.
#include "tests/property/quorum/Worlds.h"

#include "core/quorum/Quorum.h"
#include "tests/support/Test.h"

#include <algorithm>

using namespace quorate;
using namespace quorate::quorum;
using namespace quorate::test;

namespace {

// r ready, w at work and saying so, d silent and given up, b silent and known to restart, g silent
// in its grace time, s silent and still seen by its peers
ClusterSnapshot build(const std::string& fates, int leader)
{
    const auto fate = [fates](int i) { return fates[static_cast<std::size_t>(i)]; };
    World world;
    world.count = static_cast<int>(fates.size());
    world.isReached = [fate](int i) { return fate(i) == 'r' || fate(i) == 'w'; };
    world.saysOfItself = [fate](int i) {
        return fate(i) == 'w' ? NodeState::Updating : NodeState::Ready;
    };
    world.names = [leader](int) { return leader; };
    world.saysOf = [fate](int, int peer) {
        switch (fate(peer)) {
        case 'w':
        case 'b': return PeerState::Busy;
        case 'd': return PeerState::Down;
        case 'g': return PeerState::Grace;
        default: return PeerState::Ready;
        }
    };
    return snapshotOf(world);
}

/// The same fate as the twin sees it: y ready, n not ready for certain, ? not known.
std::string believed(const std::string& fates)
{
    const bool anyAnswer = fates.find_first_of("rw") != std::string::npos;
    std::string seen;
    for (const char fate : fates) {
        if (fate == 'r') {
            seen += 'y';
        } else if (fate == 'w') {
            seen += 'n';
        } else if (anyAnswer && (fate == 'd' || fate == 'b')) {
            seen += 'n';
        } else {
            seen += '?';
        }
    }
    return seen;
}

int count(const std::string& text, char letter)
{
    return static_cast<int>(std::ranges::count(text, letter));
}

bool isMoreThanHalf(int part, int whole) { return part > whole - part; }

std::string twinState(const std::string& seen)
{
    const int n = static_cast<int>(seen.size());
    if (isMoreThanHalf(count(seen, 'y'), n)) {
        const bool oneLess = isMoreThanHalf(count(seen, 'y') - 1, n);
        return n == 1 || oneLess ? "quorate" : "at-risk";
    }
    return isMoreThanHalf(count(seen, 'y') + count(seen, '?'), n) ? "unknown" : "lost";
}

std::string twinGate(const std::string& fates, std::size_t leaving, bool leads, bool othersFollow)
{
    const std::string seen = believed(fates);
    const int n = static_cast<int>(seen.size());
    std::string others = seen;
    others.erase(leaving, 1);
    const bool costs = seen[leaving] == 'y';
    const bool certainlyNot =
        count(others, 'n') > 0
        || (costs && !isMoreThanHalf(count(others, 'y') + count(others, '?'), n))
        || (costs && leads && othersFollow);
    if (certainlyNot) {
        return "no";
    }
    const bool answersItself = fates[leaving] == 'r' || fates[leaving] == 'w';
    return count(others, '?') > 0 || !answersItself ? "unknown" : "yes";
}

void forEachFate(int voters, const std::string& letters,
                 const std::function<void(const std::string&)>& visit)
{
    std::string fates(static_cast<std::size_t>(voters), letters.front());
    while (true) {
        visit(fates);
        std::size_t at = 0;
        while (at < fates.size() && fates[at] == letters.back()) {
            fates[at++] = letters.front();
        }
        if (at == fates.size()) {
            return;
        }
        fates[at] = letters[letters.find(fates[at]) + 1];
    }
}

void compare(const std::string& fates)
{
    const auto firstReady = fates.find('r');
    const int leader = firstReady == std::string::npos ? -1 : static_cast<int>(firstReady);
    const ClusterSnapshot snapshot = build(fates, leader);
    const Assessment a = assess(snapshot, kWorldNow);
    const std::string seen = believed(fates);
    ASSERT_EQ(a.ready, count(seen, 'y')) << fates;
    ASSERT_EQ(a.down, count(seen, 'n')) << fates;
    ASSERT_EQ(a.unknown, count(seen, '?')) << fates;
    ASSERT_EQ(toString(a.state).toStdString(), twinState(seen)) << fates;
    ASSERT_EQ(countVoters(snapshot, kWorldNow),
              (VoterCount{a.voters, a.ready, a.majority, a.state}))
        << fates;
    const bool plain = count(seen, 'y') == a.voters && (a.state == ClusterState::Quorate);
    ASSERT_EQ(a.reasons.isEmpty(), plain) << fates;
    for (std::size_t leaving = 0; leaving < fates.size(); ++leaving) {
        const bool leads = static_cast<int>(leaving) == leader;
        GateRequest request;
        request.leaving = worldNode(static_cast<int>(leaving));
        ASSERT_EQ(toString(decideLeave(snapshot, kWorldNow, request).verdict).toStdString(),
                  twinGate(fates, leaving, leads, false))
            << fates << " leaving " << leaving;
        if (fates.size() > 1 && fates.size() < 7 && leader >= 0) {
            request.stillToLeave = {worldNode(0), worldNode(1)};
            ASSERT_EQ(toString(decideLeave(snapshot, kWorldNow, request).verdict).toStdString(),
                      twinGate(fates, leaving, leads, true))
                << fates << " leaving " << leaving << " in a plan";
        }
    }
}

} // namespace

TEST(QuorumTwin, EveryFateOfUpToFourVoters)
{
    for (int voters = 1; voters <= 4; ++voters) {
        forEachFate(voters, "rwdbgs", compare);
    }
}

TEST(QuorumTwin, ReadyDownUnknownOfUpToSevenVoters)
{
    for (int voters = 5; voters <= 7; ++voters) {
        forEachFate(voters, "rdg", compare);
    }
}

TEST(QuorumTwin, AnswersThatAreOldCountForNothing)
{
    forEachFate(3, "rwdbgs", [](const std::string& fates) {
        const ClusterSnapshot snapshot = build(fates, 0);
        const Assessment a = assess(snapshot, kWorldNow + Seconds(15));
        ASSERT_EQ(a.unknown, 3) << fates;
        ASSERT_EQ(a.state, ClusterState::Unknown) << fates;
        const Assessment early =
            assess(snapshot, kWorldNow - Seconds(17)); // answers from the future
        ASSERT_EQ(early.unknown, 3) << fates;
    });
}
