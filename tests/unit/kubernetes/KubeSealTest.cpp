// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/KubeSeal.h"
#include "tests/support/TempDir.h"
#include "tests/transport/TestAuthority.h"

#include <QFile>

namespace quorate::platform::kubernetes {
namespace {

QByteArray revealed(const SecretPtr& secret) { return secret ? secret->reveal() : QByteArray(); }

[[nodiscard]] Result<ResolvedContext> resolved(const QByteArray& user,
                                               const QByteArray& cluster = {})
{
    const QByteArray text = "apiVersion: v1\nkind: Config\ncurrent-context: one\n"
                            "clusters:\n- name: c\n  cluster:\n    server: https://10.0.0.1:6443\n"
                            + cluster + "users:\n- name: u\n  user:\n    " + user
                            + "\ncontexts:\n- name: one\n  context: {cluster: c, user: u, "
                              "namespace: ops}\n";
    return Kubeconfig::parse(text, QStringLiteral("/etc/k/conf"))
        .and_then([](const Kubeconfig& read) { return read.resolve(); });
}

/// Sealed and opened again.
[[nodiscard]] Result<SealedContext> kept(const QByteArray& user, const QByteArray& cluster = {})
{
    return resolved(user, cluster).and_then([](ResolvedContext context) {
        return sealContext({std::move(context), {QByteArray("\x01\xff", 2)}})
            .and_then([](const Secret& sealed) { return openSealed(sealed); });
    });
}

TEST(KubeSeal, KeepsTheWayToTheServer)
{
    const auto back = kept("token: abc", "    tls-server-name: kubernetes\n"
                                         "    proxy-url: http://ops:s3cret@proxy:3128\n"
                                         "    insecure-skip-tls-verify: true\n");
    ASSERT_TRUE(back.has_value()) << describe(back.error()).toStdString();
    EXPECT_EQ(back->context.server, QUrl(QStringLiteral("https://10.0.0.1:6443")));
    EXPECT_EQ(back->context.tlsServerName, QStringLiteral("kubernetes"));
    EXPECT_EQ(back->context.proxy.password(), QStringLiteral("s3cret"));
    EXPECT_EQ(back->context.nameSpace, QStringLiteral("ops"));
    EXPECT_TRUE(back->context.trust.pinNeeded);
    EXPECT_EQ(back->approved, (std::set<QByteArray>{QByteArray("\x01\xff", 2)}));
}

TEST(KubeSeal, KeepsTokensThatNeedEscaping)
{
    const auto back = kept(R"(token: "a\"b\\c\td")");
    ASSERT_TRUE(back.has_value()) << describe(back.error()).toStdString();
    EXPECT_EQ(revealed(back->context.identity.token), QByteArray("a\"b\\c\td"));
}

TEST(KubeSeal, NamesATokenFileInsteadOfReadingIt)
{
    const test::TempDir folder;
    const QString token = folder.write(QStringLiteral("token"), "first");
    const auto back =
        kept("tokenFile: " + token.toUtf8() + "\n    as: root\n    as-groups: [a, b]");
    ASSERT_TRUE(back.has_value()) << describe(back.error()).toStdString();
    EXPECT_EQ(back->context.identity.tokenFile, token);
    EXPECT_FALSE(back->context.identity.token);
    EXPECT_EQ(back->context.identity.impersonation.user, QStringLiteral("root"));
    EXPECT_EQ(back->context.identity.impersonation.groups,
              (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
}

TEST(KubeSeal, TakesCertificatesAndKeysIn)
{
    const test::TestAuthority authority(QStringLiteral("Cluster CA"));
    test::IdentityOptions options;
    options.name = QStringLiteral("ops");
    const test::Identity client = authority.issue(options);
    const test::TempDir folder;
    const QString certificate = folder.write(QStringLiteral("c.pem"), client.certificate.toPem());
    const QString key = folder.write(QStringLiteral("k.pem"), client.key.toPem());
    const auto context = resolved("client-certificate: " + certificate.toUtf8()
                                  + "\n    client-key: " + key.toUtf8());
    ASSERT_TRUE(context.has_value()) << describe(context.error()).toStdString();
    const auto sealed = sealContext({*context, {}});
    ASSERT_TRUE(sealed.has_value()) << describe(sealed.error()).toStdString();
    ASSERT_TRUE(QFile::remove(key)); // what was kept stands on its own
    const auto back = openSealed(*sealed);
    ASSERT_TRUE(back.has_value()) << describe(back.error()).toStdString();
    EXPECT_EQ(revealed(back->context.identity.key.data), client.key.toPem());
    EXPECT_EQ(revealed(back->context.identity.certificate.data), client.certificate.toPem());
}

TEST(KubeSeal, KeepsAPluginWithItsEnvironment)
{
    const auto back = kept("exec:\n      apiVersion: client.authentication.k8s.io/v1\n"
                           "      command: get-token\n      args: [--cluster, \"one two\"]\n"
                           "      env: [{name: PROFILE, value: 'p\"1'}]\n"
                           "      interactiveMode: Never\n      provideClusterInfo: true");
    ASSERT_TRUE(back.has_value()) << describe(back.error()).toStdString();
    ASSERT_TRUE(back->context.identity.exec);
    const ExecSpec& exec = *back->context.identity.exec;
    EXPECT_EQ(exec.command, QStringLiteral("get-token"));
    EXPECT_EQ(exec.arguments,
              (QStringList{QStringLiteral("--cluster"), QStringLiteral("one two")}));
    ASSERT_EQ(exec.environment.size(), 1u);
    EXPECT_EQ(revealed(exec.environment.front().second), QByteArray("p\"1"));
    EXPECT_TRUE(exec.provideClusterInfo);
}

} // namespace
} // namespace quorate::platform::kubernetes
