// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/ClusterFile.h"

#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace quorate;

namespace {

QJsonObject node(const char* id, const char* address)
{
    return {{QStringLiteral("id"), QLatin1String(id)},
            {QStringLiteral("address"), QLatin1String(address)}};
}

QJsonObject goodFile()
{
    return {{QStringLiteral("format"), QStringLiteral("quorate-cluster/1")},
            {QStringLiteral("name"), QStringLiteral("gateway-prod")},
            {QStringLiteral("system"), QStringLiteral("mss")},
            {QStringLiteral("platform"), QStringLiteral("nodeadmin")},
            {QStringLiteral("nodes"), QJsonArray{node("node-1", "https://10.20.0.11:9443"),
                                                 node("node-2", "https://10.20.0.12:9443")}}};
}

QJsonObject practiceFile()
{
    QJsonObject file = goodFile();
    file[QStringLiteral("environment")] = QStringLiteral("practice");
    file[QStringLiteral("practice")] =
        QJsonObject{{QStringLiteral("speed"), 60},
                    {QStringLiteral("credentials"), QStringLiteral("operator.json")}};
    return file;
}

Result<ClusterFile> parse(const QJsonObject& object)
{
    return ClusterFile::parse(QJsonDocument(object).toJson(), QStringLiteral("/srv/demo"));
}

/// The file with one field changed or, with an undefined value, removed.
QJsonObject with(QJsonObject object, const char* field, const QJsonValue& value)
{
    if (value.isUndefined()) {
        object.remove(QLatin1String(field));
    } else {
        object[QLatin1String(field)] = value;
    }
    return object;
}

struct Wrong {
    const char* what;
    QJsonObject file;
    const char* code;
    const char* mentions; ///< what the message must name
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.what; }

const QJsonValue kNone{QJsonValue::Undefined};

std::vector<Wrong> wrongFiles()
{
    const QJsonObject good = goodFile();
    const auto text = [](const char* value) { return QJsonValue(QLatin1String(value)); };
    const auto nodes = [&](const QJsonArray& list) { return with(good, "nodes", list); };
    return {
        {"no format", with(good, "format", kNone), "bad-field", "\"format\""},
        {"another format", with(good, "format", text("quorate-cluster/2")), "bad-field",
         "quorate-cluster/1"},
        {"no name", with(good, "name", kNone), "bad-field", "\"name\""},
        {"a number as name", with(good, "name", 7), "bad-field", "\"name\""},
        {"an empty name", with(good, "name", text(" ")), "bad-field", "\"name\""},
        {"no system", with(good, "system", kNone), "bad-field", "\"system\""},
        {"a foreign system", with(good, "system", text("vms")), "bad-field", "\"system\""},
        {"a foreign platform", with(good, "platform", text("telnet")), "bad-field", "\"platform\""},
        {"a foreign environment", with(good, "environment", text("prod")), "bad-field",
         "\"environment\""},
        {"a certificate that is no text", with(good, "ca", 1), "bad-field", "\"ca\""},
        {"a publisher that is a text", with(good, "publisher", text("us")), "bad-field",
         "\"publisher\""},
        {"nodes that are no list", with(good, "nodes", text("node-1")), "bad-field", "\"nodes\""},
        {"a node that is a text", nodes({text("node-1")}), "bad-field", "\"nodes\""},
        {"a node without id",
         nodes({QJsonObject{{QStringLiteral("address"), QStringLiteral("https://a:1")}}}),
         "bad-field", "nodes[0].id"},
        {"a node without address",
         nodes({node("a", "https://a:1"), QJsonObject{{QStringLiteral("id"), text("b")}}}),
         "bad-field", "nodes[1].address"},
        {"no nodes", nodes({}), "bad-node-count", "0 nodes"},
        {"nodes left out", with(good, "nodes", kNone), "bad-node-count", "0 nodes"},
        {"an empty id", nodes({node("", "https://a:1")}), "bad-node-id", "empty"},
        {"an id twice", nodes({node("a", "https://a:1"), node("a", "https://b:1")}), "bad-node-id",
         "\"a\""},
        {"an address without encryption", nodes({node("a", "http://a:1")}), "bad-address", "\"a\""},
        {"an address without scheme", nodes({node("a", "a:9443")}), "bad-address", "\"a\""},
        {"an address without host", nodes({node("a", "https:///x")}), "bad-address", "\"a\""},
        {"an address with a user", nodes({node("a", "https://me:pw@a:1")}), "bad-address", "\"a\""},
        {"credentials outside practice", with(practiceFile(), "environment", text("production")),
         "not-practice", "practice"},
        {"practice without its tag", with(practiceFile(), "environment", kNone), "not-practice",
         "practice"},
        {"a speed below one",
         with(practiceFile(), "practice", QJsonObject{{QStringLiteral("speed"), 0.5}}), "bad-speed",
         "practice.speed"},
        {"a speed without sense",
         with(practiceFile(), "practice", QJsonObject{{QStringLiteral("speed"), 1e9}}), "bad-speed",
         "practice.speed"},
        {"a speed that is a text",
         with(practiceFile(), "practice", QJsonObject{{QStringLiteral("speed"), text("1")}}),
         "bad-field", "practice.speed"},
    };
}

class WrongClusterFile : public testing::TestWithParam<Wrong> {};

} // namespace

TEST(ClusterFile, ReadsEveryField)
{
    QJsonObject object = practiceFile();
    object[QStringLiteral("ca")] = QStringLiteral("-----BEGIN CERTIFICATE-----");
    object[QStringLiteral("publisher")] =
        QJsonObject{{QStringLiteral("name"), QStringLiteral("Practice publisher")},
                    {QStringLiteral("certificate"), QStringLiteral("PEM")}};
    const auto file = parse(object);
    ASSERT_TRUE(file) << describe(file.error()).toStdString();
    EXPECT_EQ(file->name, QStringLiteral("gateway-prod"));
    EXPECT_EQ(file->system, SystemKind::Mss);
    EXPECT_EQ(file->platform, QStringLiteral("nodeadmin"));
    EXPECT_EQ(file->environment, Environment::Practice);
    ASSERT_EQ(file->nodes.size(), 2U);
    EXPECT_EQ(file->nodes[1].id, NodeId{QStringLiteral("node-2")});
    EXPECT_EQ(file->nodes[1].name, QStringLiteral("node-2")); // its id, when it has no name
    EXPECT_EQ(file->nodes[1].address, QUrl(QStringLiteral("https://10.20.0.12:9443")));
    EXPECT_EQ(file->caPem, QByteArray("-----BEGIN CERTIFICATE-----"));
    EXPECT_EQ(file->publisherName, QStringLiteral("Practice publisher"));
    EXPECT_EQ(file->publisherCertificate, QByteArray("PEM"));
    ASSERT_TRUE(file->practice);
    EXPECT_EQ(file->practice->speed, 60);
    EXPECT_EQ(file->practice->credentialsFile, QStringLiteral("/srv/demo/operator.json"));
}

TEST(ClusterFile, OptionalFieldsMayBeLeftOut)
{
    const auto file = parse(goodFile());
    ASSERT_TRUE(file) << describe(file.error()).toStdString();
    EXPECT_EQ(file->environment, Environment::Untagged);
    EXPECT_TRUE(file->caPem.isEmpty());
    EXPECT_FALSE(file->practice);
}

TEST_P(WrongClusterFile, IsRefusedWithCodeAndField)
{
    const auto file = parse(GetParam().file);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().kind, ErrorKind::Validation);
    EXPECT_EQ(file.error().code, QLatin1String(GetParam().code));
    EXPECT_THAT(file.error().message.toStdString(), testing::HasSubstr(GetParam().mentions));
    EXPECT_THAT(file.error().message.toStdString(),
                testing::Not(testing::HasSubstr("pw"))); // no secret is echoed
}

INSTANTIATE_TEST_SUITE_P(ClusterFile, WrongClusterFile, testing::ValuesIn(wrongFiles()));

TEST(ClusterFile, SecretsAreRefusedWhereverTheyStand)
{
    const QJsonValue canary(QStringLiteral("canary-4711"));
    for (const char* field :
         {"password", "adminPassword", "token", "api_token", "clientSecret", "privateKey",
          "private_key", "private-key", "key", "apiKey", "passphrase"}) {
        QJsonObject inNode = node("a", "https://a:1");
        inNode[QLatin1String(field)] = canary;
        const std::vector<QJsonObject> places{
            with(goodFile(), field, canary), with(goodFile(), "nodes", QJsonArray{inNode}),
            with(goodFile(), "other",
                 QJsonObject{{QStringLiteral("deep"), QJsonArray{QJsonArray{inNode}}}})};
        for (const QJsonObject& place : places) {
            const auto file = parse(place);
            ASSERT_FALSE(file) << field;
            EXPECT_EQ(file.error().code, QStringLiteral("secret-in-file")) << field;
            EXPECT_TRUE(file.error().message.contains(QLatin1String(field))) << field;
            EXPECT_FALSE(describe(file.error()).contains(QStringLiteral("canary"))) << field;
        }
    }
}

TEST(ClusterFile, APrivateKeyInACertificateFieldIsRefused)
{
    const QString pem =
        QStringLiteral("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n");
    const auto inCa = parse(with(goodFile(), "ca", pem));
    ASSERT_FALSE(inCa);
    EXPECT_EQ(inCa.error().code, QStringLiteral("secret-in-file"));
    const auto inPublisher =
        parse(with(goodFile(), "publisher", QJsonObject{{QStringLiteral("certificate"), pem}}));
    ASSERT_FALSE(inPublisher);
    EXPECT_EQ(inPublisher.error().code, QStringLiteral("secret-in-file"));
}

TEST(ClusterFile, WhatIsNotAJsonObjectIsRefused)
{
    for (const char* text : {"", "[]", "7", "{", "{\"name\":", "\xff\xfe", "null"}) {
        const auto file = ClusterFile::parse(text, {});
        ASSERT_FALSE(file) << text;
        EXPECT_EQ(file.error().code, QStringLiteral("not-json")) << text;
    }
    const auto huge = ClusterFile::parse(QByteArray(ClusterFile::kBytesMax + 1, ' '), {});
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code, QStringLiteral("not-json"));
}

TEST(ClusterFile, ManyNodesAreBounded)
{
    QJsonArray nodes;
    for (int i = 0; i <= ClusterFile::kNodesMax; ++i) {
        nodes.append(node(qPrintable(QStringLiteral("n%1").arg(i)), "https://a:1"));
    }
    const auto tooMany = parse(with(goodFile(), "nodes", nodes));
    ASSERT_FALSE(tooMany);
    EXPECT_EQ(tooMany.error().code, QStringLiteral("bad-node-count"));
    nodes.removeLast();
    EXPECT_TRUE(parse(with(goodFile(), "nodes", nodes)));
}

TEST(ClusterFile, CredentialsAreFoundBesideTheFile)
{
    const test::TempDir folder;
    const QString path =
        folder.write(QStringLiteral("cluster.json"), QJsonDocument(practiceFile()).toJson());
    const auto file = ClusterFile::read(path);
    ASSERT_TRUE(file) << describe(file.error()).toStdString();
    EXPECT_EQ(file->practice.value().credentialsFile, folder.path(QStringLiteral("operator.json")));
    const auto broken = ClusterFile::read(folder.write(QStringLiteral("broken.json"), "{"));
    ASSERT_FALSE(broken);
    EXPECT_TRUE(describe(broken.error()).contains(QStringLiteral("broken.json")));
}

TEST(ClusterFile, AMissingFileNamesItsPath)
{
    const auto file = ClusterFile::read(QStringLiteral("/does/not/exist.json"));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().kind, ErrorKind::Storage);
    EXPECT_TRUE(file.error().message.contains(QStringLiteral("/does/not/exist.json")));
}
