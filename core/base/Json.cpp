// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Json.h"

#include <QJsonDocument>

#include <cmath>

namespace quorate {
namespace {

constexpr double kSafeIntegerMax = 9007199254740992.0; // 2^53, where a double stops being exact

Error protocolError(const QString& message)
{
    return makeError(ErrorKind::Protocol, QStringLiteral("unreadable-answer"), message);
}

/// Depth and count are judged on the raw text, before a parser allocates anything for it.
std::optional<Error> checkLimits(const QByteArray& text, const JsonLimits& limits)
{
    if (text.size() > limits.bytesMax) {
        return protocolError(
            QStringLiteral("The answer is larger than %1 bytes").arg(limits.bytesMax));
    }
    int depth = 0;
    int values = 1;
    bool inString = false;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const char c = text.at(at);
        if (inString) {
            if (c == '\\') {
                ++at;
            } else if (c == '"') {
                inString = false;
            }
            continue;
        }
        if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
            ++values;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ',') {
            ++values;
        }
        if (depth > limits.depthMax || values > limits.valuesMax) {
            return protocolError(
                QStringLiteral("The answer is nested deeper than %1 or has more than %2 values")
                    .arg(limits.depthMax)
                    .arg(limits.valuesMax));
        }
    }
    return std::nullopt;
}

} // namespace

Result<QJsonObject> parseJsonObject(const QByteArray& text, const JsonLimits& limits)
{
    if (auto error = checkLimits(text, limits)) {
        return fail(*std::move(error));
    }
    QJsonParseError parseError;
    const auto document = QJsonDocument::fromJson(text, &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        return fail(protocolError(QStringLiteral("Not JSON at byte %1: %2")
                                      .arg(parseError.offset)
                                      .arg(parseError.errorString())));
    }
    if (!document.isObject()) {
        return fail(protocolError(QStringLiteral("The answer is JSON, but not an object")));
    }
    return document.object();
}

JsonReader::JsonReader(QJsonObject object, QString path)
    : m_object(std::move(object))
    , m_path(std::move(path))
{}

QString JsonReader::pathOf(const char* key) const
{
    const auto name = QString::fromLatin1(key);
    return m_path.isEmpty() ? name : m_path + QLatin1Char('.') + name;
}

void JsonReader::reject(const char* key, const QString& expected)
{
    if (!m_error) {
        m_error =
            protocolError(QStringLiteral("Field \"%1\": expected %2").arg(pathOf(key), expected));
    }
}

void JsonReader::absorb(const JsonReader& child)
{
    if (!m_error) {
        m_error = child.m_error;
    }
}

bool JsonReader::has(const char* key) const { return m_object.contains(QLatin1String(key)); }

QJsonValue JsonReader::required(const char* key, QJsonValue::Type type, const QString& expected)
{
    const QJsonValue value = m_object.value(QLatin1String(key));
    if (value.type() != type) {
        reject(key, expected);
        return {};
    }
    return value;
}

std::optional<QJsonValue> JsonReader::optionalValue(const char* key, QJsonValue::Type type,
                                                    const QString& expected)
{
    const QJsonValue value = m_object.value(QLatin1String(key));
    if (value.isUndefined() || value.isNull()) {
        return std::nullopt;
    }
    if (value.type() != type) {
        reject(key, expected);
        return std::nullopt;
    }
    return value;
}

QString JsonReader::string(const char* key)
{
    const QString text = required(key, QJsonValue::String, QStringLiteral("a text")).toString();
    if (text.size() > kTextMax) {
        reject(key, QStringLiteral("a shorter text"));
        return {};
    }
    return text;
}

std::optional<QString> JsonReader::optionalString(const char* key)
{
    if (!optionalValue(key, QJsonValue::String, QStringLiteral("a text"))) {
        return std::nullopt;
    }
    return string(key);
}

QString JsonReader::stringOr(const char* key, const QString& fallback)
{
    return optionalString(key).value_or(fallback);
}

qint64 JsonReader::integer(const char* key)
{
    const double value =
        required(key, QJsonValue::Double, QStringLiteral("a whole number")).toDouble();
    if (std::floor(value) != value || std::fabs(value) > kSafeIntegerMax) {
        reject(key, QStringLiteral("a whole number"));
        return 0;
    }
    return static_cast<qint64>(value);
}

std::optional<qint64> JsonReader::optionalInteger(const char* key)
{
    if (!optionalValue(key, QJsonValue::Double, QStringLiteral("a whole number"))) {
        return std::nullopt;
    }
    return integer(key);
}

double JsonReader::number(const char* key)
{
    return required(key, QJsonValue::Double, QStringLiteral("a number")).toDouble();
}

std::optional<double> JsonReader::optionalNumber(const char* key)
{
    const auto value = optionalValue(key, QJsonValue::Double, QStringLiteral("a number"));
    return value ? std::optional(value->toDouble()) : std::nullopt;
}

bool JsonReader::boolean(const char* key)
{
    return required(key, QJsonValue::Bool, QStringLiteral("true or false")).toBool();
}

bool JsonReader::booleanOr(const char* key, bool fallback)
{
    const auto value = optionalValue(key, QJsonValue::Bool, QStringLiteral("true or false"));
    return value ? value->toBool() : fallback;
}

TimePoint JsonReader::time(const char* key)
{
    const auto parsed = fromIso(string(key));
    if (!parsed) {
        reject(key, QStringLiteral("an ISO 8601 time"));
        return {};
    }
    return *parsed;
}

std::optional<TimePoint> JsonReader::optionalTime(const char* key)
{
    if (!optionalValue(key, QJsonValue::String, QStringLiteral("an ISO 8601 time"))) {
        return std::nullopt;
    }
    return time(key);
}

QStringList JsonReader::strings(const char* key)
{
    QStringList list;
    if (const auto value =
            optionalValue(key, QJsonValue::Array, QStringLiteral("a list of texts"))) {
        for (const QJsonValue element : value->toArray()) {
            if (!element.isString() || element.toString().size() > kTextMax) {
                reject(key, QStringLiteral("a list of texts"));
                return {};
            }
            list.append(element.toString());
        }
    }
    return list;
}

JsonReader JsonReader::object(const char* key)
{
    return JsonReader(required(key, QJsonValue::Object, QStringLiteral("an object")).toObject(),
                      pathOf(key));
}

std::optional<QJsonObject> JsonReader::optionalObject(const char* key)
{
    const auto value = optionalValue(key, QJsonValue::Object, QStringLiteral("an object"));
    return value ? std::optional(value->toObject()) : std::nullopt;
}

std::vector<JsonReader> JsonReader::objects(const char* key)
{
    std::vector<JsonReader> list;
    const auto value = optionalValue(key, QJsonValue::Array, QStringLiteral("a list of objects"));
    if (!value) {
        return list;
    }
    const QJsonArray array = value->toArray();
    for (qsizetype index = 0; index < array.size(); ++index) {
        if (!array.at(index).isObject()) {
            reject(key, QStringLiteral("a list of objects"));
            return {};
        }
        list.emplace_back(array.at(index).toObject(),
                          QStringLiteral("%1[%2]").arg(pathOf(key)).arg(index));
    }
    return list;
}

} // namespace quorate
