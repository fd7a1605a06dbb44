// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QJsonValue>
#include <QString>

namespace quorate::procedure::yaml {
struct Node;
}

namespace quorate::test {

/// The part of JSON Schema 2020-12 that the procedure schema uses. A keyword outside that part is
/// an answer, so that the schema cannot quietly say more than is checked. Returns the first
/// violation as "$.steps[0]: …", empty when valid.
QString schemaViolation(const QJsonObject& schema, const QJsonValue& value);

/// A YAML value as JSON, by YAML's core schema: plain true, 12 and null are not texts.
QJsonValue toJsonValue(const procedure::yaml::Node& node);

} // namespace quorate::test
