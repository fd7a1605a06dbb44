// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Loader.h"

#include "core/procedure/Checks.h"
#include "core/procedure/Words.h"
#include "core/procedure/Yaml.h"
#include "tests/support/DataDriven.h"
#include "tests/support/Environment.h"
#include "tests/support/TempDir.h"
#include "tests/support/Test.h"
#include "tests/unit/procedure/SchemaCheck.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace quorate::test {
namespace {

QString key(const char* text) { return QString::fromUtf8(text); }

QByteArray contentOf(const QString& relative)
{
    QFile file(sourcePath(relative));
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << file.fileName().toStdString();
    return file.readAll();
}

QJsonObject schema()
{
    return QJsonDocument::fromJson(contentOf(key("resources/procedures/procedure.schema.json")))
        .object();
}

QString schemaVerdict(const QByteArray& text)
{
    const auto root = procedure::yaml::parse(text, key("sample.yaml"), key("bad-procedure"));
    return root ? schemaViolation(schema(), toJsonValue(*root)) : key("not YAML");
}

/// "edit": the input is the text to find, "=>" and the text to put there; the answer is what the
/// loader says, and whether the schema sees it too. "text": the input is the whole file.
QString plant(const Directive& directive)
{
    QString text = QString::fromUtf8(contentOf(key("tests/golden/procedure/sample.yaml")));
    if (directive.command == key("edit")) {
        const QStringList parts = directive.input.split(key("=>\n"));
        if (parts.size() != 2 || !text.contains(parts.at(0))) {
            return key("the script is wrong: nothing to replace\n");
        }
        text.replace(text.indexOf(parts.at(0)), parts.at(0).size(), parts.at(1));
    } else {
        text = directive.input;
    }
    const auto read = procedure::parseProcedure(text.toUtf8(), key("sample.yaml"));
    const QString schemaLine = schemaVerdict(text.toUtf8()).isEmpty()
                                   ? key("schema: cannot see it\n")
                                   : key("schema: rejects it\n");
    return (read ? key("accepted") : read.error().message) + QLatin1Char('\n') + schemaLine;
}

TEST(ProcedureLoader, NamesEveryPlantedMistake)
{
    runDataDriven(sourcePath(key("tests/golden/procedure/loader-errors.txt")), plant);
}

TEST(ProcedureLoader, SampleItselfIsGoodForBoth)
{
    const QByteArray text = contentOf(key("tests/golden/procedure/sample.yaml"));
    const auto read = procedure::parseProcedure(text, key("sample.yaml"));
    ASSERT_TRUE(read) << describe(read.error()).toStdString();
    EXPECT_EQ(schemaVerdict(text), QString());
    EXPECT_TRUE(read->needsPackage);
    ASSERT_EQ(read->blocks.size(), 3U);
    // Steps before an inner block are the block's own, those after it a block by themselves: the
    // order is kept.
    EXPECT_EQ(read->blocks[0].steps.size(), 2U);
    ASSERT_EQ(read->blocks[0].blocks.size(), 2U);
    EXPECT_EQ(read->blocks[0].blocks[0].kind, procedure::BlockKind::Repeat);
    EXPECT_EQ(read->blocks[0].blocks[1].steps[0].kind, procedure::StepKind::WaitBack);
}

TEST(ProcedureLoader, ShippedProceduresAreGoodForBoth)
{
    const auto all = procedure::loadProcedures();
    ASSERT_TRUE(all) << describe(all.error()).toStdString();
    QStringList ids;
    for (const procedure::Procedure& one : *all) {
        ids.append(one.id.value);
        const QByteArray text =
            contentOf(QStringLiteral("resources/procedures/%1.yaml").arg(one.id.value));
        EXPECT_EQ(schemaVerdict(text), QString()) << one.id.value.toStdString();
        EXPECT_EQ(one.sha256.size(), 32);
    }
    EXPECT_EQ(ids, (QStringList{key("cm-online"), key("kubernetes-node-maintenance"),
                                key("mss-appliance")}));
}

QStringList propertyNames(const QJsonObject& object)
{
    return object.value(key("properties")).toObject().keys();
}

QStringList sorted(QStringList list)
{
    std::sort(list.begin(), list.end());
    return list;
}

TEST(ProcedureSchema, HasTheFieldsOfTheLoaderAndNoOthers)
{
    namespace field = procedure::field;
    const QJsonObject root = schema();
    const QJsonObject defs = root.value(key("$defs")).toObject();
    const auto of = [&](const char* name) {
        return propertyNames(defs.value(key(name)).toObject());
    };
    EXPECT_EQ(propertyNames(root), sorted(field::procedure()));
    EXPECT_EQ(of("source"), sorted(field::source()));
    EXPECT_EQ(of("path"), sorted(field::path()));
    EXPECT_EQ(of("users"), sorted(field::users()));
    EXPECT_EQ(of("parameter"), sorted(field::parameter()));
    EXPECT_EQ(of("obligation"), sorted(field::obligation()));
    EXPECT_EQ(of("check"), sorted(field::check()));
    EXPECT_EQ(of("step"), sorted(field::step()));
    EXPECT_EQ(of("retry"), sorted(field::retry()));
    EXPECT_EQ(of("once"), sorted(field::once()));
    EXPECT_EQ(of("each"), sorted(field::each()));
    EXPECT_EQ(of("on-one"), sorted(field::onOne()));
    EXPECT_EQ(of("repeat"), sorted(field::repeat()));
    EXPECT_EQ(sorted(of("onceBlock") + of("eachBlock") + of("onOneBlock") + of("repeatBlock")),
              sorted(field::block()));
}

QStringList enumOf(const QJsonObject& definition, const char* name)
{
    QStringList out;
    const QJsonObject property =
        definition.value(key("properties")).toObject().value(key(name)).toObject();
    for (const QJsonValue& value : property.value(key("enum")).toArray()) {
        out.append(value.toString());
    }
    return out;
}

TEST(ProcedureSchema, HasTheWordsOfTheLoaderAndNoOthers)
{
    const QJsonObject root = schema();
    const QJsonObject defs = root.value(key("$defs")).toObject();
    const QJsonObject step = defs.value(key("step")).toObject();
    const QJsonObject check = defs.value(key("check")).toObject();
    EXPECT_EQ(enumOf(step, "do"), procedure::stepWords());
    EXPECT_EQ(enumOf(step, "when"), procedure::whenWords());
    EXPECT_EQ(enumOf(check, "id"), procedure::checkIds());
    EXPECT_EQ(enumOf(check, "severity"), procedure::severityWords());
    EXPECT_EQ(enumOf(root, "system"), procedure::systemWords());
    EXPECT_EQ(enumOf(root, "platform"), procedure::platformWords());
    EXPECT_EQ(enumOf(defs.value(key("parameter")).toObject(), "type"),
              procedure::parameterTypeWords());
    QStringList parameters;
    for (const QString& id : procedure::checkIds()) {
        parameters += procedure::checkParameters(id);
    }
    const QJsonObject schemaParameters =
        check.value(key("properties")).toObject().value(key("parameters")).toObject();
    EXPECT_EQ(propertyNames(schemaParameters), sorted(parameters));
}

TEST(ProcedureLoader, ActWordsAreActNames)
{
    for (const QString& name : procedure::actWords()) {
        QJsonObject object{{key("act"), name},
                           {key("package"), key("p")},
                           {key("service"), key("s")},
                           {key("namespace"), key("n")},
                           {key("kind"), key("deployment")},
                           {key("name"), key("w")}};
        const auto act = actFromJson(object);
        ASSERT_TRUE(act) << name.toStdString();
        EXPECT_EQ(actName(*act), name);
    }
    EXPECT_EQ(std::size_t(procedure::actWords().size()) + 1, std::variant_size_v<Act>);
}

TEST(ProcedureLoader, ReadsTheOperatorsFolderAfterItsOwn)
{
    const TempDir dir;
    QByteArray copy = contentOf(key("tests/golden/procedure/sample.yaml"));
    dir.write(key("own.yaml"), copy);
    const auto all = procedure::loadProcedures(dir.path());
    ASSERT_TRUE(all) << describe(all.error()).toStdString();
    EXPECT_EQ(all->back().id.value, key("sample"));

    dir.write(key("own.yaml"), copy.replace("id: sample", "id: cm-online"));
    const auto taken = procedure::loadProcedures(dir.path());
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, key("procedure-id-taken"));

    dir.write(key("own.yaml"), "format: 2\n");
    const auto bad = procedure::loadProcedures(dir.path());
    ASSERT_FALSE(bad);
    EXPECT_TRUE(bad.error().message.contains(key("own.yaml:1:9: format")))
        << bad.error().message.toStdString();
}

TEST(ProcedureLoader, IsBounded)
{
    const auto codeOf = [](const QByteArray& text) {
        const auto read = procedure::parseProcedure(text, key("f.yaml"));
        return read ? key("accepted") : read.error().message;
    };
    EXPECT_EQ(codeOf(QByteArray(300 * 1024, 'a')),
              key("f.yaml:1:1: the file is larger than 262144 bytes"));
    EXPECT_EQ(codeOf("a: " + QByteArray(40, '[') + QByteArray(40, ']')),
              key("f.yaml:1:19: nested deeper than 16 levels"));
    EXPECT_NE(codeOf("a: " + QByteArray(100'000, '[')), key("accepted"));
    QByteArray wide = "a: [";
    for (int i = 0; i < 21'000; ++i) {
        wide += "1,";
    }
    EXPECT_TRUE(codeOf(wide + "1]").contains(key("the file has more than 20000 values")));
}

} // namespace
} // namespace quorate::test
