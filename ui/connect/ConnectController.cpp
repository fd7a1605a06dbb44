// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/ConnectController.h"

#include <QFile>
#include <QUrl>

#include <algorithm>

namespace quorate::ui {
namespace {

constexpr int kDefaultPort = 9443;      ///< domain.md: the appliance console's port
constexpr qint64 kLookedAt = 64 * 1024; ///< of a file, to tell what it is

/// "host:port" of what a person typed; empty when it is not an address.
QString hostPortOf(const QString& typed)
{
    QString text = typed.trimmed();
    if (!text.contains(QStringLiteral("://"))) {
        text.prepend(QStringLiteral("https://"));
    }
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != QLatin1String("https") || url.host().isEmpty()
        || !url.userInfo().isEmpty()) {
        return {};
    }
    const QString host =
        url.host().contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(url.host()) : url.host();
    return QStringLiteral("%1:%2").arg(host).arg(url.port(kDefaultPort));
}

} // namespace

ConnectController::ConnectController(const UiContext& context, QObject* parent)
    : QObject(parent)
    , m_context(context)
{
    m_request.acceptedBy = context.userName;
}

void ConnectController::setState(State state, std::optional<Error> problem)
{
    m_state = state;
    m_problem = std::move(problem);
    Q_EMIT changed();
}

void ConnectController::useFile(const QString& path)
{
    m_kubeconfig.clear();
    auto file = ClusterFile::read(path);
    if (!file && useKubeconfig(path)) {
        return;
    }
    if (!file) {
        setState(State::Source, file.error());
        return;
    }
    m_request = {};
    m_request.acceptedBy = m_context.userName;
    m_request.file = *std::move(file);
    m_address.clear();
    tryConnect();
}

void ConnectController::useKnown(const ClusterFile& file, const QString& user)
{
    m_kubeconfig.clear();
    m_address.clear();
    m_request = {};
    m_request.acceptedBy = m_context.userName;
    m_request.file = file;
    m_request.user = user;
    tryConnect();
}

bool ConnectController::isChange() const
{
    return m_state == State::Trust && m_problem
           && m_problem->code == QLatin1String("certificate-changed");
}

/// False when it does not look like one: then it is told what is wrong with it as a cluster file.
bool ConnectController::useKubeconfig(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)
        || !file.read(kLookedAt).contains("apiVersion")) { // which kubeconfig files begin with
        return false;
    }
    auto contexts = service::kubeconfigContexts({path});
    if (!contexts) {
        setState(State::Source, contexts.error());
        return true;
    }
    m_request = {};
    m_request.acceptedBy = m_context.userName;
    m_address.clear();
    m_kubeconfig = path;
    m_contexts = *std::move(contexts);
    addKnownNamespaces();
    setState(State::Context);
    return true;
}

/// Connecting once more must not look as if the lease were somewhere else.
void ConnectController::addKnownNamespaces()
{
    for (const ClusterId& id : m_context.clusters.clusters()) {
        const auto status = m_context.clusters.service(id)->status();
        for (service::KubeconfigContext& context : m_contexts) {
            if (context.name == status->identity.name && !status->leaseNamespace.isEmpty()) {
                context.leaseNamespace = status->leaseNamespace;
            }
        }
    }
}

void ConnectController::useContext(const QString& name, const QString& leaseNamespace,
                                   const service::EtcdFiles& etcd)
{
    if (m_state != State::Context) {
        return;
    }
    const auto chosen = std::ranges::find(m_contexts, name, &service::KubeconfigContext::name);
    const bool asShown = chosen != m_contexts.end() && chosen->leaseNamespace == leaseNamespace;
    m_request.leaseNamespace = asShown ? QString() : leaseNamespace;
    if (!m_request.leaseNamespace.isEmpty()) {
        if (auto checked = service::checkNamespace(leaseNamespace); !checked) {
            setState(State::Context, checked.error());
            return;
        }
    }
    auto sealed = service::readEtcdFiles(etcd);
    if (!sealed) {
        setState(State::Context, sealed.error());
        return;
    }
    m_request.etcd = *std::move(sealed);
    m_contextName = name;
    readContext({});
}

void ConnectController::allowProgram()
{
    if (m_state == State::Program) {
        readContext({m_programKey});
    }
}

void ConnectController::readContext(const std::set<QByteArray>& approved)
{
    auto read = service::readKubeconfig({m_kubeconfig}, m_contextName, approved);
    if (!read) {
        setState(State::Source, read.error());
        return;
    }
    m_warnings = read->warnings;
    m_request.file = read->file;
    m_request.user = read->user;
    m_program = read->pluginCommand;
    m_programKey = read->pluginKey;
    if (!m_program.isEmpty()) {
        setState(State::Program);
        return;
    }
    m_request.password = std::make_shared<Secret>(read->sealed->clone());
    tryConnect();
}

void ConnectController::useAddress(const QString& address)
{
    const QString hostPort = hostPortOf(address);
    if (hostPort.isEmpty()) {
        setState(State::Source,
                 makeError(ErrorKind::Validation, QStringLiteral("bad-address"),
                           tr("\"%1\" is not an address").arg(address.left(80)),
                           tr("Write host or host:port, for example gateway.example.com:9443")));
        return;
    }
    m_kubeconfig.clear();
    m_address = hostPort;
    setState(State::Working);
    deliver(m_context.clusters.fileForAddress(hostPort, m_request.acceptFingerprints), this,
            [this](Result<ClusterFile> file) {
                if (!file) {
                    setState(State::Source, file.error());
                    return;
                }
                m_request.file = *std::move(file);
                tryConnect();
            });
}

void ConnectController::tryConnect()
{
    setState(State::Working);
    service::ConnectRequest request = m_request;
    deliver(m_context.clusters.connectCluster(std::move(request)), this,
            [this](Result<service::ConnectOutcome> outcome) { onOutcome(std::move(outcome)); });
}

void ConnectController::onOutcome(Result<service::ConnectOutcome> outcome)
{
    if (!outcome) {
        setState(State::Source, outcome.error());
        return;
    }
    m_outcome = *std::move(outcome);
    switch (m_outcome.need) {
    case service::ConnectOutcome::Need::Trust: setState(State::Trust, m_outcome.reason); return;
    case service::ConnectOutcome::Need::Password:
        // A kubeconfig has all that there is: another one is needed, not a password.
        setState(m_request.file.platform == QLatin1String("kubernetes") ? State::Source
                                                                        : State::Password,
                 m_outcome.reason);
        return;
    case service::ConnectOutcome::Need::Nothing: break;
    }
    if (!m_outcome.cluster) {
        setState(State::Source,
                 makeError(ErrorKind::Internal, QStringLiteral("no-cluster"),
                           tr("The connection was made, but no cluster came of it")));
        return;
    }
    setState(State::Connected);
    Q_EMIT connected(*m_outcome.cluster);
}

void ConnectController::acceptCertificates()
{
    if (m_state != State::Trust) {
        return;
    }
    for (const auto& certificate : m_outcome.certificates) {
        m_request.acceptFingerprints.push_back(certificate.sha256);
    }
    tryConnect();
}

void ConnectController::givePassword(const QString& user, Secret password, bool remember)
{
    if (m_state != State::Password) {
        return;
    }
    m_request.user = user;
    m_request.password = std::make_shared<Secret>(std::move(password));
    m_request.remember = remember;
    tryConnect();
}

void ConnectController::backToSource()
{
    m_request.acceptFingerprints.clear();
    m_request.password.reset();
    m_request.etcd.reset();
    setState(State::Source);
}

} // namespace quorate::ui
