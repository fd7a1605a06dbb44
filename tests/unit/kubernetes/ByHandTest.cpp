// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ByHand.h"

#include "core/platform/kubernetes/Access.h"
#include "tests/support/Test.h"
#include "tests/unit/kubernetes/NodeSamples.h"

namespace quorate::platform::kubernetes {
namespace {

using Own = NodeGlimpse::Own;
using State = OperationStatus::State;

/// One node as the cluster tells of it, second by second.
class ByHand : public testing::Test {
protected:
    ByHand()
    {
        node = samples::readyNode(2);
        node.bootId = QStringLiteral("boot-1");
    }

    void begin(bool isReboot)
    {
        watch = std::make_unique<ByHandWatch>(QStringLiteral("node-2"), isReboot, node.bootId,
                                              ByHandTimes{}, now);
    }
    /// Looks once a second; the kubelet renews its lease each 10 s while it is up.
    void pass(Millis time)
    {
        for (Millis passed{0}; passed < time; passed += Seconds(1)) {
            now += Seconds(1);
            if (up && now - renewedAt >= Seconds(10)) {
                renewedAt = now;
            }
            NodeGlimpse seen;
            seen.told = told;
            seen.own = own;
            seen.bootIdShared = shared;
            if (listed) {
                seen.node = node;
            }
            if (leases) {
                seen.renewedAt = renewedAt;
            }
            watch->look(seen, now);
        }
    }
    void setReady(std::optional<bool> ready)
    {
        for (NodeCondition& condition : node.conditions) {
            if (condition.type == QLatin1String("Ready")) {
                condition.status = ready;
            }
        }
    }
    void powerOff()
    {
        up = false;
        own = own == Own::None ? Own::None : Own::Silent;
    }
    void powerOn(const char* bootId)
    {
        up = true;
        own = own == Own::None ? Own::None : Own::Well;
        node.bootId = QString::fromLatin1(bootId);
        setReady(true);
    }
    [[nodiscard]] bool says(const char* words) const
    {
        return watch->text().contains(QLatin1String(words));
    }

    NodeObject node;
    TimePoint now{Millis(1'795'255'445'000)};
    TimePoint renewedAt = now;
    Own own = Own::Well;
    bool told = true;
    bool listed = true;
    bool leases = true;
    bool up = true;
    bool shared = false;
    std::unique_ptr<ByHandWatch> watch;
};

TEST_F(ByHand, AnotherBootIdAndReadyIsARestart)
{
    begin(true);
    EXPECT_TRUE(says("Reboot node-2 now by its own means"));
    pass(Seconds(30));
    EXPECT_EQ(watch->state(), State::Running);
    EXPECT_TRUE(says("Reboot node-2 now")) << watch->text().toStdString();
    powerOff();
    pass(Seconds(5));
    EXPECT_TRUE(says("not missed yet")) << watch->text().toStdString();
    pass(Seconds(25));
    EXPECT_TRUE(says("node-2 is gone")) << watch->text().toStdString();
    EXPECT_GT(watch->progress(), 0);
    powerOn("boot-2");
    setReady(false);
    own = Own::Silent;
    pass(Seconds(1));
    EXPECT_TRUE(says("waiting until it is Ready")) << watch->text().toStdString();
    setReady(true);
    pass(Seconds(1));
    EXPECT_TRUE(says("until its API server is ready")) << watch->text().toStdString();
    own = Own::Ill;
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Running) << "an API server that is not ready is no voter yet";
    own = Own::Well;
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded);
    EXPECT_EQ(watch->progress(), 1);
}

TEST_F(ByHand, AQuickRestartNeedsNotBeSeenGone)
{
    begin(true);
    pass(Seconds(3));
    node.bootId = QStringLiteral("boot-2");
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded) << watch->text().toStdString();
}

TEST_F(ByHand, SilenceThatEndsWithTheSameBootIdIsNoRestart)
{
    begin(true);
    powerOff();
    pass(Seconds(30));
    ASSERT_TRUE(says("node-2 is gone"));
    powerOn("boot-1");
    pass(Seconds(15));
    EXPECT_EQ(watch->state(), State::Running);
    EXPECT_TRUE(watch->needsBootIds());
    EXPECT_TRUE(says("not restarted")) << watch->text().toStdString();
    powerOff();
    pass(Seconds(30));
    EXPECT_TRUE(says("node-2 is gone")) << "again";
    powerOn("boot-2");
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded);
}

TEST_F(ByHand, WhereTheBootIdTellsNothingGoneAndHeardAnewCounts)
{
    begin(true);
    shared = true;
    pass(Seconds(20));
    EXPECT_EQ(watch->state(), State::Running) << "it was never gone";
    powerOff();
    pass(Seconds(30));
    ASSERT_TRUE(says("node-2 is gone"));
    own =
        Own::Well; // its API server is back before its kubelet: Ready is what the cluster remembers
    pass(Seconds(5));
    EXPECT_EQ(watch->state(), State::Running) << watch->text().toStdString();
    powerOn("boot-1");
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded);
}

TEST_F(ByHand, AnApiServerThatRestartsIsNoNodeThatIsGone)
{
    begin(false);
    own = Own::Silent;
    pass(Seconds(60));
    EXPECT_EQ(watch->state(), State::Running) << "its kubelet goes on";
    own = Own::Well;
    up = false;
    pass(Seconds(60));
    EXPECT_EQ(watch->state(), State::Running) << "its API server answers";
}

TEST_F(ByHand, OffIsANodeThatNobodyHears)
{
    begin(false);
    EXPECT_TRUE(says("Shut node-2 down now"));
    powerOff();
    pass(Seconds(30));
    EXPECT_EQ(watch->state(), State::Succeeded);
    EXPECT_TRUE(says("is off")) << watch->text().toStdString();
}

TEST_F(ByHand, AWorkerIsGoneAfterItsGraceOrWhenTheClusterSaysSo)
{
    own = Own::None;
    begin(false);
    powerOff();
    pass(Seconds(30));
    EXPECT_EQ(watch->state(), State::Running) << "it is in its grace time";
    pass(Seconds(20));
    EXPECT_EQ(watch->state(), State::Succeeded);

    begin(false);
    leases = false; // not ours to read
    pass(Seconds(120));
    EXPECT_EQ(watch->state(), State::Running) << "nobody has told that it is silent";
    setReady(false);
    pass(Seconds(5));
    EXPECT_EQ(watch->state(), State::Running) << "its kubelet itself says that it is not ready";
    setReady(std::nullopt);
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded);
}

TEST_F(ByHand, WhatNobodyCanTellIsNotSilence)
{
    begin(false);
    pass(Seconds(1));
    told = false;
    powerOff();
    pass(Seconds(60));
    EXPECT_EQ(watch->state(), State::Running);
    EXPECT_TRUE(says("No API server can tell")) << watch->text().toStdString();
    told = true;
    pass(Seconds(10));
    EXPECT_EQ(watch->state(), State::Running)
        << "the minute in which nobody could be asked does not count";
    pass(Seconds(10));
    EXPECT_EQ(watch->state(), State::Succeeded);
}

TEST_F(ByHand, ANodeThatIsNotListedAnyMoreIsGone)
{
    own = Own::None;
    begin(true);
    listed = false;
    pass(Seconds(1));
    EXPECT_TRUE(says("does not list it")) << watch->text().toStdString();
    listed = true;
    node.bootId = QStringLiteral("boot-2");
    pass(Seconds(1));
    EXPECT_EQ(watch->state(), State::Succeeded);
}

TEST_F(ByHand, LimitsEndInAnErrorThatSaysWhatWasSeen)
{
    begin(true);
    pass(ByHandTimes{}.goneLimit);
    EXPECT_EQ(watch->state(), State::Running);
    pass(Seconds(1));
    ASSERT_EQ(watch->state(), State::Failed);
    EXPECT_EQ(watch->error()->code, QStringLiteral("not-gone"));
    EXPECT_TRUE(watch->error()->cure.contains(QStringLiteral("nothing has to be undone")));

    begin(true);
    pass(Seconds(300));
    powerOff();
    pass(Seconds(30));
    pass(ByHandTimes{}.backLimit - Seconds(40));
    EXPECT_EQ(watch->state(), State::Running) << "it counts from when the node went";
    pass(Seconds(40));
    ASSERT_EQ(watch->state(), State::Failed);
    EXPECT_EQ(watch->error()->code, QStringLiteral("not-back"));
    EXPECT_TRUE(watch->error()->message.contains(QStringLiteral("node-2 is gone")))
        << watch->error()->message.toStdString();
}

TEST(ByHandRights, ReadingNodesIsEnoughToWatch)
{
    for (const Ability& ability : abilities(QStringLiteral("ops"))) {
        const bool isWatched =
            ability.name == QLatin1String("reboot") || ability.name == QLatin1String("shutdown");
        EXPECT_EQ(ability.byHand, isWatched) << ability.name.toStdString();
        if (isWatched) {
            ASSERT_EQ(ability.rights.size(), 1U);
            EXPECT_EQ(ability.rights[0].text(), QStringLiteral("get nodes"));
        }
    }
}

} // namespace
} // namespace quorate::platform::kubernetes
