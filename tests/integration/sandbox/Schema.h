// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <yaml-cpp/yaml.h>

namespace quorate::sandboxtest {

/// The part of JSON Schema that the contract uses. A keyword it does not know is a failure, so that
/// nothing in the contract goes unchecked.
class Contract {
public:
    explicit Contract(const QString& path);

    /// What is wrong with the value; empty: nothing. `schema` is a name of components/schemas.
    [[nodiscard]] QStringList check(const QString& schema, const QJsonValue& value) const;
    /// The schema's name for an answer, by path template, method and status; empty: no JSON body is
    /// described.
    /// "?" when the contract does not describe such an answer at all.
    [[nodiscard]] QString answer(const QString& path, const QString& method, int status) const;
    /// All "METHOD path" of the contract.
    [[nodiscard]] QStringList operations() const;

private:
    void check(const YAML::Node& schema, const QJsonValue& value, const QString& at,
               QStringList& wrong) const;
    void checkObject(const YAML::Node& schema, const QJsonObject& object, const QString& at,
                     QStringList& wrong) const;
    void checkScalar(const YAML::Node& schema, const QJsonValue& value, const QString& at,
                     QStringList& wrong) const;
    [[nodiscard]] YAML::Node resolve(const YAML::Node& node) const;

    YAML::Node m_root;
};

} // namespace quorate::sandboxtest
