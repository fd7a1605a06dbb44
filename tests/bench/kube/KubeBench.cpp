// SPDX-License-Identifier: GPL-3.0-or-later
// What a person waits for, as whole programs from exec to exit, against Debian's kubectl in the
// same run: the table of 5,000 nodes, of recorded answers behind a local TLS server (`quoratectl
// nodes` and `kubectl get nodes`); and the state of a real cluster of three nodes (`quoratectl
// status`), where the lab of tests/lab can run. Both have been run once before and know the
// cluster. kubectl asks for the table that the server prints for it, as it does by itself; we ask
// for the nodes.
#include "tests/bench/kube/NodeServer.h"
#include "tests/bench/kube/Peer.h"
#include "tests/bench/support/Authority.h"
#include "tests/bench/support/Child.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <unistd.h>

namespace {

using namespace quorate::bench;

constexpr int kReadySeconds = 60;
constexpr int kLabSeconds = 240;
constexpr double kListMax = 0.5;
constexpr double kStatusMax = 1.0;
const QString kList = QStringLiteral("Table of 5,000 nodes, against `kubectl get nodes`: %1");
const QString kListTarget = QStringLiteral("≤ 0.5 ×");
const QString kStatus =
    QStringLiteral("`status` of three nodes in the lab, against `kubectl get nodes`: time");
const QString kStatusTarget = QStringLiteral("≤ 1.0 ×");

QStringList oursOf(const QString& kubeconfig, const QString& home, const QString& command)
{
    return {ownProgram(QStringLiteral("quoratectl")),
            QStringLiteral("--home"),
            home,
            QStringLiteral("--kubeconfig"),
            kubeconfig,
            command};
}

QStringList theirsOf(const QString& kubeconfig)
{
    return {debianKubectl(), QStringLiteral("--kubeconfig"), kubeconfig, QStringLiteral("get"),
            QStringLiteral("nodes")};
}

int skip(const QStringList& figures, const QString& target, const QString& why)
{
    for (const QString& figure : figures) {
        reportSkipped(figure, target, why);
    }
    return 0;
}

int measureList(const QString& folder)
{
    const QStringList figures{kList.arg(QStringLiteral("time")),
                              kList.arg(QStringLiteral("peak memory"))};
    const NodeServerOptions options{.folder = folder};
    if (!makeCertificates(folder) || !writeKubeconfig(options)) {
        return skip(figures, kListTarget, QStringLiteral("openssl is needed"));
    }
    QFile::remove(folder + QStringLiteral("/ready"));
    const Child server(QStringList{QCoreApplication::applicationFilePath()} + toArguments(options),
                       {});
    if (!waitForFile(folder + QStringLiteral("/ready"), kReadySeconds)) {
        return skip(figures, kListTarget, QStringLiteral("the server did not start")) + 1;
    }
    const QString home = folder + QStringLiteral("/home");
    const QString kubeconfig = kubeconfigOf(options);
    const ContestResult result = compete(
        {.ours = oursOf(kubeconfig, home + QStringLiteral("/quorate"), QStringLiteral("nodes")),
         .theirs = theirsOf(kubeconfig),
         .home = home});
    if (!result.failure.isEmpty()) {
        return skip(figures, kListTarget, result.failure) + 1;
    }
    result.print();
    reportContest(figures[0], result.ourWall, result.theirWall, kListMax, kListTarget);
    reportContest(figures[1], result.ourMemory, result.theirMemory, kListMax, kListTarget);
    return 0;
}

/// A lab of three nodes; taken down at the end.
class Lab {
public:
    explicit Lab(QString folder)
        : m_folder(std::move(folder))
    {
        m_up = isPossible()
               && runCommand({script(), QStringLiteral("up"), m_folder, QStringLiteral("--owner"),
                              QString::number(::getpid())},
                             kLabSeconds)
                          .exitCode
                      == 0;
    }
    ~Lab()
    {
        if (m_up) {
            runCommand({script(), QStringLiteral("down"), m_folder}, kLabSeconds);
        }
    }
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;
    [[nodiscard]] bool isUp() const { return m_up; }
    [[nodiscard]] QString kubeconfig() const
    {
        return m_folder + QStringLiteral("/kubeconfig/admin");
    }

private:
    static QString script() { return QStringLiteral(QUORATE_SOURCE_DIR "/tests/lab/lab.sh"); }
    static bool isPossible()
    {
        return runCommand({script(), QStringLiteral("check")}, kReadySeconds).exitCode == 0;
    }

    QString m_folder;
    bool m_up = false;
};

int measureStatus(const QString& folder)
{
    const Lab lab(folder + QStringLiteral("/lab"));
    if (!lab.isUp()) {
        return skip({kStatus}, kStatusTarget,
                    QStringLiteral("no lab can run here (`./dev lab` says why)"));
    }
    const QString home = folder + QStringLiteral("/lab-home");
    const ContestResult result =
        compete({.ours = oursOf(lab.kubeconfig(), home + QStringLiteral("/quorate"),
                                QStringLiteral("status")),
                 .theirs = theirsOf(lab.kubeconfig()),
                 .home = home,
                 .rounds = 15});
    if (!result.failure.isEmpty()) {
        return skip({kStatus}, kStatusTarget, result.failure) + 1;
    }
    result.print();
    reportContest(kStatus, result.ourWall, result.theirWall, kStatusMax, kStatusTarget);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto served = serveIfAsked(argc, argv)) {
        return *served;
    }
    const QCoreApplication app(argc, argv);
    if (debianKubectl().isEmpty()) {
        const QString why = QStringLiteral("Debian's kubernetes-client is not installed");
        skip({kList.arg(QStringLiteral("time")), kList.arg(QStringLiteral("peak memory"))},
             kListTarget, why);
        return skip({kStatus}, kStatusTarget, why);
    }
    const QString folder = scratchFolder(QStringLiteral("kube"));
    const int code = measureList(folder) | measureStatus(folder);
    QDir(folder).removeRecursively();
    return code;
}
