// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/kubernetes/LabPlatform.h"

#include "core/platform/kubernetes/Kubeconfig.h"

namespace quorate::platform::kubernetes {
namespace {

constexpr Millis kAnswer{2500};      ///< as the console's polls
constexpr Millis kFastGrace{20'000}; ///< of the lab's --fast

} // namespace

std::unique_ptr<labtest::KubeLab> LabPlatform::s_lab;
int LabPlatform::s_nodes = 0;
int LabPlatform::s_workers = 0;

/// Takes the lab down after the last suite.
class LabEnd final : public ::testing::Environment {
public:
    void TearDown() override { LabPlatform::s_lab.reset(); }
};

namespace {
const auto* const kLabEnd = ::testing::AddGlobalTestEnvironment(new LabEnd);
} // namespace

NodeId nodeId(int number) { return NodeId{labtest::nodeName(number)}; }

void LabPlatform::SetUpTestSuite() { startLab(3, 1); }

void LabPlatform::startLab(int nodes, int workers)
{
    if (s_lab && s_lab->isUp() && nodes == s_nodes && workers == s_workers) {
        return;
    }
    s_nodes = nodes;
    s_workers = workers;
    s_lab.reset();
    if (labtest::KubeLab::unavailable().isEmpty()) {
        labtest::LabOptions options;
        options.nodes = nodes;
        options.workers = workers;
        options.fast = true;
        s_lab = std::make_unique<labtest::KubeLab>(options);
    }
}

void LabPlatform::SetUp()
{
    QUORATE_REQUIRE_LAB();
    ASSERT_TRUE(s_lab && s_lab->isUp());
    KubernetesOptions options = optionsFor(QStringLiteral("admin"));
    auto found = test::waitFor(discoverKubernetes(options, {}), Millis(20'000));
    ASSERT_TRUE(found) << describe(found.error()).toStdString();
    m_nodes = found->nodes;
    ASSERT_EQ(m_nodes.size(), static_cast<std::size_t>(s_nodes));
    use(QStringLiteral("admin"));
    ASSERT_TRUE(lookUntil([](const quorum::Assessment& a) { return a.ready == s_nodes; }))
        << assess().sentence.text().toStdString()
        << assess().reasons.join(QLatin1Char('\n')).toStdString();
}

void LabPlatform::use(const QString& kubeconfig)
{
    m_platform = platformFor(kubeconfig);
    forget();
}

void LabPlatform::forget()
{
    m_snapshot.nodes.clear();
    for (const ClusterFileNode& node : m_nodes) {
        NodeRecord record;
        record.id = node.id;
        record.name = node.name;
        record.address = node.address.host();
        m_snapshot.nodes.push_back(std::move(record));
    }
}

KubernetesOptions LabPlatform::optionsFor(const QString& kubeconfig) const
{
    const auto config = Kubeconfig::load(lab().kubeconfig(kubeconfig));
    EXPECT_TRUE(config);
    const auto context = config->resolve();
    EXPECT_TRUE(context);
    KubeCredentials::Options who;
    who.user = context->identity;
    who.clock = m_clock;
    KubernetesOptions options;
    options.server = context->server;
    options.nodes = m_nodes;
    options.trust.authorities = context->trust.authorities;
    options.tlsServerName = context->tlsServerName;
    options.credentials = std::make_shared<KubeCredentials>(std::move(who));
    options.clock = m_clock;
    options.grace = kFastGrace;
    return options;
}

std::unique_ptr<Platform> LabPlatform::platformFor(const QString& kubeconfig) const
{
    return makeKubernetesPlatform(optionsFor(kubeconfig));
}

const ClusterSnapshot& LabPlatform::look()
{
    std::vector<std::stop_source> stops(m_nodes.size());
    std::vector<Async<Observation>> asked;
    const TimePoint start = now();
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        asked.push_back(m_platform->observe(m_nodes[at].id, stops[at].get_token()));
    }
    for (std::size_t at = 0; at < asked.size(); ++at) {
        NodeRecord& record = m_snapshot.nodes[at];
        const Millis left = std::max(kAnswer - (now() - start), Millis(0));
        record.attemptedAt = start;
        Result<Observation> answer = fail(cancelledError());
        if (const auto future = asked[at];
            future.isFinished()
            || test::waitUntil(
                [&future, this, start] { return future.isFinished() || now() - start > kAnswer; },
                left + Millis(5000))) {
            if (future.isFinished()) {
                answer = quorate::detail::takeResult<Observation>(future);
            }
        }
        stops[at].request_stop();
        if (answer) {
            record.last = *std::move(answer);
            record.error.reset();
            record.failingSince.reset();
        } else {
            record.error = answer.error();
            record.failingSince = record.failingSince.value_or(now());
        }
    }
    return m_snapshot;
}

std::optional<Millis>
LabPlatform::lookUntil(const std::function<bool(const quorum::Assessment&)>& wanted, Millis limit)
{
    const TimePoint start = now();
    while (now() - start < limit) {
        look();
        if (wanted(assess())) {
            return now() - start;
        }
        const TimePoint looked = now(); // the console asks each 2 s; we are a little more eager
        (void)test::waitUntil([this, looked] { return now() - looked > Millis(300); });
    }
    ADD_FAILURE() << assess().sentence.text().toStdString() << "\n"
                  << assess().reasons.join(QLatin1Char('\n')).toStdString();
    return std::nullopt;
}

void LabPlatform::expectSoonMissed(int node, int othersReady)
{
    const auto isMissed = [node](const quorum::Assessment& a) {
        const auto reason = a.verdictOf(nodeId(node))->reason;
        return reason == quorum::VoterReason::CannotReach || reason == quorum::VoterReason::InGrace;
    };
    const auto took = lookUntil(isMissed);
    ASSERT_TRUE(took);
    EXPECT_LE(*took, Seconds(3));
    ASSERT_TRUE(lookUntil([othersReady](const auto& a) { return a.ready == othersReady; }));
}

quorum::Assessment LabPlatform::assess() const { return quorum::assess(m_snapshot, now()); }

quorum::VoterVerdict LabPlatform::verdict(int node) const
{
    const auto assessment = assess();
    const auto* found = assessment.verdictOf(nodeId(node));
    return found ? *found : quorum::VoterVerdict{};
}

quorum::GateVerdict LabPlatform::gate(int leaving) const
{
    quorum::GateRequest request;
    request.leaving = nodeId(leaving);
    request.verb = QStringLiteral("is drained");
    return quorum::decideLeave(m_snapshot, now(), request);
}

OperationStatus LabPlatform::toEnd(const OperationId& id, Millis limit)
{
    OperationStatus status;
    (void)test::waitUntil(
        [&] {
            auto answer = test::waitFor(m_platform->follow({}, id, {}), Millis(20'000));
            EXPECT_TRUE(answer) << describe(answer.error()).toStdString();
            status = answer.value_or(OperationStatus{});
            return !answer || status.state != OperationStatus::State::Running;
        },
        limit);
    return status;
}

} // namespace quorate::platform::kubernetes
