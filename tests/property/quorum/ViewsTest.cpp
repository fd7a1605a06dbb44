// SPDX-License-Identifier: GPL-3.0-or-later
// Three voters that may say anything of each other: every matrix of words, every set of nodes
// reached.
#include "tests/property/quorum/Worlds.h"

#include "core/quorum/Quorum.h"
#include "tests/support/Test.h"

#include <algorithm>
#include <array>

using namespace quorate;
using namespace quorate::quorum;
using namespace quorate::test;

namespace {

constexpr std::array kWords{PeerState::Ready, PeerState::Grace, PeerState::Down, PeerState::Busy};

struct Case {
    std::array<PeerState, 9> words{};
    unsigned reached = 0;
    int leader = -1;

    [[nodiscard]] bool reaches(int node) const { return ((reached >> node) & 1U) != 0; }
    [[nodiscard]] PeerState word(int viewer, int peer) const
    {
        return words[static_cast<std::size_t>(viewer * 3 + peer)];
    }
};

ClusterSnapshot build(const Case& c)
{
    World world;
    world.count = 3;
    world.isReached = [c](int i) { return c.reaches(i); };
    world.saysOfItself = [](int) { return NodeState::Ready; };
    world.saysOf = [c](int viewer, int peer) { return c.word(viewer, peer); };
    world.names = [c](int) { return c.leader; };
    return snapshotOf(world);
}

void forEachCase(const std::function<void(const Case&)>& visit)
{
    for (int code = 0; code < 4096; ++code) { // 4 words in 6 places
        for (unsigned reached = 0; reached < 8; ++reached) {
            for (const int leader : {-1, 0}) {
                Case c{.reached = reached, .leader = leader};
                int rest = code;
                for (int place = 0; place < 9; ++place) {
                    if (place % 4 != 0) { // not the diagonal
                        c.words[static_cast<std::size_t>(place)] =
                            kWords[static_cast<std::size_t>(rest % 4)];
                        rest /= 4;
                    }
                }
                visit(c);
            }
        }
    }
}

/// The rule of README.md for one of three nodes, read aloud.
VoterState expected(const Case& c, int node)
{
    int asked = 0;
    int ready = 0;
    int down = 0;
    int busy = 0;
    for (int peer = 0; peer < 3; ++peer) {
        if (peer != node && c.reaches(peer)) {
            ++asked;
            ready += c.word(peer, node) == PeerState::Ready ? 1 : 0;
            down += c.word(peer, node) == PeerState::Down ? 1 : 0;
            busy += c.word(peer, node) == PeerState::Busy ? 1 : 0;
        }
    }
    if (!c.reaches(node)) {
        const bool given =
            asked > 0 && ready == 0 && (asked == 1 ? down + busy == 1 : down + busy == 2);
        return given ? VoterState::Down : VoterState::Unknown;
    }
    const bool accused = asked > 0 && down == asked; // of one or two, more than half is all
    bool seesSomebody = false;
    bool missesSomebody = false;
    for (int peer = 0; peer < 3; ++peer) {
        if (peer != node) {
            const PeerState word = c.word(node, peer);
            const bool sees = word == PeerState::Ready || word == PeerState::Busy
                              || (word == PeerState::Grace && c.leader >= 0);
            seesSomebody |= sees;
            missesSomebody |= !sees && c.reaches(peer);
        }
    }
    const bool alone =
        !seesSomebody && missesSomebody; // two of three are a majority: itself and one more
    return accused || alone ? VoterState::Unknown : VoterState::Ready;
}

} // namespace

TEST(QuorumViews, EveryMatrixOfThree)
{
    forEachCase([](const Case& c) {
        const Assessment a = assess(build(c), kWorldNow);
        for (int node = 0; node < 3; ++node) {
            ASSERT_EQ(a.verdicts[static_cast<std::size_t>(node)].state, expected(c, node))
                << "node " << node << ", reached " << c.reached << ": "
                << a.verdicts[static_cast<std::size_t>(node)].text.toStdString();
        }
    });
}

TEST(QuorumViews, AQuarrelIsNeverAYes)
{
    forEachCase([](const Case& c) {
        bool quarrel = false;
        for (int viewer = 0; viewer < 3; ++viewer) {
            for (int peer = 0; peer < 3; ++peer) {
                quarrel |=
                    viewer != peer && c.reaches(viewer) && c.word(viewer, peer) == PeerState::Down;
            }
        }
        if (!quarrel || c.leader < 0) { // whether somebody leads makes no difference here
            return;
        }
        GateRequest request;
        request.leaving = worldNode(1);
        ASSERT_NE(decideLeave(build(c), kWorldNow, request).verdict, Verdict::Yes);
    });
}
