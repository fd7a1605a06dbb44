// SPDX-License-Identifier: GPL-3.0-or-later
// One simulated run of a seven-node plan without faults. Target: at most 10 ms.
#include "core/simulate/Driver.h"
#include "tests/unit/run/RunPlans.h"

#include <benchmark/benchmark.h>

namespace {

using namespace quorate;

void sevenNodes(benchmark::State& state)
{
    const procedure::Plan plan = test::mssPlan(7);
    const run::detail::Guards guards;
    for (auto _ : state) {
        benchmark::DoNotOptimize(simulate::Driver(plan, guards, {}).run());
    }
}
BENCHMARK(sevenNodes)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
