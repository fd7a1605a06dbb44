// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sandbox/LiveWindow.h"

#include <QAction>

namespace quorate::ui {
namespace {

constexpr const char* kActions[] = {"drainAction", "rebootAction", "shutdownAction"};

class LiveGate : public LiveWindow {
protected:
    QAction* action(const char* name)
    {
        return window().nodeActions().findChild<QAction*>(QString::fromLatin1(name));
    }
    bool isShownAsDown(const QString& node)
    {
        const auto* verdict = service()->status()->assessment.verdictOf(NodeId{node});
        return verdict != nullptr && verdict->state == quorum::VoterState::Down;
    }
    void expectRefused(const char* name)
    {
        action(name)->trigger();
        ASSERT_TRUE(test::waitUntil(
            [this] { return visible(QStringLiteral("messageDialog")) != nullptr; }));
        const QString said = spoken(*visible(QStringLiteral("messageDialog")));
        EXPECT_TRUE(said.contains(QStringLiteral("node-3")))
            << "names who is missing: " << said.toStdString();
        EXPECT_TRUE(said.contains(QStringLiteral("Nothing was sent"))) << said.toStdString();
        ASSERT_TRUE(press(QStringLiteral("closeButton")));
        ASSERT_TRUE(test::waitUntil(
            [this] { return visible(QStringLiteral("messageDialog")) == nullptr; }));
    }
    void expectUntouched(int node)
    {
        EXPECT_EQ(ctltest::counters(cluster(), node), ctltest::untouched()) << "node " << node;
        EXPECT_FALSE(cluster().node(node).node().value(QStringLiteral("drained")).toBool(true));
    }
};

TEST_F(LiveGate, WithOneOfThreeDownTheWindowSendsNothing)
{
    openProgram();
    connectCluster();
    cluster().power(3, "off");
    ASSERT_TRUE(
        test::waitUntil([this] { return isShownAsDown(QStringLiteral("node-3")); }, kStepLimit));
    for (const char* node : {"node-1", "node-2"}) {
        window().nodeActions().setNode(QString::fromLatin1(node));
        for (const char* name : kActions) {
            expectRefused(name);
        }
    }
    expectUntouched(1);
    expectUntouched(2);

    cluster().power(3, "on"); // the same act is sent when the cluster can bear it
    ASSERT_TRUE(test::waitUntil([this] { return hasReady(3); }, kStepLimit));
    window().nodeActions().setNode(QStringLiteral("node-1"));
    action("drainAction")->trigger();
    ASSERT_TRUE(press(QStringLiteral("confirmButton")));
    EXPECT_TRUE(test::waitUntil(
        [this] {
            return ctltest::counters(cluster(), 1).value(QStringLiteral("drains")).toInt() == 1;
        },
        kStepLimit));
}

} // namespace
} // namespace quorate::ui
