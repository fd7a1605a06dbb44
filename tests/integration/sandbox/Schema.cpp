// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/sandbox/Schema.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include <cmath>

namespace quorate::sandboxtest {

namespace {

QString text(const YAML::Node& node) { return QString::fromStdString(node.as<std::string>()); }

bool isOfType(const QJsonValue& value, const QString& type)
{
    if (type == QLatin1String("null")) {
        return value.isNull();
    }
    if (type == QLatin1String("object")) {
        return value.isObject();
    }
    if (type == QLatin1String("array")) {
        return value.isArray();
    }
    if (type == QLatin1String("string")) {
        return value.isString();
    }
    if (type == QLatin1String("boolean")) {
        return value.isBool();
    }
    if (type == QLatin1String("integer")) {
        return value.isDouble() && std::trunc(value.toDouble()) == value.toDouble();
    }
    return type == QLatin1String("number") && value.isDouble();
}

const QSet<QString>& knownKeywords()
{
    static const QSet<QString> known{
        QStringLiteral("$ref"),        QStringLiteral("type"),
        QStringLiteral("format"),      QStringLiteral("pattern"),
        QStringLiteral("enum"),        QStringLiteral("minimum"),
        QStringLiteral("maximum"),     QStringLiteral("minLength"),
        QStringLiteral("maxLength"),   QStringLiteral("items"),
        QStringLiteral("required"),    QStringLiteral("properties"),
        QStringLiteral("anyOf"),       QStringLiteral("default"),
        QStringLiteral("description"), QStringLiteral("additionalProperties")};
    return known;
}

} // namespace

Contract::Contract(const QString& path)
    : m_root(YAML::LoadFile(path.toStdString()))
{}

YAML::Node Contract::resolve(const YAML::Node& node) const
{
    if (!node["$ref"]) {
        return node;
    }
    YAML::Node found;
    found.reset(m_root);
    const QStringList parts = text(node["$ref"]).mid(2).split(QLatin1Char('/'));
    for (const QString& part : parts) {
        found.reset(found[part.toStdString()]);
    }
    return resolve(found);
}

QStringList Contract::check(const QString& schema, const QJsonValue& value) const
{
    QStringList wrong;
    const YAML::Node found = m_root["components"]["schemas"][schema.toStdString()];
    if (!found) {
        return {QStringLiteral("no schema ") + schema};
    }
    check(found, value, schema, wrong);
    return wrong;
}

void Contract::check(const YAML::Node& unresolved, const QJsonValue& value, const QString& at,
                     QStringList& wrong) const
{
    const YAML::Node schema = resolve(unresolved);
    for (const auto& keyword : schema) {
        if (!knownKeywords().contains(text(keyword.first))) {
            wrong.append(at + QStringLiteral(": this test does not know the keyword ")
                         + text(keyword.first));
        }
    }
    if (schema["anyOf"]) {
        bool any = false;
        QStringList attempts;
        for (const YAML::Node& one : schema["anyOf"]) {
            QStringList inside;
            check(one, value, at, inside);
            any = any || inside.isEmpty();
            attempts += inside;
        }
        if (!any) {
            wrong += attempts;
        }
    }
    if (schema["type"]) {
        bool fits = false;
        if (schema["type"].IsSequence()) {
            for (const YAML::Node& type : schema["type"]) {
                fits = fits || isOfType(value, text(type));
            }
        } else {
            fits = isOfType(value, text(schema["type"]));
        }
        if (!fits) {
            wrong.append(at + QStringLiteral(": wrong type"));
            return;
        }
    }
    checkScalar(schema, value, at, wrong);
    if (value.isObject()) {
        checkObject(schema, value.toObject(), at, wrong);
    }
    if (value.isArray() && schema["items"]) {
        const QJsonArray list = value.toArray();
        for (qsizetype index = 0; index < list.size(); ++index) {
            check(schema["items"], list[index], QStringLiteral("%1[%2]").arg(at).arg(index), wrong);
        }
    }
}

void Contract::checkScalar(const YAML::Node& schema, const QJsonValue& value, const QString& at,
                           QStringList& wrong) const
{
    if (schema["enum"] && value.isString()) {
        bool listed = false;
        for (const YAML::Node& one : schema["enum"]) {
            listed = listed || text(one) == value.toString();
        }
        if (!listed) {
            wrong.append(QStringLiteral("%1: \"%2\" is not listed").arg(at, value.toString()));
        }
    }
    if (value.isString() && schema["pattern"]
        && !QRegularExpression(text(schema["pattern"])).match(value.toString()).hasMatch()) {
        wrong.append(QStringLiteral("%1: \"%2\" does not match").arg(at, value.toString()));
    }
    if (value.isString() && schema["minLength"]
        && value.toString().size() < schema["minLength"].as<int>()) {
        wrong.append(at + QStringLiteral(": too short"));
    }
    if (value.isString() && schema["maxLength"]
        && value.toString().size() > schema["maxLength"].as<int>()) {
        wrong.append(at + QStringLiteral(": too long"));
    }
    if (value.isDouble() && schema["minimum"]
        && value.toDouble() < schema["minimum"].as<double>()) {
        wrong.append(at + QStringLiteral(": too small"));
    }
    if (value.isDouble() && schema["maximum"]
        && value.toDouble() > schema["maximum"].as<double>()) {
        wrong.append(at + QStringLiteral(": too large"));
    }
}

void Contract::checkObject(const YAML::Node& schema, const QJsonObject& object, const QString& at,
                           QStringList& wrong) const
{
    if (schema["required"]) {
        for (const YAML::Node& name : schema["required"]) {
            if (!object.contains(text(name))) {
                wrong.append(QStringLiteral("%1: %2 is missing").arg(at, text(name)));
            }
        }
    }
    const bool closed =
        schema["additionalProperties"] && !schema["additionalProperties"].as<bool>();
    for (auto field = object.begin(); field != object.end(); ++field) {
        const std::string name = field.key().toStdString();
        if (schema["properties"] && schema["properties"][name]) {
            check(schema["properties"][name], field.value(), at + QLatin1Char('.') + field.key(),
                  wrong);
        } else if (closed) {
            wrong.append(QStringLiteral("%1: %2 is not in the contract").arg(at, field.key()));
        }
    }
}

QString Contract::answer(const QString& path, const QString& method, int status) const
{
    const YAML::Node operation =
        m_root["paths"][path.toStdString()][method.toLower().toStdString()];
    if (!operation) {
        return QStringLiteral("?");
    }
    const YAML::Node responses = operation["responses"];
    const std::string number = std::to_string(status);
    const bool named = static_cast<bool>(responses[number]);
    if (!named && (status < 400 || !responses["default"])) {
        return QStringLiteral("?");
    }
    const YAML::Node response = resolve(named ? responses[number] : responses["default"]);
    const YAML::Node content = response["content"];
    for (const char* type : {"application/json", "application/problem+json"}) {
        if (content && content[type]) {
            return text(content[type]["schema"]["$ref"]).section(QLatin1Char('/'), -1);
        }
    }
    return {};
}

QStringList Contract::operations() const
{
    QStringList all;
    for (const auto& path : m_root["paths"]) {
        for (const auto& method : path.second) {
            const QString name = text(method.first);
            if (name != QLatin1String("parameters")) {
                all.append(name.toUpper() + QLatin1Char(' ') + text(path.first));
            }
        }
    }
    return all;
}

} // namespace quorate::sandboxtest
