// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Test.h"

#include "tests/fixtures/FixtureClusters.h"
#include "ui/cluster/OverviewFacts.h"

#include <algorithm>

namespace quorate::ui {
namespace {

using fixtures::sceneTime;

TEST(Banner, IsLiveOnlyWhileNodesAnswer)
{
    const auto live = bannerOf(fixtures::gatewayProd(), sceneTime());
    EXPECT_EQ(live.head, QStringLiteral("3 of 3 voters ready"));
    EXPECT_EQ(live.tone, Tone::Ok);
    EXPECT_TRUE(live.age.startsWith(QStringLiteral("live")));
    const auto old = bannerOf(fixtures::gatewayProd(), sceneTime() + Seconds(40));
    EXPECT_TRUE(old.stale);
    EXPECT_FALSE(old.age.startsWith(QStringLiteral("live")));
}

TEST(Banner, CutOffIsUnknownAndNeverGreen)
{
    const auto text = bannerOf(fixtures::gatewayProdCutOff(), sceneTime());
    EXPECT_EQ(text.tone, Tone::Unknown);
    EXPECT_TRUE(text.stale);
}

TEST(Attention, ACertificateOfOneNodeThatIsNotTrustedCanBeLookedAt)
{
    service::ClusterStatus status = fixtures::gatewayProd();
    const auto offersIt = [&status] {
        return std::ranges::count(attentionOf(status, sceneTime()), QStringLiteral("trust"),
                                  &AttentionItem::id)
               == 1;
    };
    EXPECT_FALSE(offersIt());
    status.connection = service::ConnectionState::Partly;
    status.connectionError =
        makeError(ErrorKind::Timeout, QStringLiteral("timeout"), QStringLiteral("No answer"));
    EXPECT_FALSE(offersIt());
    status.connectionError = makeError(ErrorKind::Tls, QStringLiteral("certificate-changed"),
                                       QStringLiteral("It has changed"));
    EXPECT_TRUE(offersIt());
}

TEST(Banner, LostIsBad)
{
    EXPECT_EQ(bannerOf(fixtures::gatewayProdLost(), sceneTime()).tone, Tone::Bad);
}

TEST(Attention, NamesTheFullDiskAndTheLostNode)
{
    const auto calm = attentionOf(fixtures::gatewayProd(), sceneTime());
    ASSERT_EQ(calm.size(), 1U);
    EXPECT_TRUE(calm[0].text.contains(QStringLiteral("node-3"))) << calm[0].text.toStdString();
    const auto lost = attentionOf(fixtures::gatewayProdLost(), sceneTime());
    EXPECT_GE(lost.size(), 2U);
    EXPECT_EQ(lost.front().tone, Tone::Bad);
}

TEST(Attention, SaysThatNoNodeAnswers)
{
    const auto items = attentionOf(fixtures::gatewayProdCutOff(), sceneTime());
    EXPECT_TRUE(std::ranges::any_of(
        items, [](const auto& each) { return each.id == QLatin1String("refresh"); }));
}

TEST(Ring, LinksOnlyWhatHearsEachOther)
{
    const auto data = ringOf(fixtures::gatewayProdLost(), {});
    ASSERT_EQ(data.links.size(), 3U);
    for (const auto& link : data.links) {
        EXPECT_FALSE(link.ok);
    }
    for (const auto& link : ringOf(fixtures::gatewayProd(), {}).links) {
        EXPECT_TRUE(link.ok);
    }
}

TEST(Ring, WhatNobodyCouldBeAskedAboutIsNotBroken)
{
    for (const auto& link : ringOf(fixtures::gatewayProdCutOff(), {}).links) {
        EXPECT_FALSE(link.ok);
        EXPECT_FALSE(link.known);
    }
    for (const auto& link : ringOf(fixtures::gatewayProd(), {}).links) {
        EXPECT_TRUE(link.known);
    }
}

TEST(History, SaysNothingOfTheTimeWhenNobodyCouldBeAsked)
{
    const auto cutOff = fixtures::gatewayProdCutOff();
    const auto data = historyOf(cutOff, sceneTime());
    ASSERT_FALSE(data.observed.empty());
    EXPECT_EQ(data.observed.back().value, kNotKnown);
    EXPECT_EQ(historyCaption(cutOff, sceneTime()),
              historyCaption(fixtures::gatewayProd(), sceneTime()));
    EXPECT_NE(historyOf(fixtures::gatewayProdLost(), sceneTime()).observed.back().value, kNotKnown);
}

TEST(Versions, AreNamedByNode)
{
    EXPECT_EQ(versionsText(*fixtures::gatewayProd().snapshot), QStringLiteral("14.1.0 on all"));
    EXPECT_TRUE(versionsText(*fixtures::gatewayProdUpgrading().snapshot)
                    .contains(QStringLiteral("14.2.0 on node-3")));
}

TEST(Caption, TellsMarginOrWhy)
{
    EXPECT_EQ(captionOf(fixtures::gatewayProd(), sceneTime()), QStringLiteral("margin 1"));
    EXPECT_EQ(captionOf(fixtures::gatewayProdLost(), sceneTime()), QStringLiteral("lost"));
    EXPECT_TRUE(captionOf(fixtures::labStale(), sceneTime()).endsWith(QStringLiteral("old")));
}

} // namespace
} // namespace quorate::ui
