// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"
#include "core/domain/Enums.h"

#include <QStringList>

namespace quorate::quorum::detail {

/// What is said of one node and of several: "is down" / "are down".
struct Predicate {
    QString one{};
    QString many{};
    bool operator==(const Predicate&) const = default;
};

/// What a node in this state is doing; `word` is the node's own word, shown when we do not know it.
Predicate predicateOf(NodeState state, const QString& word);
/// The same word for one and for several.
Predicate same(const QString& text);

/// "10:41:20 UTC": absolute, so that a text stays the same from one reading to the next.
QString clockText(TimePoint time);
/// "a", "a and b", "a, b and c".
QString joined(const QStringList& parts);
/// "one" … "seven", then digits. Seven: the most voters that are supported (etcd).
QString countWord(int count);
/// The text with its first letter as a capital.
QString capital(QString text);

} // namespace quorate::quorum::detail
