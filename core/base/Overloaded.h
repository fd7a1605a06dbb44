// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace quorate {

/// One visitor out of several lambdas, for std::visit over a closed variant: a missing alternative
/// does not compile.
template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

} // namespace quorate
