// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quoratectl/Session.h"

#include "app/quoratectl/Json.h"
#include "core/service/Account.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace quorate::ctl {
namespace {

constexpr qint64 kPasswordMax = 4096; ///< our own bound
constexpr int kLooksMax =
    25; ///< for a list that takes long: a look lasts 2 s, a list at most a minute

/// A node that answers, but whose list of thousands of nodes takes longer than one look.
bool isStillListing(const service::ClusterStatus& status)
{
    return std::ranges::any_of(status.snapshot->nodes, [](const NodeRecord& record) {
        return record.error && record.error->code == QLatin1String("no-node-list");
    });
}

} // namespace

Session::Session(Arguments arguments, service::Services& services)
    : m_arguments(std::move(arguments))
    , m_services(services)
{}

std::vector<QByteArray> Session::acceptedFingerprints() const
{
    std::vector<QByteArray> list;
    for (QString text : m_arguments.values("--accept-certificate")) {
        text.remove(QLatin1Char(':'));
        list.push_back(QByteArray::fromHex(text.toLatin1()));
    }
    return list;
}

void Session::end(int code)
{
    if (!m_ended) {
        m_ended = true;
        QCoreApplication::exit(code);
    }
}

void Session::endWith(const Error& error)
{
    sayError(error, m_arguments.json());
    end(exitCodeOf(error, m_arguments.command()));
}

bool Session::wantsConnect() const
{
    return m_arguments.has("--password-stdin") || m_arguments.has("--accept-certificate")
           || m_arguments.has("--user");
}

std::optional<ClusterId> Session::known(const QString& reference)
{
    const auto profiles = m_services.store().profiles();
    if (!profiles) {
        return std::nullopt;
    }
    for (const store::ClusterProfile& profile : *profiles) {
        if (profile.id.value == reference || profile.file.name == reference) {
            return profile.id;
        }
    }
    return std::nullopt;
}

void Session::withCluster(std::function<void(service::ClusterService&)> use)
{
    const auto useId = [this, use = std::move(use)](const ClusterId& id) {
        use(*m_services.clusters().service(id));
    };
    if (m_arguments.namesKubeconfig()) {
        connectKubeconfig(useId);
        return;
    }
    if (const auto stray = strayOption()) {
        endWith(*stray);
        return;
    }
    const QString reference = m_arguments.value("--cluster");
    if (reference.isEmpty()) {
        const std::vector<ClusterId> all = m_services.clusters().clusters();
        if (all.size() == 1) {
            useId(all.front());
        } else {
            endWith(usage(all.empty() ? QStringLiteral("No cluster was connected yet")
                                      : QStringLiteral("Several clusters are known"),
                          QStringLiteral("Name one with --cluster FILE, ID or NAME")));
        }
        return;
    }
    const auto id = known(reference);
    if (id && !wantsConnect()) {
        useId(*id);
    } else {
        connectReference(reference, useId);
    }
}

void Session::connectReference(const QString& reference, std::function<void(const ClusterId&)> use)
{
    if (const auto stray = strayOption()) {
        endWith(*stray);
        return;
    }
    const auto profiles = m_services.store().profiles();
    if (!profiles) {
        endWith(profiles.error());
        return;
    }
    const auto named =
        std::ranges::find_if(*profiles, [&reference](const store::ClusterProfile& profile) {
            return profile.id.value == reference || profile.file.name == reference;
        });
    if (named != profiles->end()) {
        connectFile(named->file, std::move(use));
        return;
    }
    if (!QFileInfo::exists(reference)) {
        if (reference.contains(QLatin1Char('/')) || reference.endsWith(QLatin1String(".json"))) {
            endWith(makeError(ErrorKind::Validation, QStringLiteral("no-cluster-file"),
                              QStringLiteral("There is no cluster file %1").arg(reference)));
            return;
        }
        whenReady<ClusterFile>(
            m_services.clusters().fileForAddress(reference, acceptedFingerprints()),
            [this, use = std::move(use)](ClusterFile file) { connectFile(std::move(file), use); });
        return;
    }
    auto file = ClusterFile::read(reference);
    if (!file) {
        endWith(file.error());
        return;
    }
    // What was connected with this very file needs no second look; also when no node answers now.
    const ClusterId id = service::clusterIdOf(*file);
    const bool same =
        std::ranges::any_of(*profiles, [&id, &file](const store::ClusterProfile& profile) {
            return profile.id == id && profile.file == *file;
        });
    if (same && !wantsConnect()) {
        use(id);
    } else {
        connectFile(*std::move(file), std::move(use));
    }
}

Result<std::shared_ptr<Secret>> Session::readPassword()
{
    if (!m_arguments.has("--password-stdin")) {
        return std::shared_ptr<Secret>();
    }
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly)) {
        return fail(usage(QStringLiteral("Cannot read the password from standard input"), {}));
    }
    QByteArray line = in.readLine(kPasswordMax);
    while (line.endsWith('\n') || line.endsWith('\r')) {
        line.chop(1);
    }
    if (line.isEmpty()) {
        return fail(usage(QStringLiteral("Standard input holds no password"),
                          QStringLiteral("Write it there, ended by a line end")));
    }
    auto secret = std::make_shared<Secret>(line);
    wipeBytes(line);
    return secret;
}

void Session::connectFile(ClusterFile file, std::function<void(const ClusterId&)> use)
{
    auto password = readPassword();
    if (!password) {
        endWith(password.error());
        return;
    }
    service::ConnectRequest request;
    request.file = std::move(file);
    request.user = m_arguments.value("--user");
    request.password = *password;
    request.acceptFingerprints = acceptedFingerprints();
    request.acceptedBy = m_services.userName();
    whenReady<service::ConnectOutcome>(
        m_services.clusters().connectCluster(std::move(request)),
        [this, use = std::move(use)](const service::ConnectOutcome& outcome) {
            onOutcome(outcome, use);
        });
}

void Session::onOutcome(const service::ConnectOutcome& outcome,
                        const std::function<void(const ClusterId&)>& use)
{
    switch (outcome.need) {
    case service::ConnectOutcome::Need::Nothing:
        if (outcome.reason) {
            printError(QStringLiteral("quoratectl: connected, but ") + describe(*outcome.reason));
        }
        use(*outcome.cluster);
        return;
    case service::ConnectOutcome::Need::Trust:
        sayCertificates(outcome);
        endWith(
            outcome.reason.value_or(makeError(ErrorKind::Tls, QStringLiteral("certificate-unknown"),
                                              QStringLiteral("The certificate is not known"))));
        return;
    case service::ConnectOutcome::Need::Password:
        endWith(outcome.reason.value_or(
            makeError(ErrorKind::Unauthorized, QStringLiteral("password-needed"),
                      QStringLiteral("There is no password for this cluster"),
                      QStringLiteral("Give it with --user NAME --password-stdin"))));
        return;
    }
}

void Session::sayCertificates(const service::ConnectOutcome& outcome)
{
    for (std::size_t index = 0; index < outcome.certificates.size(); ++index) {
        const net::CertificateInfo& info = outcome.certificates[index];
        printError(
            QStringLiteral("%1 shows a certificate that nobody has accepted:\n  subject  %2\n  "
                           "issuer   %3\n"
                           "  names    %4\n  valid    %5 to %6\n  key      %7\n  SHA-256  %8")
                .arg(outcome.hostPorts[index], info.subject, info.issuer,
                     info.names.join(QStringLiteral(", ")),
                     info.notBefore.toUTC().toString(Qt::ISODate),
                     info.notAfter.toUTC().toString(Qt::ISODate), info.keyText,
                     net::fingerprintText(info.sha256)));
    }
    printError(QStringLiteral("Compare it with what the node itself shows, then repeat with "
                              "--accept-certificate SHA256."));
}

void Session::withFreshStatus(std::function<void(service::ClusterService&, service::StatusPtr)> use)
{
    withCluster([this, use = std::move(use)](service::ClusterService& cluster) {
        look(cluster, kLooksMax, use);
    });
}

void Session::look(service::ClusterService& cluster, int left,
                   const std::function<void(service::ClusterService&, service::StatusPtr)>& use)
{
    whenReady<service::StatusPtr>(cluster.refresh(),
                                  [this, &cluster, left, use](service::StatusPtr status) {
                                      if (left > 1 && isStillListing(*status)) {
                                          look(cluster, left - 1, use);
                                      } else {
                                          use(cluster, std::move(status));
                                      }
                                  });
}

} // namespace quorate::ctl
