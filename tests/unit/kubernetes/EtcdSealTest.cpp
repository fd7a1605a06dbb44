// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/EtcdSeal.h"

#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/transport/TestAuthority.h"

namespace quorate::platform::kubernetes {
namespace {

class EtcdSeal : public testing::Test {
protected:
    [[nodiscard]] test::Identity issue(bool rsa = false) const
    {
        test::IdentityOptions options;
        options.rsa = rsa;
        return authority.issue(options);
    }
    QString write(const char* name, const QByteArray& pem)
    {
        return folder.write(QString::fromLatin1(name), pem);
    }
    /// Read, sealed and opened again.
    [[nodiscard]] Result<EtcdAccess> kept(const QByteArray& certificate, const QByteArray& key,
                                          const QByteArray& ca)
    {
        return readEtcdPems(write("c.crt", certificate), write("c.key", key), write("ca.crt", ca))
            .and_then([](const EtcdPems& pems) {
                return etcdAccess(pems).and_then(
                    [&pems](const EtcdAccess&) { return openEtcd(sealEtcd(pems)); });
            });
    }

    test::TestAuthority authority{QStringLiteral("Etcd CA")};
    test::TempDir folder;
};

TEST_F(EtcdSeal, ComesBackWhole)
{
    for (const bool rsa : {false, true}) {
        const test::Identity client = issue(rsa);
        const auto access =
            kept(client.certificate.toPem(), client.key.toPem(), authority.certificate().toPem());
        ASSERT_TRUE(access) << describe(access.error()).toStdString();
        EXPECT_EQ(access->identity.chain, QList<QSslCertificate>{client.certificate});
        EXPECT_EQ(access->identity.key.toDer(), client.key.toDer());
        EXPECT_EQ(access->trust.authorities, QList<QSslCertificate>{authority.certificate()});
        EXPECT_EQ(access->port, 2379);
    }
}

TEST_F(EtcdSeal, AKeyOfAnotherCertificateIsRefused)
{
    const auto access =
        kept(issue().certificate.toPem(), issue().key.toPem(), authority.certificate().toPem());
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().code, QStringLiteral("client-key-mismatch"));
}

TEST_F(EtcdSeal, FilesThatHoldSomethingElseAreRefused)
{
    const test::Identity client = issue();
    const QByteArray ca = authority.certificate().toPem();
    EXPECT_EQ(kept("nothing", client.key.toPem(), ca).error().code,
              QStringLiteral("bad-client-certificate"));
    EXPECT_EQ(kept(client.certificate.toPem(), "nothing", ca).error().code,
              QStringLiteral("bad-client-key"));
    EXPECT_EQ(kept(client.certificate.toPem(), client.key.toPem(), "nothing").error().code,
              QStringLiteral("bad-etcd-authority"));
}

TEST_F(EtcdSeal, AFileThatIsMissingOrTooLargeIsNamed)
{
    const QString here = write("c.crt", "x");
    const QString missing = folder.path(QStringLiteral("not-there.key"));
    const auto absent = readEtcdPems(here, missing, here);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, QStringLiteral("etcd-file"));
    EXPECT_TRUE(absent.error().message.contains(missing)) << absent.error().message.toStdString();
    const QString large = write("large", QByteArray(1024 * 1024 + 1, 'x'));
    const auto tooLarge = readEtcdPems(here, here, large);
    ASSERT_FALSE(tooLarge);
    EXPECT_TRUE(tooLarge.error().message.contains(large)) << tooLarge.error().message.toStdString();
}

TEST_F(EtcdSeal, WhatIsNoSealIsRefused)
{
    for (const char* text : {"", "quorate-etcd/1", "quorate-etcd/1\na\nb",
                             "quorate-etcd/2\na\nb\nc", "quorate-etcd/1\na\nb\nc"}) {
        const auto access = openEtcd(Secret(QByteArray(text)));
        ASSERT_FALSE(access) << text;
        EXPECT_EQ(access.error().code, QStringLiteral("bad-etcd-seal"));
    }
}

} // namespace
} // namespace quorate::platform::kubernetes
