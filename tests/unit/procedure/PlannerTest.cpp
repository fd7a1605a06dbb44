// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"

#include "core/procedure/Duration.h"
#include "core/procedure/Paths.h"
#include "core/procedure/Yaml.h"
#include "tests/support/Test.h"
#include "tests/unit/procedure/Samples.h"

#include <QJsonArray>

#include <algorithm>

namespace quorate::test {
namespace {

using procedure::Plan;
using procedure::planFromYaml;

QString key(const char* text) { return QString::fromUtf8(text); }

const Version kOld{14, 1, 0};
const Version kNew{14, 2, 0};

struct World {
    procedure::Procedure procedure = shippedProcedure(key("mss-appliance"));
    ClusterSnapshot snapshot = sampleSnapshot(SystemKind::Mss, 3, kOld);
    std::optional<Package> package = samplePackage(SystemKind::Mss, kOld, kNew);
    procedure::PlanOptions options = sampleOptions();

    [[nodiscard]] Result<Plan> plan() const
    {
        return makePlan(procedure, snapshot, package, options);
    }
    [[nodiscard]] QString refusal() const
    {
        const auto made = plan();
        return made ? key("planned") : made.error().code;
    }
};

TEST(Planner, SameInputSameBytes)
{
    EXPECT_EQ(toYaml(*World().plan()), toYaml(*World().plan()));
    EXPECT_EQ(planHash(*World().plan()).size(), 64);
}

TEST(Planner, RefusesWithACodeOfItsOwn)
{
    World world;
    world.snapshot.identity.system = SystemKind::Cm;
    EXPECT_EQ(world.refusal(), key("wrong-system"));
    world = World();
    world.package->manifest.system = SystemKind::Cm;
    EXPECT_EQ(world.refusal(), key("wrong-system"));
    world = World();
    world.package.reset();
    EXPECT_EQ(world.refusal(), key("no-package"));
    world = World();
    world.package->manifest.version = kOld;
    EXPECT_EQ(world.refusal(), key("package-not-newer"));
    world.package->manifest.version = Version{14, 0, 9};
    EXPECT_EQ(world.refusal(), key("package-not-newer"));
    world = World();
    world.snapshot.nodes[1].last.reset();
    EXPECT_EQ(world.refusal(), key("nodes-unknown"));
    world = World();
    world.options.speed = 0.5;
    EXPECT_EQ(world.refusal(), key("bad-speed"));
    world = World();
    world.procedure.capabilities = {key("drain")};
    world.options.capabilities.clear();
    EXPECT_EQ(world.refusal(), key("capability-missing"));
    world = World();
    world.procedure.wantsBackup = true;
    world.options.backupFolder.clear();
    EXPECT_EQ(world.refusal(), key("no-backup-folder"));
}

/// Of two procedures of which one knows the path to the package's version.
QString judgedPackage(const World& world)
{
    procedure::Procedure other = world.procedure;
    other.paths.clear();
    const auto judged =
        procedure::judgePackage({other, world.procedure}, world.snapshot, *world.package);
    return judged ? key("fits") : judged.error().code;
}

TEST(Planner, APackageThatNoProcedureCouldInstallIsRefusedForItself)
{
    World world;
    EXPECT_EQ(judgedPackage(world), key("fits"));
    world.snapshot.nodes[1].last.reset();
    EXPECT_EQ(judgedPackage(world), key("fits")) << "by what is known of the others";
    world.snapshot.nodes[0].last->self.version = Version{13, 9, 0};
    EXPECT_EQ(judgedPackage(world), key("unsupported-path"));
    world.snapshot.nodes[0].last->self.version = Version{14, 3, 0};
    EXPECT_EQ(judgedPackage(world), key("package-not-newer"));
    world.package->manifest.system = SystemKind::Cm;
    EXPECT_EQ(judgedPackage(world), key("wrong-system"));
    world = World();
    world.procedure.paths.clear();
    EXPECT_EQ(judgedPackage(world), key("unsupported-path"));
    world.procedure.needsPackage = false;
    EXPECT_EQ(judgedPackage(world), key("fits")) << "nobody knows better";
}

TEST(Planner, OnlyAPracticeClusterRunsFasterThanTime)
{
    World world;
    world.options.speed = 60;
    EXPECT_EQ(world.refusal(), key("planned"));
    world.snapshot.identity.environment = Environment::Production;
    for (NodeRecord& node : world.snapshot.nodes) {
        node.last->self.sandbox = false;
    }
    EXPECT_EQ(world.refusal(), key("speed-not-practice"));
}

TEST(Planner, UnsupportedPathNamesNodesAndPaths)
{
    World world;
    world.snapshot.nodes[2].last->self.version = Version{13, 9, 0};
    const auto made = world.plan();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, key("unsupported-path"));
    EXPECT_TRUE(made.error().message.contains(key("node-3 (13.9.0)")))
        << made.error().message.toStdString();
    EXPECT_TRUE(made.error().message.contains(key(">=14.0.0 <15.0.0")))
        << made.error().message.toStdString();
}

TEST(Planner, PackageMustAcceptTheVersionToo)
{
    World world;
    world.package->manifest.from = {VersionRange{Version{14, 1, 5}, kNew}};
    EXPECT_EQ(world.refusal(), key("unsupported-path"));
}

TEST(Planner, OneMinorAtATime)
{
    const auto paths = shippedProcedure(key("cm-online")).paths;
    EXPECT_TRUE(procedure::supportsPath(paths, Version{2, 10, 0}, Version{2, 11, 0}));
    EXPECT_TRUE(procedure::supportsPath(paths, Version{2, 8, 0}, Version{2, 9, 0}));
    EXPECT_FALSE(procedure::supportsPath(paths, Version{2, 9, 0}, Version{2, 11, 0}));
    EXPECT_FALSE(procedure::supportsPath(paths, Version{2, 7, 0}, Version{2, 8, 0}));
    EXPECT_EQ(procedure::pathsFrom(procedure::pathsText(paths)), paths);
}

TEST(Planner, NodesOnTargetAreLeftAlone)
{
    World world;
    world.snapshot.nodes[1].last->self.version = kNew;
    const auto plan = world.plan();
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->order, (std::vector<NodeId>{NodeId{key("node-3")}, NodeId{key("node-1")}}));
    const auto has = [&](const char* id) {
        return std::any_of(plan->warnings.begin(), plan->warnings.end(),
                           [&](const auto& warning) { return warning.id == key(id); });
    };
    EXPECT_TRUE(has("on-target-already"));
    EXPECT_TRUE(has("mixed-versions"));
    EXPECT_TRUE(has("users-cut-off"));
    EXPECT_TRUE(has("no-spare-voter"));
}

TEST(Planner, WhatThePlatformCannotDoBecomesManual)
{
    World world;
    world.options.capabilities.erase(key("install-package"));
    const auto plan = world.plan();
    ASSERT_TRUE(plan);
    int manual = 0;
    for (const procedure::PlanStep& step : plan->steps) {
        if (step.kind == procedure::StepKind::Manual) {
            ++manual;
            const auto* what = std::get_if<act::Manual>(&*step.act);
            ASSERT_NE(what, nullptr);
            EXPECT_TRUE(what->instructions.contains(step.node->value));
            EXPECT_TRUE(what->question.contains(key("mss-appliance-14.2.0")));
            EXPECT_TRUE(step.takesVoterAway) << "by hand it takes the voter away all the same";
        }
    }
    EXPECT_EQ(manual, 3);
}

TEST(Planner, SpeedDividesTimesDownToWhatAPracticeClusterNeeds)
{
    World world;
    const Plan slow = *world.plan();
    world.options.speed = 600;
    const Plan fast = *world.plan();
    EXPECT_EQ(fast.stabilisation, Millis(500));
    EXPECT_EQ(fast.greenInterval, Millis(200));
    EXPECT_GE(fast.policy.freshnessMax, Seconds(2));
    ASSERT_EQ(fast.steps.size(), slow.steps.size());
    for (std::size_t i = 0; i < fast.steps.size(); ++i) {
        EXPECT_EQ(fast.steps[i].expected, slow.steps[i].expected / 600);
        EXPECT_GE(fast.steps[i].limit, Seconds(20));
        EXPECT_LE(fast.steps[i].limit, slow.steps[i].limit);
        EXPECT_TRUE(fast.steps[i].warnAfter < fast.steps[i].limit);
        EXPECT_GE(fast.steps[i].retry.pause, Millis(200));
    }
    EXPECT_EQ(planFromYaml(toYaml(fast), key("p.yaml")), fast);
}

TEST(Planner, ObligationOpensAndCloses)
{
    const Plan plan = *World().plan();
    int open = 0;
    for (const procedure::PlanStep& step : plan.steps) {
        open += step.opensObligation ? 1 : 0;
        open -= step.closesObligation ? 1 : 0;
        EXPECT_GE(open, 0);
    }
    EXPECT_EQ(open, 0);
    ASSERT_EQ(plan.obligations.size(), 1U);
}

TEST(PlanText, ChangedByHandIsNoticed)
{
    const Plan plan = *World().plan();
    QByteArray text = toYaml(plan);
    const QByteArray commented = QByteArray(text).replace("# node-2", "# seen, A.B.");
    EXPECT_TRUE(planFromYaml(commented, key("p.yaml"))) << "a comment changes nothing";
    text.replace("limit: 15 min", "limit: 45 min");
    const auto read = planFromYaml(text, key("p.yaml"));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, key("plan-hash-mismatch"));
    EXPECT_TRUE(read.error().message.startsWith(key("p.yaml:3:7: hash")))
        << read.error().message.toStdString();
}

TEST(PlanText, LocalPathsAreNotPartOfTheHash)
{
    World world;
    world.procedure = shippedProcedure(key("cm-online"));
    world.snapshot = sampleSnapshot(SystemKind::Cm, 3, Version{2, 10, 0});
    world.package = samplePackage(SystemKind::Cm, Version{2, 10, 0}, Version{2, 11, 0});
    const Plan here = *world.plan();
    world.package->path = key("/elsewhere/package");
    world.options.backupFolder = key("/elsewhere/backups");
    const Plan there = *world.plan();
    EXPECT_EQ(planHash(here), planHash(there));
    EXPECT_NE(toYaml(here), toYaml(there));
    EXPECT_EQ(planFromYaml(toYaml(there), key("p.yaml")), there);
}

TEST(PlanText, SurvivesHostileNames)
{
    Plan plan = *World().plan();
    for (const char* name : {"a: b", "- x", "\"q\\", "no", "1e3", " lead", "#", "{x}",
                             "tab\tnew\nline", "\xc3\xa9\xe2\x80\xa8", "\x01"}) {
        plan.cluster.name = QString::fromUtf8(name);
        plan.steps[0].title = QString::fromUtf8(name);
        plan.procedureTitle = QString::fromUtf8(name);
        const auto read = planFromYaml(toYaml(plan), key("p.yaml"));
        ASSERT_TRUE(read) << name << ": " << describe(read.error()).toStdString();
        EXPECT_EQ(*read, plan) << name;
    }
}

TEST(PlanText, ErrorsNameThePlace)
{
    const QByteArray text = toYaml(*World().plan());
    const auto messageOf = [&](const QByteArray& from, const QByteArray& to) {
        QByteArray changed = text;
        changed.replace(changed.indexOf(from), from.size(), to);
        const auto read = planFromYaml(changed, key("p.yaml"));
        return read ? key("read") : read.error().message;
    };
    EXPECT_EQ(messageOf("voters: 3", "voters: x"),
              key("p.yaml:32:9: voters: \"x\" must be a whole number from 0 to 1000"));
    EXPECT_TRUE(
        messageOf("do: gate", "do: fly").contains(key("steps[2].do: \"fly\" is not known")));
    EXPECT_TRUE(messageOf("format: 1", "format: 9").startsWith(key("p.yaml:2:9: format")));
}

TEST(PlanJson, HasHashStepsAndForecast)
{
    const Plan plan = *World().plan();
    const QJsonObject json = toJson(plan);
    EXPECT_EQ(json.value(key("hash")).toString(), planHash(plan));
    EXPECT_EQ(std::size_t(json.value(key("steps")).toArray().size()), plan.steps.size());
    EXPECT_FALSE(json.value(key("forecast")).toArray().isEmpty());
    EXPECT_EQ(json.value(key("expectedMs")).toInteger(), plan.expectedDuration().count());
}

TEST(Duration, ReadsWhatItWrites)
{
    for (qint64 millis : {0LL, 1LL, 999LL, 1500LL, 60'000LL, 90'000LL, 3'600'000LL, 7'200'001LL}) {
        EXPECT_EQ(procedure::durationFrom(procedure::durationText(Millis(millis))), Millis(millis));
    }
    for (const char* bad :
         {"", "5", "5min", "-5 s", "5 days", "1.5 h", "999999999 h", "5  s", "5 s "}) {
        EXPECT_FALSE(procedure::durationFrom(key(bad))) << bad;
    }
}

} // namespace
} // namespace quorate::test
