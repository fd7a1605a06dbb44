// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Paths.h"

#include <QStringList>

#include <algorithm>

namespace quorate::procedure {
namespace {

const QString kOneMinor = QStringLiteral(", one minor at a time");
const QString kTo = QStringLiteral(" to ");
const QString kBetween = QStringLiteral("; ");

} // namespace

bool supportsPath(const std::vector<SupportedPath>& paths, const Version& from, const Version& to)
{
    return std::any_of(paths.begin(), paths.end(), [&](const SupportedPath& path) {
        const bool isNear = to.major == from.major && to.minor - from.minor <= 1;
        return path.from.contains(from) && path.to.contains(to)
               && (!path.oneMinorAtATime || isNear);
    });
}

QString pathsText(const std::vector<SupportedPath>& paths)
{
    QStringList out;
    for (const SupportedPath& path : paths) {
        out.append(path.from.toString() + kTo + path.to.toString()
                   + (path.oneMinorAtATime ? kOneMinor : QString()));
    }
    return out.join(kBetween);
}

std::vector<SupportedPath> pathsFrom(const QString& text)
{
    std::vector<SupportedPath> out;
    for (QString part : text.split(kBetween)) {
        SupportedPath path;
        path.oneMinorAtATime = part.endsWith(kOneMinor);
        if (path.oneMinorAtATime) {
            part.chop(kOneMinor.size());
        }
        const QStringList ends = part.split(kTo);
        const auto from = VersionRange::parse(ends.value(0));
        const auto to = VersionRange::parse(ends.value(1));
        if (ends.size() == 2 && from && to) {
            path.from = *from;
            path.to = *to;
            out.push_back(path);
        }
    }
    return out;
}

} // namespace quorate::procedure
