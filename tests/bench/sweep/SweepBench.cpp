// SPDX-License-Identifier: GPL-3.0-or-later
// One question to each of 300 HTTPS endpoints: our HttpClient (strict TLS, judged certificates,
// bounded answers) in a process of its own, in turn with one `curl --parallel`. User and system
// time of the whole process counts, start included, for both; both ask 50 endpoints at a time,
// curl's own default. Then the same with ten sweeps in a row, as a console does all day: what a
// program makes of connections that it has already. Target: CPU at most 1.0 of curl's.
#include "core/net/HttpClient.h"
#include "tests/bench/support/Authority.h"
#include "tests/bench/support/Await.h"
#include "tests/bench/support/Bench.h"
#include "tests/bench/support/Child.h"
#include "tests/bench/sweep/Endpoints.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTextStream>

namespace {

using namespace quorate;
using namespace quorate::bench;

constexpr int kRounds = 7;
constexpr int kSweepsInARow = 10;
constexpr int kAtATime = 50; ///< curl's --parallel-max by default
constexpr int kSweepSeconds = 120;
constexpr int kReadySeconds = 30;
constexpr double kCpuMax = 1.0;
const QString kFigure =
    QStringLiteral("Sweep of 300 HTTPS endpoints, CPU, against `curl --parallel`");
const QString kFigureInARow =
    QStringLiteral("Ten such sweeps in a row, CPU, against one `curl --parallel`");
const QString kTarget = QStringLiteral("≤ 1.0 ×");

QUrl endpoint(int index)
{
    return QUrl(
        QStringLiteral("https://127.0.0.1:%1/api/v1/node").arg(kFirstPort + index % kEndpoints));
}

/// The sweep itself: asks the next endpoint whenever one has answered.
class Sweep {
public:
    Sweep(const QString& authority, int sweeps)
        : m_questions(kEndpoints * sweeps)
        , m_client({.authorities = QSslCertificate::fromPath(authority), .pins = {}},
                   std::make_shared<SystemClock>())
    {}

    int run()
    {
        for (int slot = 0; slot < kAtATime; ++slot) {
            askNext();
        }
        m_loop.exec();
        return m_answered == m_questions ? 0 : 1;
    }

private:
    void askNext()
    {
        if (m_asked == m_questions) {
            return;
        }
        net::HttpRequest request;
        request.url = endpoint(m_asked++);
        deliver(m_client.send(std::move(request), {}), &m_client,
                [this](const Result<net::HttpResponse>& answer) {
                    m_answered += answer && answer->status == 200 ? 1 : 0;
                    if (++m_ended == m_questions) {
                        m_loop.quit();
                    }
                    askNext();
                });
    }

    int m_questions;
    net::HttpClient m_client;
    QEventLoop m_loop;
    int m_asked = 0;
    int m_ended = 0;
    int m_answered = 0;
};

/// Two lines per question, as `curl --config` wants it.
void writeCurlConfig(const QString& path, int sweeps)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return;
    }
    QTextStream out(&file);
    for (int index = 0; index < kEndpoints * sweeps; ++index) {
        out << "url = \"" << endpoint(index).toString() << "\"\noutput = \"/dev/null\"\n";
    }
}

int measure(const QString& self, const QString& folder, const QString& figure, int sweeps)
{
    const QString config = QStringLiteral("%1/curl-%2.conf").arg(folder).arg(sweeps);
    writeCurlConfig(config, sweeps);
    const QStringList ours{self, QStringLiteral("--sweep"), folder, QString::number(sweeps)};
    const QStringList curl{QStringLiteral("curl"),
                           QStringLiteral("-q"),
                           QStringLiteral("-sSf"),
                           QStringLiteral("--parallel"),
                           QStringLiteral("--noproxy"),
                           QStringLiteral("*"),
                           QStringLiteral("--http1.1"),
                           QStringLiteral("--cacert"),
                           folder + QStringLiteral("/ca.pem"),
                           QStringLiteral("--config"),
                           config};
    Series oursCpu(QStringLiteral("quorate, %1 ×").arg(sweeps), QStringLiteral("ms of CPU"));
    Series curlCpu(QStringLiteral("curl --parallel, %1 ×").arg(sweeps),
                   QStringLiteral("ms of CPU"));
    for (int round = 0; round < kRounds; ++round) {
        for (const auto& [command, series] :
             {std::pair(ours, &oursCpu), std::pair(curl, &curlCpu)}) {
            const ChildEnd end = runCommand(command, kSweepSeconds);
            if (!end.exited || end.exitCode != 0) {
                reportSkipped(
                    figure, kTarget,
                    QStringLiteral("%1 did not reach every endpoint").arg(command.front()));
                return 1;
            }
            series->add(end.cpuSeconds * 1e3);
        }
    }
    oursCpu.print();
    curlCpu.print();
    const double ratio = oursCpu.median() / curlCpu.median();
    report({figure, oursCpu.medianText(), curlCpu.medianText(), ratio, kTarget, ratio <= kCpuMax});
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const QString mode = argc > 2 ? QString::fromLocal8Bit(argv[1]) : QString();
    if (mode == QLatin1String("--serve")) {
        return serveEndpoints(argc, argv, QString::fromLocal8Bit(argv[2]));
    }
    const QCoreApplication app(argc, argv);
    if (mode == QLatin1String("--sweep")) {
        const int sweeps = argc > 3 ? QByteArray(argv[3]).toInt() : 1;
        return Sweep(QString::fromLocal8Bit(argv[2]) + QStringLiteral("/ca.pem"), sweeps).run();
    }
    const QString folder = scratchFolder(QStringLiteral("sweep"));
    const QString self = QCoreApplication::applicationFilePath();
    int code = 1;
    if (programPath(QStringLiteral("curl")).isEmpty() || !makeCertificates(folder)) {
        reportSkipped(kFigure, kTarget, QStringLiteral("curl and openssl are needed"));
    } else {
        const Child server({self, QStringLiteral("--serve"), folder}, {});
        if (waitForFile(folder + QStringLiteral("/ready"), kReadySeconds)) {
            code = measure(self, folder, kFigure, 1)
                   | measure(self, folder, kFigureInARow, kSweepsInARow);
        } else {
            reportSkipped(kFigure, kTarget, QStringLiteral("the endpoints did not start"));
        }
    }
    QDir(folder).removeRecursively();
    return code;
}
