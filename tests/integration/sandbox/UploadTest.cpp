// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/sandbox/PracticeCluster.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace quorate::sandboxtest {

namespace {

struct Content {
    QByteArray bytes;
    QByteArray signature;
};

Content contentOf(const QString& file)
{
    return {sandbox::readFile(file, 1LL << 30).value_or(QByteArray()),
            sandbox::readFile(file + QStringLiteral(".p7s")).value_or(QByteArray())};
}

QString create(const ApiClient& node, const Content& content, const QByteArray& key)
{
    return node
        .send({"POST",
               QStringLiteral("/packages/uploads"),
               {},
               creationHeaders(content.bytes, content.signature, key),
               10'000,
               true})
        .headers.value(QStringLiteral("location"));
}

QJsonObject onlyPackage(const ApiClient& node)
{
    const QJsonArray items =
        node.get(QStringLiteral("/packages")).json().value(QStringLiteral("items")).toArray();
    EXPECT_EQ(items.size(), 1);
    return items.isEmpty() ? QJsonObject() : items[0].toObject();
}

QByteArray checksum(const QByteArray& bytes)
{
    return "Upload-Checksum: sha256 "
           + QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toBase64();
}

} // namespace

TEST(PracticeUpload, resumesAtAnyByteAlsoAfterAPowerCut)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    ApiClient& node = cluster.node(1);
    const Content content = contentOf(cluster.package(
        QStringLiteral("14.2.0"), {QStringLiteral("--size"), QStringLiteral("3M")}));
    ASSERT_GT(content.bytes.size(), 3'000'000);
    const QString location = create(node, content, "same");
    EXPECT_EQ(create(node, content, "same"), location)
        << "a repeated creation made a second upload";
    qint64 offset = 0;
    for (const qint64 length : {qint64{1}, qint64{9}, qint64{1'048'575}, qint64{1'048'577}}) {
        EXPECT_EQ(patch(node, location, offset, content.bytes.mid(offset, length)).status, 204);
        offset += length;
        EXPECT_EQ(uploadOffset(node, location), offset);
    }
    cluster.power(1, "off");
    cluster.power(1, "on");
    EXPECT_TRUE(eventually([&] { return node.logIn() == 200; }));
    EXPECT_EQ(uploadOffset(node, location), offset);
    EXPECT_EQ(patch(node, location, offset - 1, content.bytes.mid(offset - 1)).code(),
              QStringLiteral("offset-mismatch"));
    const Reply last = patch(node, location, offset, content.bytes.mid(offset));
    EXPECT_EQ(last.status, 204);
    const QJsonObject package = onlyPackage(node);
    EXPECT_EQ(last.headers.value(QStringLiteral("quorate-package")),
              package.value(QStringLiteral("id")).toString());
    EXPECT_TRUE(package.value(QStringLiteral("verified")).toBool());
    EXPECT_EQ(package.value(QStringLiteral("sha256")).toString(),
              sandbox::sha256Hex(content.bytes));
    EXPECT_EQ(uploadOffset(node, location), content.bytes.size());
}

TEST(PracticeUpload, keepsWhatArrivedBeforeTheConnectionBroke)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    const Content content = contentOf(cluster.package(
        QStringLiteral("14.2.0"), {QStringLiteral("--size"), QStringLiteral("2M")}));
    const QString location = create(node, content, "k");
    cluster.fault(1, "cut-upload");
    qint64 before = 0;
    for (int cut = 0; cut < 3; ++cut) {
        EXPECT_EQ(patch(node, location, before, content.bytes.mid(before)).status, 0);
        EXPECT_TRUE(eventually([&] { return uploadOffset(node, location) > before; }));
        before = uploadOffset(node, location);
        EXPECT_LT(before, content.bytes.size());
    }
    cluster.fault(1, "cut-upload", false);
    EXPECT_TRUE(eventually(
        [&] { return patch(node, location, before, content.bytes.mid(before)).status == 204; }));
    EXPECT_TRUE(onlyPackage(node).value(QStringLiteral("verified")).toBool());
}

TEST(PracticeUpload, refusesBytesThatAreNotWhatTheyShouldBe)
{
    PracticeCluster cluster(QStringLiteral("mss"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    const Content content = contentOf(cluster.package(QStringLiteral("14.2.0")));
    const QString location = create(node, content, "k");
    const QByteArray part = content.bytes.left(1000);
    EXPECT_EQ(patch(node, location, 0, part, {checksum("other")}).status, 460);
    EXPECT_EQ(uploadOffset(node, location), 0);
    EXPECT_EQ(patch(node, location, 0, part, {checksum(part)}).status, 204);
    QByteArray changed = content.bytes.mid(1000);
    changed[5] = static_cast<char>(changed[5] ^ 1);
    EXPECT_EQ(patch(node, location, 1000, changed).code(), QStringLiteral("hash-mismatch"));
    EXPECT_EQ(uploadOffset(node, location), 0);
    EXPECT_TRUE(node.get(QStringLiteral("/packages"))
                    .json()
                    .value(QStringLiteral("items"))
                    .toArray()
                    .isEmpty());
    EXPECT_EQ(patch(node, location, 0, content.bytes + "more").code(),
              QStringLiteral("upload-overflow"));
}

TEST(PracticeUpload, saysWhenTheDiskIsFullAndGoesOnLater)
{
    PracticeCluster cluster(QStringLiteral("cm"), 1);
    ASSERT_TRUE(cluster.isUp());
    const ApiClient& node = cluster.node(1);
    const Content content = contentOf(cluster.package(QStringLiteral("2.11.0")));
    const QString location = create(node, content, "k");
    cluster.fault(1, "disk-full");
    EXPECT_EQ(patch(node, location, 0, content.bytes).status, 507);
    EXPECT_LT(node.node().value(QStringLiteral("diskFreeBytes")).toInteger(), 1'000'000);
    EXPECT_EQ(node.send({"POST",
                         QStringLiteral("/packages/uploads"),
                         {},
                         creationHeaders(content.bytes, {}, "k2"),
                         10'000,
                         true})
                  .status,
              507);
    cluster.fault(1, "disk-full", false);
    const qint64 offset = uploadOffset(node, location);
    EXPECT_EQ(patch(node, location, offset, content.bytes.mid(offset)).status, 204);
    EXPECT_TRUE(onlyPackage(node).value(QStringLiteral("verified")).toBool());
}

} // namespace quorate::sandboxtest
