// SPDX-License-Identifier: GPL-3.0-or-later
// What quoratectl refuses of a kubeconfig and of what goes with it, before it asks anybody.
#include "tests/integration/ctl/Ctl.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

namespace quorate::ctltest {
namespace {

class CtlKubeconfig : public ::testing::Test {
protected:
    Said call(const QStringList& words)
    {
        return saidOf(test::runProgram(
            Ctl::program(),
            words
                + QStringList{QStringLiteral("--json"), QStringLiteral("--home"), folder.path({})},
            Seconds(60)));
    }
    /// `status` of a cluster that nobody serves, so that only what comes before can be seen.
    Said status(const QStringList& more)
    {
        const QString config = folder.write(QStringLiteral("config"), R"(apiVersion: v1
kind: Config
current-context: shop
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: u, user: {token: abc}}
contexts:
- {name: shop, context: {cluster: c, user: u}}
)");
        return call(QStringList{QStringLiteral("status"), QStringLiteral("--kubeconfig"), config}
                    + more);
    }

    test::TempDir folder;
};

TEST_F(CtlKubeconfig, aNamespaceThatCannotBeOneIsRefused)
{
    const Said said = status({QStringLiteral("--lease-namespace"), QStringLiteral("My_Ops")});
    EXPECT_NE(said.exitCode, 0);
    EXPECT_EQ(said.error(), QStringLiteral("bad-namespace")) << said.errors.toStdString();
    EXPECT_TRUE(said.errors.contains("My_Ops")) << said.errors.toStdString();
    const Said good = status({QStringLiteral("--lease-namespace"), QStringLiteral("my-ops")});
    EXPECT_NE(good.error(), QStringLiteral("bad-namespace")) << "it fails because nobody answers";
}

TEST_F(CtlKubeconfig, etcdNeedsAllThreeFiles)
{
    const Said said = status({QStringLiteral("--etcd-cert"), QStringLiteral("a.crt"),
                              QStringLiteral("--etcd-ca"), QStringLiteral("ca.crt")});
    EXPECT_EQ(said.exitCode, 3) << "2 would say that the cluster is lost";
    EXPECT_EQ(said.error(), QStringLiteral("usage"));
    EXPECT_TRUE(said.error("cure").contains(QStringLiteral("--etcd-key")))
        << said.errors.toStdString();
}

TEST_F(CtlKubeconfig, statusHasNoVerdictWhenItCannotAsk)
{
    const QString missing = folder.path(QStringLiteral("not-there.json"));
    for (const QStringList& more : {QStringList{QStringLiteral("--cluster"), missing},
                                    QStringList{QStringLiteral("--typo")}}) {
        EXPECT_EQ(call(QStringList{QStringLiteral("status")} + more).exitCode, 3)
            << more.join(u' ').toStdString();
        const int elsewhere = call(QStringList{QStringLiteral("nodes")} + more).exitCode;
        EXPECT_TRUE(elsewhere == 1 || elsewhere == 2) << elsewhere;
    }
}

TEST_F(CtlKubeconfig, aMissingFileOfEtcdIsNamed)
{
    const QString missing = folder.path(QStringLiteral("not-there.crt"));
    const Said said = status({QStringLiteral("--etcd-cert"), missing, QStringLiteral("--etcd-key"),
                              missing, QStringLiteral("--etcd-ca"), missing});
    EXPECT_NE(said.exitCode, 0);
    EXPECT_EQ(said.error(), QStringLiteral("etcd-file"));
    EXPECT_TRUE(said.error("message").contains(missing)) << said.errors.toStdString();
}

TEST_F(CtlKubeconfig, whatGoesWithAKubeconfigIsRefusedWithoutOne)
{
    for (const char* option : {"--lease-namespace", "--etcd-cert", "--etcd-key", "--etcd-ca"}) {
        const Said said =
            call({QStringLiteral("nodes"), QString::fromLatin1(option), QStringLiteral("x")});
        EXPECT_EQ(said.exitCode, 2) << option;
        EXPECT_TRUE(said.error("message").contains(QString::fromLatin1(option)))
            << said.errors.toStdString();
    }
}

TEST_F(CtlKubeconfig, redeployTakesAKindAndAName)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const QStringList redeploy{QStringLiteral("redeploy"), QStringLiteral("deployment")};
    EXPECT_EQ(ctl.run(redeploy).exitCode, 2);
    const QStringList complete = redeploy + QStringList{QStringLiteral("shop/web")};
    const Said wrong = ctl.run(complete + QStringList{QStringLiteral("more")});
    EXPECT_EQ(wrong.exitCode, 2);
    EXPECT_EQ(wrong.error(), QStringLiteral("usage")) << "for programs, too";
    const Said said = ctl.run(complete + QStringList{QStringLiteral("--yes")});
    EXPECT_EQ(said.exitCode, 1) << "understood, but these nodes have no workloads: "
                                << said.output.toStdString() << said.errors.toStdString();
}

TEST_F(CtlKubeconfig, onlyKubernetesHasNamespacesForTheLease)
{
    PracticeCluster cluster;
    ASSERT_TRUE(cluster.isUp());
    Ctl ctl(cluster);
    const Said said = ctl.run(
        {QStringLiteral("cluster"), QStringLiteral("lease-namespace"), QStringLiteral("ops")});
    EXPECT_NE(said.exitCode, 0);
    EXPECT_EQ(said.error(), QStringLiteral("no-namespaces")) << said.errors.toStdString();
}

} // namespace
} // namespace quorate::ctltest
