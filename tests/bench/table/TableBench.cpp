// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot of 5,000 nodes into the node table's model, every row changed. Target: at most 16 ms on the GUI thread.
#include "ui/cluster/NodeTable.h"

#include <QCoreApplication>

#include <benchmark/benchmark.h>

namespace {

using namespace quorate;

std::vector<ui::NodeRow> rows(int round)
{
    std::vector<ui::NodeRow> made(5000);
    for (size_t index = 0; index < made.size(); ++index) {
        made[index].id = QStringLiteral("node-%1").arg(index);
        made[index].name = made[index].id;
        made[index].age = Millis(round);
    }
    return made;
}

void everyRowChanged(benchmark::State& state)
{
    QObject owner;
    auto* model = ui::makeNodeTableModel(&owner);
    model->setRows(rows(0));
    int round = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto fresh = rows(++round);
        state.ResumeTiming();
        model->setRows(std::move(fresh));
    }
}
BENCHMARK(everyRowChanged)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
