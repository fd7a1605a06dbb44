// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Json.h"
#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QJsonObject>

#include <vector>

namespace quorate::platform::kubernetes {

struct KubeAnswer;

/// Bounds of one JSON answer of an API server: a page of 500 nodes has about 300,000 values; etcd
/// itself refuses objects above 1.5 MB. Depth: custom resources nest deeper than ours.
constexpr JsonLimits kKubeJson{256LL * 1024 * 1024, 96, 8'000'000};

/// Why an API server said no: a "Status" object (meta/v1).
struct KubeStatus {
    struct Cause {
        QString reason; ///< "DisruptionBudget", "FieldValueInvalid"
        QString message;
        QString field;
        bool operator==(const Cause&) const = default;
    };
    int code = 0;
    QString reason; ///< "NotFound", "Expired", "TooManyRequests"; empty when it said none
    QString message;
    QString kind; ///< of the object that it is about: "nodes"
    QString name;
    Millis retryAfter{0};
    std::vector<Cause> causes;
    bool operator==(const KubeStatus&) const = default;

    [[nodiscard]] bool hasCause(const QString& wanted) const;
    /// The version to watch or list from is gone or was never there: begin anew with a list.
    [[nodiscard]] bool isExpired() const;
};

/// Reads an answer that is not 2xx; texts are bounded and printable. What is not a Status still has
/// its code.
KubeStatus statusFrom(const KubeAnswer& answer);
KubeStatus statusFrom(const QJsonObject& object, int code);
/// The Error of a status. Codes are the reasons in kebab-case ("not-found", "expired",
/// "too-many-requests", "already-exists", "invalid"), or "http-418" without one.
Error kubeError(const KubeStatus& status, const QString& endpoint);

} // namespace quorate::platform::kubernetes
