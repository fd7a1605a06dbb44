// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/procedure/SchemaCheck.h"

#include "core/procedure/Yaml.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>

namespace quorate::test {
namespace {

QString key(const char* text) { return QString::fromUtf8(text); }

class Checker {
public:
    explicit Checker(const QJsonObject& root)
        : m_root(root)
    {}

    QString check(const QJsonValue& schemaValue, const QJsonValue& value, const QString& at)
    {
        if (schemaValue.isBool()) {
            return schemaValue.toBool() ? QString() : at + key(": not allowed here");
        }
        const QJsonObject schema = schemaValue.toObject();
        for (const QString& keyword : schema.keys()) {
            if (!known().contains(keyword)) {
                return QStringLiteral("the test does not know the keyword ") + keyword;
            }
        }
        if (schema.contains(key("$ref"))) {
            const QString problem = check(resolve(schema.value(key("$ref")).toString()), value, at);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        for (auto part : {&Checker::type, &Checker::values, &Checker::text, &Checker::number,
                          &Checker::array, &Checker::object, &Checker::combined}) {
            const QString problem = (this->*part)(schema, value, at);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return {};
    }

private:
    static const QSet<QString>& known()
    {
        static const QSet<QString> words = [] {
            QSet<QString> out;
            const QString all =
                key("$schema $id $comment $defs $ref title description type enum const minLength "
                    "maxLength "
                    "pattern minimum maximum minItems maxItems items additionalProperties required "
                    "properties maxProperties allOf anyOf oneOf not if then else");
            for (const QString& word : all.split(QLatin1Char(' '))) {
                out.insert(word);
            }
            return out;
        }();
        return words;
    }

    QJsonValue resolve(const QString& reference) const
    {
        const QString prefix = key("#/$defs/");
        return m_root.value(key("$defs")).toObject().value(reference.mid(prefix.size()));
    }

    QString type(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        const QString wanted = schema.value(key("type")).toString();
        const bool isInteger = value.isDouble() && value.toDouble() == double(value.toInteger());
        const bool isGood = wanted.isEmpty() || (wanted == key("object") && value.isObject())
                            || (wanted == key("array") && value.isArray())
                            || (wanted == key("string") && value.isString())
                            || (wanted == key("boolean") && value.isBool())
                            || (wanted == key("integer") && isInteger);
        return isGood ? QString() : at + key(": must be of type ") + wanted;
    }

    QString values(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        if (schema.contains(key("enum")) && !schema.value(key("enum")).toArray().contains(value)) {
            return at + key(": not one of the values");
        }
        if (schema.contains(key("const")) && schema.value(key("const")) != value) {
            return at + key(": not the value");
        }
        return {};
    }

    QString text(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        if (!value.isString()) {
            return {};
        }
        const QString written = value.toString();
        if (written.size() < schema.value(key("minLength")).toInt(0)
            || written.size() > schema.value(key("maxLength")).toInt(INT_MAX)) {
            return at + key(": length");
        }
        if (schema.contains(key("pattern"))
            && !QRegularExpression(schema.value(key("pattern")).toString())
                    .match(written)
                    .hasMatch()) {
            return at + key(": pattern");
        }
        return {};
    }

    QString number(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        const bool isWrong =
            value.isDouble()
            && ((schema.contains(key("minimum"))
                 && value.toDouble() < schema.value(key("minimum")).toDouble())
                || (schema.contains(key("maximum"))
                    && value.toDouble() > schema.value(key("maximum")).toDouble()));
        return isWrong ? at + key(": range") : QString();
    }

    QString array(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        if (!value.isArray()) {
            return {};
        }
        const QJsonArray items = value.toArray();
        if (items.size() < schema.value(key("minItems")).toInt(0)
            || items.size() > schema.value(key("maxItems")).toInt(INT_MAX)) {
            return at + key(": number of items");
        }
        for (int i = 0; schema.contains(key("items")) && i < items.size(); ++i) {
            const QString problem = check(schema.value(key("items")), items.at(i),
                                          QStringLiteral("%1[%2]").arg(at).arg(i));
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return {};
    }

    QString object(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        if (!value.isObject()) {
            return {};
        }
        const QJsonObject fields = value.toObject();
        for (const QJsonValue& name : schema.value(key("required")).toArray()) {
            if (!fields.contains(name.toString())) {
                return at + key(": lacks ") + name.toString();
            }
        }
        if (fields.size() > schema.value(key("maxProperties")).toInt(INT_MAX)) {
            return at + key(": too many fields");
        }
        const QJsonObject properties = schema.value(key("properties")).toObject();
        for (const QString& name : fields.keys()) {
            const bool isKnown = properties.contains(name);
            if (!isKnown && schema.value(key("additionalProperties")) == QJsonValue(false)) {
                return at + key(": unknown field ") + name;
            }
            const QString problem = isKnown ? check(properties.value(name), fields.value(name),
                                                    at + QLatin1Char('.') + name)
                                            : QString();
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return {};
    }

    QString combined(const QJsonObject& schema, const QJsonValue& value, const QString& at)
    {
        for (const QJsonValue& part : schema.value(key("allOf")).toArray()) {
            const QString problem = check(part, value, at);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        for (const char* word : {"anyOf", "oneOf"}) {
            if (!schema.contains(key(word))) {
                continue;
            }
            int matches = 0;
            for (const QJsonValue& part : schema.value(key(word)).toArray()) {
                matches += check(part, value, at).isEmpty() ? 1 : 0;
            }
            if (matches == 0 || (matches > 1 && key(word) == key("oneOf"))) {
                return at + QStringLiteral(": fits %1 of %2").arg(matches).arg(key(word));
            }
        }
        if (schema.contains(key("not")) && check(schema.value(key("not")), value, at).isEmpty()) {
            return at + key(": fits what it must not");
        }
        if (schema.contains(key("if"))) {
            const char* branch =
                check(schema.value(key("if")), value, at).isEmpty() ? "then" : "else";
            return schema.contains(key(branch)) ? check(schema.value(key(branch)), value, at)
                                                : QString();
        }
        return {};
    }

    QJsonObject m_root;
};

} // namespace

QString schemaViolation(const QJsonObject& schema, const QJsonValue& value)
{
    return Checker(schema).check(schema, value, QStringLiteral("$"));
}

QJsonValue toJsonValue(const procedure::yaml::Node& node)
{
    switch (node.kind) {
    case procedure::yaml::Kind::Null: return QJsonValue::Null;
    case procedure::yaml::Kind::Scalar: {
        bool isNumber = false;
        const double number = node.text.toDouble(&isNumber);
        if (!node.quoted && (node.text == key("true") || node.text == key("false"))) {
            return node.text == key("true");
        }
        return isNumber && !node.quoted ? QJsonValue(number) : QJsonValue(node.text);
    }
    case procedure::yaml::Kind::Sequence: {
        QJsonArray out;
        for (const procedure::yaml::Node& item : node.items) {
            out.append(toJsonValue(item));
        }
        return out;
    }
    case procedure::yaml::Kind::Map: {
        QJsonObject out;
        for (const procedure::yaml::Entry& entry : node.entries) {
            out[entry.key] = toJsonValue(entry.value);
        }
        return out;
    }
    }
    return {};
}

} // namespace quorate::test
