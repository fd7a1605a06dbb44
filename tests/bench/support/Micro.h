// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/support/Bench.h"

#include <benchmark/benchmark.h>

#include <map>

namespace quorate::bench {

/// Runs what is registered with Google Benchmark, each `repetitions` times in random order, and
/// gives the time of one iteration, by the benchmark's name, in microseconds.
std::map<QString, Series> runMicro(int argc, char** argv, int repetitions);

} // namespace quorate::bench
