// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/Machine.h"

namespace quorate::run::detail {

/// What keeps a run safe, each with a switch, so that the simulator's tests can show that it would
/// be noticed if one were missing. Product code calls run::step, which has them all; tests/tidy
/// allows this header in core/run, core/simulate and tests only.
struct Guards {
    bool gate = true;         ///< a node leaves only after a Yes
    bool gateFresh = true;    ///< … on observations made after the step came up
    bool gateAgain = true;    ///< … asked again directly before each act that takes a voter away
    bool waitBack = true;     ///< the next node waits until this one is back
    bool versionCheck = true; ///< back means: on the target version
    bool probeBeforeResend = true; ///< an act without an answer is asked about, not sent again
    bool leaderLast = true;
    bool oneAtATime = true;
    bool journalFirst = true; ///< for drivers: durable before the effect
    bool limits = true;       ///< every wait ends
};

[[nodiscard]] Transition stepWith(const Guards& guards, const procedure::Plan& plan, RunState state,
                                  const RunEvent& occurred);

} // namespace quorate::run::detail
