// SPDX-License-Identifier: GPL-3.0-or-later
// Durable journal records per second, beside the floor of the same disk: append and fdatasync of as many bytes to a
// plain file. Target: at least 0.5 of the floor.
#include "core/store/Store.h"

#include <QJsonDocument>
#include <QTemporaryDir>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace quorate;

QJsonObject payload()
{
    return {{QStringLiteral("event"), QStringLiteral("progress")},
            {QStringLiteral("step"), QStringLiteral("0012")},
            {QStringLiteral("text"), QString(200, QLatin1Char('x'))}};
}

void floorOfTheDisk(benchmark::State& state)
{
    const QTemporaryDir folder(QStringLiteral("./bench-XXXXXX"));
    const int file = open(qPrintable(folder.filePath(QStringLiteral("floor"))), O_CREAT | O_WRONLY | O_APPEND, 0600);
    const QByteArray line = QJsonDocument(payload()).toJson(QJsonDocument::Compact) + '\n';
    for (auto _ : state) {
        if (write(file, line.constData(), size_t(line.size())) != line.size() || fdatasync(file) != 0) {
            state.SkipWithError("the disk does not take it");
            break;
        }
    }
    close(file);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(floorOfTheDisk)->Unit(benchmark::kMicrosecond)->UseRealTime();

void journalRecord(benchmark::State& state)
{
    const QTemporaryDir folder(QStringLiteral("./bench-XXXXXX"));
    const SystemClock clock;
    auto store = store::Store::open(folder.filePath(QStringLiteral("store.sqlite")), clock);
    const RunId run{QStringLiteral("bench")};
    if (!store || !(*store)->createRun({.id = run, .cluster = ClusterId{QStringLiteral("c")}, .createdAt = clock.now()})) {
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
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(journalRecord)->Unit(benchmark::kMicrosecond)->UseRealTime();

} // namespace

BENCHMARK_MAIN();
