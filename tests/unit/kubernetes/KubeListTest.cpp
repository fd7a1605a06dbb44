// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/KubeList.h"

#include "core/platform/kubernetes/WatchLines.h"
#include "tests/support/Test.h"
#include "tests/unit/kubernetes/NodeSamples.h"

namespace quorate::platform::kubernetes {
namespace {

QJsonObject page(const char* next, const char* items = "[{}]")
{
    return samples::json((QByteArray(R"({"metadata":{"resourceVersion":"7","continue":")") + next
                          + R"("},"items":)" + items + "}")
                             .constData());
}

TEST(KubeListCursor, CountsWhatThePagesBring)
{
    ListCursor cursor(10);
    ASSERT_TRUE(cursor.take(page("a", "[{},{}]")));
    EXPECT_EQ(cursor.next(), QStringLiteral("a"));
    ASSERT_TRUE(cursor.take(page("")));
    EXPECT_TRUE(cursor.next().isEmpty());
    EXPECT_EQ(cursor.end().items, 3);
    EXPECT_EQ(cursor.end().resourceVersion, QStringLiteral("7"));
}

TEST(KubeListCursor, EndsListsThatHaveNoEnd)
{
    ListCursor same(10);
    ASSERT_TRUE(same.take(page("a")));
    EXPECT_FALSE(same.take(page("a")));

    ListCursor ring(10); // empty pages, whose tokens go round
    int pages = 0;
    while (pages < 2 * ListCursor::kPagesMax && ring.take(page(pages % 2 == 0 ? "a" : "b", "[]"))) {
        ++pages;
    }
    EXPECT_EQ(pages, ListCursor::kPagesMax);

    ListCursor full(1);
    EXPECT_FALSE(full.take(page("", "[{},{}]")));
}

TEST(KubeListCursor, PeeksOnlyAtWhatStandsBeforeTheItems)
{
    const auto peek = [](const char* text) { return ListCursor::peek(text); };
    EXPECT_EQ(
        peek(
            R"({"kind":"NodeList","metadata":{"resourceVersion":"7","continue":"a=="},"items":[{"x":1},)"),
        QStringLiteral("a=="));
    EXPECT_EQ(peek(R"({"kind":"NodeList","metadata":{"resourceVersion":"7"},"items":[)"),
              QString());
    EXPECT_EQ(peek(R"({"items":[{"x":1}],"metadata":{"continue":"a"}})"), QString());
    EXPECT_EQ(peek(R"({"metadata":{"continue":"a")"), QString());
    EXPECT_EQ(peek(R"({"metadata":{"continue":7},"items":[)"), QString());
    EXPECT_EQ(peek(R"({"metadata":{"continue":"a","note":"\"items\":["},"items":[)"),
              QStringLiteral("a"));
    EXPECT_EQ(ListCursor::peek(R"({"metadata":{"continue":"a"},)" + QByteArray(10'000, ' ')
                               + R"("items":[)"),
              QString());
}

TEST(KubeWatchLines, AreTheSameHoweverTheStreamComes)
{
    const QByteArray stream = "{\"a\":1}\n\n \r\n{\"b\":2}\r\n{\"c\"";
    for (qsizetype size = 1; size <= stream.size(); ++size) {
        WatchLines lines;
        for (qsizetype at = 0; at < stream.size(); at += size) {
            ASSERT_TRUE(lines.add(stream.mid(at, size)));
        }
        EXPECT_EQ(lines.take(), (QByteArrayList{"{\"a\":1}", "{\"b\":2}\r"})) << size;
        EXPECT_TRUE(lines.isEmpty());
        EXPECT_EQ(lines.bytes(), 0);
    }
}

TEST(KubeWatchLines, HaveABound)
{
    WatchLines lines;
    EXPECT_TRUE(lines.add(QByteArray(WatchLines::kLineMax, ' ')));
    const auto beyond = lines.add(" ");
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code, QStringLiteral("answer-too-large"));
}

} // namespace
} // namespace quorate::platform::kubernetes
