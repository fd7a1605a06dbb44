// SPDX-License-Identifier: GPL-3.0-or-later
// From exec to the first painted window, seen from the X server, for Quorate, a bare Qt window, xca
// and keepassxc in turn. Target: at most 1.5 times the bare window, and below both peers. Warm
// (files in the page cache) and, as root, cold (the page cache dropped before each start).
#include "tests/bench/start/FirstPaint.h"
#include "tests/bench/support/Bench.h"
#include "tests/bench/support/Child.h"

#include <QDir>
#include <QFile>
#include <QTextStream>

#include <unistd.h>

namespace {

using namespace quorate::bench;

constexpr int kWarmRounds = 9;
constexpr int kColdRounds = 5;
constexpr int kStartSecondsMax = 60;
constexpr double kBareRatioMax = 1.5;
constexpr auto kDropCaches = "/proc/sys/vm/drop_caches";

struct Program {
    QString name;
    QStringList command;
};

/// A home of its own for each, empty at first; no session bus, so that none talks to anything else.
Child::Options optionsFor(const QString& name)
{
    Child::Options options;
    const QString home = scratchFolder(QStringLiteral("start/") + name);
    QProcessEnvironment& environment = options.environment;
    environment.insert(QStringLiteral("HOME"), home);
    for (const auto& [variable, folder] :
         {std::pair("XDG_CONFIG_HOME", "config"), std::pair("XDG_DATA_HOME", "data"),
          std::pair("XDG_CACHE_HOME", "cache"), std::pair("XDG_RUNTIME_DIR", "run")}) {
        environment.insert(QLatin1String(variable),
                           home + QLatin1Char('/') + QLatin1String(folder));
        QDir().mkpath(environment.value(QLatin1String(variable)));
        QFile::setPermissions(environment.value(QLatin1String(variable)),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
    environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    options.output = home + QStringLiteral("/output");
    return options;
}

/// Milliseconds, or −1 when no window was painted in time.
double startOnce(FirstPaint& watch, const Program& program)
{
    const Child::Options options = optionsFor(program.name);
    watch.reset();
    QElapsedTimer timer;
    timer.start();
    Child child(program.command, options);
    bool painted = false;
    while (!painted && timer.elapsed() < kStartSecondsMax * 1000) {
        painted = watch.isPainted();
    }
    const double milliseconds = double(timer.nsecsElapsed()) / 1e6;
    child.stop();
    return painted ? milliseconds : -1;
}

bool dropCaches()
{
    ::sync();
    QFile file(QString::fromLatin1(kDropCaches));
    return file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && file.write("3\n") == 2;
}

void measure(FirstPaint& watch, const std::vector<Program>& programs, bool cold, int rounds)
{
    const QString kind =
        cold ? QStringLiteral("page cache dropped") : QStringLiteral("files in the page cache");
    QTextStream(stdout) << "  " << kind << Qt::endl;
    std::vector<Series> series;
    for (const Program& program : programs) {
        series.emplace_back(program.name, QStringLiteral("ms"));
    }
    for (int round = 0; round < rounds; ++round) {
        for (size_t at = 0; at < programs.size(); ++at) {
            if (cold) {
                dropCaches();
            }
            const double milliseconds = startOnce(watch, programs[at]);
            if (milliseconds >= 0) {
                series[at].add(milliseconds);
            }
        }
    }
    for (const Series& each : series) {
        each.print();
    }
    for (size_t at = 1; at < programs.size(); ++at) {
        const bool bare = at == 1;
        const QString figure = QStringLiteral("Start to first painted window (%1), against %2")
                                   .arg(kind, programs[at].name);
        const QString target = bare ? QStringLiteral("≤ 1.5 ×") : QStringLiteral("< 1 ×");
        if (series[0].isEmpty() || series[at].isEmpty()) {
            reportSkipped(
                figure, target,
                QStringLiteral("no window was painted within %1 s").arg(kStartSecondsMax));
            continue;
        }
        const double ratio = series[0].median() / series[at].median();
        report({figure, series[0].medianText(), series[at].medianText(), ratio, target,
                bare ? ratio <= kBareRatioMax : ratio < 1});
    }
}

} // namespace

int main()
{
    FirstPaint watch;
    if (!watch.isConnected()) {
        reportSkipped(QStringLiteral("Start to first painted window"), QStringLiteral("≤ 1.5 ×"),
                      QStringLiteral("there is no X server at DISPLAY"));
        return 0;
    }
    QDir(scratchFolder(QStringLiteral("start"))).removeRecursively();
    std::vector<Program> programs{
        {QStringLiteral("quorate"),
         {ownProgram(QStringLiteral("quorate")), QStringLiteral("--home"),
          scratchFolder(QStringLiteral("start/quorate-home"))}},
        {QStringLiteral("a bare Qt window"), {ownProgram(QStringLiteral("bare_window"))}}};
    for (const QString& peer : {QStringLiteral("xca"), QStringLiteral("keepassxc")}) {
        const QString path = programPath(peer);
        if (path.isEmpty()) {
            reportSkipped(QStringLiteral("Start to first painted window, against ") + peer,
                          QStringLiteral("< 1 ×"), QStringLiteral("it is not installed"));
        } else {
            programs.push_back({peer, {path}});
        }
    }
    for (const Program& program : programs) {
        startOnce(watch, program); // makes its home; not counted
    }
    measure(watch, programs, false, kWarmRounds);
    if (qEnvironmentVariableIntValue("QUORATE_BENCH_KEEP_CACHES") == 0 && dropCaches()) {
        measure(watch, programs, true, kColdRounds);
    } else {
        QTextStream(stdout) << "  not measured with the page cache dropped: that needs root (or "
                               "QUORATE_BENCH_KEEP_CACHES is set)"
                            << Qt::endl;
    }
    QDir(scratchFolder(QStringLiteral("start"))).removeRecursively();
    return 0;
}
