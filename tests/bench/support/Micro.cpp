// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/support/Micro.h"

#include <vector>

namespace quorate::bench {
namespace {

class Collector final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs) {
            if (run.run_type != Run::RT_Iteration || run.error_occurred || run.iterations == 0) {
                continue;
            }
            const QString name = QString::fromStdString(run.run_name.function_name);
            const auto place = series.try_emplace(name, name, QStringLiteral("µs")).first;
            place->second.add(run.real_accumulated_time / double(run.iterations) * 1e6);
        }
    }
    std::map<QString, Series> series;
};

} // namespace

std::map<QString, Series> runMicro(int argc, char** argv, int repetitions)
{
    std::vector<std::string> texts(argv, argv + argc);
    texts.push_back("--benchmark_repetitions=" + std::to_string(repetitions));
    texts.emplace_back("--benchmark_enable_random_interleaving=true");
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    int count = int(pointers.size());
    benchmark::Initialize(&count, pointers.data());
    Collector collector;
    benchmark::RunSpecifiedBenchmarks(&collector);
    for (const auto& [name, each] : collector.series) {
        each.print();
    }
    return std::move(collector.series);
}

} // namespace quorate::bench
