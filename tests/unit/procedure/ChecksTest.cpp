// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Checks.h"

#include "tests/support/Test.h"
#include "tests/unit/procedure/Samples.h"

namespace quorate::test {
namespace {

using procedure::CheckOutcome;
using procedure::CheckResult;

QString key(const char* text) { return QString::fromUtf8(text); }

const Version kOld{14, 1, 0};
const Version kNew{14, 2, 0};

/// A cluster on which every check of the procedure passes; tests break one thing.
struct World {
    procedure::Procedure procedure = shippedProcedure(key("mss-appliance"));
    Package package = samplePackage(SystemKind::Mss, kOld, kNew);
    ClusterSnapshot snapshot = sampleSnapshot(SystemKind::Mss, 3, kOld);
    procedure::CheckContext context;

    World()
    {
        stageEverywhere(snapshot, package);
        context.now = snapshot.takenAt;
        context.package = package.id();
        context.packageSha256 = package.sha256;
        context.packageBytes = package.sizeBytes;
        context.targetVersion = kNew;
    }
    NodeSelf& self(int number) { return snapshot.nodes[std::size_t(number) - 1].last->self; }
    [[nodiscard]] std::vector<CheckResult> all() const
    {
        return runChecks(procedure.checks, snapshot, context);
    }
    /// Everything that did not pass: "disk-free failed node-3: text".
    [[nodiscard]] QStringList problems() const
    {
        QStringList out;
        for (const CheckResult& result : all()) {
            if (result.outcome != CheckOutcome::Passed && result.id != key("snapshot-taken")) {
                out.append(QStringLiteral("%1 %2%3: %4")
                               .arg(result.id,
                                    result.outcome == CheckOutcome::Failed ? key("failed")
                                                                           : key("unknown"),
                                    result.node ? QLatin1Char(' ') + result.node->value : QString(),
                                    result.text));
            }
        }
        return out;
    }
};

TEST(Checks, HealthyClusterPassesAllButThePersonsOwn)
{
    const World world;
    EXPECT_EQ(world.problems(), QStringList());
    EXPECT_EQ(world.all().size(), world.procedure.checks.size());
    for (const CheckResult& result : world.all()) {
        EXPECT_FALSE(result.blocks()) << result.id.toStdString();
        EXPECT_EQ(result.outcome == CheckOutcome::Unknown, result.id == key("snapshot-taken"));
    }
}

TEST(Checks, DiskFreeNamesNodeAndBothFigures)
{
    World world;
    world.procedure = shippedProcedure(key("cm-online"));
    world.self(3).diskFreeBytes = 11'200'000'000;
    world.context.haveBackup = true;
    const QStringList problems = world.problems();
    EXPECT_TRUE(
        problems.contains(key("disk-free failed node-3: node-3 has 11.2 GB free, 12.0 GB needed")))
        << problems.join(QLatin1Char('\n')).toStdString();
    world.self(3).diskFreeBytes.reset();
    EXPECT_TRUE(world.problems().contains(
        key("disk-free unknown node-3: node-3 does not say how much space is free")));
    // Not staged yet: the package itself still has to fit beside the 12 GB.
    world.self(3).diskFreeBytes = 12'100'000'000;
    EXPECT_FALSE(world.problems().join(QLatin1Char(' ')).contains(key("disk-free")));
    world.self(3).stagedPackages.clear();
    EXPECT_TRUE(world.problems().join(QLatin1Char(' ')).contains(key("disk-free failed node-3")));
}

TEST(Checks, StagedPackageMustBeThereVerifiedAndTheSame)
{
    World world;
    world.self(1).stagedPackages.clear();
    world.self(2).stagedPackages[0].sha256 = QByteArray(32, 'x');
    world.self(3).stagedPackages[0].verified = false;
    world.self(3).stagedPackages[0].problem = key("signature-invalid");
    EXPECT_EQ(world.problems(),
              (QStringList{
                  key("package-staged-everywhere failed node-1: node-1 does not have the package"),
                  key("package-staged-everywhere failed node-2: node-2 has a package with another "
                      "SHA-256"),
                  key("package-staged-everywhere failed node-3: node-3 refuses the package: "
                      "signature-invalid")}));
    world.context.doneNodes = {NodeId{key("node-1")}, NodeId{key("node-2")}, NodeId{key("node-3")}};
    EXPECT_FALSE(world.problems().join(QLatin1Char(' ')).contains(key("staged")))
        << "nodes that are done need it no more";
}

TEST(Checks, VersionsJudgeDoneNodesByTheTarget)
{
    World world;
    world.self(1).version = kNew;
    world.context.doneNodes = {NodeId{key("node-1")}};
    EXPECT_FALSE(world.problems().join(QLatin1Char(' ')).contains(key("versions")));
    world.self(1).version = kOld;
    EXPECT_TRUE(world.problems().contains(key(
        "versions-supported failed node-1: node-1 was upgraded, but runs 14.1.0 and not 14.2.0")));
    world.context.doneNodes.clear();
    world.self(2).version = Version{14, 3, 0};
    EXPECT_TRUE(world.problems().contains(
        key("versions-supported failed node-2: node-2 runs 14.3.0, newer than 14.2.0")));
    world.self(2).version = Version{13, 0, 0};
    EXPECT_TRUE(world.problems().contains(key(
        "versions-supported failed node-2: node-2 runs 13.0.0; no tested path leads to 14.2.0")));
}

TEST(Checks, NotReadyNodeBlocksAndTakesTheMargin)
{
    World world;
    world.self(2).state = NodeState::Updating;
    const QString problems = world.problems().join(QLatin1Char('\n'));
    EXPECT_TRUE(problems.contains(key("all-nodes-ready failed node-2"))) << problems.toStdString();
    EXPECT_TRUE(problems.contains(key("quorum-margin failed: 2 − 1 of 3 voters ready, 2 needed")))
        << problems.toStdString();
    EXPECT_TRUE(problems.contains(key("no-foreign-work failed node-2: node-2 is updating")))
        << problems.toStdString();
}

TEST(Checks, SilentNodeIsUnknownNeverPassed)
{
    World world;
    world.snapshot.nodes[2].last.reset();
    for (const CheckResult& result : world.all()) {
        if (result.node == NodeId{key("node-3")}) {
            EXPECT_EQ(result.outcome, CheckOutcome::Unknown) << result.id.toStdString();
        }
    }
    EXPECT_TRUE(
        world.problems().join(QLatin1Char(' ')).contains(key("all-nodes-ready unknown node-3")));
}

TEST(Checks, ReserveCountsInTheMargin)
{
    World world;
    world.context.policy.reserve = 1;
    EXPECT_EQ(world.problems(),
              QStringList{key("quorum-margin failed: 3 − 1 of 3 voters ready, 3 needed")});
}

TEST(Checks, ConditionsAndVerification)
{
    World world;
    world.self(1).conditions.push_back(
        Condition{key("fan"), Severity::Error, key("A fan has failed")});
    world.self(2).conditions.push_back(
        Condition{key("fan"), Severity::Warning, key("A fan is loud")});
    world.self(3).verification = key("failed");
    EXPECT_EQ(world.problems(),
              (QStringList{key("node-conditions failed node-1: node-1 reports: A fan has failed"),
                           key("verification-passed failed node-3: On node-3 the verification of "
                               "what was installed failed")}));
}

TEST(Checks, BackupIsPromisedBeforeTheRunAndNeededBeforeEachNode)
{
    World world;
    world.procedure = shippedProcedure(key("cm-online"));
    EXPECT_FALSE(world.problems().join(QLatin1Char(' ')).contains(key("backup")));
    world.context.nextNode = NodeId{key("node-2")};
    EXPECT_TRUE(world.problems().join(QLatin1Char(' ')).contains(key("backup-recent failed")));
    world.context.haveBackup = true;
    EXPECT_FALSE(world.problems().join(QLatin1Char(' ')).contains(key("backup")));
}

TEST(Checks, BeforeANodeOnlyThoseOfThatScope)
{
    World world;
    world.context.nextNode = NodeId{key("node-2")};
    for (const CheckResult& result : world.all()) {
        EXPECT_NE(result.id, key("odd-voters"));
        EXPECT_NE(result.id, key("snapshot-taken"));
    }
}

TEST(Checks, UnknownIdIsUnknownWithAClearText)
{
    const World world;
    procedure::CheckSpec spec;
    spec.id = key("moon-phase");
    const auto results = runChecks({spec}, world.snapshot, world.context);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].outcome, CheckOutcome::Unknown);
    EXPECT_TRUE(results[0].blocks());
    EXPECT_TRUE(results[0].text.contains(key("moon-phase")));
}

TEST(Checks, EvenVotersAndMixedVersionsWarn)
{
    World world;
    world.snapshot = sampleSnapshot(SystemKind::Mss, 4, kOld);
    stageEverywhere(world.snapshot, world.package);
    world.self(4).version = Version{14, 0, 0};
    const QString problems = world.problems().join(QLatin1Char('\n'));
    EXPECT_TRUE(problems.contains(key("odd-voters failed: 4 voters bear no more failures than 3")))
        << problems.toStdString();
    EXPECT_TRUE(problems.contains(key("mixed-versions failed: The nodes run 14.0.0 and 14.1.0")))
        << problems.toStdString();
    for (const CheckResult& result : world.all()) {
        EXPECT_FALSE((result.id == key("odd-voters") || result.id == key("mixed-versions"))
                     && result.blocks());
    }
}

} // namespace
} // namespace quorate::test
