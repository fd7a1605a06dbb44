// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "app/sandbox/PackageFile.h"
#include "tests/integration/sandbox/PracticeCluster.h"

#include <QCryptographicHash>
#include <QFile>

namespace quorate::sandboxtest {

namespace {

QString problemOf(PracticeCluster& cluster, const QString& file)
{
    const Reply last = cluster.stage(1, file);
    const QString id = last.headers.value(QStringLiteral("quorate-package"));
    const QJsonObject package = cluster.node(1).get(QStringLiteral("/packages/") + id).json();
    EXPECT_EQ(package.value(QStringLiteral("verified")).toBool(),
              !package.contains(QStringLiteral("problem")));
    return package.value(QStringLiteral("problem"))
        .toObject()
        .value(QStringLiteral("code"))
        .toString();
}

QString upgradeCode(const ApiClient& node, const QString& id, bool licence = true)
{
    return node
        .act("POST", QStringLiteral("/updates/upgrade"),
             {{QStringLiteral("packageId"), id}, {QStringLiteral("licenceAccepted"), licence}})
        .code();
}

} // namespace

TEST(PracticePackage, signaturesAreChecked)
{
    const Result<sandbox::Identity> publisher = sandbox::makePublisher(QStringLiteral("Publisher"));
    const Result<sandbox::Identity> other = sandbox::makePublisher(QStringLiteral("Publisher"));
    ASSERT_TRUE(publisher && other);
    const test::TempDir folder;
    const QString file = folder.path(QStringLiteral("p.qpkg"));
    sandbox::Manifest manifest;
    manifest.name = QStringLiteral("p");
    manifest.system = QStringLiteral("mss");
    manifest.version = QStringLiteral("14.2.0");
    manifest.from = QStringList{QStringLiteral(">=14.0.0 <14.2.0")};
    manifest.payloadSizeBytes = 2'500'003;
    ASSERT_TRUE(sandbox::writePackage(file, manifest, &*publisher));
    const QByteArray content = sandbox::readFile(file).value_or(QByteArray());
    const QByteArray signature =
        sandbox::readFile(file + QStringLiteral(".p7s")).value_or(QByteArray());
    const QByteArray hash = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
    const auto codeOf = [](const Result<void>& checked) {
        return checked ? QString() : checked.error().code;
    };
    EXPECT_EQ(codeOf(sandbox::checkSignature(signature, hash, publisher->certificate.get())),
              QString());
    EXPECT_EQ(codeOf(sandbox::checkSignature(signature, hash, other->certificate.get())),
              QStringLiteral("publisher-unknown"));
    EXPECT_EQ(codeOf(sandbox::checkSignature({}, hash, publisher->certificate.get())),
              QStringLiteral("package-unsigned"));
    EXPECT_EQ(codeOf(sandbox::checkSignature("nonsense", hash, publisher->certificate.get())),
              QStringLiteral("signature-invalid"));
    EXPECT_EQ(codeOf(sandbox::checkSignature(signature, QByteArray(32, 'x'),
                                             publisher->certificate.get())),
              QStringLiteral("signature-invalid"));
    QByteArray forged = signature;
    forged[forged.size() - 3] =
        static_cast<char>(forged[forged.size() - 3] ^ 1); // in the signature value
    EXPECT_EQ(codeOf(sandbox::checkSignature(forged, hash, publisher->certificate.get())),
              QStringLiteral("signature-invalid"));
    EXPECT_EQ(sandbox::readManifest(file)->payloadSizeBytes, manifest.payloadSizeBytes);
    QFile cut(file);
    ASSERT_TRUE(cut.resize(cut.size() - 1));
    EXPECT_FALSE(sandbox::readManifest(file));
}

TEST(PracticePackage, rangesAreReadAsWritten)
{
    const sandbox::Manifest unused;
    const Version version{14, 1, 0, 0};
    EXPECT_TRUE(sandbox::matches(QStringLiteral(">=14.0.0 <14.2.0"), version).value_or(false));
    EXPECT_FALSE(sandbox::matches(QStringLiteral(">14.1.0"), version).value_or(true));
    EXPECT_TRUE(sandbox::matches(QStringLiteral("14.1.0"), version).value_or(false));
    EXPECT_FALSE(sandbox::matches(QStringLiteral("<=14.0.9"), version).value_or(true));
    EXPECT_FALSE(sandbox::matches(QString(), version).value_or(true));
    EXPECT_FALSE(sandbox::matches(QStringLiteral("~14"), version).has_value());
}

TEST(PracticePackage, theNodeRefusesWhatItMustNotInstall)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    const auto named = [&](const char* name, const char* version, const QStringList& more = {}) {
        return cluster.package(QLatin1String(version),
                               QStringList{QStringLiteral("--name"), QLatin1String(name)} + more);
    };
    EXPECT_EQ(problemOf(cluster, named("bare", "2.11.0", {QStringLiteral("--unsigned")})),
              QStringLiteral("package-unsigned"));
    EXPECT_EQ(problemOf(cluster, named("strange", "2.11.0", {QStringLiteral("--stranger")})),
              QStringLiteral("publisher-unknown"));
    EXPECT_EQ(problemOf(cluster, named("good", "2.11.0")), QString());
    EXPECT_EQ(problemOf(cluster, named("far", "2.12.0",
                                       {QStringLiteral("--from"), QStringLiteral(">=2.0.0")})),
              QString());
    EXPECT_EQ(problemOf(cluster, named("later", "2.11.0",
                                       {QStringLiteral("--from"), QStringLiteral(">=2.10.5")})),
              QString());
    EXPECT_EQ(problemOf(cluster, named("old", "2.10.0",
                                       {QStringLiteral("--from"), QStringLiteral(">=2.0.0")})),
              QString());
    EXPECT_EQ(problemOf(cluster, named("foreign", "2.11.0",
                                       {QStringLiteral("--system"), QStringLiteral("mss")})),
              QString());
    EXPECT_EQ(upgradeCode(node, QStringLiteral("bare-2.11.0")),
              QStringLiteral("package-unverified"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("strange-2.11.0")),
              QStringLiteral("package-unverified"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("far-2.12.0")), QStringLiteral("unsupported-path"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("later-2.11.0")),
              QStringLiteral("unsupported-path"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("old-2.10.0")), QStringLiteral("not-newer"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("foreign-2.11.0")), QStringLiteral("wrong-system"));
    EXPECT_EQ(upgradeCode(node, QStringLiteral("good-2.11.0"), false),
              QStringLiteral("licence-not-accepted"));
    EXPECT_EQ(node.node()
                  .value(QStringLiteral("sandboxCounters"))
                  .toObject()
                  .value(QStringLiteral("upgrades"))
                  .toInt(),
              0);
}

} // namespace quorate::sandboxtest
