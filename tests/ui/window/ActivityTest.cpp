// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/window/WindowFixture.h"

#include "ui/common/TableView.h"

#include <QAction>
#include <QCheckBox>

namespace quorate::ui {
namespace {

class ActivityLog : public WindowFixture {
protected:
    void add(const QString& text, const std::optional<ClusterId>& cluster)
    {
        store::ActivityEntry entry;
        entry.sequence = log.empty() ? 1 : log.front().sequence + 1;
        entry.at = clock.now();
        entry.cluster = cluster;
        entry.text = text;
        log.insert(log.begin(), entry);
    }
    int rows() { return find<TableView>("activityTable")->proxy()->rowCount(); }
    static ClusterId here() { return fixtures::gatewayProd().identity.id; }
};

TEST_F(ActivityLog, OnlyWhatIsNewIsRead)
{
    for (int entry = 0; entry < 50; ++entry) {
        add(QStringLiteral("entry %1").arg(entry), here());
    }
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("activityPane"));
    EXPECT_EQ(rows(), 50);
    logReads.clear();
    activity.look();
    EXPECT_EQ(logReads, std::vector<int>{1}) << "nothing has happened";
    add(QStringLiteral("one more"), here());
    logReads.clear();
    activity.look();
    EXPECT_EQ(logReads, (std::vector<int>{1, 1}));
    EXPECT_EQ(rows(), 51);
}

TEST_F(ActivityLog, APaneThatIsNotSeenCatchesUpWhenItIs)
{
    open(fixtures::gatewayProd());
    add(QStringLiteral("unseen"), here());
    activity.look();
    EXPECT_EQ(rows(), 0);
    window->showPane(QStringLiteral("activityPane"));
    EXPECT_EQ(rows(), 1);
}

TEST_F(ActivityLog, OnlyThisClusterFollowsTheChosenOne)
{
    add(QStringLiteral("here"), here());
    add(QStringLiteral("nowhere"), std::nullopt);
    open(fixtures::gatewayProd());
    window->showPane(QStringLiteral("activityPane"));
    EXPECT_EQ(rows(), 2);
    find<QCheckBox>("onlyThisCheck")->setChecked(true);
    EXPECT_EQ(rows(), 1);
}

TEST_F(ActivityLog, TheAboutDialogNamesTheKeyThatSignsEvidence)
{
    open(fixtures::gatewayProd());
    const auto ask = [this] {
        dialogs.messages.clear();
        find<QAction>("aboutAction")->trigger();
        return test::waitUntil([this] { return !dialogs.messages.empty(); })
                   ? dialogs.messages.back().text
                   : QString();
    };
    evidence = service::EvidenceIdentity{.subject = QStringLiteral("CN=Quorate evidence, ops1"),
                                         .sha256 = QByteArray::fromHex("0a0b0c"),
                                         .reason = {}};
    EXPECT_TRUE(ask().contains(QStringLiteral("0A:0B:0C")));
    evidence = service::EvidenceIdentity{
        .subject = {}, .sha256 = {}, .reason = QStringLiteral("No keychain")};
    EXPECT_TRUE(ask().contains(QStringLiteral("not signed here. No keychain")));
}

} // namespace
} // namespace quorate::ui
