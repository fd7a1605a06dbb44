// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace quorate {

/// Appends `utf8` to `out` as a JSON string, quotes included, without a QString in between: each
/// copy of a secret can be wiped then. Source of what is escaped: RFC 8259 section 7. An `out` that
/// must not move (and leave a copy behind) is reserved before: 6 bytes a byte and 2 more at most.
void appendJsonText(QByteArray& out, const QByteArray& utf8);

} // namespace quorate
