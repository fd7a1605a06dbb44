// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Merge.h"

#include <algorithm>
#include <array>

namespace quorate::platform::kubernetes {
namespace {

void warn(std::vector<Condition>& list, const char* id, const QString& text)
{
    list.push_back(Condition{QString::fromLatin1(id), Severity::Warning, text});
}

QString because(const QString& text, const QString& reason)
{
    constexpr qsizetype kShown = 200; // of a message that somebody else wrote
    return reason.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, reason.left(kShown));
}

/// What a kubelet reports of its node, and what the cluster thinks of the kubelet.
std::vector<Condition> conditionsOf(const NodeObject& node)
{
    struct Trouble {
        const char* type;
        const char* id;
        const char* text;
    };
    static constexpr std::array kTroubles{
        Trouble{"MemoryPressure", "memory-pressure", "it is short of memory"},
        Trouble{"DiskPressure", "disk-pressure", "it is short of disk space"},
        Trouble{"PIDPressure", "pid-pressure", "it is short of process ids"},
        Trouble{"NetworkUnavailable", "network-unavailable", "its network is not set up"}};
    std::vector<Condition> out;
    switch (node.kubelet()) {
    case Kubelet::Unreported:
        warn(out, "kubelet-unknown", QStringLiteral("its kubelet has not reported yet"));
        break;
    case Kubelet::Silent:
        warn(out, "kubelet-silent", QStringLiteral("the cluster has not heard from its kubelet"));
        break;
    case Kubelet::NotReady:
        warn(out, "kubelet-not-ready",
             because(QStringLiteral("its kubelet is not ready"), node.condition("Ready")->message));
        break;
    case Kubelet::Ready: break;
    }
    for (const Trouble& trouble : kTroubles) {
        const NodeCondition* found = node.condition(trouble.type);
        if (found != nullptr && found->status.value_or(false)) {
            warn(out, trouble.id, because(QString::fromLatin1(trouble.text), found->message));
        }
    }
    const NodeCondition* voter = node.condition("EtcdIsVoter");
    if (voter != nullptr && voter->status == std::optional(false)) {
        warn(out, "etcd-no-voter",
             because(QStringLiteral("it has no vote in etcd"), voter->message));
    }
    if (node.unschedulable) {
        out.push_back(Condition{QStringLiteral("cordoned"), Severity::Info,
                                QStringLiteral("it takes no new work (cordoned)")});
    }
    return out;
}

/// As kubectl writes it: "Ready,SchedulingDisabled".
QString kubectlWord(const NodeObject& node)
{
    const Kubelet kubelet = node.kubelet();
    const QString word = kubelet == Kubelet::Ready      ? QStringLiteral("Ready")
                         : kubelet == Kubelet::NotReady ? QStringLiteral("NotReady")
                                                        : QStringLiteral("Unknown");
    return node.unschedulable ? word + QStringLiteral(",SchedulingDisabled") : word;
}

class Merger {
public:
    explicit Merger(const ServerAnswers& answers)
        : m_answers(answers)
        , m_roles(rolesOf(nodes(), answers.hints))
        , m_times(timesOf(answers.version))
    {
        m_times.graceAfter = answers.grace.value_or(m_times.graceAfter);
    }

    [[nodiscard]] Observation observation() const
    {
        Observation out;
        out.node = NodeId{m_answers.node};
        out.observedAt = m_answers.now;
        out.cluster = view();
        out.self = self(out.cluster);
        return out;
    }

    [[nodiscard]] PeerView peer(const NodeObject& node) const
    {
        const NodeRole role = m_roles.of(node.meta.name);
        PeerView out;
        out.id = NodeId{node.meta.name};
        out.name = node.meta.name;
        out.voter = role.etcd == EtcdRole::Voter;
        out.learner = role.etcd == EtcdRole::Learner;
        out.worker = role.isWorker();
        out.cordoned = node.unschedulable;
        out.version = kubeVersion(node.kubeletVersion);
        out.address = node.internalAddresses.value(0);
        out.roles = role.words.join(QLatin1Char(','));
        out.conditions = conditionsOf(node);
        out.lastContactAt = lastContact(node.meta.name);
        if (out.lastContactAt) {
            out.graceEndsAt = *out.lastContactAt + m_times.graceAfter;
        }
        setState(node, out);
        return out;
    }

    [[nodiscard]] const NodeObject* find(const QString& name) const
    {
        const auto found = std::ranges::find_if(
            nodes(), [&name](const NodePtr& node) { return node->meta.name == name; });
        return found == nodes().end() ? nullptr : found->get();
    }

private:
    [[nodiscard]] const std::vector<NodePtr>& nodes() const
    {
        static const std::vector<NodePtr> none;
        return m_answers.nodes ? *m_answers.nodes : none;
    }

    [[nodiscard]] std::optional<bool> majority() const
    {
        switch (m_answers.quorum) {
        case QuorumRead::Proved: return true;
        case QuorumRead::NoMajority: return false;
        case QuorumRead::StoreDown: return std::nullopt;
        case QuorumRead::NotTold: break;
        }
        // etcd's own word; then the check of the API server, which at least says yes only after
        // such a read.
        if (m_answers.etcd && !m_answers.etcd->knowsLeader()) {
            return false;
        }
        const auto checked = m_answers.readyz ? m_answers.readyz->etcd() : std::nullopt;
        return checked.value_or(false) ? std::optional(true) : std::nullopt;
    }

    /// The kubelet's last sign of life by our clock; the server's clock wrote it, or one like it.
    [[nodiscard]] std::optional<TimePoint> lastContact(const QString& node) const
    {
        const auto lease = m_answers.leases.find(node);
        if (lease == m_answers.leases.end() || !lease->second.renewedAt) {
            return std::nullopt;
        }
        const Millis age = std::max(m_answers.serverNow - *lease->second.renewedAt, Millis(0));
        return m_answers.now - age;
    }

    void setState(const NodeObject& node, PeerView& out) const
    {
        out.stateText = kubectlWord(node);
        const bool old = m_answers.remembered || isWithoutEtcd(m_answers.quorum)
                         || majority() == std::optional(false);
        if (old && node.meta.name != m_answers.node) {
            out.stateText += QStringLiteral(" (remembered)");
            out.state = PeerState::Unknown;
            return;
        }
        switch (node.kubelet()) {
        case Kubelet::Unreported: out.state = PeerState::Unknown; break;
        case Kubelet::Silent: out.state = PeerState::Down; break;
        case Kubelet::NotReady:
            out.state = PeerState::Busy;
            out.stateText = toString(NodeState::NotReady);
            break;
        case Kubelet::Ready:
            out.state = out.lastContactAt && m_answers.now - *out.lastContactAt > m_times.lateAfter
                            ? PeerState::Grace
                            : PeerState::Ready;
            break;
        }
    }

    [[nodiscard]] ClusterView view() const
    {
        ClusterView out;
        out.majority = majority();
        out.members.reserve(nodes().size());
        for (const NodePtr& node : nodes()) {
            out.members.push_back(peer(*node));
        }
        if (m_answers.hints.members && m_answers.nodes) {
            addForeignMembers(out);
        }
        if (m_answers.etcd) {
            constexpr quint64 kMax = quint64(1) << 62;
            out.term = static_cast<qint64>(std::min(m_answers.etcd->raftTerm, kMax));
            out.appliedIndex = static_cast<qint64>(std::min(m_answers.etcd->appliedIndex, kMax));
            out.leader = leader();
        }
        return out;
    }

    /// Members of an etcd outside of the cluster's nodes vote too, though nobody here can look at
    /// them.
    void addForeignMembers(ClusterView& out) const
    {
        for (const EtcdMember& member : *m_answers.hints.members) {
            const bool known = std::ranges::any_of(nodes(), [&](const NodePtr& node) {
                return memberOf(*node, *m_answers.hints.members) == &member;
            });
            if (!known) {
                PeerView view;
                view.name = member.name.isEmpty() ? member.id : member.name;
                view.id = NodeId{view.name};
                view.voter = !member.isLearner;
                view.learner = member.isLearner;
                view.roles = QStringLiteral("etcd");
                out.members.push_back(std::move(view));
            }
        }
    }

    [[nodiscard]] std::optional<NodeId> leader() const
    {
        if (!m_answers.hints.members || !m_answers.etcd->knowsLeader()) {
            return std::nullopt;
        }
        for (const NodePtr& node : nodes()) {
            const EtcdMember* member = memberOf(*node, *m_answers.hints.members);
            if (member != nullptr && member->id == m_answers.etcd->leaderId) {
                return NodeId{node->meta.name};
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] NodeSelf self(const ClusterView& view) const
    {
        NodeSelf out;
        out.name = m_answers.node;
        out.version = kubeVersion(m_answers.version).value_or(Version{});
        const NodeRole role = m_roles.of(m_answers.node);
        out.voter = role.etcd == EtcdRole::Voter;
        out.learner = role.etcd == EtcdRole::Learner;
        out.leader = view.leader == NodeId{m_answers.node};
        judge(out, view);
        if (const NodeObject* node = find(m_answers.node)) {
            out.bootId = node->bootId;
            out.cordoned = node->unschedulable;
            const auto more = conditionsOf(*node);
            out.conditions.insert(out.conditions.end(), more.begin(), more.end());
        } else if (!m_answers.nodes) {
            out.voter = true; // as the assessment has it, which counts whom it is told of then
            out.conditions.push_back(
                Condition{QStringLiteral("nodes-not-listed"), Severity::Info,
                          QStringLiteral("it cannot list the nodes: those that serve the API are "
                                         "counted as voters")});
        } else {
            warn(out.conditions, "node-absent",
                 QStringLiteral("the API server does not list its own node"));
        }
        if (m_roles.votersAssumed) {
            out.conditions.push_back(
                Condition{QStringLiteral("voters-assumed"), Severity::Info,
                          QStringLiteral("nothing says which nodes hold etcd: those that serve "
                                         "the API are counted as its voters")});
        }
        addEtcd(out);
        return out;
    }

    /// Of the trouble with etcd first, because that is what the vote hangs on.
    void judge(NodeSelf& out, const ClusterView& view) const
    {
        const auto& readyz = m_answers.readyz;
        out.state = NodeState::Ready;
        if (m_answers.quorum == QuorumRead::StoreDown) {
            out.state = NodeState::NotReady;
            warn(out.conditions, "etcd-down", QStringLiteral("its etcd does not answer"));
        } else if (view.majority == std::optional(false)) {
            out.state = NodeState::NotReady;
            warn(out.conditions, "etcd-no-majority",
                 QStringLiteral("its etcd has no contact with a majority"));
        } else if (!judgeEtcd(out)) {
            return; // it has said all
        } else if (!view.majority && readyz && readyz->etcd() == std::optional(false)) {
            out.state = NodeState::NotReady;
            warn(out.conditions, "etcd-check", QStringLiteral("its check of etcd fails"));
        } else if (readyz && !readyz->ok) {
            judgeReadyz(out, *readyz, view);
        } else if (!view.majority && !readyz) {
            out.state = NodeState::Unrecognised;
            out.stateText = QStringLiteral("readyz does not answer");
        }
        if (m_answers.livez && !m_answers.livez->ok && out.state == NodeState::Ready) {
            warn(out.conditions, "livez",
                 because(QStringLiteral("its livez fails"),
                         m_answers.livez->failed().join(QStringLiteral(", "))));
        }
        if (out.stateText.isEmpty()) {
            out.stateText = toString(out.state);
        }
    }

    /// An API server that is given all members of etcd reads through another one when its own is
    /// out: the majority is proved then, but not this member's vote. False: it has none, or nobody
    /// knows.
    [[nodiscard]] bool judgeEtcd(NodeSelf& out) const
    {
        if (m_answers.etcd && !m_answers.etcd->knowsLeader()) {
            out.state = NodeState::NotReady;
            warn(out.conditions, "etcd-no-leader", QStringLiteral("its own etcd knows no leader"));
        } else if (m_answers.etcdHealth && !m_answers.etcdHealth->ok && !isAlarmed()) {
            out.state = NodeState::NotReady; // addEtcd says so
        } else if (m_answers.etcdTrouble && m_answers.anyEtcdAnswered
                   && (m_answers.etcdTrouble->kind == ErrorKind::Transport
                       || m_answers.etcdTrouble->kind == ErrorKind::Timeout)) {
            out.state = NodeState::Unrecognised;
            out.stateText = QStringLiteral("etcd is silent");
            return false;
        }
        if (out.state != NodeState::Ready) {
            out.stateText = toString(out.state);
        }
        return out.state == NodeState::Ready;
    }

    /// All members call themselves unhealthy for the alarm of one (etcd, Maintenance: alarms), and
    /// vote all the same. Since etcd 3.5 it is in the reason; before, only the status has it.
    [[nodiscard]] bool isAlarmed() const
    {
        return m_answers.etcdHealth->text.startsWith(QLatin1String("ALARM"))
               || (m_answers.etcd && !m_answers.etcd->errors.isEmpty());
    }

    void judgeReadyz(NodeSelf& out, const HealthReport& readyz, const ClusterView& view) const
    {
        QStringList failed = readyz.failed();
        if (view.majority == std::optional(true)) {
            // Kept results lag behind; the read has just shown that etcd is well.
            failed.removeAll(QStringLiteral("etcd"));
            failed.removeAll(QStringLiteral("etcd-readiness"));
            if (failed.isEmpty() && !readyz.failed().isEmpty()) {
                return;
            }
        }
        out.state = readyz.isStarting() ? NodeState::Starting : NodeState::NotReady;
        const QString text = readyz.isShuttingDown()
                                 ? QStringLiteral("its API server is shutting down")
                                 : QStringLiteral("its readyz fails");
        warn(out.conditions, "readyz", because(text, failed.join(QStringLiteral(", "))));
    }

    void addEtcd(NodeSelf& out) const
    {
        if (m_answers.etcdHealth && !m_answers.etcdHealth->ok) {
            warn(
                out.conditions, "etcd-health",
                because(QStringLiteral("etcd calls itself unhealthy"), m_answers.etcdHealth->text));
        }
        if (m_answers.etcdTrouble) {
            // Its API server says whether it works; what is wrong with our certificate only we can
            // say.
            const bool ours = m_answers.etcdTrouble->kind == ErrorKind::Tls;
            out.conditions.push_back(Condition{
                QStringLiteral("etcd-not-asked"), ours ? Severity::Warning : Severity::Info,
                because(QStringLiteral("its etcd could not be asked itself"),
                        m_answers.etcdTrouble->message)});
        }
        if (!m_answers.etcd) {
            return;
        }
        out.appliedIndex =
            static_cast<qint64>(std::min<quint64>(m_answers.etcd->appliedIndex, quint64(1) << 62));
        for (const QString& alarm : m_answers.etcd->errors) {
            out.conditions.push_back(
                Condition{QStringLiteral("etcd-alarm"), Severity::Error, // it takes no more writes
                          because(QStringLiteral("etcd raises an alarm"), alarm)});
        }
    }

    const ServerAnswers& m_answers;
    Roles m_roles;
    NodeTimes m_times;
};

} // namespace

NodeList nodeList(std::vector<NodeObject> nodes)
{
    std::vector<NodePtr> list;
    list.reserve(nodes.size());
    for (NodeObject& node : nodes) {
        list.push_back(std::make_shared<const NodeObject>(std::move(node)));
    }
    return std::make_shared<const std::vector<NodePtr>>(std::move(list));
}

QuorumRead quorumReadOf(int status, const QString& message)
{
    // What etcd's client puts into the message, as API servers pass it on with a 500, 503 or 504.
    const auto says = [&message](const char* text) {
        return message.contains(QLatin1String(text), Qt::CaseInsensitive);
    };
    if (status == 0 || status == 504) {
        return QuorumRead::NoMajority;
    }
    if (status / 100 == 2 || status == 404) {
        return QuorumRead::Proved;
    }
    if (status < 500) {
        return QuorumRead::NotTold;
    }
    if (says("connection refused") || says("connection error") || says("transport is closing")) {
        return QuorumRead::StoreDown;
    }
    const bool etcdSays = says("etcdserver") || says("no leader") || says("deadline exceeded")
                          || says("timed out") || says("unavailable");
    return etcdSays ? QuorumRead::NoMajority : QuorumRead::NotTold;
}

NodeTimes timesOf(const QString& version)
{
    NodeTimes times;
    const auto parsed = kubeVersion(version);
    if (parsed && *parsed >= Version{1, 32, 0, 0}) {
        times.graceAfter = Millis(50'000);
    }
    return times;
}

Observation merge(const ServerAnswers& answers) { return Merger(answers).observation(); }

Error noNodeList(const QString& server)
{
    return makeError(ErrorKind::Timeout, QStringLiteral("no-node-list"),
                     QStringLiteral("%1 has not listed the nodes yet").arg(server));
}

Result<Observation> mergeWorker(const ServerAnswers& answers, const QString& worker)
{
    if (!answers.nodes) {
        return fail(noNodeList(answers.node));
    }
    const Merger merger(answers);
    const NodeObject* node = merger.find(worker);
    if (node == nullptr) {
        return fail(ErrorKind::NotFound, QStringLiteral("unknown-node"),
                    QStringLiteral("The cluster has no node \"%1\"").arg(worker),
                    QStringLiteral("Check the name; nodes can be removed at any time"));
    }
    const PeerView seen = merger.peer(*node);
    Observation out;
    out.node = NodeId{worker};
    out.observedAt = answers.now;
    out.self.name = worker;
    out.self.worker = true;
    out.self.cordoned = node->unschedulable;
    out.self.bootId = node->bootId;
    out.self.version = seen.version.value_or(Version{});
    out.self.conditions = seen.conditions;
    out.self.stateText = seen.stateText;
    out.self.state = seen.state == PeerState::Ready || seen.state == PeerState::Grace
                         ? NodeState::Ready
                     : seen.state == PeerState::Unknown ? NodeState::Unrecognised
                                                        : NodeState::NotReady;
    return out;
}

} // namespace quorate::platform::kubernetes
