// SPDX-License-Identifier: GPL-3.0-or-later
// A real node that somebody restarts or switches off by its power, while the command line watches.
// All nodes of a lab have the boot id of this machine, so that it is gone and back that tells.
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/LabPlatform.h"

namespace quorate::platform::kubernetes {
namespace {

using quorum::Assessment;
using quorum::ClusterState;

constexpr int kRefused = 1; ///< docs/guide/command-line.md
constexpr int kCouldNotTell = 3;

class LabByHand : public LabPlatform {
protected:
    LabByHand()
        : ctl(labOrNone())
    {}
    void SetUp() override
    {
        LabPlatform::SetUp();
        if (!IsSkipped() && !HasFatalFailure()) {
            ctl.expectDone(
                {QStringLiteral("cluster"), QStringLiteral("read-only"), QStringLiteral("off")});
        }
    }
    [[nodiscard]] static QStringList words(const char* act, int node)
    {
        return {QStringLiteral("node"), QString::fromLatin1(act), nodeId(node).value,
                QStringLiteral("--yes")};
    }
    [[nodiscard]] static QRegularExpression saying(const char* text)
    {
        return QRegularExpression(QLatin1String(text));
    }
    bool isWholeAgain()
    {
        return lookUntil([](const Assessment& a) {
                   return a.ready == 3 && a.state == ClusterState::Quorate;
               })
            .has_value();
    }

    LabCtl ctl;
};

TEST_F(LabByHand, ARestartIsFollowedUntilTheNodeIsReadyAgain)
{
    const auto reboot = ctl.begin(words("reboot", 3));
    ASSERT_TRUE(reboot->waitForOutput(saying("Reboot node-3 now by its own means"), kSettled));
    const auto other = ctl.call(words("cordon", 2));
    EXPECT_EQ(other.exitCode, kRefused) << "whoever restarts a node coordinates the cluster";
    EXPECT_TRUE(other.errors.contains("Reboot node-3")) << other.errors.toStdString();
    lab().off(3);
    ASSERT_TRUE(reboot->waitForOutput(saying("node-3 is gone"), kSettled));
    EXPECT_TRUE(reboot->isRunning());
    lab().on(3);
    EXPECT_EQ(reboot->waitForEnd(kSettled), 0)
        << reboot->output().toStdString() << reboot->errors().toStdString();
    EXPECT_TRUE(isWholeAgain());
    ctl.expectDone(words("cordon", 2)); // the lease was given back
    ctl.expectDone(words("uncordon", 2));
}

TEST_F(LabByHand, ANodeThatIsSwitchedOffIsSeenAndTheNextIsRefused)
{
    const auto shutdown = ctl.begin(words("shutdown", 3));
    ASSERT_TRUE(shutdown->waitForOutput(saying("Shut node-3 down now"), kSettled));
    lab().off(3);
    EXPECT_EQ(shutdown->waitForEnd(kSettled), 0)
        << shutdown->output().toStdString() << shutdown->errors().toStdString();
    const auto next = ctl.call(words("reboot", 2));
    EXPECT_EQ(next.exitCode, kRefused);
    EXPECT_TRUE(next.errors.contains("Nothing was sent")) << next.errors.toStdString();
    EXPECT_FALSE(next.output.contains("Reboot node-2 now")) << next.output.toStdString();
    lab().on(3);
    EXPECT_TRUE(isWholeAgain());
}

TEST_F(LabByHand, WhoStopsWaitingLeavesNothingBehind)
{
    const auto reboot = ctl.begin(words("reboot", 2));
    ASSERT_TRUE(reboot->waitForOutput(saying("Reboot node-2 now"), kSettled));
    reboot->terminate();
    EXPECT_EQ(reboot->waitForEnd(kSettled), kCouldNotTell) << reboot->output().toStdString();
    EXPECT_TRUE(reboot->errors().contains("nothing has to be undone"))
        << reboot->errors().toStdString();
    ctl.expectDone(words("cordon", 2));
    ctl.expectDone(words("uncordon", 2));
}

} // namespace
} // namespace quorate::platform::kubernetes
