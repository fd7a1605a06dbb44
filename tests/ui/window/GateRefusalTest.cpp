// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "ui/common/QuorumBanner.h"

#include <QAction>

namespace quorate::ui {
namespace {

class GateRefusal : public WindowFixture {
protected:
    void trigger(const char* node, const Act& act)
    {
        window->nodeActions().setNode(QString::fromLatin1(node));
        window->nodeActions().trigger(act);
        test::drainEvents();
    }
};

TEST_F(GateRefusal, WithOneOfThreeDownNothingElseMayLeave)
{
    open(fixtures::keysEmea());
    for (const Act& act : {Act(act::Drain{}), Act(act::Reboot{}), Act(act::Shutdown{})}) {
        dialogs.messages.clear();
        trigger("cm-2", act);
        ASSERT_EQ(dialogs.messages.size(), 1U) << actName(act).toStdString();
        EXPECT_TRUE(dialogs.messages[0].text.contains(QStringLiteral("Nothing was sent")));
        EXPECT_FALSE(dialogs.messages[0].details.isEmpty());
    }
    EXPECT_TRUE(dialogs.confirmations.empty());
    EXPECT_TRUE(clusters->at(0).sent.empty());
}

TEST_F(GateRefusal, ASafeActShowsItsSentenceAndIsSentOnlyAfterAYes)
{
    open(fixtures::gatewayProd());
    dialogs.confirmAnswers = {false, true};
    trigger("node-2", act::Reboot{});
    EXPECT_TRUE(clusters->at(0).sent.empty());
    trigger("node-2", act::Reboot{});
    ASSERT_EQ(dialogs.confirmations.size(), 2U);
    EXPECT_TRUE(dialogs.confirmations[0].quorumSentence.contains(QStringLiteral("node-2")));
    ASSERT_EQ(clusters->at(0).sent.size(), 1U);
    EXPECT_EQ(clusters->at(0).sent[0].second, QStringLiteral("reboot"));
}

TEST_F(GateRefusal, TheYesIsForTheNodeThatTheQuestionNamed)
{
    open(fixtures::gatewayProd());
    dialogs.immediate = false;
    dialogs.confirmAnswers = {true};
    trigger("node-2", act::Reboot{});
    // Its row went, and the one beside it is chosen now.
    window->nodeActions().setNode(QStringLiteral("node-3"));
    dialogs.answerNext();
    ASSERT_EQ(clusters->at(0).sent.size(), 1U);
    EXPECT_EQ(clusters->at(0).sent[0].first, NodeId{QStringLiteral("node-2")});
}

TEST_F(GateRefusal, ProductionWantsTheNameTypedBeforeAShutdown)
{
    open(fixtures::gatewayProd());
    dialogs.confirmAnswers = {false};
    trigger("node-2", act::Shutdown{});
    ASSERT_EQ(dialogs.confirmations.size(), 1U);
    EXPECT_EQ(dialogs.confirmations[0].typedName, QStringLiteral("node-2"));
}

TEST_F(GateRefusal, ReadOnlyDisablesEveryActAndSaysSo)
{
    open(fixtures::gatewayProd());
    window->nodeActions().setNode(QStringLiteral("node-2"));
    clusters->at(0).setReadOnly(true);
    for (const QAction* action : window->nodeActions().actions()) {
        EXPECT_FALSE(action->isEnabled());
        EXPECT_TRUE(!action->isVisible()
                    || action->toolTip().contains(QStringLiteral("read-only")));
    }
}

TEST_F(GateRefusal, TheSentenceOnTheScreenFollowsTheCluster)
{
    open(fixtures::gatewayProd());
    auto* banner = find<QuorumBanner>("quorumBanner");
    EXPECT_EQ(banner->text().tone, Tone::Ok);
    clusters->at(0).setStatus(fixtures::gatewayProdLost());
    EXPECT_EQ(banner->text().tone, Tone::Bad);
    clusters->at(0).setStatus(fixtures::gatewayProdCutOff());
    EXPECT_EQ(banner->text().tone, Tone::Unknown);
    EXPECT_EQ(banner->accessibleName(), banner->sentence());
}

} // namespace
} // namespace quorate::ui
