// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Health.h"

#include <algorithm>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kChecksMax = 500; ///< our own bound; a 1.33 server has about 60

Error badEtcdAnswer(const QString& what)
{
    return makeError(ErrorKind::Protocol, QStringLiteral("bad-etcd-answer"),
                     QStringLiteral("The answer of etcd cannot be read: %1").arg(what),
                     QStringLiteral("Check that the address is one of etcd's client addresses"));
}

QStringList textsOf(const QJsonObject& object, const char* key)
{
    QStringList out;
    for (const QJsonValue& value : listOf(object, key)) {
        out.append(value.toString().left(kTextMax));
    }
    return out;
}

QString idOf(const QJsonObject& object, const char* key)
{
    const auto id = bigOf(object, key);
    return id ? QString::number(*id) : QString();
}

} // namespace

std::optional<bool> HealthReport::etcd() const
{
    std::optional<bool> out;
    for (const HealthCheck& check : checks) {
        if (check.name == QLatin1String("etcd") || check.name == QLatin1String("etcd-readiness")) {
            out = out.value_or(true) && check.ok;
        }
    }
    return out;
}

QStringList HealthReport::failed() const
{
    QStringList names;
    for (const HealthCheck& check : checks) {
        if (!check.ok) {
            names.append(check.name);
        }
    }
    return names;
}

bool HealthReport::isStarting() const
{
    const QStringList names = failed();
    return !ok && !names.isEmpty() && std::ranges::all_of(names, [](const QString& name) {
        return name.startsWith(QLatin1String("poststarthook/"))
               || name == QLatin1String("informer-sync");
    });
}

bool HealthReport::isShuttingDown() const { return failed().contains(QLatin1String("shutdown")); }

HealthReport readHealth(int status, const QByteArray& body)
{
    HealthReport report;
    report.ok = status == 200;
    for (const QByteArray& raw : body.split('\n')) {
        const QByteArray line = raw.trimmed();
        if (report.checks.size() >= kChecksMax) {
            break;
        }
        if (!line.startsWith("[+]") && !line.startsWith("[-]")) {
            continue;
        }
        const QString text = QString::fromUtf8(line.mid(3).left(kTextMax));
        const auto space = text.indexOf(QLatin1Char(' '));
        HealthCheck check;
        check.name = text.left(space);
        check.ok = line.startsWith("[+]");
        check.text = space < 0 ? QString() : text.mid(space + 1);
        report.checks.push_back(std::move(check));
    }
    return report;
}

Result<std::vector<EtcdMember>> decodeMembers(const QJsonObject& object)
{
    std::vector<EtcdMember> members;
    for (const QJsonValue& value : listOf(object, "members")) {
        const QJsonObject one = value.toObject();
        EtcdMember member;
        member.id = idOf(one, "ID");
        member.name = textOf(one, "name");
        member.peerUrls = textsOf(one, "peerURLs");
        member.clientUrls = textsOf(one, "clientURLs");
        member.isLearner = truthOf(one, "isLearner");
        if (member.id.isEmpty()) {
            return fail(badEtcdAnswer(QStringLiteral("a member has no id")));
        }
        members.push_back(std::move(member));
    }
    if (members.empty()) {
        return fail(badEtcdAnswer(QStringLiteral("it lists no members")));
    }
    return members;
}

Result<EtcdStatus> decodeEtcdStatus(const QJsonObject& object)
{
    EtcdStatus status;
    const QJsonObject header = objectOf(object, "header");
    status.memberId = idOf(header, "member_id");
    status.leaderId = idOf(object, "leader");
    status.version = textOf(object, "version");
    status.raftTerm = bigOf(object, "raftTerm").value_or(0);
    status.appliedIndex =
        bigOf(object, "raftAppliedIndex").value_or(bigOf(object, "raftIndex").value_or(0));
    status.databaseBytes = static_cast<qint64>(
        std::min<quint64>(bigOf(object, "dbSize").value_or(0), quint64(1) << 62));
    status.isLearner = truthOf(object, "isLearner");
    status.errors = textsOf(object, "errors");
    if (status.memberId.isEmpty() || status.version.isEmpty()) {
        return fail(badEtcdAnswer(QStringLiteral("it does not say which member it is")));
    }
    return status;
}

Result<HealthCheck> decodeEtcdHealth(const QJsonObject& object)
{
    const QJsonValue value = object.value(QLatin1String("health"));
    HealthCheck check;
    check.name = QStringLiteral("etcd");
    if (value.isBool()) {
        check.ok = value.toBool();
    } else if (value.toString() == QLatin1String("true")) {
        check.ok = true;
    } else if (value.toString() != QLatin1String("false")) {
        return fail(badEtcdAnswer(QStringLiteral("it says nothing of its health")));
    }
    check.text = textOf(object, "reason");
    return check;
}

} // namespace quorate::platform::kubernetes
