// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sql.h"
#include "tests/unit/store/StoreSupport.h"

namespace quorate::store {
namespace {

ClusterProfile sampleProfile(const QString& id)
{
    ClusterFile file;
    file.name = QStringLiteral("Practice “Ö”");
    file.system = SystemKind::Mss;
    file.platform = QStringLiteral("nodeadmin");
    file.environment = Environment::Practice;
    file.nodes = {{NodeId{QStringLiteral("node-1")}, QStringLiteral("n1"),
                   QUrl(QStringLiteral("https://127.0.0.1:19443"))},
                  {NodeId{QStringLiteral("node-2")}, QStringLiteral("n2"),
                   QUrl(QStringLiteral("https://[::1]:19444"))}};
    file.caPem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
    file.publisherName = QStringLiteral("Practice publisher");
    file.publisherCertificate = "-----BEGIN CERTIFICATE-----\nMIJ\n-----END CERTIFICATE-----\n";
    file.practice = PracticeSettings{
        .speed = 60, .credentialsFile = QStringLiteral("/srv/practice/credentials")};
    return {.id = ClusterId{id},
            .file = file,
            .user = QStringLiteral("admin"),
            .readOnly = true,
            .reserve = 1};
}

TEST_F(StoreTest, ProfilesComeBackInTheirOrder)
{
    ASSERT_TRUE(m_store->profiles()->empty());
    ClusterProfile first = sampleProfile(QStringLiteral("b"));
    ClusterProfile second = sampleProfile(QStringLiteral("a"));
    second.file.practice.reset();
    second.file.caPem.clear();
    second.file.environment = Environment::Production;
    ASSERT_TRUE(m_store->saveProfile(first));
    ASSERT_TRUE(m_store->saveProfile(second));
    first.user = QStringLiteral("ops");
    first.readOnly = false;
    ASSERT_TRUE(m_store->saveProfile(first)); // keeps its place
    reopen();
    const auto profiles = m_store->profiles();
    ASSERT_TRUE(profiles) << describe(profiles.error()).toStdString();
    EXPECT_EQ(*profiles, (std::vector<ClusterProfile>{first, second}));
    ASSERT_TRUE(m_store->removeProfile(first.id));
    EXPECT_EQ(m_store->profiles()->size(), 1U);
}

TEST_F(StoreTest, SavingAProfileLeavesWhatHasAWayOfItsOwn)
{
    ClusterProfile profile = sampleProfile(QStringLiteral("a"));
    profile.leaseNamespace = QStringLiteral("ops");
    ASSERT_TRUE(m_store->saveProfile(profile));
    EXPECT_EQ(m_store->profiles()->front(), profile);
    ASSERT_TRUE(m_store->setLeaseNamespace(profile.id, QStringLiteral("kube-system")));
    ASSERT_TRUE(m_store->setKeepsEtcd(profile.id, true));
    ASSERT_TRUE(m_store->saveProfile(profile)); // of somebody who has not heard of it yet
    reopen();
    EXPECT_EQ(m_store->profiles()->front().leaseNamespace, QStringLiteral("kube-system"));
    EXPECT_TRUE(m_store->profiles()->front().keepsEtcd);
    EXPECT_EQ(m_store->leaseNamespace(profile.id).value(), QStringLiteral("kube-system"));
    EXPECT_EQ(m_store->leaseNamespace(ClusterId{QStringLiteral("none")}).value(), QString());
}

TEST_F(StoreTest, PinsAreReplacedByHostAndPort)
{
    PinnedCertificate pin{.hostPort = QStringLiteral("10.0.0.1:9443"),
                          .sha256 = QByteArray(32, 'a'),
                          .acceptedAt = m_clock.now(),
                          .acceptedBy = QStringLiteral("ops1")};
    ASSERT_TRUE(m_store->savePin(pin));
    pin.sha256 = QByteArray(32, '\0');
    ASSERT_TRUE(m_store->savePin(pin));
    reopen();
    EXPECT_EQ(*m_store->pins(), std::vector<PinnedCertificate>{pin});
    ASSERT_TRUE(m_store->removePin(pin.hostPort));
    EXPECT_TRUE(m_store->pins()->empty());
}

TEST_F(StoreTest, SettingsFallBack)
{
    EXPECT_EQ(*m_store->setting(QStringLiteral("theme"), QStringLiteral("light")),
              QStringLiteral("light"));
    ASSERT_TRUE(m_store->setSetting(QStringLiteral("theme"), QStringLiteral("dark")));
    ASSERT_TRUE(m_store->setSetting(QStringLiteral("theme"), {}));
    EXPECT_EQ(*m_store->setting(QStringLiteral("theme"), QStringLiteral("light")), QString());
}

TEST_F(StoreTest, HistoryIsOldestFirstAndPruned)
{
    const ClusterId cluster{QStringLiteral("c1")};
    const TimePoint start = m_clock.now();
    for (const int day : {0, 1, 31}) {
        ASSERT_TRUE(m_store->addHistory(cluster, {.at = start + std::chrono::hours(24 * day),
                                                  .ready = 3,
                                                  .voters = 3,
                                                  .state = QStringLiteral("quorate")}));
    }
    ASSERT_TRUE(m_store->addHistory(ClusterId{QStringLiteral("c2")}, {.at = start}));
    const auto points = m_store->history(cluster, start);
    ASSERT_EQ(points->size(), 2U); // day 0 is older than a month by then
    EXPECT_LT(points->front().at, points->back().at);
    EXPECT_EQ(m_store->history(cluster, start + std::chrono::hours(48))->size(), 1U);
}

TEST_F(StoreTest, ActivityIsChainedAndTamperingShows)
{
    for (const int n : {1, 2, 3}) {
        m_clock.advance(Seconds(1));
        ASSERT_TRUE(m_store->addActivity(
            QStringLiteral("ops1"),
            n == 2 ? std::optional<ClusterId>() : ClusterId{QStringLiteral("c1")},
            QStringLiteral("act"), QStringLiteral("Drained node-%1").arg(n)));
    }
    ASSERT_TRUE(m_store->verifyActivity());
    const auto newest = m_store->activity(2);
    ASSERT_EQ(newest->size(), 2U);
    EXPECT_EQ((*newest)[0].text, QStringLiteral("Drained node-3"));
    EXPECT_EQ((*newest)[1].cluster, std::nullopt);

    const auto tamper = [this](const QString& statement) {
        QSqlDatabase direct =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("tamper"));
        direct.setDatabaseName(path());
        EXPECT_TRUE(direct.open());
        EXPECT_TRUE(detail::execute(direct, statement));
        direct.close();
        direct = {};
        QSqlDatabase::removeDatabase(QStringLiteral("tamper"));
    };
    tamper(QStringLiteral("UPDATE activity SET actor = 'someone' WHERE sequence = 2"));
    const auto changed = m_store->verifyActivity();
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code, QStringLiteral("activity-broken"));
    EXPECT_TRUE(changed.error().message.contains(QStringLiteral("entry 2")));
    tamper(QStringLiteral("UPDATE activity SET actor = 'ops1' WHERE sequence = 2"));
    EXPECT_TRUE(m_store->verifyActivity());
    tamper(QStringLiteral("DELETE FROM activity WHERE sequence = 2"));
    EXPECT_FALSE(m_store->verifyActivity());
}

TEST_F(StoreTest, TwoProcessesAddToOneChain)
{
    auto other = Store::open(path(), m_clock);
    ASSERT_TRUE(other);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(m_store->addActivity(QStringLiteral("a"), {}, QStringLiteral("act"),
                                         QStringLiteral("one")));
        ASSERT_TRUE((*other)->addActivity(QStringLiteral("b"), {}, QStringLiteral("act"),
                                          QStringLiteral("two")));
    }
    EXPECT_EQ(m_store->activity(100)->size(), 10U);
    EXPECT_TRUE(m_store->verifyActivity());
}

} // namespace
} // namespace quorate::store
