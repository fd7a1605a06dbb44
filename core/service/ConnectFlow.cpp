// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/ConnectFlow.h"

#include "core/service/StatusWords.h"

#include <QSslCertificate>

#include <algorithm>

namespace quorate::service {
namespace {

constexpr int kRoundsMax =
    4; ///< trust, address completed, trust of the further nodes, once to spare

bool isChanged(const Error& error) { return error.code == QLatin1String("certificate-changed"); }

/// A person may decide about it; design.md section 9: also when a pinned one has changed.
bool isWorthAsking(const Error& error)
{
    return error.code == QLatin1String("certificate-unknown") || isChanged(error);
}

QString hostPortOf(const QUrl& address)
{
    return net::hostPortText(address.host(), address.port(443));
}

} // namespace

ConnectFlow::ConnectFlow(Context& context, ConnectRequest request, Account known, QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_request(std::move(request))
    , m_known(std::move(known))
{
    m_connected.file = m_request.file;
}

ConnectFlow::~ConnectFlow()
{
    m_stop.request_stop();
    m_resolver.resolve(fail(cancelledError()));
}

Async<ConnectOutcome> ConnectFlow::start()
{
    if (m_connected.file.nodes.empty()) {
        finish(fail(ErrorKind::Validation, QStringLiteral("no-nodes"),
                    QStringLiteral("The cluster file lists no nodes")));
        return m_resolver.future();
    }
    if (auto trust = trustPolicyOf(m_context.store, m_connected.file)) {
        m_trust = *std::move(trust);
        reachAll();
    } else {
        finish(fail(std::move(trust).error()));
    }
    return m_resolver.future();
}

void ConnectFlow::reachAll()
{
    if (++m_rounds > kRoundsMax) {
        finish(fail(ErrorKind::Tls, QStringLiteral("certificate-unstable"),
                    QStringLiteral("A node shows another certificate each time it is asked"),
                    QStringLiteral("Check what stands between this computer and the node")));
        return;
    }
    const std::size_t count = m_connected.file.nodes.size();
    m_reached.assign(count, {});
    m_open = count;
    for (std::size_t index = 0; index < count; ++index) {
        deliver(m_context.reach({.address = m_connected.file.nodes[index].address,
                                 .trust = m_trust,
                                 .platform = m_connected.file.platform,
                                 .password = knownPassword()}),
                this, [this, index](Result<bool> answer) { onReached(index, std::move(answer)); });
    }
}

void ConnectFlow::onReached(std::size_t index, Result<bool> answer)
{
    m_reached[index].ended = true;
    if (!answer) {
        m_reached[index].error = std::move(answer).error();
    }
    if (--m_open == 0) {
        judgeCertificates();
    }
}

void ConnectFlow::judgeCertificates()
{
    std::vector<std::size_t> toFetch;
    bool anybody = false;
    for (std::size_t index = 0; index < m_reached.size(); ++index) {
        const auto& error = m_reached[index].error;
        if (!error) {
            anybody = true;
        } else if (error->kind == ErrorKind::Tls && !isWorthAsking(*error)) {
            finish(fail(
                *error)); // expired, another name, broken: nothing a person should wave through
            return;
        } else if (error->kind == ErrorKind::Tls) {
            toFetch.push_back(index);
        }
    }
    if (!toFetch.empty()) {
        m_needsTrust = {.need = ConnectOutcome::Need::Trust};
        m_open = toFetch.size();
        for (const std::size_t index : toFetch) {
            fetch(index);
        }
    } else if (anybody) {
        findAccount();
    } else {
        finish(fail(m_reached.front().error->withContext(
            QStringLiteral("connecting to %1").arg(m_connected.file.name))));
    }
}

QString ConnectFlow::nameOf(std::size_t index) const
{
    const ClusterFileNode& node = m_connected.file.nodes[index];
    return node.name.isEmpty() ? node.address.host() : node.name;
}

void ConnectFlow::fetch(std::size_t index)
{
    const QUrl& address = m_connected.file.nodes[index].address;
    deliver(m_context.fetchCertificates(address.host(), address.port(443)), this,
            [this, index](Result<QList<QSslCertificate>> chain) {
                onFetched(index, std::move(chain));
            });
}

void ConnectFlow::onFetched(std::size_t index, Result<QList<QSslCertificate>> chain)
{
    const QUrl& address = m_connected.file.nodes[index].address;
    const QString hostPort = hostPortOf(address);
    if (chain && !chain->isEmpty()) {
        const TimePoint now = m_context.clock->now();
        const auto info = net::describeCertificate(chain->front(), address.host(), now);
        if (std::ranges::find(m_request.acceptFingerprints, info.sha256)
            != m_request.acceptFingerprints.end()) {
            m_trust.pins[hostPort] = info.sha256;
            m_connected.pins.push_back({.hostPort = hostPort,
                                        .sha256 = info.sha256,
                                        .acceptedAt = now,
                                        .acceptedBy = m_request.acceptedBy.isEmpty()
                                                          ? m_context.actor()
                                                          : m_request.acceptedBy});
        } else {
            const Error& error = *m_reached[index].error;
            m_needsTrust.certificates.push_back(info);
            m_needsTrust.hostPorts.push_back(hostPort);
            if (!m_needsTrust.reason || isChanged(error)) { // the worse one speaks
                m_needsTrust.reason = error.withContext(nameOf(index));
            }
        }
    } else {
        m_error = chain ? *m_reached[index].error : chain.error();
    }
    if (--m_open == 0) {
        afterFetching();
    }
}

void ConnectFlow::afterFetching()
{
    if (m_error) {
        finish(fail(*m_error));
    } else if (!m_needsTrust.hostPorts.empty()) {
        finish(m_needsTrust);
    } else {
        reachAll(); // with the pins that were just accepted
    }
}

secret::SecretPtr ConnectFlow::knownPassword() const
{
    return m_request.password ? m_request.password : m_known.password;
}

secret::SecretPtr ConnectFlow::etcd() const
{
    return m_request.etcd ? m_request.etcd : m_known.etcd;
}

void ConnectFlow::findAccount()
{
    // A practice cluster that was made anew has another password in its file.
    if (m_request.password || (m_known.password && !m_connected.file.practice)) {
        useAccount({.user = m_request.user, .password = knownPassword()});
        return;
    }
    deliver(service::findAccount(m_context.secrets, m_connected.file, m_request.user), this,
            [this](Result<Account> account) {
                if (account && !account->password && m_known.password) {
                    useAccount({.user = m_request.user, .password = m_known.password});
                } else if (account) {
                    useAccount(*std::move(account));
                } else {
                    finish(fail(std::move(account).error()));
                }
            });
}

void ConnectFlow::useAccount(Account account)
{
    m_connected.account = std::move(account);
    if (!m_connected.account.password || m_connected.account.user.isEmpty()) {
        needPassword(m_connected.account.reason);
    } else if (isAddressOnly()) {
        lookUp();
    } else {
        signIn();
    }
}

bool ConnectFlow::isAddressOnly() const
{
    return m_connected.file.nodes.size() == 1 && m_connected.file.nodes.front().id.isEmpty();
}

PlatformRequest ConnectFlow::platformRequest() const
{
    return {.file = m_connected.file,
            .trust = m_trust,
            .user = m_connected.account.user,
            .password = m_connected.account.password,
            .etcd = etcd(),
            .leaseNamespace = m_request.leaseNamespace};
}

void ConnectFlow::lookUp()
{
    deliver(m_context.lookUp(platformRequest()), this, [this](Result<ClusterFile> file) {
        if (file && file->nodes.size() >= 1) {
            m_connected.file = *std::move(file);
            reachAll(); // the further nodes have certificates of their own
        } else if (file) {
            finish(fail(ErrorKind::Protocol, QStringLiteral("no-members"),
                        QStringLiteral("The node names no members of its cluster")));
        } else if (file.error().kind == ErrorKind::Unauthorized) {
            needPassword(file.error());
        } else {
            finish(fail(std::move(file).error()));
        }
    });
}

void ConnectFlow::signIn()
{
    m_platform = m_context.makePlatform(platformRequest());
    m_connected.account.etcd = etcd();
    m_connected.leaseNamespace = m_platform->capabilities().leaseNamespace;
    std::vector<NodeId> nodes;
    for (std::size_t index = 0; index < m_reached.size(); ++index) {
        if (!m_reached[index].error) {
            nodes.push_back(m_connected.file.nodes[index].id);
        }
    }
    m_open = nodes.size();
    for (const NodeId& node : nodes) {
        deliver(m_platform->observe(node, m_stop.get_token()), this,
                [this](Result<Observation> answer) { onObserved(std::move(answer)); });
    }
}

void ConnectFlow::onObserved(Result<Observation> answer)
{
    // Who has let us begin a list of thousands of nodes has let us in.
    if (answer || answer.error().code == QLatin1String("no-node-list")) {
        m_signedIn = true;
    } else if (!m_error || answer.error().kind == ErrorKind::Unauthorized) {
        m_error = std::move(answer).error();
    }
    if (--m_open > 0) {
        return;
    }
    if (m_signedIn) {
        finish(ConnectOutcome{.cluster = clusterIdOf(m_connected.file)});
    } else if (m_error->kind == ErrorKind::Unauthorized) {
        needPassword(m_error);
    } else {
        finish(fail(*m_error));
    }
}

void ConnectFlow::needPassword(std::optional<Error> reason)
{
    finish(ConnectOutcome{.need = ConnectOutcome::Need::Password, .reason = std::move(reason)});
}

void ConnectFlow::finish(Result<ConnectOutcome> outcome)
{
    if (!m_done) {
        m_done = true;
        m_resolver.resolve(std::move(outcome));
    }
}

} // namespace quorate::service
