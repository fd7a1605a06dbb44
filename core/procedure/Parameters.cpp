// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Parameters.h"

#include "core/procedure/Duration.h"

#include <QRegularExpression>

#include <algorithm>

namespace quorate::procedure {
namespace {

constexpr int kValueMax = 1000; ///< characters; a plan takes 4000 for a whole text. Our own bound
constexpr Millis kDayMax = std::chrono::hours(24); ///< act::Drain takes no more

bool isTrue(const QString& text) { return text == QLatin1String("true"); }

const QRegularExpression& placeholder()
{
    static const QRegularExpression form(QStringLiteral("\\{([a-z][a-z0-9-]{0,63})\\}"));
    return form;
}

std::optional<int> secondsIn(const QString& text)
{
    const auto read = durationFrom(text);
    if (!read || *read > kDayMax || read->count() % 1000 != 0) {
        return std::nullopt;
    }
    return int(std::chrono::duration_cast<Seconds>(*read).count());
}

} // namespace

QString parameterProblem(ParameterType type, const QString& value)
{
    switch (type) {
    case ParameterType::Text: {
        const bool hasControl = std::any_of(value.begin(), value.end(), [](QChar c) {
            return c.category() == QChar::Other_Control && c != QLatin1Char('\n');
        });
        return value.size() > kValueMax || hasControl
                   ? QStringLiteral("must be a text of at most %1 characters").arg(kValueMax)
                   : QString();
    }
    case ParameterType::Flag:
        return isTrue(value) || value == QLatin1String("false")
                   ? QString()
                   : QStringLiteral("must be true or false");
    case ParameterType::Duration:
        return value.isEmpty() || secondsIn(value)
                   ? QString()
                   : QStringLiteral(
                       "must be a time of whole seconds such as \"5 min\", at most 24 h");
    }
    return {};
}

Result<ParameterValues> parameterValues(const Procedure& procedure, const ParameterValues& given)
{
    ParameterValues values;
    QStringList known;
    for (const ParameterSpec& spec : procedure.parameters) {
        values[spec.id] = spec.defaultValue;
        known.append(spec.id);
    }
    for (const auto& [id, value] : given) {
        const auto spec = std::ranges::find(procedure.parameters, id, &ParameterSpec::id);
        if (spec == procedure.parameters.end()) {
            return fail(
                ErrorKind::Validation, QStringLiteral("parameter-unknown"),
                QStringLiteral("%1 has no parameter \"%2\"").arg(procedure.title, id.left(60)),
                known.isEmpty() ? QStringLiteral("Leave it out: there are none")
                                : QStringLiteral("It has ") + known.join(QStringLiteral(", ")));
        }
        if (const QString problem = parameterProblem(spec->type, value); !problem.isEmpty()) {
            return fail(
                ErrorKind::Validation, QStringLiteral("bad-parameter"),
                QStringLiteral("The parameter \"%1\" (%2) %3").arg(id, spec->title, problem));
        }
        values[id] = value;
    }
    return values;
}

namespace detail {

bool isGiven(const ParameterValues& values, const QString& id)
{
    const auto found = values.find(id);
    return found != values.end() && !found->second.trimmed().isEmpty()
           && found->second != QLatin1String("false");
}

QStringList placeholdersIn(const QString& text)
{
    QStringList names;
    for (auto match = placeholder().globalMatch(text); match.hasNext();) {
        names.append(match.next().captured(1));
    }
    return names;
}

QString filledIn(const QString& text, const ParameterValues& values, const QString& node)
{
    QString out;
    qsizetype at = 0;
    for (auto all = placeholder().globalMatch(text); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        const auto value = values.find(match.captured(1));
        out += text.mid(at, match.capturedStart() - at)
               + (value != values.end() ? value->second : match.captured(0));
        at = match.capturedEnd();
    }
    out += text.mid(at);
    return out.replace(QStringLiteral("{node}"), node);
}

void fillDrain(act::Drain& drain, const std::map<QString, QString>& from,
               const ParameterValues& values)
{
    for (const auto& [field, parameter] : from) {
        const QString value = values.count(parameter) != 0 ? values.at(parameter) : QString();
        if (field == QLatin1String("unmanaged-too")) {
            drain.unmanagedToo = isTrue(value);
        } else if (field == QLatin1String("local-data-too")) {
            drain.localDataToo = isTrue(value);
        } else if (field == QLatin1String("grace")) {
            drain.graceSeconds = secondsIn(value);
        } else if (field == QLatin1String("drain-limit")) {
            drain.limitSeconds = secondsIn(value).value_or(0);
        }
    }
}

} // namespace detail
} // namespace quorate::procedure
