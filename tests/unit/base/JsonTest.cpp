// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Json.h"
#include "tests/support/Test.h"

#include <QJsonDocument>

namespace quorate {
namespace {

using ::testing::HasSubstr;

QJsonObject parsed(const QByteArray& text)
{
    const auto object = parseJsonObject(text);
    EXPECT_TRUE(object.has_value()) << ::testing::PrintToString(object.error());
    return object.value_or(QJsonObject());
}

std::string refusal(const QByteArray& text, const JsonLimits& limits = {})
{
    const auto object = parseJsonObject(text, limits);
    if (object) {
        return "accepted";
    }
    EXPECT_EQ(object.error().kind, ErrorKind::Protocol);
    return object.error().message.toStdString();
}

/// What a reader says of one field, or "" when it is content.
template <typename Read>
std::string complaint(const QByteArray& text, Read read)
{
    JsonReader in(parsed(text));
    read(in);
    return in.error() ? in.error()->message.toStdString() : "";
}

TEST(ParseJsonObject, ReadsAnObject)
{
    EXPECT_EQ(parsed(R"({"a":[1,{"b":"}]\"{"}]})").value(QStringLiteral("a")).toArray().size(), 2);
}

TEST(ParseJsonObject, RefusesWhatIsNotOne)
{
    EXPECT_THAT(refusal(""), HasSubstr("Not JSON"));
    EXPECT_THAT(refusal(R"({"a":)"), HasSubstr("Not JSON at byte"));
    EXPECT_THAT(refusal("[1]"), HasSubstr("not an object"));
    EXPECT_THAT(refusal("\"text\""), HasSubstr("JSON"));
    EXPECT_THAT(refusal("{} x"), HasSubstr("Not JSON"));
    EXPECT_THAT(refusal("{\"a\":\"\xff\xfe\"}"), HasSubstr("Not JSON"));
}

TEST(ParseJsonObject, SizeLimitIsInclusive)
{
    const QByteArray text = R"({"a":1})";
    EXPECT_EQ(refusal(text, {.bytesMax = text.size()}), "accepted");
    EXPECT_THAT(refusal(text, {.bytesMax = text.size() - 1}), HasSubstr("larger than 6 bytes"));
}

TEST(ParseJsonObject, DepthLimitIsInclusive)
{
    const auto nested = [](int depth) {
        return "{\"a\":" + QByteArray(depth - 1, '[') + QByteArray(depth - 1, ']') + '}';
    };
    EXPECT_EQ(refusal(nested(32)), "accepted");
    EXPECT_THAT(refusal(nested(33)), HasSubstr("nested deeper than 32"));
    EXPECT_THAT(refusal(QByteArray(5'000'000, '[')), HasSubstr("nested deeper"));
}

TEST(ParseJsonObject, CountLimitHolds)
{
    EXPECT_EQ(refusal(R"({"a":[1,2,3]})", {.valuesMax = 5}), "accepted");
    EXPECT_THAT(refusal(R"({"a":[1,2,3]})", {.valuesMax = 4}), HasSubstr("more than 4 values"));
    EXPECT_EQ(refusal(R"({"a":",,,,[[[["})", {.depthMax = 1, .valuesMax = 2}), "accepted");
}

TEST(JsonReader, ReadsEveryType)
{
    JsonReader in(
        parsed(R"({"s":"x","i":-7,"n":1.5,"b":true,"t":"2026-11-21T10:04:05.123Z","l":["p","q"],
                             "o":{"k":1},"a":[{"k":1},{"k":2}],"null":null})"));
    EXPECT_EQ(in.string("s"), QStringLiteral("x"));
    EXPECT_EQ(in.optionalString("s"), QStringLiteral("x"));
    EXPECT_EQ(in.integer("i"), -7);
    EXPECT_EQ(in.number("n"), 1.5);
    EXPECT_TRUE(in.boolean("b"));
    EXPECT_EQ(toIso(in.time("t")), QStringLiteral("2026-11-21T10:04:05.123Z"));
    EXPECT_EQ(in.strings("l"), QStringList({QStringLiteral("p"), QStringLiteral("q")}));
    JsonReader inner = in.object("o");
    EXPECT_EQ(inner.integer("k"), 1);
    EXPECT_EQ(in.objects("a").size(), 2U);
    EXPECT_TRUE(in.has("null"));
    EXPECT_EQ(in.finish(1), Result<int>(1));
}

TEST(JsonReader, AbsentAndNullAreFineForOptionals)
{
    JsonReader in(parsed(R"({"null":null})"));
    for (const char* key : {"null", "absent"}) {
        EXPECT_EQ(in.optionalString(key), std::nullopt);
        EXPECT_EQ(in.stringOr(key, QStringLiteral("d")), QStringLiteral("d"));
        EXPECT_EQ(in.optionalInteger(key), std::nullopt);
        EXPECT_EQ(in.optionalNumber(key), std::nullopt);
        EXPECT_TRUE(in.booleanOr(key, true));
        EXPECT_EQ(in.optionalTime(key), std::nullopt);
        EXPECT_TRUE(in.strings(key).isEmpty());
        EXPECT_EQ(in.optionalObject(key), std::nullopt);
        EXPECT_TRUE(in.objects(key).empty());
    }
    EXPECT_EQ(in.error(), std::nullopt);
}

TEST(JsonReader, AbsentRequiredFieldIsNamed)
{
    EXPECT_THAT(complaint("{}", [](JsonReader& in) { in.string("name"); }),
                HasSubstr("\"name\": expected a text"));
    EXPECT_THAT(complaint("{}", [](JsonReader& in) { in.object("o"); }),
                HasSubstr("expected an object"));
}

TEST(JsonReader, EveryWrongTypeIsRefused)
{
    const QByteArray text =
        R"({"text":"x","number":1,"bool":true,"list":[1],"object":{},"null":null})";
    struct Case {
        const char* accepts;
        std::function<void(JsonReader&, const char*)> read;
        bool nullIsFine;
    };
    const std::vector<Case> cases = {
        {"text", [](JsonReader& in, const char* key) { in.string(key); }, false},
        {"text", [](JsonReader& in, const char* key) { in.optionalString(key); }, true},
        {"text", [](JsonReader& in, const char* key) { in.stringOr(key, {}); }, true},
        {"number", [](JsonReader& in, const char* key) { in.integer(key); }, false},
        {"number", [](JsonReader& in, const char* key) { in.optionalInteger(key); }, true},
        {"number", [](JsonReader& in, const char* key) { in.number(key); }, false},
        {"number", [](JsonReader& in, const char* key) { in.optionalNumber(key); }, true},
        {"bool", [](JsonReader& in, const char* key) { in.boolean(key); }, false},
        {"bool", [](JsonReader& in, const char* key) { in.booleanOr(key, false); }, true},
        {"none", [](JsonReader& in, const char* key) { in.time(key); }, false},
        {"none", [](JsonReader& in, const char* key) { in.optionalTime(key); }, true},
        {"none", [](JsonReader& in, const char* key) { in.strings(key); }, true},
        {"none", [](JsonReader& in, const char* key) { in.objects(key); }, true},
        {"object", [](JsonReader& in, const char* key) { in.object(key); }, false},
        {"object", [](JsonReader& in, const char* key) { in.optionalObject(key); }, true},
    };
    for (std::size_t at = 0; at < cases.size(); ++at) {
        for (const char* key : {"text", "number", "bool", "list", "object", "null"}) {
            const bool fine = std::string(key) == cases[at].accepts
                              || (std::string(key) == "null" && cases[at].nullIsFine);
            const auto said = complaint(text, [&](JsonReader& in) { cases[at].read(in, key); });
            EXPECT_EQ(said.empty(), fine) << "reader " << at << " on " << key << ": " << said;
        }
    }
}

TEST(JsonReader, IntegersAreWholeAndExact)
{
    const auto integer = [](JsonReader& in) { in.integer("i"); };
    EXPECT_EQ(complaint(R"({"i":9007199254740992})", integer), "");
    EXPECT_THAT(complaint(R"({"i":1.5})", integer), HasSubstr("a whole number"));
    EXPECT_THAT(complaint(R"({"i":1e300})", integer), HasSubstr("a whole number"));
    EXPECT_THAT(complaint(R"({"i":18014398509481984})", integer), HasSubstr("a whole number"));
}

TEST(JsonReader, LongTextsAndBadTimesAreRefused)
{
    const QByteArray longest(JsonReader::kTextMax, 'x');
    EXPECT_EQ(complaint("{\"s\":\"" + longest + "\"}", [](JsonReader& in) { in.string("s"); }), "");
    EXPECT_THAT(complaint("{\"s\":\"x" + longest + "\"}", [](JsonReader& in) { in.string("s"); }),
                HasSubstr("shorter"));
    EXPECT_THAT(
        complaint("{\"s\":[\"x" + longest + "\"]}", [](JsonReader& in) { in.strings("s"); }),
        HasSubstr("list of texts"));
    EXPECT_THAT(complaint(R"({"t":"yesterday"})", [](JsonReader& in) { in.time("t"); }),
                HasSubstr("ISO 8601"));
}

TEST(JsonReader, PathsNameTheElementAndTheFirstErrorStays)
{
    JsonReader in(parsed(R"({"members":[{"state":"ready"},{"state":7}],"later":1})"));
    for (JsonReader& member : in.objects("members")) {
        member.string("state");
        in.absorb(member);
    }
    in.string("later");
    ASSERT_TRUE(in.error().has_value());
    EXPECT_EQ(in.error()->message, QStringLiteral("Field \"members[1].state\": expected a text"));
    EXPECT_FALSE(in.finish(1).has_value());
}

TEST(JsonReader, OwnChecksUseReject)
{
    JsonReader in(parsed(R"({"port":70000})"), QStringLiteral("nodes[0]"));
    if (in.integer("port") > 65535) {
        in.reject("port", QStringLiteral("a port"));
    }
    ASSERT_TRUE(in.error().has_value());
    EXPECT_EQ(in.error()->message, QStringLiteral("Field \"nodes[0].port\": expected a port"));
}

} // namespace
} // namespace quorate
