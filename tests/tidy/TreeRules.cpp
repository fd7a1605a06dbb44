// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

#include <QDir>
#include <QRegularExpression>

namespace quorate::tidy {
namespace {

QString folderOf(const QString& path)
{
    const qsizetype slash = path.lastIndexOf(QLatin1Char('/'));
    return slash < 0 ? QString() : path.left(slash);
}

/// A path as it is written in a file of `folder`, from the root of the tree.
QString resolved(const QString& folder, const QString& written)
{
    return QDir::cleanPath(folder.isEmpty() ? written : folder + QLatin1Char('/') + written);
}

/// The sources that one list names. A comment names none.
std::set<QString> sourcesOf(const QString& path, const QString& text)
{
    static const QRegularExpression comment(QStringLiteral("#[^\\n]*"));
    static const QRegularExpression source(
        QStringLiteral("(\\$\\{CMAKE_(?:CURRENT_)?SOURCE_DIR\\}/)?([\\w./-]+\\.cpp)\\b"));
    QString code = text;
    code.remove(comment);
    std::set<QString> named;
    auto matches = source.globalMatch(code);
    while (matches.hasNext()) {
        const auto match = matches.next();
        const bool fromRoot = match.captured(1).contains(QStringLiteral("CMAKE_SOURCE_DIR"));
        named.insert(resolved(fromRoot ? QString() : folderOf(path), match.captured(2)));
    }
    return named;
}

} // namespace

Findings checkBuilt(const QStringList& sources, const Texts& lists)
{
    std::set<QString> named;
    for (const auto& [path, text] : lists) {
        named.merge(sourcesOf(path, text));
    }
    Findings findings;
    for (const QString& source : sources) {
        if (!named.contains(source)) {
            findings.push_back({source, 0, QStringLiteral("not-built"),
                                QStringLiteral("no CMakeLists.txt names it: nobody compiles it")});
        }
    }
    return findings;
}

Findings checkLinks(const Texts& documents, const std::set<QString>& files,
                    const QStringList& images)
{
    static const QRegularExpression link(QStringLiteral("\\]\\(([^)\\s#]+)(?:#[^)]*)?\\)"));
    Findings findings;
    std::set<QString> linked;
    for (const auto& [path, text] : documents) {
        const QStringList lines = text.split(QLatin1Char('\n'));
        for (int at = 0; at < lines.size(); ++at) {
            auto matches = link.globalMatch(lines.at(at));
            while (matches.hasNext()) {
                const QString written = matches.next().captured(1);
                if (written.contains(QStringLiteral(":"))) {
                    continue; // of the web
                }
                const QString target = resolved(folderOf(path), written);
                linked.insert(target);
                if (!files.contains(target)) {
                    findings.push_back({path, at + 1, QStringLiteral("dead-link"),
                                        QStringLiteral("there is no %1").arg(target)});
                }
            }
        }
    }
    for (const QString& image : images) {
        if (!linked.contains(image)) {
            findings.push_back({image, 0, QStringLiteral("unused-image"),
                                QStringLiteral("no document shows it: show it, or remove it")});
        }
    }
    return findings;
}

} // namespace quorate::tidy
