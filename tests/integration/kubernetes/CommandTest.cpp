// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabCtl.h"
#include "tests/integration/kubernetes/LabPlatform.h"
#include "tests/integration/kubernetes/WebWorkload.h"

namespace quorate::platform::kubernetes {
namespace {

class LabCommand : public LabPlatform {
protected:
    LabCommand()
        : ctl(labOrNone())
    {}

    [[nodiscard]] test::ProgramOutcome call(const QStringList& words,
                                            const QString& user = QStringLiteral("admin")) const
    {
        return ctl.call(words, user);
    }

    LabCtl ctl;
};

TEST_F(LabCommand, StatusTellsTheStateTwiceTheSame)
{
    for (int times = 0; times < 2; ++times) { // connected anew, then known
        const auto said = call({QStringLiteral("status"), QStringLiteral("--json")});
        EXPECT_EQ(said.exitCode, 0) << said.errors.toStdString();
        const QJsonObject quorum = documentOf(said).value(QStringLiteral("quorum")).toObject();
        EXPECT_EQ(quorum.value(QStringLiteral("voters")).toInt(), 3);
        EXPECT_EQ(quorum.value(QStringLiteral("ready")).toInt(), 3);
        EXPECT_EQ(quorum.value(QStringLiteral("state")).toString(), QStringLiteral("quorate"));
    }
}

TEST_F(LabCommand, StartsReadOnlyAndLeavesNoLeaseBehind)
{
    const QStringList cordon{QStringLiteral("node"), QStringLiteral("cordon"), nodeId(2).value,
                             QStringLiteral("--yes"), QStringLiteral("--json")};
    const auto refused = call(cordon);
    EXPECT_EQ(refused.exitCode, 1);
    EXPECT_TRUE(refused.output.contains("read-only")) << refused.output.toStdString();
    ctl.expectDone({QStringLiteral("cluster"), QStringLiteral("read-only"), QStringLiteral("off")});
    ctl.expectDone(cordon);
    // Another one asks for the lease; the first has given it back.
    ctl.expectDone({QStringLiteral("node"), QStringLiteral("uncordon"), nodeId(2).value,
                    QStringLiteral("--yes")});
}

TEST_F(LabCommand, RedeployEndsWhenEveryInstanceIsNew)
{
    const WebWorkload web(lab());
    web.deploy(2, 0);
    const auto generation = [] {
        return lab()
            .get(1, QStringLiteral("/apis/apps/v1/namespaces/default/deployments/web"))
            .json()[QStringLiteral("metadata")][QStringLiteral("generation")]
            .toInt();
    };
    const int before = generation();
    ctl.expectDone({QStringLiteral("cluster"), QStringLiteral("read-only"), QStringLiteral("off")});
    ctl.expectDone({QStringLiteral("redeploy"), QStringLiteral("deployment"),
                    QStringLiteral("default/web"), QStringLiteral("--yes")});
    EXPECT_EQ(generation(), before + 1);
    EXPECT_EQ(web.available(), 2);
    web.remove();
}

TEST_F(LabCommand, AViewerIsToldWhichRightIsMissing)
{
    const QString viewer = QStringLiteral("viewer");
    EXPECT_EQ(call({QStringLiteral("status")}, viewer).exitCode, 0);
    EXPECT_EQ(call({QStringLiteral("cluster"), QStringLiteral("read-only"), QStringLiteral("off")},
                   viewer)
                  .exitCode,
              0);
    const auto refused = call({QStringLiteral("node"), QStringLiteral("cordon"), nodeId(2).value,
                               QStringLiteral("--yes")},
                              viewer);
    EXPECT_EQ(refused.exitCode, 1);
    EXPECT_TRUE(refused.errors.contains("may not")) << refused.errors.toStdString();
}

} // namespace
} // namespace quorate::platform::kubernetes
