// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/support/Bench.h"

#include <QDir>
#include <QFile>
#include <QTextStream>
#include <QThread>

#include <algorithm>
#include <cmath>

namespace quorate::bench {
namespace {

void say(const QString& text) { QTextStream(stdout) << text << Qt::endl; }

void addLine(const QStringList& cells)
{
    const QString path = qEnvironmentVariable("QUORATE_BENCH_ROWS");
    if (path.isEmpty()) {
        return;
    }
    QFile file(path);
    if (file.open(QIODevice::Append)) {
        file.write(cells.join(QLatin1Char('\t')).toUtf8() + '\n');
    } else {
        say(QStringLiteral("cannot write %1: %2").arg(path, file.errorString()));
    }
}

} // namespace

Series::Series(QString what, QString unit)
    : m_what(std::move(what))
    , m_unit(std::move(unit))
{}

void Series::add(double value) { m_values.push_back(value); }

double Series::median() const
{
    std::vector<double> sorted = m_values;
    std::ranges::sort(sorted);
    const size_t middle = sorted.size() / 2;
    if (sorted.empty()) {
        return 0;
    }
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

QString Series::medianText() const
{
    return QStringLiteral("%1 %2 (n %3)").arg(figureText(median()), m_unit).arg(m_values.size());
}

void Series::print() const
{
    QStringList texts;
    for (const double value : m_values) {
        texts.append(figureText(value));
    }
    say(QStringLiteral("  %1: median %2 %3 of %4")
            .arg(m_what, figureText(median()), m_unit, texts.join(QStringLiteral(", "))));
}

void report(const Row& row)
{
    const QString ratio = row.ratio ? figureText(*row.ratio) : QString();
    const QString verdict = row.met ? QStringLiteral("met") : QStringLiteral("missed");
    say(QStringLiteral("  %1: %2%3%4; target %5: %6")
            .arg(row.figure, row.ours,
                 row.peer.isEmpty() ? QString() : QStringLiteral(" against ") + row.peer,
                 ratio.isEmpty() ? QString() : QStringLiteral(", ratio ") + ratio, row.target,
                 verdict));
    addLine({row.figure, row.ours, row.peer, ratio, row.target, verdict});
}

void reportSkipped(const QString& figure, const QString& target, const QString& why)
{
    say(QStringLiteral("  %1: skipped: %2").arg(figure, why));
    addLine({figure, QString(), QString(), QString(), target, QStringLiteral("skipped: ") + why});
}

QString scratchFolder(const QString& name)
{
    const QString root = qEnvironmentVariable("QUORATE_BENCH_DIR", QStringLiteral("."));
    const QString path = QDir(root).absoluteFilePath(name);
    QDir().mkpath(path);
    return path;
}

void pauseFor(int milliseconds) { QThread::msleep(static_cast<unsigned long>(milliseconds)); }

double millisecondsOf(const std::function<void()>& work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return double(timer.nsecsElapsed()) / 1e6;
}

QString figureText(double value)
{
    const double size = std::abs(value);
    const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return QString::number(value, 'f', decimals);
}

} // namespace quorate::bench
