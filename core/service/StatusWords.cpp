// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/StatusWords.h"

#include <QSet>
#include <QSslCertificate>

#include <algorithm>
#include <type_traits>

namespace quorate::service {

ClusterIdentity identityOf(const store::ClusterProfile& profile)
{
    const QUrl& first = profile.file.nodes.front().address;
    return {.id = profile.id,
            .name = profile.file.name,
            .system = profile.file.system,
            .platform = profile.file.platform,
            .environment = profile.file.environment,
            .address = QStringLiteral("%1:%2").arg(first.host()).arg(first.port(443))};
}

Result<net::TrustPolicy> trustPolicyOf(store::Store& store, const ClusterFile& file)
{
    net::TrustPolicy policy;
    if (!file.caPem.isEmpty()) {
        policy.authorities = QSslCertificate::fromData(file.caPem, QSsl::Pem);
        if (policy.authorities.isEmpty()) {
            return fail(ErrorKind::Validation, QStringLiteral("bad-ca"),
                        QStringLiteral("The CA of the cluster file cannot be read"),
                        QStringLiteral("Give it as PEM text in the field \"ca\""));
        }
    }
    auto pins = store.pins();
    if (!pins) {
        return fail(std::move(pins).error());
    }
    for (const store::PinnedCertificate& pin : *pins) {
        policy.pins[pin.hostPort] = pin.sha256;
    }
    return policy;
}

void addUnlistedMembers(ClusterSnapshot& snapshot)
{
    const std::size_t listed = snapshot.nodes.size();
    std::size_t named = 0; // by the answer that names most
    for (const NodeRecord& record : snapshot.nodes) {
        named = record.isReachable() ? std::max(named, record.last->cluster.members.size()) : named;
    }
    QSet<QString> known; // each member of thousands is looked up once for each node that answers
    known.reserve(static_cast<qsizetype>(listed + named));
    for (const NodeRecord& record : snapshot.nodes) {
        known.insert(record.id.value);
    }
    std::vector<const PeerView*> unlisted;
    for (const NodeRecord& record : snapshot.nodes) {
        if (!record.isReachable()) {
            continue;
        }
        for (const PeerView& member : record.last->cluster.members) {
            const qsizetype before = known.size();
            known.insert(member.id.value);
            if (known.size() != before) {
                unlisted.push_back(&member);
            }
        }
    }
    static_assert(
        std::is_nothrow_move_constructible_v<NodeRecord>); // what answers name stays where it is
    snapshot.nodes.reserve(listed + unlisted.size());
    for (const PeerView* member : unlisted) {
        NodeRecord& added = snapshot.nodes.emplace_back();
        added.id = member->id;
        added.name = member->name;
    }
}

std::optional<Error> tlsRefusal(const std::vector<NodeRecord>& records)
{
    for (const NodeRecord& record : records) {
        if (record.error && record.error->kind == ErrorKind::Tls) {
            Error error = *record.error;
            error.kind = ErrorKind::Precondition;
            error.retryable = false;
            return error.withContext(QStringLiteral("nothing was sent"));
        }
    }
    return std::nullopt;
}

} // namespace quorate::service
