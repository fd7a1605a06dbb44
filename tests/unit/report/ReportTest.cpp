// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Planner.h"
#include "core/report/ReportText.h"
#include "tests/support/Test.h"
#include "tests/unit/report/Runs.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QXmlStreamReader>

namespace quorate::report {
namespace {

using test::faultyRun;
using test::replayed;
using test::SampleRun;
using test::upgradedRun;

QString pageOf(const SampleRun& run)
{
    const Replayed made = replayed(run);
    return runHtml(made.view, run.plan, run.endedAt, made.history);
}

QJsonObject jsonOf(const SampleRun& run)
{
    const Replayed made = replayed(run);
    return runJson(made.view, run.plan, run.endedAt, made.history);
}

constexpr int kUnknown = -1;

run::RunView viewWithVoters(const std::vector<int>& ready)
{
    run::RunView view;
    view.majority = 2;
    const TimePoint start(std::chrono::hours(490'000));
    view.startedAt = start;
    for (std::size_t at = 0; at < ready.size(); ++at) {
        view.votersSeen.push_back(
            {start + Seconds(60 * qint64(at)), std::max(ready[at], 0), 3, ready[at] != kUnknown});
    }
    return view;
}

TEST(RunJson, SaysWhatWasDone)
{
    const QJsonObject json = jsonOf(upgradedRun());
    EXPECT_EQ(json.value(QStringLiteral("format")).toString(),
              QStringLiteral("quorate-run-report/1"));
    EXPECT_EQ(json.value(QStringLiteral("result")).toString(), QStringLiteral("succeeded"));
    EXPECT_TRUE(json.value(QStringLiteral("ended")).toBool());
    EXPECT_EQ(json.value(QStringLiteral("startedBy")).toString(), QStringLiteral("simulator"));
    EXPECT_EQ(json.value(QStringLiteral("planHash")).toString(),
              procedure::planHash(upgradedRun().plan));
    EXPECT_EQ(json.value(QStringLiteral("voters"))
                  .toObject()
                  .value(QStringLiteral("lowestReady"))
                  .toInt(),
              2);
    const QJsonArray steps = json.value(QStringLiteral("steps")).toArray();
    EXPECT_EQ(steps.size(), std::ssize(upgradedRun().plan.steps));
    for (const QJsonValue& step : steps) {
        EXPECT_FALSE(step.toObject().value(QStringLiteral("kind")).toString().isEmpty());
    }
}

TEST(RunJson, VersionsBeforeAndAfterAreThoseOfTheNodes)
{
    const QJsonArray nodes = jsonOf(upgradedRun()).value(QStringLiteral("nodes")).toArray();
    ASSERT_EQ(nodes.size(), 3);
    for (const QJsonValue& node : nodes) {
        EXPECT_EQ(node.toObject().value(QStringLiteral("before")).toString(),
                  QStringLiteral("14.1.0"));
        EXPECT_EQ(node.toObject().value(QStringLiteral("after")).toString(),
                  QStringLiteral("14.2.0"));
    }
}

TEST(RunJson, WithoutALookTheVersionAfterIsUnknown)
{
    const Replayed made = replayed(upgradedRun());
    const QJsonObject json = runJson(made.view, upgradedRun().plan, upgradedRun().endedAt);
    const QJsonObject node = json.value(QStringLiteral("nodes")).toArray().first().toObject();
    EXPECT_TRUE(node.contains(QStringLiteral("after")));
    EXPECT_TRUE(node.value(QStringLiteral("after")).isNull());
}

TEST(RunJson, NamesTheMomentsAtWhichAPersonWasNeeded)
{
    const QJsonObject json = jsonOf(faultyRun(simulate::FaultKind::ReturnsOld));
    EXPECT_EQ(json.value(QStringLiteral("result")).toString(), QStringLiteral("paused"));
    EXPECT_FALSE(json.value(QStringLiteral("attention")).isNull());
    const QJsonArray moments = json.value(QStringLiteral("moments")).toArray();
    ASSERT_FALSE(moments.isEmpty());
    EXPECT_EQ(moments.last().toObject().value(QStringLiteral("kind")).toString(),
              QStringLiteral("attention"));
}

TEST(RunHtml, IsOneFileWithoutScriptOrLink)
{
    const QString page = pageOf(upgradedRun());
    for (const char* banned :
         {"<script", "http://", "https://", "<img", "<link", "url(", "@import"}) {
        EXPECT_FALSE(page.contains(QLatin1String(banned), Qt::CaseInsensitive)) << banned;
    }
    EXPECT_TRUE(page.contains(QStringLiteral("succeeded: Finished: 3 nodes on 14.2.0")));
    EXPECT_TRUE(page.contains(procedure::planHash(upgradedRun().plan)));
    EXPECT_TRUE(page.contains(QStringLiteral("<td>14.1.0</td><td>14.2.0</td>")));
}

TEST(RunHtml, NamesEveryStepOnce)
{
    const QString page = pageOf(upgradedRun());
    for (const procedure::PlanStep& step : upgradedRun().plan.steps) {
        EXPECT_EQ(page.count(QStringLiteral("<td>%1</td>").arg(step.id.value)), 1)
            << step.id.value.toStdString();
    }
}

TEST(RunHtml, HostileNamesStayText)
{
    const QString hostile = QStringLiteral("</td><script>alert('1')</script>\"&%1%2");
    SampleRun run = upgradedRun();
    Replayed made = replayed(run);
    made.view.title = hostile;
    made.view.sentence = hostile;
    made.view.startedBy = hostile;
    made.view.cluster.name = hostile;
    made.view.steps.front().node = NodeId{hostile};
    made.view.steps.front().title = hostile;
    made.view.steps.front().result = hostile;
    made.view.obligations = {{QStringLiteral("o"), hostile, run.endedAt, {}, {}}};
    made.view.acceptedWarnings = {hostile};
    made.view.attention = run::Attention{hostile, hostile, hostile, hostile, {}};
    made.history.moments = {{run.endedAt, hostile, hostile, hostile}};
    run.plan.sourceVersions[NodeId{hostile}] = Version{1, 0, 0, 0};
    run.plan.package->signedBy = hostile;
    run.plan.procedureTitle = hostile;
    const QString page = runHtml(made.view, run.plan, run.endedAt, made.history);
    EXPECT_FALSE(page.contains(QStringLiteral("<script")));
    const QString kept =
        QStringLiteral("&lt;/td&gt;&lt;script&gt;alert('1')&lt;/script&gt;&quot;&amp;%1%2");
    EXPECT_EQ(page.count(kept), page.count(QStringLiteral("alert(")));
    EXPECT_GE(page.count(kept), 15);
}

TEST(RunHtml, WritingCannotBeTurnedRound)
{
    EXPECT_EQ(detail::escaped(QStringLiteral("a\u202Eb\u2066c\u0007d")),
              QStringLiteral("a\uFFFDb\uFFFDc\uFFFDd"));
    EXPECT_EQ(detail::escaped(QStringLiteral("Kn\u00F6ten \u2212 1")),
              QStringLiteral("Kn\u00F6ten \u2212 1"));
}

TEST(VotersChart, HasOneRiseOrFallForEachChange)
{
    const run::RunView view = viewWithVoters({3, 3, 2, 2, 3, 2, 3, 3});
    const QString chart = detail::votersChart(view, *view.startedAt);
    const QRegularExpression path(QStringLiteral("class=\"ready\" d=\"([^\"]*)\""));
    EXPECT_EQ(path.match(chart).captured(1).count(QLatin1Char('V')), 4);
    EXPECT_EQ(chart.count(QStringLiteral("class=\"majority\"")), 1);
    EXPECT_TRUE(chart.contains(QStringLiteral("at least 2 of 3; 2 are a majority")));
}

TEST(VotersChart, IsBrokenWhereTheVotersWereNotKnown)
{
    const run::RunView view = viewWithVoters({3, 2, kUnknown, 2, 3, kUnknown});
    const QString chart = detail::votersChart(view, *view.startedAt);
    const QRegularExpression path(QStringLiteral("class=\"ready\" d=\"([^\"]*)\""));
    const QString line = path.match(chart).captured(1);
    EXPECT_EQ(line.count(QLatin1Char('M')), 2) << line.toStdString();
    EXPECT_EQ(line.count(QLatin1Char('V')), 2) << line.toStdString();
    EXPECT_TRUE(chart.contains(QStringLiteral(
        "at least 2 of 3 while it was known, for some time it was not; 2 are a majority")));
}

TEST(VotersChart, NeverKnownIsSaid)
{
    const run::RunView view = viewWithVoters({kUnknown});
    const QString chart = detail::votersChart(view, *view.startedAt);
    EXPECT_TRUE(chart.contains(QStringLiteral("over the run: not known; 2 are a majority")));
    EXPECT_FALSE(chart.contains(QStringLiteral("0 of 3")));
}

TEST(RunJson, WhatWasNotKnownOfTheVotersIsNull)
{
    Replayed made = replayed(upgradedRun());
    const auto votersOf = [&made](const std::vector<int>& ready) {
        made.view.votersSeen = viewWithVoters(ready).votersSeen;
        return runJson(made.view, upgradedRun().plan, upgradedRun().endedAt, made.history)
            .value(QStringLiteral("voters"))
            .toObject();
    };
    const QJsonObject cutOff = votersOf({3, kUnknown, 2});
    EXPECT_EQ(cutOff.value(QStringLiteral("lowestReady")), QJsonValue(2));
    const QJsonArray seen = cutOff.value(QStringLiteral("seen")).toArray();
    ASSERT_EQ(seen.size(), 3);
    EXPECT_TRUE(seen.at(1).toObject().value(QStringLiteral("ready")).isNull());
    EXPECT_EQ(seen.at(2).toObject().value(QStringLiteral("ready")), QJsonValue(2));
    EXPECT_TRUE(votersOf({kUnknown}).value(QStringLiteral("lowestReady")).isNull());
    EXPECT_EQ(votersOf({3, 0}).value(QStringLiteral("lowestReady")), QJsonValue(0));
}

TEST(VotersChart, IsWellFormed)
{
    const Replayed made = replayed(upgradedRun());
    QXmlStreamReader reader(
        QStringLiteral("<div>%1</div>").arg(detail::votersChart(made.view, upgradedRun().endedAt)));
    while (!reader.atEnd()) {
        reader.readNext();
    }
    EXPECT_FALSE(reader.hasError()) << reader.errorString().toStdString();
}

TEST(VotersChart, NothingSeenIsSaid)
{
    EXPECT_FALSE(detail::votersChart(viewWithVoters({}), {}).contains(QStringLiteral("<svg")));
}

TEST(ReplayRun, BrokenJournalNamesTheRecord)
{
    SampleRun run = upgradedRun();
    run.journal[4].payload.insert(QStringLiteral("more"), 1);
    const auto made = replayRun(run.plan, run.id, run.journal, run.endedAt);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, QStringLiteral("journal-broken"));
    EXPECT_TRUE(made.error().message.contains(QStringLiteral("record 5")));
}

} // namespace
} // namespace quorate::report
