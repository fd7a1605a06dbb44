// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/NodeObject.h"
#include "core/platform/kubernetes/Slim.h"
#include "tests/unit/kubernetes/NodeSamples.h"

#include <QJsonDocument>

namespace quorate::platform::kubernetes {
namespace {

QByteArray slim(const char* text) { return withoutBulk(QByteArray(text)); }

TEST(Slim, LeavesOutTheBulkWhereverItStands)
{
    EXPECT_EQ(slim(R"({"managedFields":[{"a":"]}"}],"name":"n"})"), R"({"name":"n"})");
    EXPECT_EQ(slim(R"({"name":"n","images":[1,2],"uid":"u"})"), R"({"name":"n","uid":"u"})");
    EXPECT_EQ(slim(R"({"name":"n","capacity":{"cpu":"8"}})"), R"({"name":"n"})");
    EXPECT_EQ(slim(R"({"images":[]})"), R"({})");
    EXPECT_EQ(slim(R"({"images":[],"capacity":{}})"), R"({})");
    EXPECT_EQ(slim(R"({"images":[],"capacity":{},"a":1,"allocatable":{},"images":[],"b":2})"),
              R"({"a":1,"b":2})");
    EXPECT_EQ(slim("{ \"a\" : 1 ,\n \"images\" : [ ] , \"b\" : 2 }"), "{ \"a\" : 1  , \"b\" : 2 }");
}

TEST(Slim, KeepsTextsOfTheSameNames)
{
    const QByteArray labels =
        R"({"labels":{"images":"yes","capacity":"8"},"note":"\"images\":[1]"})";
    EXPECT_EQ(withoutBulk(labels), labels);
}

TEST(Slim, GivesBackWhatIsNotWellFormed)
{
    for (const char* text :
         {"", "no json", "{", R"({"a")", R"({"images":[)", R"({"images":["\)", R"({"a":1,})",
          "[1,2", R"({"a":1}})", R"({"images":[]"b":1})", "{\"a\":\"\\"}) {
        EXPECT_EQ(slim(text), QByteArray(text)) << text;
    }
    const QByteArray deep = QByteArray(200, '[') + QByteArray(200, ']');
    EXPECT_EQ(withoutBulk(deep), deep);
}

TEST(Slim, ANodeIsReadTheSame)
{
    for (const char* text : {samples::kKubeadmMaster, samples::kKubeadmWorker, samples::kK3sVoter,
                             samples::kTalos, samples::kOpenShiftMaster}) {
        QJsonObject whole = samples::json(text);
        QJsonObject metadata = whole[QStringLiteral("metadata")].toObject();
        metadata.insert(
            QStringLiteral("managedFields"),
            QJsonArray{QJsonObject{{QStringLiteral("manager"), QStringLiteral("kube\"let\\")}}});
        whole.insert(QStringLiteral("metadata"), metadata);
        const QByteArray slimmed = withoutBulk(QJsonDocument(whole).toJson());
        EXPECT_FALSE(slimmed.contains("managedFields"));
        const auto read = decodeNodeObject(QJsonDocument::fromJson(slimmed).object());
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, samples::node(text));
    }
}

TEST(TextPool, SharesWhatIsEqualAndStaysBounded)
{
    TextPool texts;
    const QString first = texts.shared(QString::fromLatin1("KubeletReady"));
    EXPECT_EQ(first.constData(), texts.shared(QString::fromLatin1("KubeletReady")).constData());
    for (int number = 0; number < 5000; ++number) {
        EXPECT_EQ(texts.shared(QString::number(number)), QString::number(number));
    }
    EXPECT_NE(first.constData(), texts.shared(QString::fromLatin1("KubeletReady")).constData());
}

TEST(TextPool, DoesNotChangeWhatANodeSays)
{
    TextPool texts;
    const auto node = decodeNodeObject(samples::json(samples::kKubeadmMaster), &texts);
    ASSERT_TRUE(node);
    EXPECT_EQ(*node, samples::node(samples::kKubeadmMaster));
}

} // namespace
} // namespace quorate::platform::kubernetes
