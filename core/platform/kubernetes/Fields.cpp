// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Fields.h"

#include <cmath>

namespace quorate::platform::kubernetes {
namespace {

constexpr double kExactMax = 9007199254740992.0; ///< 2^53: above, a double is no exact integer

QJsonValue valueOf(const QJsonObject& object, const char* key)
{
    return object.value(QLatin1String(key));
}

} // namespace

QString TextPool::shared(const QString& text)
{
    constexpr std::size_t kKept = 4096; // texts; far more than kubelets of one release can say
    if (m_texts.size() >= kKept) {
        m_texts.clear();
    }
    return *m_texts.insert(text).first;
}

QString textOf(const QJsonObject& object, const char* key)
{
    return valueOf(object, key).toString().left(kTextMax);
}

std::optional<qint64> integerOf(const QJsonObject& object, const char* key)
{
    const QJsonValue value = valueOf(object, key);
    const double number = value.toDouble();
    if (!value.isDouble() || std::trunc(number) != number || std::abs(number) > kExactMax) {
        return std::nullopt;
    }
    return value.toInteger();
}

std::optional<quint64> bigOf(const QJsonObject& object, const char* key)
{
    if (const auto number = integerOf(object, key)) {
        return *number < 0 ? std::nullopt : std::optional(static_cast<quint64>(*number));
    }
    bool isNumber = false;
    const quint64 number = textOf(object, key).toULongLong(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

bool truthOf(const QJsonObject& object, const char* key)
{
    return valueOf(object, key).toBool(false);
}

std::optional<TimePoint> timeOf(const QJsonObject& object, const char* key)
{
    const QString text = textOf(object, key);
    if (text.isEmpty()) {
        return std::nullopt;
    }
    const auto time = fromIso(text);
    return time ? std::optional(*time) : std::nullopt;
}

QJsonObject objectOf(const QJsonObject& object, const char* key)
{
    return valueOf(object, key).toObject();
}

QJsonArray listOf(const QJsonObject& object, const char* key)
{
    QJsonArray list = valueOf(object, key).toArray();
    while (list.size() > kListMax) {
        list.removeLast();
    }
    return list;
}

Meta metaOf(const QJsonObject& object)
{
    const QJsonObject meta = objectOf(object, "metadata");
    Meta out;
    out.name = textOf(meta, "name");
    out.nameSpace = textOf(meta, "namespace");
    out.uid = textOf(meta, "uid");
    out.resourceVersion = textOf(meta, "resourceVersion");
    out.generation = integerOf(meta, "generation").value_or(0);
    out.createdAt = timeOf(meta, "creationTimestamp");
    out.deletedAt = timeOf(meta, "deletionTimestamp");
    return out;
}

std::optional<bool> statusOf(const QString& text)
{
    if (text == QLatin1String("True")) {
        return true;
    }
    return text == QLatin1String("False") ? std::optional(false) : std::nullopt;
}

} // namespace quorate::platform::kubernetes
