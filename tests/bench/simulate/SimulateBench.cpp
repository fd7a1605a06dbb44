// SPDX-License-Identifier: GPL-3.0-or-later
// One simulated run of a seven-node plan without faults. Target: at most 10 ms.
#include "core/simulate/Driver.h"
#include "tests/bench/support/Micro.h"
#include "tests/unit/run/RunPlans.h"

namespace {

using namespace quorate;

constexpr int kRepetitions = 9;
constexpr double kMsMax = 10;

void sevenNodes(benchmark::State& state)
{
    const procedure::Plan plan = test::mssPlan(7);
    const run::detail::Guards guards;
    for (auto _ : state) {
        benchmark::DoNotOptimize(simulate::Driver(plan, guards, {}).run());
    }
}
BENCHMARK(sevenNodes);

} // namespace

int main(int argc, char** argv)
{
    const QString figure = QStringLiteral("Simulating a 7-node plan, one run");
    const auto series = quorate::bench::runMicro(argc, argv, kRepetitions);
    const auto found = series.find(QStringLiteral("sevenNodes"));
    if (found == series.end()) {
        return 1;
    }
    const double milliseconds = found->second.median() / 1e3;
    quorate::bench::report({figure,
                            QStringLiteral("%1 ms (n %2)")
                                .arg(quorate::bench::figureText(milliseconds))
                                .arg(kRepetitions),
                            {},
                            {},
                            QStringLiteral("≤ 10 ms"),
                            milliseconds <= kMsMax});
    return 0;
}
