// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes of one cluster are asked together, also after one of them has answered late.
#include "core/service/NodePolls.h"

#include "tests/fixtures/OfflinePlatform.h"
#include "tests/support/Test.h"
#include "tests/support/Wait.h"

#include <algorithm>
#include <map>

namespace quorate::service {
namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

/// Every node answers at once, but for those that are to be silent: these never do.
class AskedPlatform final : public fixtures::OfflinePlatform {
public:
    explicit AskedPlatform(const Clock& clock)
        : m_clock(clock)
    {}

    std::map<QString, int> silences; ///< how many questions more a node does not answer
    std::map<QString, std::vector<TimePoint>> asked;

    Async<Observation> observe(NodeId node, std::stop_token) override
    {
        asked[node.value].push_back(m_clock.now());
        if (silences[node.value] > 0) {
            --silences[node.value];
            return m_unanswered.emplace_back().future();
        }
        Observation seen;
        seen.node = node;
        return ready<Observation>(seen);
    }

private:
    const Clock& m_clock;
    std::vector<Resolver<Observation>> m_unanswered;
};

class Polls : public testing::Test {
protected:
    static constexpr Millis kInterval{200};
    static constexpr Millis kAnswer{300}; ///< half an interval out of step

    static std::vector<ClusterFileNode> nodes()
    {
        std::vector<ClusterFileNode> all(2);
        all[0].id = NodeId{text("node-1")};
        all[1].id = NodeId{text("node-2")};
        return all;
    }
    [[nodiscard]] Millis apart() const
    {
        return std::chrono::abs(platform.asked.at(text("node-1")).back()
                                - platform.asked.at(text("node-2")).back());
    }

    SystemClock clock;
    AskedPlatform platform{clock};
    NodePolls polls{platform,
                    clock,
                    nodes(),
                    {.foreground = kInterval, .background = kInterval, .answer = kAnswer}};
};

TEST_F(Polls, ComeTogetherAgainAfterANodeWasLate)
{
    platform.silences[text("node-2")] = 1;
    polls.start();
    ASSERT_TRUE(test::waitUntil([&] { return platform.asked[text("node-2")].size() == 2; }));
    const auto before = platform.asked[text("node-1")].size();
    EXPECT_TRUE(test::waitUntil([&] {
        return platform.asked[text("node-1")].size() > before && apart() < kInterval / 10;
    }));
}

/// To be asked together is never to be asked later.
TEST_F(Polls, OfANodeThatDoesNotAnswerWaitForNobody)
{
    platform.silences[text("node-2")] = 1000;
    polls.start();
    ASSERT_TRUE(test::waitUntil([&] { return platform.asked[text("node-2")].size() == 4; }));
    EXPECT_FALSE(polls.records()[1].isReachable());
    EXPECT_TRUE(polls.records()[0].isReachable());
    EXPECT_GE(platform.asked[text("node-1")].size(), 4U);
}

/// What is published when they have answered need not be published right before.
TEST_F(Polls, KnowWhetherAnAnswerIsNear)
{
    const NodePolls::Limits rare{
        .foreground = Seconds(60), .background = Seconds(60), .answer = Seconds(30)};
    NodePolls answered(platform, clock, nodes(), rare);
    answered.start();
    ASSERT_TRUE(test::waitUntil([&] { return !answered.isAnyUnderWay(); }));
    EXPECT_FALSE(answered.isAnswerNear()) << "the next question is far";

    platform.silences[text("node-2")] = 1;
    NodePolls waiting(platform, clock, nodes(), rare);
    waiting.start();
    EXPECT_TRUE(waiting.isAnyUnderWay());
    EXPECT_TRUE(waiting.isAnswerNear());
    EXPECT_TRUE(test::waitUntil([&] { return !waiting.isAnswerNear(); }))
        << "a node that hangs answers never";
    EXPECT_TRUE(waiting.isAnyUnderWay());
}

/// Whole seconds are for long intervals only.
TEST_F(Polls, AreAsOftenAsTheyAreToBe)
{
    polls.start();
    ASSERT_TRUE(test::waitUntil([&] { return platform.asked[text("node-1")].size() == 5; }));
    const auto& times = platform.asked[text("node-1")];
    auto shortest = times[1] - times[0];
    for (std::size_t at = 1; at < times.size(); ++at) {
        EXPECT_GE(times[at] - times[at - 1], kInterval / 2);
        shortest = std::min(shortest, times[at] - times[at - 1]);
    }
    EXPECT_LE(shortest, kInterval * 3 / 2) << "a busy machine makes some later, not all";
}

} // namespace
} // namespace quorate::service
