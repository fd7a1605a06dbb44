// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ApiServer.h"
#include "core/platform/kubernetes/Silence.h"

#include <QDeadlineTimer>
#include <QJsonDocument>
#include <QLocale>
#include <QPointer>
#include <QThreadPool>
#include <QTimeZone>
#include <QTimer>

#include <algorithm>
#include <deque>
#include <functional>

namespace quorate::platform::kubernetes {
namespace {

/// What is asked late in a look still gets this long.
constexpr Millis kAnswerMin{200};
/// A read of one object takes milliseconds. After this we do not wait for a list that needs the
/// majority too.
constexpr Millis kPatience{800};
/// When the read that needs the majority has not come back by then, it is asked once more, on a
/// connection of its own: one that was kept may lead nowhere (a tunnel that was set up anew), and
/// our own trouble must not be taken for etcd's. Our own choice: it leaves the second one as long.
constexpr Millis kDoubt{900};
/// When a member's silence is the first that we hear of etcd: until the others, asked at the same
/// time (20 ms), have told whether etcd can be asked from here at all. Our own choice.
constexpr Millis kMembersWait{500};
/// A look takes one connection as long as the server answers at once: what else is asked follows
/// the read that needs the majority, and the list. After this it no longer waits for them and goes
/// over a second one, one question after the other. Our own choice: a shake of hands costs more
/// than several questions to a server nearby.
constexpr Millis kBeside{100};
/// A server that keeps us waiting for this long gets the rest at once, on further ones. Our own
/// choice: across an ocean an answer takes as long.
constexpr Millis kAside{250};
/// Nodes; up to here the signs of life of all are one question, above it is one for each voter: a
/// list takes 600 bytes a node. Our own choice.
constexpr std::size_t kLeaseListMax = 32;
/// Nodes; above, the answers are merged beside the window's thread: 5,000 take longer than a frame.
constexpr std::size_t kMergeHereMax = 200;

/// RFC 9110: "Sat, 21 Nov 2026 15:17:46 GMT".
std::optional<TimePoint> dateOf(const KubeAnswer& answer)
{
    for (const auto& [name, value] : answer.headers) {
        if (name.compare("Date", Qt::CaseInsensitive) == 0) {
            QDateTime at = QLocale::c().toDateTime(
                QString::fromLatin1(value), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"));
            at.setTimeSpec(Qt::UTC);
            return at.isValid() ? std::optional(TimePoint(Millis(at.toMSecsSinceEpoch())))
                                : std::nullopt;
        }
    }
    return std::nullopt;
}

} // namespace

bool namesANode(const KubernetesOptions& options)
{
    return std::ranges::any_of(options.nodes, [&options](const ClusterFileNode& node) {
        return node.address.host() == options.server.host()
               && node.address.port(443) == options.server.port(443);
    });
}

struct ApiServer::Round {
    struct Question {
        QString path;
        QUrlQuery query;
        Take take;
    };
    ServerAnswers answers;
    std::deque<Question> waiting;
    QDeadlineTimer deadline{kAnswerMax};
    Resolver<ServerAnswers> out;
    std::stop_token stop;
    int open = 0;
    bool answered = false;        ///< something came back, whatever it was
    std::optional<Error> trouble; ///< why nothing came back
    std::optional<Error> refusal; ///< 401: nothing that it says later is of use
    int ownNodeOpen = 0;          ///< how often the read that needs the majority is under way
    std::stop_source ownNodeStop; ///< of both of them, when one has answered
    std::optional<std::stop_callback<std::function<void()>>> onStop{};
    bool ownNodeEnded = false;
    bool asksMore = false; ///< what follows the first question is being asked
    bool awaitsList = false;
    bool isLate = false; ///< the server keeps us waiting: nothing waits for something else any more
    bool asksLeases = false;
    bool asksEndpoints = false;
};

ApiServer::ApiServer(const KubernetesOptions& options, ClusterFileNode node, QStringList leases,
                     std::shared_ptr<Membership> membership, QObject* parent)
    : QObject(parent)
    , m_node(std::move(node))
    , m_leases(std::move(leases))
    , m_membership(std::move(membership))
    , m_clock(options.clock)
    , m_grace(options.grace)
{
    if (options.server.isValid() && !namesANode(options)) {
        m_balancer = options.server.host();
    }
    KubeClient::Options to;
    to.label = m_node.name;
    to.server = m_node.address;
    to.trust = options.trust;
    to.tlsServerName = options.tlsServerName;
    to.proxy = options.proxy;
    to.credentials = options.credentials;
    to.clock = options.clock;
    to.limits = options.limits;
    m_client = std::make_shared<KubeClient>(std::move(to));
    m_store = new NodeStore(m_client, this);
    if (options.etcd) {
        m_etcd = std::make_unique<EtcdClient>(*options.etcd, m_node.address.host(), m_clock);
    }
}

ApiServer::~ApiServer()
{
    m_client->shutDown();
    if (m_etcd) {
        m_etcd->shutDown();
    }
}

Async<Observation> ApiServer::observe(std::stop_token stop)
{
    const QPointer<ApiServer> self(this);
    return andThen(ask(std::move(stop)), [self](ServerAnswers answers) {
        return self ? self->merged(std::move(answers)) : ready<Observation>(fail(cancelledError()));
    });
}

Async<Observation> ApiServer::merged(ServerAnswers answers)
{
    if (!answers.nodes || answers.nodes->size() <= kMergeHereMax) {
        return ready<Observation>(merge(answers));
    }
    const Resolver<Observation> made; // on a thread of the pool
    const Resolver<Observation> out;
    QThreadPool::globalInstance()->start(
        [made, answers = std::move(answers)] { made.resolve(merge(answers)); });
    deliver(made.future(), this, [out](Result<Observation> seen) { out.resolve(std::move(seen)); });
    return out.future();
}

Async<Observation> ApiServer::observeWorker(QString worker, std::stop_token stop)
{
    return andThen(ask(std::move(stop)),
                   [worker = std::move(worker)](const ServerAnswers& answers) {
                       return mergeWorker(answers, worker);
                   });
}

Async<ServerAnswers> ApiServer::ask(std::stop_token stop)
{
    auto round = std::make_shared<Round>();
    round->stop = std::move(stop);
    round->onStop.emplace(round->stop,
                          [own = round->ownNodeStop]() mutable { own.request_stop(); });
    round->answers.node = m_node.id.value;
    QUrlQuery verbose;
    verbose.addQueryItem(QStringLiteral("verbose"), QStringLiteral("true"));
    round->open = 1; // until all have been sent
    askOwnNode(round, false);
    queue(*round, QStringLiteral("/readyz"), verbose, &ApiServer::takeReadyz);
    if (!m_wasReady) { // what makes it ready includes what makes it alive: livez is news only then
        queue(*round, QStringLiteral("/livez"), verbose, &ApiServer::takeLivez);
    }
    if (m_version.isEmpty() || m_wasSilent || !m_wasReady) {
        queue(*round, QStringLiteral("/version"), {}, &ApiServer::takeVersion);
    }
    if (m_store->isSynced()) {
        round->asksLeases = true;
        queueLeases(*round);
    }
    QTimer::singleShot(kBeside, this, [this, round] { askMore(round); });
    QTimer::singleShot(kDoubt, this, [this, round] {
        if (!round->ownNodeEnded) {
            askOwnNode(round, true);
        }
    });
    QTimer::singleShot(kAside, this, [this, round] {
        round->isLate = true;
        sendWaiting(round);
    });
    askEtcd(round);
    if (!m_store->isSynced()) {
        QTimer::singleShot(kPatience, this, [this, round] {
            if (!round->ownNodeEnded) {
                awaitList(round, true);
            }
        });
    }
    auto future = round->out.future();
    part(round);
    return future;
}

/// No resourceVersion: only with the consent of etcd's majority.
void ApiServer::askOwnNode(const RoundPtr& round, bool onNewConnection)
{
    KubeRequest request =
        requestOf(*round, QStringLiteral("/api/v1/nodes") + kubePath({m_node.id.value}), {});
    request.newConnection = onNewConnection;
    ++round->ownNodeOpen;
    transmit(round, std::move(request), &ApiServer::takeOwnNode);
}

/// The list of all nodes, when it is not there yet: asked only once the majority is proved, or as
/// the server remembers it.
void ApiServer::awaitList(const RoundPtr& round, bool remembered)
{
    if (remembered) {
        m_store->takeRemembered();
    } else {
        m_store->start();
    }
    if (!round->awaitsList) {
        round->awaitsList = true;
        ++round->open;
        deliver(m_store->whenSynced(Millis(round->deadline.remainingTime())), this,
                [this, round](const Result<bool>& synced) {
                    if (synced.value_or(false) && !std::exchange(round->asksLeases, true)) {
                        queueLeases(*round);
                    }
                    sendWaiting(round);
                    part(round);
                });
    }
}

void ApiServer::askMore(const RoundPtr& round)
{
    if (!round->asksMore) {
        sendWaiting(round);
    }
}

void ApiServer::sendWaiting(const RoundPtr& round)
{
    round->asksMore = true;
    do {
        sendNext(round);
    } while (round->isLate && !round->waiting.empty());
}

void ApiServer::queueLeases(Round& round) const
{
    if (m_leases.size() > 1 && m_mayListLeases && m_store->nodes()->size() <= kLeaseListMax) {
        queue(round, kubeletLeasesPath(), anyVersion(), &ApiServer::takeLeases);
        return;
    }
    for (const QString& node : m_leases) {
        queue(round, kubeletLeasesPath() + kubePath({node}), anyVersion(), &ApiServer::takeLease);
    }
}

void ApiServer::queue(Round& round, const QString& path, const QUrlQuery& query, Take take) const
{
    ++round.open;
    round.waiting.push_back({path, query, take});
}

void ApiServer::sendNext(const RoundPtr& round)
{
    if (!round->waiting.empty()) {
        const Round::Question next = round->waiting.front();
        round->waiting.pop_front();
        send(round, next.path, next.query, next.take);
        part(round); // as one that waits
    }
}

void ApiServer::send(const RoundPtr& round, const QString& path, const QUrlQuery& query, Take take)
{
    transmit(round, requestOf(*round, path, query), take);
}

KubeRequest ApiServer::requestOf(const Round& round, const QString& path,
                                 const QUrlQuery& query) const
{
    KubeRequest request;
    request.path = path;
    request.query = query;
    request.limits = m_client->options().limits;
    request.limits->connect = std::min(request.limits->connect, kAnswerMax);
    request.limits->total = std::max(Millis(round.deadline.remainingTime()), kAnswerMin);
    return request;
}

void ApiServer::transmit(const RoundPtr& round, KubeRequest request, Take take)
{
    ++round->open;
    const bool isOwnNode = take == &ApiServer::takeOwnNode;
    auto stop = isOwnNode ? round->ownNodeStop.get_token() : round->stop;
    deliver(m_client->send(std::move(request), std::move(stop)), this,
            [this, round, take, isOwnNode](const Result<KubeAnswer>& answer) {
                answered(round, take, answer);
                if (!isOwnNode) {
                    sendNext(round);
                }
                part(round);
            });
}

void ApiServer::answered(const RoundPtr& round, Take take, const Result<KubeAnswer>& answer)
{
    const bool isOwnNode = take == &ApiServer::takeOwnNode;
    round->ownNodeOpen -= isOwnNode ? 1 : 0;
    if (isOwnNode && (round->ownNodeEnded || (!answer && round->ownNodeOpen > 0))) {
        return; // the other of the two has spoken, or may yet
    }
    if (answer) {
        round->answered = true;
        if (const auto date = dateOf(*answer)) {
            m_skew = *date - m_clock->now();
        }
        if (answer->status == 401) {
            round->refusal = m_client->explained(*answer);
        }
        (this->*take)(*round, *answer);
    } else if (!round->trouble || saysMore(answer.error(), *round->trouble)) {
        round->trouble = answer.error();
    }
    if (isOwnNode) {
        round->ownNodeEnded = true;
        round->ownNodeStop.request_stop();
        const bool inTime = answer || answer.error().kind != ErrorKind::Timeout;
        if (!inTime) {
            round->answers.quorum = QuorumRead::NoMajority;
        }
        if (answer || !inTime) {
            awaitList(round, isWithoutEtcd(round->answers.quorum));
        } else {
            askMore(round);
        }
    }
}

void ApiServer::takeReadyz(Round& round, const KubeAnswer& answer)
{
    if (answer.status == 200 || answer.status >= 500) {
        round.answers.readyz = readHealth(answer.status, answer.body);
        m_wasReady = round.answers.readyz->ok;
    }
}

void ApiServer::takeLivez(Round& round, const KubeAnswer& answer)
{
    if (answer.status == 200 || answer.status >= 500) {
        round.answers.livez = readHealth(answer.status, answer.body);
    }
}

void ApiServer::takeVersion(Round&, const KubeAnswer& answer)
{
    if (const auto object = parseJsonObject(answer.body); object && answer.isOk()) {
        m_version = textOf(*object, "gitVersion").left(64);
    }
}

void ApiServer::takeOwnNode(Round& round, const KubeAnswer& answer)
{
    round.answers.quorum = quorumReadOf(answer.status, statusFrom(answer).message);
    if (const auto object = parseJsonObject(answer.body, kKubeJson); object && answer.isOk()) {
        if (auto node = decodeNodeObject(*object); node && m_store->isSynced()) {
            m_store->put(*std::move(node));
        }
    }
}

void ApiServer::takeLease(Round&, const KubeAnswer& answer)
{
    if (const auto object = parseJsonObject(answer.body); object && answer.isOk()) {
        if (auto lease = decodeLeaseObject(*object)) {
            m_heard[lease->meta.name] = *std::move(lease);
        }
    }
}

void ApiServer::takeLeases(Round& round, const KubeAnswer& answer)
{
    const auto list = parseJsonObject(answer.body, kKubeJson);
    if (!list || !answer.isOk()) {
        m_mayListLeases = false; // each by itself is another right
        queueLeases(round);
        return;
    }
    for (const QJsonValue item : listOf(*list, "items")) {
        auto lease = decodeLeaseObject(item.toObject());
        if (lease && m_leases.contains(lease->meta.name)) {
            m_heard[lease->meta.name] = *std::move(lease);
        }
    }
}

void ApiServer::takeEndpoints(Round&, const KubeAnswer& answer)
{
    if (const auto object = parseJsonObject(answer.body); object && answer.isOk()) {
        m_endpoints = decodeEndpointAddresses(*object);
    } else if (answer.status == 403) {
        m_endpoints = QStringList(); // not ours to see: the marks must do
    }
}

void ApiServer::askEtcd(const RoundPtr& round)
{
    if (!m_etcd) {
        return;
    }
    ++round->open;
    deliver(m_etcd->ask(kAnswerMax, round->stop), this, [this, round](Result<EtcdAnswers> said) {
        if (said) {
            round->answers.etcd = std::move(said->status);
            round->answers.etcdHealth = std::move(said->health);
            round->answers.etcdTrouble = std::move(said->trouble);
            if (said->members) {
                m_members = said->members;
                m_membership->list = *std::move(said->members);
            }
        }
        const auto& trouble = round->answers.etcdTrouble;
        if (trouble && isSilence(trouble->kind) && !m_membership->list
            && !std::exchange(m_awaitedMembers, true)) {
            QTimer::singleShot(kMembersWait, this, [this, round] { part(round); });
            return;
        }
        part(round);
    });
}

void ApiServer::part(const RoundPtr& round)
{
    if (--round->open > 0) {
        return;
    }
    // Where the nodes carry no marks, their addresses tell who serves the API.
    const bool unmarked = !m_endpoints && !round->asksEndpoints && m_store->isSynced()
                          && !isControlPlaneMarked(*m_store->nodes());
    if (!unmarked) {
        finish(round);
        return;
    }
    round->asksEndpoints = true;
    queue(*round, apiEndpointsPath(), anyVersion(), &ApiServer::takeEndpoints);
    sendNext(round);
}

void ApiServer::finish(const RoundPtr& round)
{
    if (!round->answered) {
        Error error = round->trouble.value_or(cancelledError());
        if (m_balancer && isSilence(error.kind)) {
            error.cure = cureBehind(*m_balancer, m_node.address);
        }
        if (!m_wasSilent && isSilence(error.kind)) {
            m_wasSilent = true;
            m_store->suspect(error);
        }
        round->out.resolve(fail(error));
        return;
    }
    m_balancer.reset(); // it can be reached: from now on silence is news
    if (round->refusal) {
        round->out.resolve(fail(*round->refusal));
        return;
    }
    if (m_wasSilent) { // it may be another process by now
        m_wasSilent = false;
        m_store->suspect(makeError(ErrorKind::Transport, QStringLiteral("was-silent"),
                                   QStringLiteral("It had not answered for a while")));
    }
    ServerAnswers& answers = round->answers;
    // A server without its etcd forgets its nodes. What is wrong with it must be told all the same.
    if (!m_store->isSynced() && !isWithoutEtcd(answers.quorum)) {
        round->out.resolve(fail(m_store->error().value_or(noNodeList(m_node.name))));
        return;
    }
    answers.version = m_version;
    answers.nodes = m_store->isSynced() ? m_store->nodes() : nullptr;
    answers.leases = m_heard;
    answers.remembered = m_store->isStale(m_clock->now());
    answers.hints.apiServers = m_endpoints.value_or(QStringList());
    answers.hints.members = m_members ? m_members : m_membership->list;
    answers.anyEtcdAnswered = answers.hints.members.has_value();
    answers.grace = m_grace;
    answers.now = m_clock->now();
    answers.serverNow = serverNow();
    round->out.resolve(std::move(answers));
}

} // namespace quorate::platform::kubernetes
