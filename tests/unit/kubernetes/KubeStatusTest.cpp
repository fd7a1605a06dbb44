// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/platform/kubernetes/KubeClient.h"

namespace quorate::platform::kubernetes {
namespace {

KubeAnswer answer(int status, const QByteArray& body)
{
    KubeAnswer out;
    out.status = status;
    out.body = body;
    out.endpoint = QStringLiteral("https://a:6443/x");
    return out;
}

struct Case {
    const char* name;
    int status;
    QByteArray body;
    ErrorKind kind;
    const char* code;
    bool retryable;
};
void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }
class KubeStatusCase : public testing::TestWithParam<Case> {};

QByteArray body(const QByteArray& reason)
{
    return R"({"kind":"Status","reason":")" + reason + R"(","message":"why"})";
}

TEST_P(KubeStatusCase, BecomesItsError)
{
    const KubeAnswer given = answer(GetParam().status, GetParam().body);
    const Error error = kubeError(statusFrom(given), given.endpoint);
    EXPECT_EQ(error.kind, GetParam().kind);
    EXPECT_EQ(error.code, QString::fromLatin1(GetParam().code));
    EXPECT_EQ(error.httpStatus, GetParam().status);
    EXPECT_EQ(error.retryable, GetParam().retryable);
    EXPECT_EQ(error.endpoint, given.endpoint);
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, KubeStatusCase,
    testing::Values(
        Case{"unauthorized", 401, body("Unauthorized"), ErrorKind::Unauthorized, "unauthorized",
             false},
        Case{"forbidden", 403, body("Forbidden"), ErrorKind::Forbidden, "forbidden", false},
        Case{"not_found", 404, body("NotFound"), ErrorKind::NotFound, "not-found", false},
        Case{"conflict", 409, body("Conflict"), ErrorKind::Conflict, "conflict", false},
        Case{"exists", 409, body("AlreadyExists"), ErrorKind::Conflict, "already-exists", false},
        Case{"expired", 410, body("Expired"), ErrorKind::NotFound, "expired", false},
        Case{"invalid", 422, body("Invalid"), ErrorKind::Validation, "invalid", false},
        Case{"busy", 429, body("TooManyRequests"), ErrorKind::Server, "too-many-requests", true},
        Case{"defect", 500, body("InternalError"), ErrorKind::Server, "internal-error", true},
        Case{"not_json", 502, "<html>", ErrorKind::Server, "http-502", true},
        Case{"reason_is_no_word", 403, body("../etc"), ErrorKind::Forbidden, "http-403", false}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(KubeStatus, AnEvictionThatIsBlockedNamesTheBudget)
{
    const KubeStatus status = statusFrom(answer(429, R"({"kind":"Status","status":"Failure",
        "message":"Cannot evict pod as it would violate the pod's disruption budget.",
        "reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":10,"name":"web-1",
        "kind":"pods","causes":[{"reason":"DisruptionBudget","message":"The disruption budget web
        needs 2 healthy pods and has 2 currently"}]}})"));
    EXPECT_TRUE(status.hasCause(QStringLiteral("DisruptionBudget")));
    EXPECT_EQ(status.causes.front().message,
              QStringLiteral("The disruption budget web needs 2 healthy pods and has 2 currently"));
    EXPECT_EQ(status.retryAfter, Millis(10'000));
    EXPECT_EQ(status.name, QStringLiteral("web-1"));
}

TEST(KubeStatus, ExpiryHasThreeForms)
{
    EXPECT_TRUE(statusFrom(answer(410, "")).isExpired());
    const auto event = parseJsonObject(R"({"kind":"Status","code":410,"reason":"Gone"})");
    EXPECT_TRUE(statusFrom(*event, 0).isExpired());
    EXPECT_TRUE(statusFrom(answer(504, R"({"kind":"Status","reason":"Timeout","details":{"causes":[
        {"reason":"ResourceVersionTooLarge","message":"Too large resource version"}]}})"))
                    .isExpired());
    EXPECT_FALSE(statusFrom(answer(504, body("Timeout"))).isExpired());
}

TEST(KubeStatus, HostileTextsAreTamed)
{
    const KubeStatus status =
        statusFrom(answer(500, R"({"kind":"Status","message":")" + QByteArray(50'000, 'a')
                                   + R"(\u0007\n","details":{"retryAfterSeconds":999999999}})"));
    EXPECT_LE(status.message.size(), 1000);
    EXPECT_LE(status.retryAfter, Millis(Seconds(3600)));
    EXPECT_EQ(statusFrom(answer(500, R"({"kind":"Status","message":"a\u0007\nb"})")).message,
              QStringLiteral("a b"));
}

TEST(KubePath, EncodesEachPart)
{
    EXPECT_EQ(kubePath({QStringLiteral("api"), QStringLiteral("v1"), QStringLiteral("a/b c%")}),
              QStringLiteral("/api/v1/a%2Fb%20c%25"));
}

TEST(KubeProxy, IsHttpOrSocks)
{
    const auto http = proxyFrom(QUrl(QStringLiteral("http://me:p%40w@proxy:3128")));
    ASSERT_TRUE(http.has_value());
    EXPECT_EQ(http->type(), QNetworkProxy::HttpProxy);
    EXPECT_EQ(http->port(), 3128);
    EXPECT_EQ(http->password(), QStringLiteral("p@w"));
    EXPECT_EQ(proxyFrom(QUrl(QStringLiteral("socks5://proxy")))->port(), 1080);
    EXPECT_EQ(proxyFrom(QUrl(QStringLiteral("https://proxy"))).error().code,
              QStringLiteral("proxy-unsupported"));
}

} // namespace
} // namespace quorate::platform::kubernetes
