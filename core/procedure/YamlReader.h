// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"
#include "core/base/Version.h"
#include "core/domain/Package.h"
#include "core/procedure/Yaml.h"

#include <QStringList>

#include <optional>

namespace quorate::procedure::yaml {

/// What is shared by the readers of one file: its name, and the first thing that was wrong.
struct Report {
    QString fileName;
    QString code; ///< of the error: "bad-procedure", "bad-plan"
    QString cure;
    std::optional<Error> error;

    /// Remembers "FILE:LINE:COLUMN: FIELD: TEXT" unless there is an error already.
    void reject(int line, int column, const QString& field, const QString& text);
};

/// Reads the fields of one map straight through; what is wrong goes to the report, and a default
/// value comes back, so that callers check once at the end (like JsonReader). A field that is not
/// in `fields` is wrong.
class MapReader {
public:
    static constexpr int kTextMax = 4000; ///< characters of one text; our own bound

    MapReader(Report& report, const Node& node, QString path, const QStringList& fields);

    [[nodiscard]] bool has(const QString& key) const { return m_node.find(key) != nullptr; }
    [[nodiscard]] const Node& node() const { return m_node; }
    [[nodiscard]] QString path(const QString& key) const;

    QString text(const QString& key); ///< required, not empty
    QString textOr(const QString& key, const QString& fallback);
    QString idText(const QString& key); ///< small letters, digits, dashes; starts with a letter
    bool flagOr(const QString& key, bool fallback);
    qint64 integer(const QString& key, qint64 min, qint64 max);
    qint64 integerOr(const QString& key, qint64 fallback, qint64 min, qint64 max);
    double number(const QString& key, double min, double max);
    Millis duration(const QString& key);
    Millis durationOr(const QString& key, Millis fallback);
    QString choice(const QString& key, const QStringList& allowed);
    QString choiceOr(const QString& key, const QStringList& allowed, const QString& fallback);
    Version version(const QString& key);
    VersionRange range(const QString& key);
    TimePoint time(const QString& key);
    QByteArray hex(const QString& key, int bytes);
    QStringList texts(const QString& key);

    /// The value of a field that must be a map or a sequence (required); an empty one when it is
    /// wrong.
    const Node& map(const QString& key);
    const Node& sequence(const QString& key);
    /// The same, where absence means empty.
    const Node& mapOrEmpty(const QString& key);
    const Node& sequenceOrEmpty(const QString& key);

    void reject(const QString& key, const QString& text);

private:
    const Node* scalar(const QString& key, bool isRequired, const QString& expected);
    const Node& child(const QString& key, Kind kind, bool isRequired, const QString& expected);

    Report& m_report;
    const Node& m_node;
    QString m_path;
};

/// "a, b or c": what a field may be.
QString oneOf(const QStringList& allowed);

} // namespace quorate::procedure::yaml
