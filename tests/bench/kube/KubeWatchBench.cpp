// SPDX-License-Identifier: GPL-3.0-or-later
// The console while a cluster changes: a local TLS server with 5,000 nodes of which 500 report each
// second, as 5,000 kubelets that report each 10 s do; the whole real path (connection, watch,
// observation each 2 s, judgement, rows) up to the node table on an offscreen screen. Two figures:
// what share of a processor the window's thread uses, and what it works in one frame of 16 ms. Both
// are the thread's own processor time, so that other work on the machine does not count.
//
// And memory: a small cluster, looked at as often as 8 hours of looking each 2 s come to, as fast
// as it goes.
#include "core/service/KubernetesConnections.h"
#include "core/service/Services.h"
#include "tests/bench/kube/NodeServer.h"
#include "tests/bench/support/Authority.h"
#include "tests/bench/support/Await.h"
#include "tests/bench/support/Bench.h"
#include "tests/bench/support/Child.h"
#include "ui/cluster/NodeTable.h"
#include "ui/common/TableView.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QTextStream>
#include <QTimer>

#include <algorithm>
#include <ctime>
#include <malloc.h>
#include <unistd.h>

namespace {

using namespace quorate;
using namespace quorate::bench;

constexpr int kReadySeconds = 60;
constexpr int kSettleMs = 10'000;
constexpr int kWatchMs = 60'000;
constexpr int kFrameMs = 16;
constexpr double kShareMax = 20;
constexpr double kHours = 8;
constexpr double kLookSeconds = 2; ///< how often a console looks
constexpr int kWarmLooks = 1000;
constexpr double kGrowthMax = 1;
const QString kShare =
    QStringLiteral("Watch of 500 changes a second, 5,000 nodes: window's thread");
const QString kFrame = QStringLiteral("The same: work in one frame, 99th percentile");
const QString kGrowth = QStringLiteral("Connected for 8 accelerated hours: memory growth");

double threadSeconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

void turnEvents(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

/// A server in a process of its own, and this console connected to it.
class Connection {
public:
    Connection(NodeServerOptions options, std::optional<Millis> poll)
    {
        QDir(options.folder).removeRecursively();
        QDir().mkpath(options.folder);
        if (!makeCertificates(options.folder) || !writeKubeconfig(options)) {
            return;
        }
        m_server =
            Child(QStringList{QCoreApplication::applicationFilePath()} + toArguments(options), {});
        if (!waitForFile(options.folder + QStringLiteral("/ready"), kReadySeconds)) {
            return;
        }
        service::Services::Options to;
        to.home = options.folder + QStringLiteral("/home");
        to.useKeychain = false;
        to.pollForeground = poll;
        if (auto opened = service::Services::open(to)) {
            m_services = *std::move(opened);
            connectTo(kubeconfigOf(options));
        }
    }

    [[nodiscard]] service::ClusterService* cluster() const { return m_cluster; }
    [[nodiscard]] const QString& failure() const { return m_failure; }
    [[nodiscard]] const Clock& clock() const { return m_services->clock(); }
    /// Until all nodes are there.
    [[nodiscard]] bool waitForNodes(int nodes) const
    {
        QElapsedTimer timer;
        timer.start();
        while (int(m_cluster->status()->snapshot->nodes.size()) < nodes
               && timer.elapsed() < kReadySeconds * 1000) {
            turnEvents(100);
        }
        return int(m_cluster->status()->snapshot->nodes.size()) >= nodes;
    }

private:
    void connectTo(const QString& kubeconfig)
    {
        auto request = service::readKubeconfig({kubeconfig}, {}, {});
        if (!request) {
            return;
        }
        service::ConnectRequest connect;
        connect.file = request->file;
        connect.user = request->user;
        connect.password = std::make_shared<Secret>(request->sealed->clone());
        const auto outcome = await(m_services->clusters().connectCluster(std::move(connect)));
        if (outcome && outcome->cluster) {
            m_cluster = m_services->clusters().service(*outcome->cluster);
            m_cluster->setForeground(true);
        } else {
            m_failure = describe(outcome ? outcome->reason.value_or(Error{}) : outcome.error());
        }
    }

    Child m_server;
    std::unique_ptr<service::Services> m_services;
    service::ClusterService* m_cluster = nullptr;
    QString m_failure = QStringLiteral("the server did not start, or its nodes did not come");
};

/// What the thread works between two ticks, a frame apart.
class Frames {
public:
    Frames()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const double now = threadSeconds();
            m_work.push_back((now - m_last) * 1e3);
            m_last = now;
        });
        m_timer.start(kFrameMs);
    }
    [[nodiscard]] double percentile(double share)
    {
        std::ranges::sort(m_work);
        return m_work.empty() ? 0
                              : m_work[std::min(m_work.size() - 1,
                                                std::size_t(double(m_work.size()) * share))];
    }
    [[nodiscard]] std::size_t count() const { return m_work.size(); }

private:
    QTimer m_timer;
    double m_last = threadSeconds();
    std::vector<double> m_work;
};

int fail(const QStringList& figures, const QString& target, const QString& why)
{
    for (const QString& figure : figures) {
        reportSkipped(figure, target, why);
    }
    return 1;
}

int measureWatch(const QString& folder)
{
    const NodeServerOptions options{
        .folder = folder, .nodes = 5000, .controlPlane = 1, .port = 28610, .changesPerSecond = 500};
    Connection console(options, {});
    if (console.cluster() == nullptr || !console.waitForNodes(options.nodes)) {
        return fail({kShare, kFrame}, QStringLiteral("< 20 % and ≤ 16 ms"), console.failure());
    }
    const ui::Theme theme;
    ui::TableView view(theme);
    auto* model = ui::makeNodeTableModel(&view);
    view.setTable(model);
    view.resize(1200, 800);
    view.show();
    service::ClusterService& cluster = *console.cluster();
    int shown = 0;
    const auto show = [&] {
        model->setRows(ui::nodeRows(*cluster.status(), console.clock().now()));
        ++shown;
    };
    QObject::connect(&cluster, &service::ClusterService::statusChanged, &view, show);
    show();
    turnEvents(kSettleMs);
    Frames frames;
    const int shownBefore = shown;
    const double before = threadSeconds();
    QElapsedTimer timer;
    timer.start();
    turnEvents(kWatchMs);
    const double share = (threadSeconds() - before) / (double(timer.nsecsElapsed()) / 1e9) * 100;
    const double most = frames.percentile(0.99);
    QTextStream(stdout) << QStringLiteral("  %1 frames, %2 updates of the table; work in a frame: "
                                          "median %3, p95 %4, p99 %5, most %6 ms\n")
                               .arg(frames.count())
                               .arg(shown - shownBefore)
                               .arg(figureText(frames.percentile(0.5)),
                                    figureText(frames.percentile(0.95)), figureText(most),
                                    figureText(frames.percentile(1)));
    report({kShare,
            figureText(share) + QStringLiteral(" % of a core"),
            {},
            {},
            QStringLiteral("< 20 %"),
            share < kShareMax});
    report({kFrame,
            figureText(most) + QStringLiteral(" ms"),
            {},
            {},
            QStringLiteral("≤ 16 ms"),
            most <= kFrameMs});
    return 0;
}

double residentMib()
{
    ::malloc_trim(0); // what is free counts for nobody
    return double(procNumber(::getpid(), QStringLiteral("status"), "VmRSS")) / 1024;
}

/// Counts the looks of a cluster by the times of its first node's answers.
class Looks {
public:
    explicit Looks(service::ClusterService& cluster)
        : m_cluster(cluster)
    {
        QObject::connect(&cluster, &service::ClusterService::statusChanged, &m_context, [this] {
            const auto at = m_cluster.status()->snapshot->nodes.front().attemptedAt;
            if (at && at != m_last) {
                m_last = at;
                ++m_count;
            }
        });
    }
    void waitFor(int more)
    {
        const int wanted = m_count + more;
        while (m_count < wanted) {
            turnEvents(200);
        }
    }

private:
    service::ClusterService& m_cluster;
    QObject m_context;
    std::optional<TimePoint> m_last;
    int m_count = 0;
};

int measureMemory(const QString& folder)
{
    const NodeServerOptions options{
        .folder = folder, .nodes = 50, .controlPlane = 3, .port = 28620, .changesPerSecond = 500};
    Connection console(options, Millis(10));
    if (console.cluster() == nullptr || !console.waitForNodes(options.nodes)) {
        return fail({kGrowth}, QStringLiteral("< 1 MB an hour"), console.failure());
    }
    Looks looks(*console.cluster());
    looks.waitFor(kWarmLooks);
    Series resident(QStringLiteral("resident memory, each hour"), QStringLiteral("MiB"));
    const double first = residentMib();
    resident.add(first);
    double last = first;
    for (int hour = 0; hour < int(kHours); ++hour) {
        looks.waitFor(int(3600 / kLookSeconds));
        last = residentMib();
        resident.add(last);
    }
    resident.print();
    const double growth = (last - first) / kHours;
    report({kGrowth,
            figureText(growth) + QStringLiteral(" MiB an hour"),
            {},
            {},
            QStringLiteral("< 1 MB an hour"),
            growth < kGrowthMax});
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto served = serveIfAsked(argc, argv)) {
        return *served;
    }
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication app(argc, argv);
    const QString only = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QString();
    const QString folder = scratchFolder(QStringLiteral("kubewatch"));
    int code = 0;
    if (only != QLatin1String("memory")) {
        code |= measureWatch(folder + QStringLiteral("/watch"));
    }
    if (only != QLatin1String("watch")) {
        code |= measureMemory(folder + QStringLiteral("/memory"));
    }
    QDir(folder).removeRecursively();
    return code;
}
