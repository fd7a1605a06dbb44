// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Access.h"

namespace quorate::platform::kubernetes {
namespace {

QString word(const char* text) { return QString::fromLatin1(text); }

Right right(const char* verb, const char* group, const char* resource, const char* subresource = "",
            const QString& nameSpace = {})
{
    return {word(verb), word(group), word(resource), word(subresource), nameSpace};
}

} // namespace

QString Right::text() const
{
    QString what = resource;
    if (!subresource.isEmpty()) {
        what += QLatin1Char('/') + subresource;
    }
    if (!group.isEmpty()) {
        what += QLatin1Char('.') + group;
    }
    const QString where = nameSpace.isEmpty() ? QString() : QStringLiteral(" in ") + nameSpace;
    return QStringLiteral("%1 %2%3").arg(verb, what, where);
}

QJsonObject accessReview(const Right& right)
{
    QJsonObject attributes{{word("verb"), right.verb}, {word("resource"), right.resource}};
    const auto put = [&attributes](const char* key, const QString& value) {
        if (!value.isEmpty()) {
            attributes.insert(word(key), value);
        }
    };
    put("group", right.group);
    put("subresource", right.subresource);
    put("namespace", right.nameSpace);
    return {{word("apiVersion"), word("authorization.k8s.io/v1")},
            {word("kind"), word("SelfSubjectAccessReview")},
            {word("spec"), QJsonObject{{word("resourceAttributes"), attributes}}}};
}

Result<Access> decodeAccess(const QJsonObject& object)
{
    const QJsonObject status = objectOf(object, "status");
    if (!status.value(QLatin1String("allowed")).isBool()) {
        return fail(ErrorKind::Protocol, QStringLiteral("bad-access-review"),
                    QStringLiteral("The API server does not say what this user may do"));
    }
    Access access;
    access.allowed = truthOf(status, "allowed");
    access.reason = textOf(status, "reason");
    if (access.reason.isEmpty()) {
        access.reason = textOf(status, "evaluationError");
    }
    return access;
}

std::vector<Ability> abilities(const QString& leaseNamespace)
{
    const Right patchNodes = right("patch", "", "nodes");
    const char* const leases = "coordination.k8s.io";
    std::vector<Ability> all;
    all.push_back({word("cordon"), {patchNodes}});
    all.push_back({word("resume"), {patchNodes}});
    all.push_back(
        {word("drain"),
         {patchNodes, right("list", "", "pods"), right("create", "", "pods", "eviction")}});
    all.push_back({word("redeploy"),
                   {right("patch", "apps", "deployments"), right("patch", "apps", "statefulsets"),
                    right("patch", "apps", "daemonsets")}});
    const std::vector<Right> watching{right("get", "", "nodes")};
    all.push_back({word("reboot"), watching, true});
    all.push_back({word("shutdown"), watching, true});
    all.push_back({word("lease"),
                   {right("get", leases, "leases", "", leaseNamespace),
                    right("create", leases, "leases", "", leaseNamespace),
                    right("update", leases, "leases", "", leaseNamespace)}});
    return all;
}

} // namespace quorate::platform::kubernetes
