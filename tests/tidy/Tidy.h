// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <map>
#include <set>
#include <vector>

namespace quorate::tidy {

/// One finding: where, which rule, and what to do instead.
struct Finding {
    QString path; ///< relative to the source tree, with '/'
    int line = 0; ///< from 1; 0: the whole file or folder
    QString rule;
    QString message;

    [[nodiscard]] QString toText() const;
};
using Findings = std::vector<Finding>;

/// A source file in three readings, line by line: as written; without comments; and without
/// comments and the insides of string literals (so that a rule about code is not tripped by a
/// message).
struct SourceText {
    QString path;
    QStringList lines;
    QStringList uncommented;
    QStringList code;

    [[nodiscard]] bool isHeader() const { return path.endsWith(QStringLiteral(".h")); }
    /// "core", "ui", "app" or "tests".
    [[nodiscard]] QString area() const { return path.section(QLatin1Char('/'), 0, 0); }
    /// "core/quorum": the two first parts of the path.
    [[nodiscard]] QString folder() const { return path.section(QLatin1Char('/'), 0, 1); }
};
[[nodiscard]] SourceText readSource(const QString& path, const QString& text);

// The rules, by theme. Each takes one file.
[[nodiscard]] Findings checkForm(const SourceText& source);   ///< SPDX, pragma, limits, nodiscard
[[nodiscard]] Findings checkLayers(const SourceText& source); ///< who may include whom
[[nodiscard]] Findings checkBans(const SourceText& source); ///< calls and words with a replacement
/// All of the above.
[[nodiscard]] Findings checkSource(const QString& path, const QString& text);

/// Texts that are not C++ (scripts, data, documents): paths of one machine and unfinished-work
/// marks only.
[[nodiscard]] Findings checkText(const QString& path, const QString& text);
/// A README of one folder; a null text means that there is none.
[[nodiscard]] Findings checkReadme(const QString& folder, const QString& text);

/// Path → text of files of one kind, relative to the source tree.
using Texts = std::map<QString, QString>;
/// Every .cpp of `sources` is named by some CMakeLists.txt or *.cmake: one that nobody builds is
/// neither compiled nor run, however green it looks.
[[nodiscard]] Findings checkBuilt(const QStringList& sources, const Texts& lists);
/// Links of documents that lead to a file of the tree lead to one that is there, and each of
/// `images` is shown by some document.
[[nodiscard]] Findings checkLinks(const Texts& documents, const std::set<QString>& files,
                                  const QStringList& images);

/// Known exceptions, each with its reason. One that no longer excuses anything is itself a finding.
struct Allowance {
    const char* rule;
    const char* path; ///< the file, or a folder ending in '/'
    const char* reason;
};
[[nodiscard]] const std::vector<Allowance>& allowances();
/// Removes excused findings; adds one for each allowance of `list` that excused nothing.
[[nodiscard]] Findings applyAllowances(Findings findings, const std::vector<Allowance>& list);

} // namespace quorate::tidy
