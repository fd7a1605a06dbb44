// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator chooses of a cluster when connecting it stays chosen: the lease's namespace,
// etcd's certificate.
#include "core/service/ClusterRegistryImpl.h"
#include "core/service/ClusterServiceImpl.h"
#include "tests/fixtures/OfflinePlatform.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"

#include <set>
#include <utility>

namespace quorate::service {
namespace {

using platform::Lease;

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

Lease leaseOf(const QString& owner)
{
    Lease lease;
    lease.owner = owner;
    lease.expiresAt = TimePoint(Millis(1'900'000'000'000));
    return lease;
}

/// A lease by namespace, as one cluster has them, and who may write where.
struct World {
    std::map<QString, Lease> leases;
    std::set<QString> forbidden;
    bool silent = false;
    std::set<QString> stoppable; ///< acts
    std::vector<PlatformRequest> made;
};

class LeasePlatform final : public fixtures::OfflinePlatform {
public:
    LeasePlatform(World& world, QString nameSpace)
        : m_world(world)
        , m_nameSpace(std::move(nameSpace))
    {}

    platform::Capabilities capabilities() const override
    {
        platform::Capabilities can;
        can.acts = {text("cordon")};
        can.stoppable = m_world.stoppable;
        can.leaseNamespace = m_nameSpace;
        can.lease = !m_world.forbidden.contains(m_nameSpace);
        if (!can.lease) {
            can.forbidden[text("lease")] = text("this user may not create leases");
        }
        return can;
    }
    Async<OperationId> perform(ActTarget, Act act, platform::IdempotencyKey,
                               std::stop_token) override
    {
        return capabilities().canStop(act) ? m_held.future() : refuse<OperationId>();
    }
    Async<Observation> observe(NodeId node, std::stop_token) override
    {
        if (m_world.silent) {
            return refuse<Observation>();
        }
        Observation seen;
        seen.node = node;
        seen.self.name = node.value;
        seen.self.voter = true;
        seen.self.state = NodeState::Ready;
        return ready<Observation>(seen);
    }
    Async<std::optional<Lease>> readLease(std::stop_token) override
    {
        if (m_world.silent) {
            return refuse<std::optional<Lease>>();
        }
        if (m_world.forbidden.contains(m_nameSpace)) {
            return ready<std::optional<Lease>>(
                fail(ErrorKind::Forbidden, text("lease-not-permitted"), text("no")));
        }
        const auto found = m_world.leases.find(m_nameSpace);
        return ready<std::optional<Lease>>(
            found == m_world.leases.end() ? std::nullopt : std::optional(found->second));
    }
    Async<Lease> acquireLease(QString owner, QString, std::stop_token) override
    {
        if (m_world.silent) {
            return refuse<Lease>();
        }
        return ready<Lease>(m_world.leases[m_nameSpace] = leaseOf(owner));
    }
    Async<bool> releaseLease(QString, std::stop_token) override
    {
        return m_world.silent ? refuse<bool>() : ready<bool>(m_world.leases.erase(m_nameSpace) > 0);
    }

private:
    World& m_world;
    QString m_nameSpace;
    Resolver<OperationId> m_held; ///< of what can be stopped
};

/// A keychain: what is written outlives the process.
class Keychain final : public secret::SecretStore {
public:
    Async<secret::SecretPtr> read(QString key) override
    {
        ++reads[key];
        return m_inner->read(std::move(key));
    }
    Async<bool> write(QString key, Secret secret) override
    {
        return m_inner->write(std::move(key), std::move(secret));
    }
    Async<bool> remove(QString key) override { return m_inner->remove(std::move(key)); }
    bool isLasting() const override { return lasting; }

    std::map<QString, int> reads;
    bool lasting = true;

private:
    std::unique_ptr<SecretStore> m_inner = secret::makeMemoryStore();
};

class ClusterSettings : public testing::Test {
protected:
    void SetUp() override
    {
        auto opened = store::Store::open(m_folder.path(text("store.db")), *clock);
        ASSERT_TRUE(opened);
        m_store = *std::move(opened);
        context = std::make_unique<Context>(
            Context{.store = *m_store, .clock = clock, .secrets = keychain});
        context->userName = text("ops1");
        context->makePlatform = [this](const PlatformRequest& request) {
            world.made.push_back(request);
            return std::make_unique<LeasePlatform>(
                world, request.leaseNamespace.isEmpty() ? text("default") : request.leaseNamespace);
        };
        context->reach = [](const ReachRequest&) { return ready<bool>(true); };
        context->hasActiveRun = [this](const ClusterId&) { return runIsActive; };
        restart();
    }
    void TearDown() override { registry.reset(); }
    /// As a program that is started anew.
    void restart()
    {
        registry.reset();
        auto opened = ClusterRegistryImpl::open(*context);
        ASSERT_TRUE(opened);
        registry = *std::move(opened);
    }
    ConnectRequest request(const char* leaseNamespace = "", const char* etcd = "")
    {
        ConnectRequest wanted;
        wanted.file.name = text("shop");
        wanted.file.platform = text("kubernetes");
        wanted.file.nodes = {{NodeId{text("n1")}, text("n1"), QUrl(text("https://10.0.0.1:6443"))}};
        wanted.user = text("ops");
        wanted.password = std::make_shared<Secret>("sealed");
        wanted.leaseNamespace = text(leaseNamespace);
        if (*etcd != '\0') {
            wanted.etcd = std::make_shared<Secret>(QByteArray(etcd));
        }
        return wanted;
    }
    Result<ConnectOutcome> connect(ConnectRequest wanted)
    {
        return test::waitFor(registry->connectCluster(std::move(wanted)));
    }
    ClusterService& cluster() { return *registry->service(registry->clusters().front()); }
    QString place() { return test::waitFor(cluster().refresh()).value()->leaseNamespace; }
    Result<bool> move(const char* to)
    {
        return test::waitFor(cluster().setLeaseNamespace(text(to)));
    }
    QByteArray etcdInUse()
    {
        (void)place();
        const auto& etcd = world.made.back().etcd;
        return etcd ? etcd->reveal() : QByteArray();
    }

    World world;
    Keychain keychain;
    bool runIsActive = false;
    std::shared_ptr<ManualClock> clock =
        std::make_shared<ManualClock>(TimePoint(Millis(1'800'000'000'000)));
    test::TempDir m_folder;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<Context> context;
    std::unique_ptr<ClusterRegistryImpl> registry;
};

TEST_F(ClusterSettings, TheChosenNamespaceOutlivesRestartAndReconnection)
{
    ASSERT_TRUE(connect(request("ops")));
    EXPECT_EQ(place(), text("ops"));
    restart();
    EXPECT_EQ(place(), text("ops"));
    ASSERT_TRUE(connect(request())); // its credentials are sealed anew
    EXPECT_EQ(place(), text("ops"));
    ASSERT_TRUE(
        registry->reuse(request().file, text("ops"), std::make_shared<const Secret>("x"), nullptr));
    EXPECT_EQ(place(), text("ops"));
}

TEST_F(ClusterSettings, WithoutAChoiceItStaysWhereTheFirstContextHadIt)
{
    ASSERT_TRUE(connect(request()));
    EXPECT_EQ(m_store->profiles()->front().leaseNamespace, text("default"));
    EXPECT_EQ(place(), text("default"));
}

TEST_F(ClusterSettings, ConnectingAgainLeavesReadOnlyAsItWasChosen)
{
    ASSERT_TRUE(connect(request()));
    EXPECT_TRUE(cluster().status()->readOnly);
    cluster().setReadOnly(false);
    ASSERT_TRUE(connect(request()));
    EXPECT_FALSE(test::waitFor(cluster().refresh()).value()->readOnly);
}

TEST_F(ClusterSettings, ABadNameIsRefusedBeforeAnybodyIsAsked)
{
    const auto outcome = connect(request("Kube_System"));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, text("bad-namespace"));
    EXPECT_TRUE(world.made.empty());
    ASSERT_TRUE(connect(request("ops")));
    EXPECT_EQ(move("-x").error().code, text("bad-namespace"));
}

TEST_F(ClusterSettings, ItCanBeMovedAndIsMovedByConnectingWithAnother)
{
    ASSERT_TRUE(connect(request("ops")));
    ASSERT_TRUE(move("kube-system"));
    EXPECT_EQ(place(), text("kube-system"));
    ASSERT_TRUE(connect(request("ops2")));
    EXPECT_EQ(place(), text("ops2"));
    restart();
    EXPECT_EQ(place(), text("ops2"));
    EXPECT_TRUE(m_store->activity(1)->front().text.contains(text("ops2")));
}

TEST_F(ClusterSettings, ARunKeepsItWhereItIs)
{
    ASSERT_TRUE(connect(request("ops")));
    runIsActive = true;
    const auto moved = move("other");
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, text("run-active"));
    EXPECT_TRUE(moved.error().message.contains(text("\"ops\"")))
        << moved.error().message.toStdString();
    const auto outcome = connect(request("other"));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, text("run-active"));
    EXPECT_EQ(place(), text("ops"));
    EXPECT_TRUE(move("ops")) << "it is there already";
}

TEST_F(ClusterSettings, WhoeverHoldsTheLeaseKeepsItWhereItIs)
{
    ASSERT_TRUE(connect(request("ops")));
    world.leases[text("ops")] = leaseOf(text("ops2@elsewhere"));
    const auto moved = move("other");
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, text("lease-held"));
    EXPECT_TRUE(moved.error().message.contains(text("ops2@elsewhere")));
    world.leases.clear();
    EXPECT_TRUE(move("other"));
}

/// No longer than it takes to ask, though it is looked at but each 10 s.
TEST_F(ClusterSettings, WhatWasTakenOrGivenBackHereShowsAtOnce)
{
    ASSERT_TRUE(connect(request("ops")));
    (void)place();
    const auto shown = [this] {
        const auto& lease = cluster().status()->lease;
        return lease ? lease->owner : QString();
    };
    platform::Platform& platform = cluster().platform();
    ASSERT_TRUE(test::waitFor(platform.acquireLease(text("run 7"), text("an upgrade"), {})));
    EXPECT_TRUE(test::waitUntil([&] { return shown() == text("run 7"); }, Millis(5'000)))
        << shown().toStdString();
    ASSERT_TRUE(test::waitFor(platform.releaseLease(text("run 7"), {})));
    EXPECT_TRUE(test::waitUntil([&] { return shown().isEmpty(); }, Millis(5'000)))
        << shown().toStdString();
}

TEST_F(ClusterSettings, ItIsNotMovedWhileNobodyCanTellWhoHoldsIt)
{
    ASSERT_TRUE(connect(request("ops")));
    world.silent = true;
    EXPECT_EQ(move("other").error().code, text("offline"));
    world.silent = false;
    world.forbidden = {text("ops")};
    EXPECT_TRUE(move("other")) << "who may not look there never held anything there";
}

TEST_F(ClusterSettings, WhatAnotherProcessChoseIsTakenOver)
{
    ASSERT_TRUE(connect(request("ops")));
    EXPECT_EQ(place(), text("ops"));
    ASSERT_TRUE(m_store->setLeaseNamespace(registry->clusters().front(), text("other")));
    EXPECT_EQ(place(), text("other"));
    EXPECT_EQ(world.made.back().leaseNamespace, text("other"));
    cluster().setReadOnly(false); // writes the profile
    EXPECT_EQ(m_store->profiles()->front().leaseNamespace, text("other"));
    ASSERT_TRUE(m_store->setLeaseNamespace(registry->clusters().front(), text("third")));
    runIsActive = true;
    EXPECT_EQ(place(), text("other")) << "a run of ours holds its lease there";
}

TEST_F(ClusterSettings, WithoutTheRightToALeaseNothingIsDone)
{
    ASSERT_TRUE(connect(request("ops")));
    cluster().setReadOnly(false);
    world.forbidden = {text("ops")};
    (void)place();
    const auto done = test::waitFor(cluster().perform(NodeId{text("n1")}, act::Cordon{}));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, text("lease-not-permitted"));
    EXPECT_TRUE(done.error().message.contains(text("\"ops\"")))
        << done.error().message.toStdString();
    EXPECT_TRUE(done.error().cure.contains(text("lease-namespace")))
        << done.error().cure.toStdString();
}

TEST_F(ClusterSettings, WhatThePlatformCanStopIsStoppedByItsNode)
{
    world.stoppable = {text("cordon")};
    ASSERT_TRUE(connect(request("ops")));
    cluster().setReadOnly(false);
    (void)place();
    const NodeId node{text("n1")};
    EXPECT_TRUE(cluster().preview(node, act::Cordon{}).canStop);
    EXPECT_FALSE(cluster().preview(node, act::Resume{}).canStop);
    const auto outcome = cluster().perform(node, act::Cordon{});
    EXPECT_TRUE(test::waitUntil([&] { return world.leases.contains(text("ops")); }));
    EXPECT_FALSE(cluster().stopWaiting(NodeId{text("n2")}));
    EXPECT_TRUE(cluster().stopWaiting(node));
    const auto ended = test::waitFor(outcome);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::Cancelled);
    EXPECT_TRUE(world.leases.empty());
}

TEST_F(ClusterSettings, EtcdsCertificateIsKeptInTheKeychain)
{
    ASSERT_TRUE(connect(request("", "etcd-seal")));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    ASSERT_TRUE(
        registry->reuse(request().file, text("ops"), std::make_shared<const Secret>("x"), nullptr));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    restart();
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    ASSERT_TRUE(connect(request())); // without: as it was
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    ASSERT_TRUE(
        registry->reuse(request().file, text("ops"), std::make_shared<const Secret>("x"), nullptr));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    EXPECT_TRUE(cluster().status()->asksEtcd);
    ASSERT_TRUE(connect(request("", "newer")));
    restart();
    EXPECT_EQ(etcdInUse(), QByteArray("newer"));
    const ClusterId id = registry->clusters().front();
    ASSERT_TRUE(registry->remove(id));
    EXPECT_FALSE(test::waitFor(keychain.read(etcdKeyOf(id))));
}

TEST_F(ClusterSettings, AKeychainThatHoldsNothingOfEtcdIsNotAsked)
{
    ASSERT_TRUE(connect(request()));
    restart();
    EXPECT_EQ(etcdInUse(), QByteArray());
    EXPECT_EQ(keychain.reads[etcdKeyOf(registry->clusters().front())], 0);
}

TEST_F(ClusterSettings, WhoBringsTheAccessDataNeedsNoKeychain)
{
    ASSERT_TRUE(connect(request()));
    const QString key = secretKeyOf(registry->clusters().front());
    restart();
    keychain.reads.clear();
    ASSERT_TRUE(
        registry->reuse(request().file, text("ops"), std::make_shared<const Secret>("x"), nullptr));
    (void)place();
    test::drainEvents();
    EXPECT_EQ(keychain.reads[key], 0);
    restart();
    (void)place(); // and nobody else brings them
    EXPECT_EQ(keychain.reads[key], 1);
}

TEST_F(ClusterSettings, AKeychainThatLostItIsTold)
{
    ASSERT_TRUE(connect(request("", "etcd-seal")));
    const ClusterId id = registry->clusters().front();
    ASSERT_TRUE(test::waitFor(keychain.remove(etcdKeyOf(id))));
    restart();
    EXPECT_EQ(etcdInUse(), QByteArray());
    ASSERT_TRUE(cluster().status()->etcdError);
    EXPECT_FALSE(cluster().status()->asksEtcd);
}

TEST_F(ClusterSettings, WithoutAKeychainItLastsAsLongAsTheProgram)
{
    keychain.lasting = false;
    ASSERT_TRUE(connect(request("", "etcd-seal")));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    EXPECT_FALSE(m_store->profiles()->front().keepsEtcd);
    ASSERT_TRUE(connect(request())); // without: as it was
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    EXPECT_TRUE(cluster().status()->asksEtcd);
    ASSERT_TRUE(
        registry->reuse(request().file, text("ops"), std::make_shared<const Secret>("x"), nullptr));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
}

/// As after a certificate was changed: nobody brings the access data again.
TEST_F(ClusterSettings, ConnectingAgainTakesWhatTheOpenClusterSignsInWith)
{
    ConnectRequest first = request("", "etcd-seal");
    first.remember = false;
    ASSERT_TRUE(connect(std::move(first)));
    (void)place();
    secret::SecretPtr way; // which a proxy may be part of
    context->reach = [&way](const ReachRequest& asked) {
        way = asked.password;
        return ready<bool>(true);
    };
    world.made.clear();
    ConnectRequest again = request();
    again.password.reset();
    const auto outcome = connect(again);
    ASSERT_TRUE(outcome) << describe(outcome.error()).toStdString();
    EXPECT_EQ(outcome->need, ConnectOutcome::Need::Nothing);
    ASSERT_TRUE(way);
    EXPECT_EQ(way->reveal(), QByteArray("sealed"));
    EXPECT_EQ(etcdInUse(), QByteArray("etcd-seal"));
    for (const PlatformRequest& made : world.made) {
        ASSERT_TRUE(made.password && made.etcd);
        EXPECT_EQ(made.password->reveal(), QByteArray("sealed"));
    }
    const ClusterId id = registry->clusters().front();
    EXPECT_FALSE(test::waitFor(keychain.read(secretKeyOf(id)))) << "nobody asked to keep it";
    EXPECT_FALSE(test::waitFor(keychain.read(etcdKeyOf(id)))) << "nobody asked to keep it";
}

TEST_F(ClusterSettings, WhatItSignsInWithIsForTheSameUserAndPlatformOnly)
{
    ConnectRequest first = request();
    first.remember = false;
    ASSERT_TRUE(connect(std::move(first)));
    (void)place();
    ConnectRequest other = request();
    other.password.reset();
    other.user = text("somebody else");
    EXPECT_EQ(connect(other).value().need, ConnectOutcome::Need::Password);
    other.user = text("ops");
    const QString platform = std::exchange(other.file.platform, text("nodeadmin"));
    EXPECT_EQ(connect(other).value().need, ConnectOutcome::Need::Password);
    restart();
    other.file.platform = platform;
    EXPECT_EQ(connect(other).value().need, ConnectOutcome::Need::Password) << "it is not open";
}

} // namespace
} // namespace quorate::service
