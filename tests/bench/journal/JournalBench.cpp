// SPDX-License-Identifier: GPL-3.0-or-later
// Durable journal records per second, beside the floor of the same disk: as many bytes written to a
// plain file, and fdatasync. Two floors, and the faster one counts: appending, where the file
// system must note the new size each time, and writing over what is there, which is as little as
// any durable write can do. Target: at least 0.5 of that floor.
#include "core/store/Store.h"
#include "tests/bench/support/Micro.h"

#include <QJsonDocument>
#include <QTemporaryDir>

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace quorate;

constexpr int kRepetitions = 7;
constexpr double kRateMin = 0.5; ///< of the floor's
constexpr qsizetype kWrittenOverBytes = 1024 * 1024;

QJsonObject payload()
{
    return {{QStringLiteral("event"), QStringLiteral("progress")},
            {QStringLiteral("step"), QStringLiteral("0012")},
            {QStringLiteral("text"), QString(200, QLatin1Char('x'))}};
}

QByteArray line() { return QJsonDocument(payload()).toJson(QJsonDocument::Compact) + '\n'; }

void appended(benchmark::State& state)
{
    const QTemporaryDir folder(bench::scratchFolder(QStringLiteral("journal"))
                               + QStringLiteral("/a-XXXXXX"));
    const int file = open(qPrintable(folder.filePath(QStringLiteral("floor"))),
                          O_CREAT | O_WRONLY | O_APPEND, 0600);
    const QByteArray text = line();
    for (auto _ : state) {
        if (write(file, text.constData(), size_t(text.size())) != text.size()
            || fdatasync(file) != 0) {
            state.SkipWithError("the disk does not take it");
            break;
        }
    }
    close(file);
}
BENCHMARK(appended)->UseRealTime();

void writtenOver(benchmark::State& state)
{
    const QTemporaryDir folder(bench::scratchFolder(QStringLiteral("journal"))
                               + QStringLiteral("/o-XXXXXX"));
    const int file =
        open(qPrintable(folder.filePath(QStringLiteral("floor"))), O_CREAT | O_WRONLY, 0600);
    const QByteArray before(kWrittenOverBytes, '\0');
    const QByteArray text = line();
    bool good =
        write(file, before.constData(), size_t(before.size())) == before.size() && fsync(file) == 0;
    qint64 at = 0;
    for (auto _ : state) {
        at = at + text.size() > before.size() ? 0 : at;
        good = good && pwrite(file, text.constData(), size_t(text.size()), at) == text.size()
               && fdatasync(file) == 0;
        at += text.size();
    }
    if (!good) {
        state.SkipWithError("the disk does not take it");
    }
    close(file);
}
BENCHMARK(writtenOver)->UseRealTime();

void journalRecord(benchmark::State& state)
{
    const QTemporaryDir folder(bench::scratchFolder(QStringLiteral("journal"))
                               + QStringLiteral("/j-XXXXXX"));
    const SystemClock clock;
    auto store = store::Store::open(folder.filePath(QStringLiteral("store.sqlite")), clock);
    const RunId run{QStringLiteral("bench")};
    if (!store
        || !(*store)->createRun(
            {.id = run, .cluster = ClusterId{QStringLiteral("c")}, .createdAt = clock.now()})) {
        state.SkipWithError("the store does not open");
        return;
    }
    run::JournalRecord record;
    record.previousHash = QByteArray(32, '\0');
    for (auto _ : state) {
        ++record.sequence;
        record.at = clock.now();
        record.kind = QStringLiteral("event");
        record.payload = payload();
        record.hash = run::hashOf(record);
        if (!(*store)->append(run, {record})) {
            state.SkipWithError("the store refuses a record");
            break;
        }
        record.previousHash = record.hash;
    }
}
BENCHMARK(journalRecord)->UseRealTime();

} // namespace

int main(int argc, char** argv)
{
    const QString figure = QStringLiteral("Journal, durable records, against the fsync floor");
    const auto series = quorate::bench::runMicro(argc, argv, kRepetitions);
    const auto of = [&series](const char* name) {
        const auto found = series.find(QLatin1String(name));
        return found == series.end() ? 0.0 : found->second.median();
    };
    const double floor = std::min(of("appended"), of("writtenOver"));
    const double journal = of("journalRecord");
    if (floor <= 0 || journal <= 0) {
        quorate::bench::reportSkipped(figure, QStringLiteral("≥ 0.5"),
                                      QStringLiteral("the disk does not take it"));
        return 1;
    }
    const auto rate = [](double microseconds) {
        return QStringLiteral("%1 /s (n %2)").arg(qRound(1e6 / microseconds)).arg(kRepetitions);
    };
    const double ratio = floor / journal; // of rates
    quorate::bench::report(
        {figure, rate(journal), rate(floor), ratio, QStringLiteral("≥ 0.5"), ratio >= kRateMin});
    return 0;
}
