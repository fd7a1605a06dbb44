// SPDX-License-Identifier: GPL-3.0-or-later
// Each fault of the practice cluster at each stage of an upgrade: while staging, before the start,
// at the first node, at a later one. Whatever happens ends within a limit, says which node and what
// to do, never with success, and never with two nodes away; when it was cured the run goes on to
// its end. One cluster a fault: what one stage left behind is what the next one meets.
#include "tests/support/Test.h"

#include "tests/integration/ctl/Ctl.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>

namespace quorate::ctltest {

namespace {

constexpr int kSpeed = 3000;
constexpr const char* kTarget = "2.11.0";
/// A look takes 20 s at the most, asking after a lost act 30 s; what comes before, and slow
/// machines, as much again.
constexpr Millis kPauseLimit = Seconds(120);
/// Of a node that stalls: three tries of 30 s without a byte (net::BulkUpload).
constexpr Millis kStagingLimit = Seconds(150);
constexpr Millis kRefusalLimit = Seconds(60);
constexpr Millis kHarmlessPatience = Seconds(2); ///< how long a run crawls before it is cured
constexpr int kCommandsMax = 4; ///< to go on after one fault: one, and what its cure needs

constexpr const char* kInstall = "Install the package";
constexpr const char* kRestart = "Restart the node";
constexpr const char* kChecks = "Check the cluster again";

enum class Seen { No, Refused, Perhaps }; ///< by a command that meets the fault
enum class Cure { SwitchOff, InstallByHand, RestartByHand, PowerOn };

struct Row {
    const char* fault;
    Seen staging;
    Seen start; ///< No: shows only when the node is restarted, so it is not tried
    bool stopsTheRun;
    const char* firstStep; ///< at which it is switched on
    const char* laterStep;
    Cure cure;
    QStringList codes; ///< of the pauses that explain it
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.fault; }

const QStringList kSilent{QStringLiteral("gate-unknown"),     QStringLiteral("node-silent"),
                          QStringLiteral("limit-passed"),     QStringLiteral("outcome-unknown"),
                          QStringLiteral("operation-failed"), QStringLiteral("checks-failed"),
                          QStringLiteral("lease-unreachable")};

const Row kRows[] = {
    {"hang", Seen::Refused, Seen::Refused, true, kInstall, kRestart, Cure::SwitchOff, kSilent},
    {"garbage", Seen::Refused, Seen::Refused, true, kInstall, kRestart, Cure::SwitchOff, kSilent},
    {"http-500", Seen::Refused, Seen::Refused, true, kRestart, kInstall, Cure::SwitchOff, kSilent},
    {"other-certificate", Seen::Refused, Seen::Refused, true, kInstall, kRestart, Cure::SwitchOff,
     kSilent},
    {"cut-upload", Seen::Perhaps, Seen::No, false, kChecks, kInstall, Cure::SwitchOff, {}},
    {"disk-full",
     Seen::Refused,
     Seen::Refused,
     true,
     kInstall,
     kChecks,
     Cure::SwitchOff,
     {QStringLiteral("operation-failed"), QStringLiteral("checks-failed")}},
    {"returns-old",
     Seen::No,
     Seen::No,
     true,
     kInstall,
     kRestart,
     Cure::InstallByHand,
     {QStringLiteral("wrong-version")}},
    {"never-returns", Seen::No, Seen::No, true, kInstall, kRestart, Cure::PowerOn, kSilent},
    {"verify-fails",
     Seen::No,
     Seen::No,
     true,
     kInstall,
     kRestart,
     Cure::RestartByHand,
     {QStringLiteral("verification-failed"), QStringLiteral("operation-failed")}},
    {"slow", Seen::Perhaps, Seen::No, false, kInstall, kRestart, Cure::SwitchOff, kSilent},
};

/// The node's own way: what its vendor's console would do.
void upgradeByHand(PracticeCluster& cluster, int number, bool install)
{
    sandboxtest::ApiClient& node = cluster.node(number);
    ASSERT_EQ(node.logIn(), 200);
    if (install) {
        const QJsonArray packages =
            node.get(QStringLiteral("/packages")).json().value(QStringLiteral("items")).toArray();
        ASSERT_FALSE(packages.isEmpty());
        const QJsonObject done = node.follow(
            node.act("POST", QStringLiteral("/updates/upgrade"),
                     {{QStringLiteral("packageId"), packages.first()[QLatin1String("id")]},
                      {QStringLiteral("licenceAccepted"), true}}));
        EXPECT_EQ(done.value(QStringLiteral("state")).toString(), QStringLiteral("succeeded"));
    }
    node.follow(node.act("POST", QStringLiteral("/node/reboot")), 60'000);
}

class FaultMatrix : public ::testing::TestWithParam<Row> {
protected:
    FaultMatrix()
        : cluster(QStringLiteral("cm"), 3, kSpeed)
        , ctl(cluster)
    {}

    /// At once, as a file: starting a program for it takes longer than some steps.
    void set(int node, bool on)
    {
        const QString folder = cluster.folder() + u'/' + nodeName(node) + QStringLiteral("/faults");
        QFile file(folder + u'/' + QLatin1String(row.fault));
        if (on) {
            EXPECT_TRUE(QDir().mkpath(folder) && file.open(QIODevice::WriteOnly));
        } else {
            EXPECT_TRUE(file.remove());
        }
    }

    void expectExplained(const Said& said, int node)
    {
        EXPECT_EQ(said.exitCode, 1) << said.output.toStdString();
        EXPECT_EQ(said.last().value(QStringLiteral("result")).toString(), QStringLiteral("paused"));
        const QJsonObject why = said.last().value(QStringLiteral("attention")).toObject();
        EXPECT_TRUE(row.codes.contains(why.value(QStringLiteral("code")).toString()))
            << said.output.right(2000).toStdString();
        EXPECT_TRUE(why.value(QStringLiteral("title"))
                        .toString()
                        .contains(nodeName(node), Qt::CaseInsensitive))
            << said.output.right(1000).toStdString();
        EXPECT_FALSE(why.value(QStringLiteral("next")).toString().isEmpty());
        const QJsonObject shown = show();
        EXPECT_EQ(shown.value(QStringLiteral("attention")).toObject(), why);
        EXPECT_FALSE(shown.value(QStringLiteral("offers")).toArray().isEmpty());
    }

    QJsonObject show()
    {
        return ctl.run({QStringLiteral("run"), QStringLiteral("show")})
            .last()
            .value(QStringLiteral("run"))
            .toObject();
    }

    void stageWithFault();
    void startWithFault(const QString& plan);
    void faultAt(const char* step, int node);
    void cure(int node);
    void takeUp();
    void goOnUntil(const char* step, int node);
    void goOnToTheEnd();

    const Row& row = GetParam();
    PracticeCluster cluster;
    Ctl ctl;
    std::unique_ptr<Followed> at; ///< the program that carries the run out now
    int byHand = 0;
};

void FaultMatrix::stageWithFault()
{
    const QString package = cluster.package(QLatin1String(kTarget));
    set(2, true);
    QElapsedTimer timer;
    timer.start();
    const Said staged = ctl.run({QStringLiteral("package"), QStringLiteral("stage"), package},
                                kStagingLimit + Seconds(30));
    EXPECT_LT(timer.elapsed(), kStagingLimit.count());
    set(2, false);
    if (row.staging == Seen::Refused || staged.exitCode != 0) {
        EXPECT_NE(staged.exitCode, 0) << staged.output.toStdString();
        EXPECT_FALSE(staged.error().isEmpty()) << staged.output.toStdString();
        EXPECT_TRUE(staged.errors.contains("node-2")) << staged.errors.toStdString();
    }
    const QString plan = ctl.plan(package, QStringLiteral("cm-online")); // stages what is missing
    ASSERT_FALSE(HasFailure());
    startWithFault(plan);
}

void FaultMatrix::startWithFault(const QString& plan)
{
    const std::vector<int> order = orderOf(plan);
    ASSERT_EQ(order.size(), 3U);
    if (row.start == Seen::Refused) {
        set(order[1], true);
        const Said said = ctl.run(Ctl::upgradeArguments(plan), kRefusalLimit);
        EXPECT_EQ(said.exitCode, 1);
        EXPECT_EQ(said.error(), QStringLiteral("checks-failed")) << said.output.toStdString();
        EXPECT_TRUE(said.error("message").contains(nodeName(order[1])));
        EXPECT_FALSE(said.error("cure").isEmpty());
        set(order[1], false);
        for (const int node : order) {
            EXPECT_EQ(counters(cluster, node), untouched()) << "node " << node;
        }
    }
    ASSERT_FALSE(HasFailure());
    // The nodes agree again on who is there before the real start.
    ASSERT_TRUE(sandboxtest::eventually([&] {
        return ctl.run({QStringLiteral("status")})
                   .last()[QStringLiteral("quorum")][QStringLiteral("ready")]
                   .toInt()
               == 3;
    }));
    at = std::make_unique<Followed>(ctl, Ctl::upgradeArguments(plan));
    faultAt(row.firstStep, order[0]);
    ASSERT_FALSE(HasFailure());
    const auto untouchedYet =
        row.stopsTheRun ? std::vector{order[1], order[2]} : std::vector<int>{};
    for (const int later : untouchedYet) {
        const QJsonObject counts = counters(cluster, later);
        EXPECT_EQ(counts.value(QStringLiteral("upgrades")).toInt(), 0) << "node " << later;
        EXPECT_EQ(counts.value(QStringLiteral("reboots")).toInt(), 0) << "node " << later;
    }
    goOnUntil(row.laterStep, order[1]);
    ASSERT_FALSE(HasFailure());
    faultAt(row.laterStep, order[1]);
    ASSERT_FALSE(HasFailure());
    goOnToTheEnd();
}

/// The run is at the step: the fault comes, is met, and cured.
void FaultMatrix::faultAt(const char* step, int node)
{
    ASSERT_TRUE(at->reach(QLatin1String(step), nodeName(node)))
        << at->end().output.right(2000).toStdString();
    set(node, true);
    if (row.stopsTheRun) {
        expectExplained(at->end(kPauseLimit), node);
    } else if (at->endsWithin(kHarmlessPatience)) {
        expectExplained(at->end(), node);
    }
    cure(node);
}

void FaultMatrix::cure(int node)
{
    set(node, false);
    switch (row.cure) {
    case Cure::SwitchOff: break;
    case Cure::InstallByHand:
        upgradeByHand(cluster, node, true);
        ++byHand;
        break;
    case Cure::RestartByHand: upgradeByHand(cluster, node, false); break;
    case Cure::PowerOn: cluster.power(node, "on"); break;
    }
}

/// The step that the run itself offers.
void FaultMatrix::takeUp()
{
    const QJsonObject shown = show();
    const bool failed = shown[QStringLiteral("attention")][QStringLiteral("code")].toString()
                        == QLatin1String("operation-failed");
    at = std::make_unique<Followed>(
        ctl, QStringList{QStringLiteral("run"),
                         failed ? QStringLiteral("retry") : QStringLiteral("resume")});
}

void FaultMatrix::goOnUntil(const char* step, int node)
{
    for (int commands = 0; commands < kCommandsMax; ++commands) {
        if (at->process().isRunning() && at->reach(QLatin1String(step), nodeName(node))) {
            return;
        }
        takeUp();
    }
    FAIL() << "the run does not go on: " << at->end().output.toStdString();
}

void FaultMatrix::goOnToTheEnd()
{
    Said said;
    for (int commands = 0; commands < kCommandsMax; ++commands) {
        if (!at->process().isRunning()) {
            takeUp();
        }
        said = at->end(kPauseLimit);
        if (said.exitCode == 0) {
            break;
        }
    }
    EXPECT_EQ(said.last().value(QStringLiteral("result")).toString(), QStringLiteral("succeeded"))
        << said.output.right(2000).toStdString();
}

} // namespace

TEST_P(FaultMatrix, endsExplainedAtEachStageAndGoesOnWhenItIsCured)
{
    ASSERT_TRUE(cluster.isUp());
    stageWithFault();
    if (HasFailure()) {
        at.reset(); // before the cluster under it
        return;
    }
    int installs = 0;
    for (const int node : {1, 2, 3}) {
        EXPECT_EQ(versionOf(cluster, node), QLatin1String(kTarget)) << "node " << node;
        installs += counters(cluster, node).value(QStringLiteral("upgrades")).toInt();
    }
    EXPECT_EQ(installs, 3 + byHand) << "nothing was installed twice";
    expectNeverTwoOut(cluster);
}

INSTANTIATE_TEST_SUITE_P(EveryFault, FaultMatrix, ::testing::ValuesIn(kRows), [](const auto& row) {
    return QString::fromLatin1(row.param.fault).remove(QLatin1Char('-')).toStdString();
});

} // namespace quorate::ctltest
