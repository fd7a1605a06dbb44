// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lab/KubeLab.h"

#include "core/base/Time.h"
#include "tests/support/Environment.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QProcess>

namespace quorate::labtest {
namespace {

constexpr Seconds kActLimit{120};
constexpr Seconds kUpLimit{240}; // two loaded cores

QString script() { return test::sourcePath(QStringLiteral("tests/lab/lab.sh")); }

struct Outcome {
    bool well = false;
    QString output;
    QString errors;
};

/// Without turning the event loop: an act may be called from a waitUntil().
Outcome runScript(const QStringList& arguments, Seconds limit)
{
    QProcess process;
    process.start(script(), arguments, QIODevice::ReadOnly);
    const bool ended = process.waitForFinished(static_cast<int>(Millis(limit).count()));
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    return {ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
            QString::fromUtf8(process.readAllStandardOutput()).trimmed(),
            QString::fromUtf8(process.readAllStandardError()).trimmed()};
}

const char* nameOf(LabProcess process)
{
    switch (process) {
    case LabProcess::Etcd: return "etcd";
    case LabProcess::Api: return "api";
    case LabProcess::ControllerManager: return "kcm";
    case LabProcess::Scheduler: return "sched";
    case LabProcess::Kubelet: break;
    }
    return "kubelet";
}

QString nameOf(LabCut from)
{
    switch (from) {
    case LabCut::Peers: return QStringLiteral("peers");
    case LabCut::Console: return QStringLiteral("console");
    case LabCut::All: break;
    }
    return QStringLiteral("all");
}

} // namespace

KubeLab::KubeLab(const LabOptions& options)
{
    QStringList arguments{
        QStringLiteral("up"),        path({}),
        QStringLiteral("--owner"),   QString::number(QCoreApplication::applicationPid()),
        QStringLiteral("--nodes"),   QString::number(options.nodes),
        QStringLiteral("--workers"), QString::number(options.workers)};
    if (options.fast) {
        arguments << QStringLiteral("--fast");
    }
    const Outcome outcome = runScript(arguments + options.more, kUpLimit);
    m_up = outcome.well;
    if (!m_up) {
        m_folder.keep();
        ADD_FAILURE() << "the lab did not come up: " << outcome.errors.toStdString();
    }
}

KubeLab::~KubeLab()
{
    if (::testing::UnitTest::GetInstance()->Failed()) { // whichever test it was
        m_folder.keep();
        QTextStream(stderr) << "The lab's logs are in " << path(QStringLiteral("log")) << '\n';
    }
    if (m_up) {
        act({QStringLiteral("down")});
    }
}

QString KubeLab::unavailable()
{
    static const QString why = [] {
        const Outcome outcome = runScript({QStringLiteral("check")}, kActLimit);
        return outcome.well ? QString() : outcome.errors;
    }();
    return why;
}

void KubeLab::cut(int node, LabCut from) const
{
    act({QStringLiteral("cut"), QString::number(node), nameOf(from)});
}

void KubeLab::mend(int node, LabCut from) const
{
    act({QStringLiteral("mend"), QString::number(node), nameOf(from)});
}

QString KubeLab::act(const QStringList& verbAndArguments) const
{
    QStringList arguments = verbAndArguments;
    arguments.insert(1, path({}));
    const Outcome outcome = runScript(arguments, kActLimit);
    if (!outcome.well) {
        ADD_FAILURE() << "lab.sh " << verbAndArguments.join(QLatin1Char(' ')).toStdString() << ": "
                      << outcome.errors.toStdString();
    }
    return outcome.output;
}

QString KubeLab::kubeconfig(const QString& name) const
{
    return path(QStringLiteral("kubeconfig/") + name);
}

QString KubeLab::path(const QString& relative) const
{
    const QString folder = m_folder.path(QStringLiteral("lab"));
    return relative.isEmpty() ? folder : folder + QLatin1Char('/') + relative;
}

QString KubeLab::address(int node) const
{
    QFile file(path(QStringLiteral("addresses")));
    if (file.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = file.readAll().split('\n');
        if (node >= 1 && node < lines.size()) {
            return QString::fromLatin1(lines.at(node - 1));
        }
    }
    ADD_FAILURE() << "no address of node " << node;
    return {};
}

LabReply KubeLab::get(int node, const QString& path) const
{
    LabCall call;
    call.path = path;
    return send(node, call);
}

LabReply KubeLab::send(int node, const LabCall& call) const
{
    const LabIdentity identity{path(QStringLiteral("pki/ca.crt")),
                               path(QStringLiteral("pki/admin.crt")),
                               path(QStringLiteral("pki/admin.key"))};
    return sendCall(QStringLiteral("https://%1:6443").arg(address(node)), identity, call);
}

LabReply KubeLab::etcd(int node, const QString& path, const QByteArray& body, long limitMs) const
{
    const LabIdentity identity{this->path(QStringLiteral("pki/etcd-ca.crt")),
                               this->path(QStringLiteral("pki/etcd-client.crt")),
                               this->path(QStringLiteral("pki/etcd-client.key"))};
    LabCall call;
    call.method = body.isEmpty() ? "GET" : "POST";
    call.path = path;
    call.body = body;
    call.limitMs = limitMs;
    return sendCall(QStringLiteral("https://%1:2379").arg(address(node)), identity, call);
}

QString KubeLab::readyCondition(int node, int asked) const
{
    const QString path = QStringLiteral("/api/v1/nodes/") + nodeName(node);
    const QJsonObject status = get(asked, path).json().value(QStringLiteral("status")).toObject();
    for (const QJsonValue condition : status.value(QStringLiteral("conditions")).toArray()) {
        if (condition[QStringLiteral("type")].toString() == QStringLiteral("Ready")) {
            return condition[QStringLiteral("status")].toString();
        }
    }
    return {};
}

void KubeLab::signal(const char* verb, int node, LabProcess process) const
{
    act({QString::fromLatin1(verb), QString::number(node), QString::fromLatin1(nameOf(process))});
}

QString nodeName(int node) { return QStringLiteral("node-%1").arg(node); }

} // namespace quorate::labtest
