// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

namespace quorate::ui {

/// A failure as a person reads it, in their language.
struct ErrorText {
    QString title{};    ///< a few words: "The certificate is not trusted"
    QString happened{}; ///< what, to which node, at which step
    QString unharmed{}; ///< what is not touched by it
    QString next{};     ///< what to do
    QString details{};  ///< for a report: kind, code, endpoint, request id; no secrets
    [[nodiscard]] QString sentences() const; ///< happened, unharmed and next in one paragraph
};

[[nodiscard]] ErrorText errorText(const Error& error);

} // namespace quorate::ui
