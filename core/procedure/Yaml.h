// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace quorate::procedure::yaml {

/// What we accept of a YAML file. Our own bounds: the largest shipped procedure has 300 values,
/// depth 8.
struct Limits {
    qint64 bytesMax = 256 * 1024;
    int depthMax = 16;
    int nodesMax = 20'000;
    bool aliases = false;       ///< anchors and aliases are taken, and what they stand for counts
    bool moreDocuments = false; ///< what follows the first document is not looked at
};

enum class Kind { Null, Scalar, Sequence, Map };

struct Entry;

/// A value with its place in the file (from 1). Plain data: what an alias stands for is copied.
struct Node {
    Kind kind = Kind::Null;
    QString text; ///< of a scalar
    bool quoted = false;
    int line = 1;
    int column = 1;
    std::vector<Entry> entries; ///< of a map, in the file's order
    std::vector<Node> items;    ///< of a sequence

    [[nodiscard]] const Node* find(const QString& key) const;
};

struct Entry {
    QString key;
    int line = 1;
    int column = 1;
    Node value;
};

/// Reads one YAML document whose top is a map. Refuses anchors, aliases, tags, keys that are not
/// texts, a key given twice, a second document (two of these unless the limits allow them), and
/// whatever passes the limits. Validation error
/// "FILE:LINE:COLUMN: …" with `code`.
[[nodiscard]] Result<Node> parse(const QByteArray& text, const QString& fileName,
                                 const QString& code, const Limits& limits = {});

/// `text` as a YAML scalar: plain where any YAML reader takes it for a text, double-quoted
/// otherwise.
QByteArray scalar(const QString& text);

} // namespace quorate::procedure::yaml
