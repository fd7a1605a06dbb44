// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/lab/KubeLab.h"

#include <QJsonArray>

namespace quorate::platform::kubernetes {

/// The deployment default/web with a disruption budget of the same name, as the tests see it by
/// asking API servers themselves.
class WebWorkload {
public:
    explicit WebWorkload(const labtest::KubeLab& lab)
        : m_lab(lab)
    {}

    /// Of so many instances at least `keep` have to stay available. They run on any node. Waits
    /// until all are there.
    void deploy(int replicas, int keep) const;
    void remove() const;
    [[nodiscard]] int available() const;
    /// Of any workload in the namespace.
    [[nodiscard]] int podsOn(int node) const;
    /// Instances on that node that have been told to end.
    [[nodiscard]] int leaving(int node) const;
    /// The status of the answer.
    int post(const QString& path, const QByteArray& body) const;

private:
    [[nodiscard]] QJsonArray podsOf(int node) const;

    const labtest::KubeLab& m_lab;
};

} // namespace quorate::platform::kubernetes
