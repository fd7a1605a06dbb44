// SPDX-License-Identifier: GPL-3.0-or-later
// A package of 1 GiB onto three practice nodes at once, through the services that the window and
// the command line use, in turn with three `curl -T` at once to the same nodes. Both are timed from
// making the uploads to the nodes' own verdict. Targets: at least 0.9 of curl's throughput, memory
// growth below 64 MB, the file read once.
#include "core/package/PackageFile.h"
#include "core/service/Services.h"
#include "tests/bench/staging/CurlStaging.h"
#include "tests/bench/support/Await.h"
#include "tests/bench/support/Bench.h"
#include "tests/bench/support/Child.h"
#include "tests/bench/support/Sandbox.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTextStream>

#include <unistd.h>

namespace {

using namespace quorate;
using namespace quorate::bench;

constexpr int kRounds = 3;
constexpr int kNodes = 3;
constexpr int kPort = 27443;
constexpr int kPackageSeconds = 300;
constexpr double kThroughputMin = 0.9;
constexpr double kGrowthMbMax = 64;
constexpr double kReadsMax =
    1.02; ///< of the file's size; the rest is answers of the nodes and our own small files
constexpr auto kFigure = "Staging 1 GiB to 3 nodes";

struct Subject {
    std::unique_ptr<service::Services> services;
    service::ClusterService* cluster = nullptr;
    Package package;
    std::vector<NodeId> nodes;
};

struct Readings {
    Series ours{QStringLiteral("quorate"), QStringLiteral("MB/s")};
    Series curl{QStringLiteral("3 × curl -T"), QStringLiteral("MB/s")};
    Series growth{QStringLiteral("memory growth"), QStringLiteral("MB")};
    Series reads{QStringLiteral("bytes read per byte of the file"), QStringLiteral("×")};
};

/// The high-water mark of memory starts anew from what is in use now.
void resetPeakMemory()
{
    QFile file(QStringLiteral("/proc/self/clear_refs"));
    if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) {
        file.write("5");
    }
}

Result<Subject> prepare(const Sandbox& sandbox, const QString& file, const QString& home)
{
    service::Services::Options options;
    options.home = home;
    options.useKeychain = false;
    auto services = service::Services::open(options);
    auto cluster = ClusterFile::read(sandbox.clusterFile());
    if (!services || !cluster) {
        return fail(services ? cluster.error() : services.error());
    }
    service::ConnectRequest request;
    request.file = *cluster;
    auto outcome =
        await<service::ConnectOutcome>((*services)->clusters().connectCluster(std::move(request)));
    if (!outcome || !outcome->cluster) {
        return fail(outcome ? *outcome->reason : outcome.error());
    }
    Subject subject;
    subject.services = *std::move(services);
    subject.cluster = subject.services->clusters().service(*outcome->cluster);
    auto package =
        package::inspectPackage(file, {{cluster->publisherCertificate}}, subject.services->clock());
    if (!package) {
        return fail(package.error());
    }
    subject.package = *std::move(package);
    for (const ClusterFileNode& node : cluster->nodes) {
        subject.nodes.push_back(node.id);
    }
    return subject;
}

double megabytesPerSecond(const Package& package, double milliseconds)
{
    return double(package.sizeBytes) * kNodes / 1e6 / (milliseconds / 1e3);
}

Result<void> stageOurs(const Subject& subject, Readings& readings)
{
    const pid_t self = ::getpid();
    resetPeakMemory();
    const qint64 memoryBefore = procNumber(self, QStringLiteral("status"), "VmRSS");
    const qint64 readBefore = procNumber(self, QStringLiteral("io"), "rchar");
    Result<std::vector<StagedPackage>> staged;
    const double milliseconds = millisecondsOf([&] {
        staged = await<std::vector<StagedPackage>>(
            subject.cluster->platform().stage(subject.package, subject.nodes, {}, {}));
    });
    if (!staged) {
        return fail(staged.error());
    }
    const qint64 read = procNumber(self, QStringLiteral("io"), "rchar") - readBefore;
    const qint64 peak = procNumber(self, QStringLiteral("status"), "VmHWM");
    readings.ours.add(megabytesPerSecond(subject.package, milliseconds));
    readings.growth.add(double(peak - memoryBefore) * 1024 / 1e6);
    readings.reads.add(double(read) / double(subject.package.sizeBytes));
    return {};
}

void reportAll(const Readings& readings)
{
    for (const Series* each : {&readings.ours, &readings.curl, &readings.growth, &readings.reads}) {
        each->print();
    }
    const double ratio = readings.ours.median() / readings.curl.median();
    report({QLatin1String(kFigure)
                + QStringLiteral(", throughput of all three together, against 3 × `curl -T`"),
            readings.ours.medianText(), readings.curl.medianText(), ratio, QStringLiteral("≥ 0.9"),
            ratio >= kThroughputMin});
    report({QLatin1String(kFigure) + QStringLiteral(", memory growth (peak resident)"),
            readings.growth.medianText(),
            {},
            {},
            QStringLiteral("< 64 MB"),
            readings.growth.median() < kGrowthMbMax});
    report({QLatin1String(kFigure) + QStringLiteral(", bytes read per byte of the file"),
            readings.reads.medianText(),
            {},
            {},
            QStringLiteral("read once"),
            readings.reads.median() <= kReadsMax});
}

Result<void> measure(const Sandbox& sandbox, const QString& folder)
{
    const QString file = folder + QStringLiteral("/mss-14.2.0.qpkg");
    runCommand({ownProgram(QStringLiteral("quorate-sandbox")), QStringLiteral("package"),
                QStringLiteral("--dir"), sandbox.folder(), QStringLiteral("--version"),
                QStringLiteral("14.2.0"), QStringLiteral("--size"), QStringLiteral("1G"),
                QStringLiteral("-o"), file},
               kPackageSeconds);
    auto subject = prepare(sandbox, file, folder + QStringLiteral("/home"));
    if (!subject) {
        return fail(subject.error());
    }
    CurlStaging curl(*ClusterFile::read(sandbox.clusterFile()), sandbox.folder(), folder);
    if (!curl.signIn()) {
        return fail(ErrorKind::Transport, QStringLiteral("curl"),
                    QStringLiteral("curl could not sign in"));
    }
    Readings readings;
    for (int round = 0; round < kRounds; ++round) {
        if (auto staged = stageOurs(*subject, readings); !staged) {
            return staged;
        }
        curl.remove(subject->package);
        bool sent = false;
        const double milliseconds = millisecondsOf([&] { sent = curl.stage(subject->package); });
        if (!sent) {
            return fail(ErrorKind::Transport, QStringLiteral("curl"),
                        QStringLiteral("curl could not send the file"));
        }
        readings.curl.add(megabytesPerSecond(subject->package, milliseconds));
        curl.remove(subject->package);
    }
    reportAll(readings);
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QString folder = scratchFolder(QStringLiteral("staging"));
    int code = 0;
    {
        const Sandbox sandbox(folder + QStringLiteral("/cluster"), kNodes, kPort);
        const auto measured =
            sandbox.isUp()
                ? measure(sandbox, folder)
                : Result<void>(fail(ErrorKind::Transport, QStringLiteral("sandbox"),
                                    QStringLiteral("the practice cluster did not start")));
        if (!measured) {
            QTextStream(stderr) << describe(measured.error()) << Qt::endl;
            reportSkipped(QLatin1String(kFigure), QStringLiteral("≥ 0.9"),
                          measured.error().message);
            code = 1;
        }
    }
    QDir(folder).removeRecursively();
    return code;
}
