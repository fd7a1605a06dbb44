// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/nodeadmin/ActRequests.h"
#include "core/platform/nodeadmin/Decode.h"
#include "tests/unit/nodeadmin/SampleAnswers.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace quorate::platform::nodeadmin {
namespace {

using namespace sample;

QJsonObject json(const char* text)
{
    const auto document = QJsonDocument::fromJson(text);
    EXPECT_TRUE(document.isObject()) << text;
    return document.object();
}

const char kOperation[] = R"({"id":"op-1","kind":"drain","state":"running","progress":0.5,
 "startedAt":"2026-11-21T10:00:00.000Z","endedAt":null,"message":"m","idempotencyKey":"k"})";
const char kPackage[] =
    R"({"id":"p-1","name":"p","version":"1.0.0","system":"mss","sizeBytes":5,"verified":true,
 "sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
 "stagedAt":"2026-11-21T10:00:00.000Z","from":[]})";
const char kLease[] = R"({"lease":{"owner":"o","acquiredAt":"2026-11-21T10:00:00.000Z",
 "expiresAt":"2026-11-21T10:03:00.000Z","note":""}})";

struct Kind {
    const char* name;
    const char* good;
    std::function<std::optional<Error>(const QJsonObject&)> decode;
    QStringList free; ///< fields that are not read, or may be anything
};

template <typename T>
auto errorOf(Result<T> (*decode)(const QJsonObject&))
{
    return [decode](const QJsonObject& object) -> std::optional<Error> {
        auto result = decode(object);
        return result ? std::nullopt : std::optional(result.error());
    };
}

const std::vector<Kind>& kinds()
{
    static const std::vector<Kind> all{
        {"node", kNode, errorOf(decodeNode), {QStringLiteral("address"), QStringLiteral("system")}},
        {"cluster",
         kCluster,
         errorOf(decodeCluster),
         {QStringLiteral("name"), QStringLiteral("system"), QStringLiteral("observedBy")}},
        {"operation",
         kOperation,
         errorOf(decodeOperation),
         {QStringLiteral("startedAt"), QStringLiteral("endedAt")}},
        {"package",
         kPackage,
         errorOf(decodePackage),
         {QStringLiteral("system"), QStringLiteral("stagedAt"), QStringLiteral("from")}},
        {"session", kSession, errorOf(decodeSession), {}},
        {"lease", kLease, errorOf(decodeLease), {}},
    };
    return all;
}

bool mayBeAbsent(const QString& field)
{
    return field == QStringLiteral("installedPackage") || field == QStringLiteral("leader")
           || field == QStringLiteral("lease");
}

TEST(Decode, AcceptsTheExamples)
{
    for (const Kind& kind : kinds()) {
        const auto error = kind.decode(json(kind.good));
        EXPECT_FALSE(error.has_value()) << kind.name << ": " << testing::PrintToString(*error);
    }
}

TEST(Decode, EveryFieldOfAnotherTypeIsRefusedByItsName)
{
    const std::vector<QJsonValue> others{QJsonValue(QStringLiteral("x\u0001")),
                                         QJsonValue(true),
                                         QJsonValue(-1),
                                         QJsonValue(1e300),
                                         QJsonArray{1},
                                         QJsonObject{{QStringLiteral("z"), 1}},
                                         QJsonValue(QString(70'000, QLatin1Char('a')))};
    int tried = 0;
    for (const Kind& kind : kinds()) {
        const QJsonObject good = json(kind.good);
        for (const QString& field : good.keys()) {
            if (kind.free.contains(field)) {
                continue;
            }
            for (const QJsonValue& other : others) {
                if (other.type() == good.value(field).type()
                    || (field == QStringLiteral("leader") && other.isString())) {
                    continue; // values of the right type have tests of their own
                }
                QJsonObject bad = good;
                bad.insert(field, other);
                const auto error = kind.decode(bad);
                ++tried;
                ASSERT_TRUE(error.has_value()) << kind.name << "." << field.toStdString();
                EXPECT_EQ(error->kind, ErrorKind::Protocol);
                EXPECT_TRUE(error->message.contains(field)) << error->message.toStdString();
            }
        }
    }
    EXPECT_GT(tried, 150);
}

TEST(Decode, EveryMissingFieldIsRefusedByItsName)
{
    for (const Kind& kind : kinds()) {
        const QJsonObject good = json(kind.good);
        for (const QString& field : good.keys()) {
            if (kind.free.contains(field)
                || (mayBeAbsent(field) && field != QStringLiteral("lease"))) {
                continue;
            }
            QJsonObject bad = good;
            bad.remove(field);
            const auto error = kind.decode(bad);
            ASSERT_TRUE(error.has_value()) << kind.name << "." << field.toStdString();
            EXPECT_TRUE(error->message.contains(field)) << error->message.toStdString();
        }
    }
}

struct Wrong {
    const char* field;
    QJsonValue value;
};

TEST(Decode, ImpossibleValuesOfANodeAreRefused)
{
    for (const Wrong& wrong :
         {Wrong{"id", QString()}, Wrong{"id", QString(300, QLatin1Char('i'))},
          Wrong{"version", QStringLiteral("new")}, Wrong{"startedAt", QStringLiteral("yesterday")},
          Wrong{"diskFreeBytes", -1}, Wrong{"appliedIndex", 1.5}, Wrong{"appliedIndex", 1e300},
          Wrong{"load", -0.5}, Wrong{"updatesAvailable", -2}, Wrong{"bootId", QString()}}) {
        QJsonObject bad = json(kNode);
        bad.insert(QLatin1String(wrong.field), wrong.value);
        const auto result = decodeNode(bad);
        ASSERT_FALSE(result.has_value()) << wrong.field;
        EXPECT_TRUE(result.error().message.contains(QLatin1String(wrong.field)));
    }
}

TEST(Decode, ListsAreBoundedAndMembersAreUnique)
{
    QJsonObject many = json(kCluster);
    QJsonArray members;
    const QJsonValue member = many.value(QStringLiteral("members")).toArray().at(0);
    members.append(member);
    members.append(member);
    many.insert(QStringLiteral("members"), members);
    EXPECT_FALSE(decodeCluster(many).has_value());
    while (members.size() <= kMembersMax) {
        members.append(member);
    }
    many.insert(QStringLiteral("members"), members);
    const auto result = decodeCluster(many);
    ASSERT_FALSE(result.has_value());
    EXPECT_TRUE(result.error().message.contains(QStringLiteral("at most")));
}

TEST(Decode, UnknownWordsStayVisible)
{
    QJsonObject node = json(kNode);
    node.insert(QStringLiteral("state"), QStringLiteral("hibernating"));
    const auto answer = decodeNode(node);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->self.state, NodeState::Unrecognised);
    EXPECT_EQ(answer->self.stateText, QStringLiteral("hibernating"));
}

TEST(Decode, GraceEndsAfterTheNodesOwnLimit)
{
    const auto view = decodeCluster(json(kCluster));
    ASSERT_TRUE(view.has_value());
    const PeerView& member = view->members.at(0);
    ASSERT_TRUE(member.graceEndsAt.has_value());
    EXPECT_EQ(*member.graceEndsAt - *member.lastContactAt, Millis(5000));
}

TEST(ProbeByState, SaysWhatTheNodeShows)
{
    NodeAnswer now = *decodeNode(json(kNode));
    Observation before;
    before.self = now.self;
    EXPECT_EQ(judgeByState(act::Drain{}, now, before), ProbeOutcome::NotDone);
    EXPECT_EQ(judgeByState(act::Resume{}, now, before), ProbeOutcome::Done);
    EXPECT_EQ(judgeByState(act::Reboot{}, now, before), ProbeOutcome::NotDone);
    EXPECT_EQ(judgeByState(act::Reboot{}, now, {}), ProbeOutcome::NotDone);
    now.self.bootId = QStringLiteral("b2");
    EXPECT_EQ(judgeByState(act::Reboot{}, now, before), ProbeOutcome::Done);
    now.self.rebootNeeded = true;
    EXPECT_EQ(judgeByState(act::Reboot{}, now, before), ProbeOutcome::NotDone);
    const PackageId package{QStringLiteral("p-1")};
    EXPECT_EQ(judgeByState(act::StagePackage{package}, now, before), ProbeOutcome::Done);
    EXPECT_EQ(judgeByState(act::InstallPackage{package}, now, before), ProbeOutcome::NotDone);
    now.self.state = NodeState::Updating;
    EXPECT_EQ(judgeByState(act::InstallPackage{package}, now, before), ProbeOutcome::Running);
    now.installedPackage = package;
    EXPECT_EQ(judgeByState(act::InstallPackage{package}, now, before), ProbeOutcome::Done);
    EXPECT_EQ(judgeByState(act::StopService{QStringLiteral("ssh")}, now, before),
              ProbeOutcome::NotDone);
    EXPECT_EQ(judgeByState(act::StartService{QStringLiteral("none")}, now, before),
              ProbeOutcome::Unknown);
}

} // namespace
} // namespace quorate::platform::nodeadmin
