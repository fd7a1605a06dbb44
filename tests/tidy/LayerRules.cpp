// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

#include <QRegularExpression>

namespace quorate::tidy {
namespace {

struct Layer {
    const char* folder;
    int rank;
};

/// Design section 2. A folder may include folders of a lower rank, and itself. Two folders of one
/// rank do not know each other. What is not listed may not exist: a new folder finds its place here
/// first.
constexpr Layer kLayers[] = {
    {"core/base", 0},      {"core/domain", 1},      {"core/quorum", 2},     {"core/certificate", 2},
    {"core/metering", 2},  {"core/package", 2},     {"core/procedure", 3},  {"core/net", 3},
    {"core/secret", 3},    {"core/run", 4},         {"core/platform", 4},   {"core/simulate", 5},
    {"core/store", 5},     {"core/report", 5},      {"core/service", 6},    {"ui/common", 7},
    {"ui/connect", 8},     {"ui/cluster", 8},       {"ui/upgrade", 9},      {"ui/activity", 9},
    {"ui/services", 9},    {"ui/products", 9},      {"ui/certificates", 9}, {"ui/metering", 9},
    {"ui/replication", 9}, {"ui/shell", 10},        {"app/sandbox", 11},    {"app/quoratectl", 11},
    {"app/quorate", 11},   {"app/screenshots", 11},
};

int rankOf(const QString& folder)
{
    for (const Layer& layer : kLayers) {
        if (folder == QLatin1String(layer.folder)) {
            return layer.rank;
        }
    }
    return -1;
}

QString judge(const SourceText& source, const QString& included)
{
    const QString target = included.section(QLatin1Char('/'), 0, 1);
    if (target == source.folder() || source.area() == QStringLiteral("tests")) {
        return {};
    }
    if (target.startsWith(QStringLiteral("tests/"))) {
        return QStringLiteral("%1 includes %2: the program does not know its tests")
            .arg(source.folder(), included);
    }
    if (target.startsWith(QStringLiteral("ui/")) && source.area() == QStringLiteral("app")
        && source.folder() != QStringLiteral("app/quorate")
        && source.folder() != QStringLiteral("app/screenshots")) {
        return QStringLiteral("%1 includes %2: it is a program without a window")
            .arg(source.folder(), included);
    }
    const int own = rankOf(source.folder());
    const int other = rankOf(target);
    if (own >= 0 && other >= 0 && other < own) {
        return {};
    }
    return QStringLiteral("%1 includes %2: dependencies run app → ui → core/service → … → "
                          "core/base (design section 2)")
        .arg(source.folder(), included);
}

} // namespace

Findings checkLayers(const SourceText& source)
{
    static const QRegularExpression own(QStringLiteral("^\\s*#\\s*include\\s+\"([^\"]+)\""));
    static const QRegularExpression widgets(QStringLiteral(
        "^\\s*#\\s*include\\s+<(Qt(Widgets|Gui|Charts|Svg|OpenGL|PrintSupport)(/[^>]*)?|"
        "Q(Widget|Application|GuiApplication|Dialog|MainWindow|Pixmap|Image|Painter|Color|Icon|"
        "Font|"
        "Palette|Action|Clipboard|Cursor|Screen|Window)[^>]*)>"));
    Findings findings;
    const bool windowless = source.area() == QStringLiteral("core")
                            || source.folder() == QStringLiteral("app/sandbox")
                            || source.folder() == QStringLiteral("app/quoratectl");
    if (source.area() != QStringLiteral("tests") && rankOf(source.folder()) < 0) {
        findings.push_back(
            {source.path, 0, QStringLiteral("layer"),
             QStringLiteral("%1 has no place in tests/tidy/LayerRules.cpp").arg(source.folder())});
    }
    for (int at = 0; at < source.uncommented.size(); ++at) {
        const QString& line = source.uncommented.at(at);
        if (const auto match = own.match(line); match.hasMatch()) {
            const QString included = match.captured(1);
            const bool fromRoot = included.contains(QLatin1Char('/'));
            const bool generated = included.endsWith(QStringLiteral(".moc"))
                                   || included.startsWith(QStringLiteral("ui_"));
            const QString verdict = fromRoot ? judge(source, included) : QString();
            if (!verdict.isEmpty()) {
                findings.push_back({source.path, at + 1, QStringLiteral("layer"), verdict});
            }
            if (!fromRoot && !generated) {
                findings.push_back({source.path, at + 1, QStringLiteral("include-root"),
                                    QStringLiteral("write \"%1\" from the root of the source tree")
                                        .arg(included)});
            }
        }
        if (windowless && widgets.match(line).hasMatch()) {
            findings.push_back(
                {source.path, at + 1, QStringLiteral("no-widgets"),
                 QStringLiteral("Qt Widgets and Gui stay in ui/ (design section 2)")});
        }
    }
    return findings;
}

} // namespace quorate::tidy
