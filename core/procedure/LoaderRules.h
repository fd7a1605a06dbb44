// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/procedure/Procedure.h"
#include "core/procedure/YamlReader.h"

#include <set>

namespace quorate::procedure::detail {

/// What has to hold between the steps of a procedure, told the steps in their order: a gate before
/// whatever takes a node away, a wait-back after it, and obligations that are opened, then closed.
class LoaderRules {
public:
    explicit LoaderRules(const Procedure& head)
        : m_head(head)
    {}

    void enterEach();
    void leaveEach(yaml::Report& report, const yaml::Node& at, const QString& path);
    /// Takes the step's obligations from the file, too.
    void add(yaml::MapReader& in, StepTemplate& step);
    /// Nothing may be left open when all steps were read.
    void finish(yaml::Report& report, const yaml::Node& list) const;

private:
    void readObligation(yaml::MapReader& in, const QString& key, StepTemplate& step);
    void followNode(yaml::MapReader& in, const StepTemplate& step);
    [[nodiscard]] bool knowsObligation(const QString& id) const;

    const Procedure& m_head;
    std::map<QString, int> m_opened; ///< obligation → the each that it was opened in, 0: none
    std::set<QString> m_closed;
    int m_eachCount = 0;
    int m_each = 0; ///< 0: outside
    bool m_asked = false;
    bool m_out = false;
};

} // namespace quorate::procedure::detail
