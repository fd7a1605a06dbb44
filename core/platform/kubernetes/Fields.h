// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Time.h"

#include <QJsonArray>
#include <QJsonObject>

#include <map>
#include <optional>
#include <set>

/// Reading Kubernetes objects: a field that is absent, null or of another type is one that was not
/// said. API servers leave out what is empty, and add what we do not know; the few fields that we
/// cannot do without are checked by whoever needs them. Texts are cut, so that no object of
/// somebody's making fills the memory.
namespace quorate::platform::kubernetes {

inline constexpr int kTextMax =
    4096; ///< of one field; names are at most 253 (DNS), messages at most 32 KB
inline constexpr int kListMax = 10'000; ///< elements of one list inside one object

[[nodiscard]] QString textOf(const QJsonObject& object, const char* key);
[[nodiscard]] std::optional<qint64> integerOf(const QJsonObject& object, const char* key);
/// Also numbers that are written as text, as etcd's gateway does with 64 bits.
[[nodiscard]] std::optional<quint64> bigOf(const QJsonObject& object, const char* key);
[[nodiscard]] bool truthOf(const QJsonObject& object, const char* key);
[[nodiscard]] std::optional<TimePoint> timeOf(const QJsonObject& object, const char* key);
[[nodiscard]] QJsonObject objectOf(const QJsonObject& object, const char* key);
/// At most kListMax elements.
[[nodiscard]] QJsonArray listOf(const QJsonObject& object, const char* key);

/// One copy of each text that many objects repeat: reasons, messages, versions. Bounded.
class TextPool {
public:
    [[nodiscard]] QString shared(const QString& text);

private:
    std::set<QString> m_texts;
};

/// metadata.{name,namespace,uid,resourceVersion,…} of any object.
struct Meta {
    QString name;
    QString nameSpace;
    QString uid;
    QString resourceVersion;
    qint64 generation = 0;
    std::optional<TimePoint> createdAt;
    std::optional<TimePoint> deletedAt;
    bool operator==(const Meta&) const = default;
};
[[nodiscard]] Meta metaOf(const QJsonObject& object);
/// "True" and "False"; anything else is nullopt, which is what "Unknown" means.
[[nodiscard]] std::optional<bool> statusOf(const QString& text);

} // namespace quorate::platform::kubernetes
