// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace quorate::bench {

/// Repeats of one measurement; all are printed, the median counts.
class Series {
public:
    Series(QString what, QString unit);

    void add(double value);
    [[nodiscard]] bool isEmpty() const { return m_values.empty(); }
    [[nodiscard]] double median() const;
    [[nodiscard]] QString medianText() const; ///< "151 ms (n 7)"
    void print() const;                       ///< every value, in the order measured

private:
    QString m_what;
    QString m_unit;
    std::vector<double> m_values;
};

/// One line of the table. `ratio` is ours to peer.
struct Row {
    QString figure;
    QString ours;
    QString peer{};
    std::optional<double> ratio{};
    QString target;
    bool met = false;
};
/// Prints it, and adds it to the file that QUORATE_BENCH_ROWS names (tab-separated, one line).
void report(const Row& row);
/// A figure that cannot be measured here, and why.
void reportSkipped(const QString& figure, const QString& target, const QString& why);

/// Where this run keeps its files: QUORATE_BENCH_DIR, else the present folder. Made when absent.
QString scratchFolder(const QString& name);
/// Lets time pass: what is watched are other processes, which tell nobody when they are ready.
void pauseFor(int milliseconds);
/// Milliseconds that `work` takes.
double millisecondsOf(const std::function<void()>& work);
/// "12.3", three significant digits.
QString figureText(double value);

} // namespace quorate::bench
