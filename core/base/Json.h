// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

#include <optional>
#include <vector>

namespace quorate {

/// What we accept from a server or a file. Source: design section 9 (answers are bounded).
struct JsonLimits {
    qint64 bytesMax = 8 * 1024 * 1024;
    int depthMax = 32;
    int valuesMax = 200'000;
};

/// Parses text that must be one JSON object, within the limits. Protocol error otherwise; its
/// message has the offset.
[[nodiscard]] Result<QJsonObject> parseJsonObject(const QByteArray& text,
                                                  const JsonLimits& limits = {});

/// Reads typed fields of an object and remembers the first thing that was wrong, with its path
/// ("members[2].state"), so that decoders read straight through and check once at the end:
///   JsonReader in(object); node.name = in.string("name"); … return in.finish(node);
/// A missing or wrong required field gives a default value and sets the error. `optional…` allows
/// absence and null, not a wrong type. Texts longer than kTextMax and non-finite or non-integral
/// numbers count as wrong.
class JsonReader {
public:
    static constexpr int kTextMax = 64 * 1024;

    explicit JsonReader(QJsonObject object, QString path = {});

    QString string(const char* key);
    QString stringOr(const char* key, const QString& fallback);
    std::optional<QString> optionalString(const char* key);
    qint64 integer(const char* key);
    std::optional<qint64> optionalInteger(const char* key);
    double number(const char* key);
    std::optional<double> optionalNumber(const char* key);
    bool boolean(const char* key);
    bool booleanOr(const char* key, bool fallback);
    TimePoint time(const char* key);
    std::optional<TimePoint> optionalTime(const char* key);
    QStringList strings(const char* key); ///< absent: empty
    JsonReader object(const char* key);   ///< merge its outcome back with `absorb`
    std::optional<QJsonObject> optionalObject(const char* key);
    /// The objects of an array (absent: empty); reports elements that are not objects.
    std::vector<JsonReader> objects(const char* key);
    void absorb(const JsonReader& child);
    /// Marks field `key` as wrong, for checks of the caller's own (enums, ranges).
    void reject(const char* key, const QString& expected);

    [[nodiscard]] bool has(const char* key) const;
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    template <typename T>
    [[nodiscard]] Result<T> finish(T value) const
    {
        if (m_error) {
            return fail(*m_error);
        }
        return value;
    }

private:
    QString pathOf(const char* key) const;
    QJsonValue required(const char* key, QJsonValue::Type type, const QString& expected);
    std::optional<QJsonValue> optionalValue(const char* key, QJsonValue::Type type,
                                            const QString& expected);

    QJsonObject m_object;
    QString m_path;
    std::optional<Error> m_error;
};

} // namespace quorate
