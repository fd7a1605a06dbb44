// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Environment.h"
#include "tests/support/Test.h"
#include "tests/tidy/Tidy.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

namespace quorate::tidy {
namespace {

/// The parts of the tree that are ours, not what a build or an editor leaves beside them.
const QStringList kAreas = {
    QStringLiteral("app"),   QStringLiteral("core"),         QStringLiteral("ui"),
    QStringLiteral("tests"), QStringLiteral("resources"),    QStringLiteral("docs"),
    QStringLiteral("cmake"), QStringLiteral("translations"), QStringLiteral("installer")};
const QStringList kRootFiles = {QStringLiteral("dev"),
                                QStringLiteral("README.md"),
                                QStringLiteral("CONTRIBUTING.md"),
                                QStringLiteral("CMakeLists.txt"),
                                QStringLiteral("CMakePresets.json"),
                                QStringLiteral("vcpkg.json"),
                                QStringLiteral(".ci/run")};
const QStringList kTexts = {QStringLiteral("*.md"),    QStringLiteral("*.txt"),
                            QStringLiteral("*.cmake"), QStringLiteral("*.yaml"),
                            QStringLiteral("*.json"),  QStringLiteral("*.sh"),
                            QStringLiteral("*.qss"),   QStringLiteral("*.ts")};

QString readAll(const QString& relative)
{
    QFile file(test::sourcePath(relative));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList filesOf(const QString& area, const QStringList& patterns)
{
    const QDir root(test::sourcePath(QString()));
    QStringList files;
    QDirIterator it(root.filePath(area), patterns, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        files.append(root.relativeFilePath(it.next()));
    }
    files.sort();
    return files;
}

Findings checkTree()
{
    Findings findings;
    const auto add = [&](const Findings& more) {
        findings.insert(findings.end(), more.begin(), more.end());
    };
    for (const QString& area : kAreas) {
        for (const QString& path :
             filesOf(area, {QStringLiteral("*.h"), QStringLiteral("*.cpp")})) {
            add(checkSource(path, readAll(path)));
        }
        for (const QString& path : filesOf(area, kTexts)) {
            add(checkText(path, readAll(path)));
        }
    }
    for (const QString& path : kRootFiles) {
        add(checkText(path, readAll(path)));
    }
    for (const QString& area : {QStringLiteral("core"), QStringLiteral("ui")}) {
        const QDir dir(test::sourcePath(area));
        for (const QString& name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const QString folder = area + QLatin1Char('/') + name;
            add(checkReadme(folder, readAll(folder + QStringLiteral("/README.md"))));
        }
    }
    return findings;
}

TEST(Tree, KeepsTheHouseStyle)
{
    const Findings findings = applyAllowances(checkTree(), allowances());
    for (const Finding& finding : findings) {
        ADD_FAILURE() << finding.toText().toStdString();
    }
}

Texts textsOf(const QStringList& paths)
{
    Texts texts;
    for (const QString& path : paths) {
        texts[path] = readAll(path);
    }
    return texts;
}

TEST(Tree, EverySourceIsBuilt)
{
    QStringList sources;
    QStringList lists{QStringLiteral("CMakeLists.txt")};
    for (const QString& area : kAreas) {
        sources += filesOf(area, {QStringLiteral("*.cpp")});
        lists += filesOf(area, {QStringLiteral("CMakeLists.txt"), QStringLiteral("*.cmake")});
    }
    ASSERT_GT(sources.size(), 100);
    for (const Finding& finding : checkBuilt(sources, textsOf(lists))) {
        ADD_FAILURE() << finding.toText().toStdString();
    }
}

TEST(Tree, DocumentsLinkWhatIsThereAndShowEveryImage)
{
    QStringList documents;
    std::set<QString> files;
    for (const QString& area : kAreas) {
        documents += filesOf(area, {QStringLiteral("*.md")});
        for (const QString& path : filesOf(area, {QStringLiteral("*")})) {
            for (QString at = path; at.contains(QLatin1Char('/'));
                 at = at.section(QLatin1Char('/'), 0, -2)) {
                files.insert(at); // a link may lead to a folder
            }
        }
    }
    for (const QString& path : QDir(test::sourcePath(QString())).entryList(QDir::Files)) {
        files.insert(path);
        if (path.endsWith(QStringLiteral(".md"))) {
            documents.append(path);
        }
    }
    const QStringList images = filesOf(QStringLiteral("docs/images"), {QStringLiteral("*")});
    for (const Finding& finding : checkLinks(textsOf(documents), files, images)) {
        ADD_FAILURE() << finding.toText().toStdString();
    }
}

TEST(Tree, IsReallyRead)
{
    EXPECT_GT(filesOf(QStringLiteral("core"), {QStringLiteral("*.h")}).size(), 10);
    EXPECT_TRUE(
        readAll(QStringLiteral("core/base/Result.h")).contains(QStringLiteral("tl::expected")));
}

} // namespace
} // namespace quorate::tidy
