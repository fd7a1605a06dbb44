// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/LoaderRules.h"

#include "core/procedure/Words.h"

#include <algorithm>

namespace quorate::procedure::detail {

bool LoaderRules::knowsObligation(const QString& id) const
{
    return std::ranges::find(m_head.obligations, id, &ObligationSpec::id)
           != m_head.obligations.end();
}

void LoaderRules::enterEach()
{
    m_each = ++m_eachCount;
    m_asked = false;
    m_out = false;
}

void LoaderRules::leaveEach(yaml::Report& report, const yaml::Node& at, const QString& path)
{
    if (m_out) {
        report.reject(
            at.line, at.column, path,
            QStringLiteral("takes a node away and does not wait for it: the last such step "
                           "needs a wait-back after it that is always done"));
    }
    for (const auto& [id, opener] : m_opened) {
        if (opener == m_each && m_closed.count(id) == 0) {
            report.reject(
                at.line, at.column, path,
                QStringLiteral(
                    "opens the obligation \"%1\" for each node, so it has to close it too")
                    .arg(id));
        }
    }
    m_each = 0;
}

void LoaderRules::readObligation(yaml::MapReader& in, const QString& key, StepTemplate& step)
{
    if (!in.has(key)) {
        return;
    }
    const bool opens = key == word("opens");
    const QString id = in.idText(key);
    const auto opened = m_opened.find(id);
    if (!knowsObligation(id)) {
        in.reject(key, QStringLiteral("\"%1\" is not in obligations").arg(id.left(60)));
    } else if (!opens && opened == m_opened.end()) {
        in.reject(key, QStringLiteral("\"%1\" is closed before it is opened").arg(id));
    } else if (opened != m_opened.end() && opened->second != m_each
               && (opened->second != 0 || m_each != 0)) {
        in.reject(key,
                  QStringLiteral("\"%1\" has to be opened and closed in the same each, or both "
                                 "outside of any")
                      .arg(id));
    }
    if (opens) {
        m_opened.try_emplace(id, m_each);
    } else {
        m_closed.insert(id);
    }
    (opens ? step.opensObligation : step.closesObligation) = id;
}

void LoaderRules::followNode(yaml::MapReader& in, const StepTemplate& step)
{
    if (step.kind == StepKind::Gate) {
        m_asked = true;
    } else if (step.kind == StepKind::WaitBack && step.when == When::Always) {
        m_asked = false;
        m_out = false;
    } else if (step.takesNodeAway || (step.act && takesVoterAway(*step.act))) {
        if (!m_asked) {
            in.reject(word("do"),
                      QStringLiteral("takes the node away, and no gate stands before it"));
        }
        m_out = true;
    }
}

void LoaderRules::add(yaml::MapReader& in, StepTemplate& step)
{
    readObligation(in, word("opens"), step);
    readObligation(in, word("closes"), step);
    if (m_each != 0) {
        followNode(in, step);
    }
}

void LoaderRules::finish(yaml::Report& report, const yaml::Node& list) const
{
    for (const ObligationSpec& known : m_head.obligations) {
        if (m_opened.count(known.id) == 0) {
            report.reject(list.line, list.column, word("steps"),
                          QStringLiteral("no step opens the obligation \"%1\"").arg(known.id));
        } else if (m_closed.count(known.id) == 0) {
            report.reject(list.line, list.column, word("steps"),
                          QStringLiteral("no step closes the obligation \"%1\"").arg(known.id));
        }
    }
}

} // namespace quorate::procedure::detail
