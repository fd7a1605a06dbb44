// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Words.h"

#include <array>

namespace quorate::procedure {
namespace {

constexpr std::array<std::pair<When, const char*>, 5> kWhens{
    {{When::Always, "always"},
     {When::UpdatesAvailable, "updates-available"},
     {When::RebootNeeded, "reboot-needed"},
     {When::NotOnTarget, "not-on-target"},
     {When::RestartedSinceGate, "restarted-since-gate"}}};
constexpr std::array<std::pair<StepKind, const char*>, 5> kKinds{
    {{StepKind::Checks, "checks"},
     {StepKind::Gate, "gate"},
     {StepKind::WaitBack, "wait-back"},
     {StepKind::WaitAllReady, "wait-all-ready"},
     {StepKind::Manual, "manual"}}};

QStringList words(const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); }

} // namespace

QString toString(When value)
{
    for (const auto& [when, name] : kWhens) {
        if (when == value) {
            return QString::fromLatin1(name);
        }
    }
    return {};
}

std::optional<When> whenFrom(const QString& text)
{
    for (const auto& [when, name] : kWhens) {
        if (text == QLatin1String(name)) {
            return when;
        }
    }
    return std::nullopt;
}

const QStringList& whenWords()
{
    static const QStringList list = [] {
        QStringList out;
        for (const auto& entry : kWhens) {
            out.append(QString::fromLatin1(entry.second));
        }
        return out;
    }();
    return list;
}

QString stepWord(StepKind kind, const std::optional<Act>& act)
{
    for (const auto& [key, name] : kKinds) {
        if (key == kind) {
            return QString::fromLatin1(name);
        }
    }
    return act ? actName(*act) : QString();
}

std::optional<StepKind> stepKindFrom(const QString& word)
{
    for (const auto& [kind, name] : kKinds) {
        if (word == QLatin1String(name)) {
            return kind;
        }
    }
    return stepWords().contains(word) ? std::optional(StepKind::Act) : std::nullopt;
}

const QStringList& actWords()
{
    static const QStringList list = words("drain resume reboot shutdown stage-package "
                                          "install-package look-for-updates install-updates "
                                          "take-backup scale-cluster start-service stop-service "
                                          "cordon redeploy");
    return list;
}

const QStringList& stepWords()
{
    static const QStringList list = [] {
        QStringList out;
        for (const auto& entry : kKinds) {
            out.append(QString::fromLatin1(entry.second));
        }
        out += actWords();
        out.removeAll(QStringLiteral("redeploy")); // of a workload, not of a node
        return out;
    }();
    return list;
}

const QStringList& parameterTypeWords()
{
    static const QStringList list = words("text flag duration");
    return list;
}

const QStringList& platformWords()
{
    static const QStringList list = words("nodeadmin kubernetes");
    return list;
}

const QStringList& systemWords()
{
    static const QStringList list{quorate::toString(SystemKind::Mss),
                                  quorate::toString(SystemKind::Cm),
                                  quorate::toString(SystemKind::Generic)};
    return list;
}

const QStringList& severityWords()
{
    static const QStringList list{quorate::toString(Severity::Info),
                                  quorate::toString(Severity::Warning),
                                  quorate::toString(Severity::Error)};
    return list;
}

namespace field {

const QStringList& procedure()
{
    static const QStringList list =
        words("format id title system platform source versions users needs-package wants-backup "
              "capabilities stabilisation parameters obligations checks steps undo");
    return list;
}
const QStringList& source()
{
    static const QStringList list = words("document section");
    return list;
}
const QStringList& path()
{
    static const QStringList list = words("from to one-minor-at-a-time");
    return list;
}
const QStringList& users()
{
    static const QStringList list = words("cut-off impact");
    return list;
}
const QStringList& parameter()
{
    static const QStringList list = words("id type title default");
    return list;
}
const QStringList& obligation()
{
    static const QStringList list = words("id title");
    return list;
}
const QStringList& check()
{
    static const QStringList list = words("id severity title cure before-each-node parameters");
    return list;
}
const QStringList& block()
{
    static const QStringList list = words("once each on-one repeat");
    return list;
}
const QStringList& once()
{
    static const QStringList list = words("steps");
    return list;
}
const QStringList& each()
{
    static const QStringList list = words("order parallel steps");
    return list;
}
const QStringList& onOne()
{
    static const QStringList list = words("steps");
    return list;
}
const QStringList& repeat()
{
    static const QStringList list = words("times-max steps");
    return list;
}
const QStringList& step()
{
    static const QStringList list =
        words("do title service instructions question takes-node-away unmanaged-too local-data-too "
              "grace drain-limit only-with only-without when expected warn-after limit retry "
              "point-of-no-return opens closes");
    return list;
}
const QStringList& retry()
{
    static const QStringList list = words("attempts-max pause");
    return list;
}
const QStringList& ofDrain()
{
    static const QStringList list = words("unmanaged-too local-data-too grace drain-limit");
    return list;
}

} // namespace field
} // namespace quorate::procedure
