// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Act.h"

#include "tests/support/Test.h"

#include <QSet>

using namespace quorate;

namespace {

/// One of each kind, with every field set.
const std::vector<Act>& allActs()
{
    static const std::vector<Act> acts{
        act::Drain{true, true, 30, 900},
        act::Resume{},
        act::Reboot{},
        act::Shutdown{},
        act::StagePackage{PackageId{QStringLiteral("mss-appliance-14.2.0")}},
        act::InstallPackage{PackageId{QStringLiteral("mss-appliance-14.2.0")}},
        act::LookForUpdates{},
        act::InstallUpdates{},
        act::TakeBackup{QStringLiteral("/var/backups")},
        act::ScaleCluster{},
        act::StartService{QStringLiteral("ssh")},
        act::StopService{QStringLiteral("ssh")},
        act::Manual{QStringLiteral("Unplug it"), QStringLiteral("Is it unplugged?")},
        act::Cordon{},
        act::Redeploy{QStringLiteral("shop"), QStringLiteral("deployment"), QStringLiteral("web")},
    };
    return acts;
}

} // namespace

TEST(Act, TheListOfTheTestIsComplete)
{
    ASSERT_EQ(allActs().size(), std::variant_size_v<Act>);
    for (std::size_t index = 0; index < allActs().size(); ++index) {
        EXPECT_EQ(allActs()[index].index(), index);
    }
}

TEST(Act, EveryActSurvivesJson)
{
    for (const Act& value : allActs()) {
        const auto back = actFromJson(toJson(value));
        ASSERT_TRUE(back) << actName(value).toStdString() << ": "
                          << describe(back.error()).toStdString();
        EXPECT_EQ(*back, value) << actName(value).toStdString();
    }
}

TEST(Act, APlainDrainReadsAsEver)
{
    EXPECT_EQ(toJson(act::Drain{}),
              (QJsonObject{{QStringLiteral("act"), QStringLiteral("drain")}}));
    const auto plain = actFromJson(toJson(act::Drain{}));
    ASSERT_TRUE(plain);
    EXPECT_EQ(*plain, Act(act::Drain{}));
}

TEST(Act, NamesAndTitlesAreDistinct)
{
    QSet<QString> names;
    QSet<QString> titles;
    for (const Act& value : allActs()) {
        EXPECT_FALSE(actName(value).isEmpty());
        EXPECT_FALSE(actTitle(value).isEmpty());
        names.insert(actName(value));
        titles.insert(actTitle(value));
    }
    EXPECT_EQ(names.size(), static_cast<qsizetype>(allActs().size()));
    EXPECT_EQ(titles.size(), static_cast<qsizetype>(allActs().size()));
}

TEST(Act, TheGateIsAskedBeforeTheseAndNoOthers)
{
    QStringList away;
    for (const Act& value : allActs()) {
        if (takesVoterAway(value)) {
            away.append(actName(value));
        }
    }
    EXPECT_EQ(away, (QStringList{QStringLiteral("drain"), QStringLiteral("reboot"),
                                 QStringLiteral("shutdown"), QStringLiteral("install-package"),
                                 QStringLiteral("install-updates")}));
}

TEST(Act, TheseAreNeverSentTwice)
{
    QStringList once;
    for (const Act& value : allActs()) {
        if (!isRepeatable(value)) {
            once.append(actName(value));
        }
    }
    EXPECT_EQ(once, (QStringList{QStringLiteral("reboot"), QStringLiteral("shutdown"),
                                 QStringLiteral("install-package"),
                                 QStringLiteral("install-updates"), QStringLiteral("scale-cluster"),
                                 QStringLiteral("manual"), QStringLiteral("redeploy")}));
}

TEST(Act, WhatIsNotAnActIsRefused)
{
    const auto unknown =
        actFromJson(QJsonObject{{QStringLiteral("act"), QStringLiteral("explode")}});
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.error().message.contains(QStringLiteral("\"act\"")));
    EXPECT_FALSE(actFromJson(QJsonObject{}));
    EXPECT_FALSE(actFromJson(QJsonObject{{QStringLiteral("act"), 7}}));
    for (const int seconds : {-1, 86'401}) {
        EXPECT_FALSE(actFromJson(QJsonObject{{QStringLiteral("act"), QStringLiteral("drain")},
                                             {QStringLiteral("limitSeconds"), seconds}}));
    }
    for (const char* name : {"redeploy", "stage-package", "install-package", "start-service",
                             "stop-service", "manual"}) {
        EXPECT_FALSE(actFromJson(QJsonObject{{QStringLiteral("act"), QLatin1String(name)}}))
            << name << " without its field";
    }
}
