// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "core/net/EventParser.h"
#include "core/net/FileWindow.h"
#include "tests/support/TempDir.h"

namespace quorate::net {
namespace {

const QByteArray kStream = "\xEF\xBB\xBF: hello\r\nid: 7\nevent: node\ndata: {\"a\":\ndata: 1}\n\n"
                           "data\n\r\nid: 8\rdata: x\r\rdata: cut";

TEST(EventParser, AnySplitGivesTheSameEvents)
{
    EventParser whole;
    const auto expected = whole.feed(kStream);
    ASSERT_TRUE(expected.has_value());
    ASSERT_EQ(expected->size(), 3U);
    EXPECT_EQ(expected->at(0), (ServerEvent{"node", "{\"a\":\n1}", "7"}));
    EXPECT_EQ(expected->at(1), (ServerEvent{"message", "", "7"}));
    EXPECT_EQ(expected->at(2), (ServerEvent{"message", "x", "8"}));
    for (qsizetype cut = 0; cut <= kStream.size(); ++cut) {
        EventParser parser;
        auto events = *parser.feed(kStream.left(cut));
        const auto rest = *parser.feed(kStream.mid(cut));
        events.insert(events.end(), rest.begin(), rest.end());
        EXPECT_EQ(events, *expected) << "cut at " << cut;
    }
}

TEST(EventParser, EndlessLineAndEndlessEventAreRefused)
{
    EventParser line;
    EXPECT_FALSE(line.feed(QByteArray(EventParser::kLineMax + 1, 'x')).has_value());
    EventParser event;
    const QByteArray data = "data: " + QByteArray(EventParser::kLineMax - 10, 'x') + "\n";
    Result<std::vector<ServerEvent>> result;
    for (int i = 0; i < 10 && result; ++i) {
        result = event.feed(data);
    }
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, QStringLiteral("event-too-large"));
}

TEST(FileWindow, GivesTheSameBytesInAndOutsideTheRing)
{
    QByteArray bytes;
    for (int i = 0; i < 1000; ++i) {
        bytes.append(static_cast<char>(i * 7));
    }
    const test::TempDir dir;
    FileWindow window(dir.write(QStringLiteral("f"), bytes), 3, 64);
    ASSERT_TRUE(window.open(bytes.size()).has_value());
    QByteArray fast, slow;
    char buffer[100];
    while (fast.size() < bytes.size()) {
        const qint64 got = window.read(fast.size(), buffer, sizeof buffer);
        ASSERT_GT(got, 0);
        fast.append(buffer, got);
        if (fast.size() > 500) { // far behind the ring
            const qint64 late = window.read(slow.size(), buffer, 10);
            slow.append(buffer, late);
        }
    }
    EXPECT_EQ(fast, bytes);
    EXPECT_EQ(slow, bytes.left(slow.size()));
    EXPECT_EQ(window.read(bytes.size(), buffer, 10), 0);
}

TEST(FileWindow, OtherSizeIsAChangedPackage)
{
    const test::TempDir dir;
    FileWindow window(dir.write(QStringLiteral("f"), "abc"), 3, 64);
    const auto opened = window.open(4);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, QStringLiteral("package-changed"));
}

} // namespace
} // namespace quorate::net
