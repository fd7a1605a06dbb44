// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/AccessBook.h"

#include <QPointer>

namespace quorate::platform::kubernetes {

AccessBook::AccessBook(Servers& servers, QObject* parent)
    : QObject(parent)
    , m_servers(servers)
{}

Capabilities AccessBook::capabilities() const
{
    Capabilities out;
    out.stoppable.insert(actName(act::Drain{}));
    for (const Ability& ability : abilities(m_servers.options().leaseNamespace)) {
        QStringList missing;
        for (const Right& right : ability.rights) {
            const auto answer = m_answers.find(right.text());
            if (answer == m_answers.end()) {
                missing.append(QStringLiteral("it is not known yet whether this user may %1")
                                   .arg(right.text()));
            } else if (!answer->second.allowed) {
                missing.append(QStringLiteral("this user may not %1%2")
                                   .arg(right.text(), answer->second.reason.isEmpty()
                                                          ? QString()
                                                          : QStringLiteral(" (%1)").arg(
                                                              answer->second.reason.left(200))));
            }
        }
        if (ability.byHand) { // that is so whether or not it may be watched
            out.byHand.insert(ability.name);
        }
        if (!missing.isEmpty()) {
            out.forbidden[ability.name] = QStringLiteral("The cluster's rules forbid it: ")
                                          + missing.join(QStringLiteral("; "));
        } else if (ability.name == QLatin1String("lease")) {
            out.lease = true;
        } else if (!ability.byHand) {
            out.acts.insert(ability.name);
        }
    }
    return out;
}

Async<bool> AccessBook::ask(std::stop_token stop)
{
    std::map<QString, Right> rights;
    for (const Ability& ability : abilities(m_servers.options().leaseNamespace)) {
        for (const Right& right : ability.rights) {
            rights.emplace(right.text(), right);
        }
    }
    const QString path = QStringLiteral("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    std::vector<Async<KubeAnswer>> asked;
    std::vector<QString> names;
    for (const auto& [name, right] : rights) {
        // A review changes nothing, so any server may be asked although it is a POST.
        asked.push_back(
            m_servers.askAny([request = jsonRequest("POST", path, accessReview(right)),
                              stop](KubeClient& client) { return client.send(request, stop); },
                             stop));
        names.push_back(name);
    }
    const Resolver<bool> out;
    const QPointer<AccessBook> self(this);
    all<KubeAnswer>(std::move(asked))
        .then([self, out, names](const std::vector<Result<KubeAnswer>>& answers) {
            std::optional<Error> error;
            for (std::size_t at = 0; self && at < answers.size(); ++at) {
                const auto& answer = answers[at];
                if (!answer || !answer->isOk()) {
                    error =
                        answer ? kubeError(statusFrom(*answer), answer->endpoint) : answer.error();
                    continue;
                }
                if (auto access = parseJsonObject(answer->body).and_then(decodeAccess)) {
                    self->m_answers[names[at]] = *std::move(access);
                }
            }
            out.resolve(error ? Result<bool>(fail(*std::move(error))) : Result<bool>(true));
        });
    return out.future();
}

} // namespace quorate::platform::kubernetes
