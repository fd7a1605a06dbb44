// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Words.h"
#include "tests/support/Environment.h"
#include "tests/support/Test.h"
#include "tests/unit/procedure/Samples.h"

#include <QFile>

namespace quorate::test {
namespace {

using procedure::Plan;

struct Shape {
    const char* procedure;
    int nodes;
};

void PrintTo(const Shape& shape, std::ostream* out)
{
    *out << shape.procedure << "-" << shape.nodes;
}

Plan planOf(const Shape& shape)
{
    const QString id = QString::fromLatin1(shape.procedure);
    if (id == QLatin1String("kubernetes-node-maintenance")) {
        const auto plan = makePlan(shippedProcedure(id), sampleKubernetes(shape.nodes, 2),
                                   std::nullopt, sampleOptions());
        EXPECT_TRUE(plan) << describe(plan.error()).toStdString();
        return plan.value_or(Plan{});
    }
    const bool isMss = id == QLatin1String("mss-appliance");
    const SystemKind system = isMss ? SystemKind::Mss : SystemKind::Cm;
    const Version from = isMss ? Version{14, 1, 0} : Version{2, 10, 0};
    const Version to = isMss ? Version{14, 2, 0} : Version{2, 11, 0};
    const auto plan = makePlan(shippedProcedure(id), sampleSnapshot(system, shape.nodes, from),
                               samplePackage(system, from, to), sampleOptions());
    if (!plan) {
        ADD_FAILURE() << describe(plan.error()).toStdString();
        return {};
    }
    return *plan;
}

/// The plan as one line a step, and the forecast: what a reviewer of a procedure wants to see
/// change.
QString overview(const Plan& plan)
{
    QStringList lines;
    for (const procedure::PlanStep& step : plan.steps) {
        QString line =
            QStringLiteral("%1 %2 %3")
                .arg(step.id.value, step.node ? step.node->value : QStringLiteral("cluster"),
                     procedure::stepWord(step.kind, step.act));
        if (step.when != procedure::When::Always) {
            line += QStringLiteral(" if ") + toString(step.when);
        }
        if (step.round > 1) {
            line += QStringLiteral(" (round %1)").arg(step.round);
        }
        if (step.takesVoterAway) {
            line += QStringLiteral(" [voter out]");
        }
        lines.append(line);
    }
    for (const procedure::ForecastPoint& point : forecast(plan)) {
        lines.append(
            QStringLiteral("forecast %1 s: %2 ready%3")
                .arg(point.at.count() / 1000)
                .arg(point.ready)
                .arg(point.out ? QStringLiteral(", %1 out").arg(point.out->value) : QString()));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

/// Compares with tests/golden/procedure/NAME; QUORATE_REWRITE=1 writes it instead.
void expectGolden(const QString& name, const QByteArray& got)
{
    QFile file(sourcePath(QStringLiteral("tests/golden/procedure/") + name));
    if (qEnvironmentVariableIntValue("QUORATE_REWRITE") == 1) {
        ASSERT_TRUE(file.open(QIODevice::WriteOnly)) << file.fileName().toStdString();
        ASSERT_EQ(file.write(got), got.size());
        return;
    }
    ASSERT_TRUE(file.open(QIODevice::ReadOnly)) << file.fileName().toStdString();
    EXPECT_EQ(QString::fromUtf8(file.readAll()), QString::fromUtf8(got))
        << "differs from " << name.toStdString();
}

class PlanGolden : public testing::TestWithParam<Shape> {};

TEST_P(PlanGolden, TextIsAsReviewed)
{
    const Plan plan = planOf(GetParam());
    const QString name = QStringLiteral("%1-%2")
                             .arg(QString::fromLatin1(GetParam().procedure))
                             .arg(GetParam().nodes);
    expectGolden(name + QStringLiteral(".steps.txt"), overview(plan).toUtf8());
    if (GetParam().nodes == 3) {
        expectGolden(name + QStringLiteral(".plan.yaml"), toYaml(plan));
    }
}

TEST_P(PlanGolden, ReadsBackToTheSamePlan)
{
    const Plan plan = planOf(GetParam());
    const auto read = procedure::planFromYaml(toYaml(plan), QStringLiteral("plan.yaml"));
    ASSERT_TRUE(read) << describe(read.error()).toStdString();
    EXPECT_EQ(*read, plan);
    EXPECT_EQ(toYaml(*read), toYaml(plan));
}

TEST_P(PlanGolden, NeverTwoOutAndAlwaysAGateBefore)
{
    const Plan plan = planOf(GetParam());
    std::optional<NodeId> out;
    const procedure::PlanStep* last = nullptr;
    std::optional<NodeId> asked;
    for (const procedure::PlanStep& step : plan.steps) {
        if (step.kind == procedure::StepKind::Gate) {
            asked = step.node;
        }
        if (step.takesVoterAway) {
            EXPECT_TRUE(!out || out == step.node) << step.id.value.toStdString();
            EXPECT_EQ(asked, step.node) << "no gate before " << step.id.value.toStdString();
            out = step.node;
        }
        if (step.act && std::holds_alternative<act::Reboot>(*step.act)) {
            EXPECT_EQ(last->kind, procedure::StepKind::Gate) << "no gate right before the restart";
        }
        if (step.kind == procedure::StepKind::WaitBack && step.when == procedure::When::Always
            && out == step.node) {
            out.reset();
            asked.reset();
        }
        last = &step;
    }
    EXPECT_FALSE(out);
    if (plan.package) {
        EXPECT_EQ(plan.order.back(), NodeId{QStringLiteral("node-1")}) << "the leader leaves last";
    }
}

INSTANTIATE_TEST_SUITE_P(Shipped, PlanGolden,
                         testing::Values(Shape{"mss-appliance", 1}, Shape{"mss-appliance", 3},
                                         Shape{"mss-appliance", 5}, Shape{"mss-appliance", 7},
                                         Shape{"cm-online", 1}, Shape{"cm-online", 3},
                                         Shape{"cm-online", 5}, Shape{"cm-online", 7},
                                         Shape{"kubernetes-node-maintenance", 1},
                                         Shape{"kubernetes-node-maintenance", 3},
                                         Shape{"kubernetes-node-maintenance", 5}));

} // namespace
} // namespace quorate::test
