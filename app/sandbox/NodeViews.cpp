// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Node.h"

#include <algorithm>

namespace quorate::sandbox {

namespace {

constexpr qint64 kGigabyte = 1'000'000'000;
// Simulated disks. Source: domain.md (100 GB SSD for MSS nodes); CM appliances have more.
constexpr qint64 kDiskTotalMss = 100 * kGigabyte;
constexpr qint64 kDiskTotalCm = 480 * kGigabyte;
constexpr qint64 kDiskUsed = 38 * kGigabyte;
constexpr qint64 kDiskFull = 64 * 1024; ///< what the fault disk-full leaves

struct ServiceKind {
    const char* id;
    const char* name;
    bool runsByDefault;
    bool onlyWhenServing; ///< moved away when the node is drained, updating or starting
};

constexpr ServiceKind kMssServices[] = {{"mss-server", "Management server", true, true},
                                        {"session-server", "Session server", true, true},
                                        {"metering", "Metering", true, true},
                                        {"console", "Appliance console", true, false},
                                        {"ssh", "SSH", false, false}};
constexpr ServiceKind kCmServices[] = {{"keysecure", "Key manager", true, true},
                                       {"database", "Database", true, false},
                                       {"web", "Web console and REST API", true, true},
                                       {"ssh", "SSH", true, false}};

QJsonObject condition(const char* id, const char* severity, const QString& text)
{
    return {{QStringLiteral("id"), QLatin1String(id)},
            {QStringLiteral("severity"), QLatin1String(severity)},
            {QStringLiteral("text"), text}};
}

std::vector<QJsonObject> objectsOf(const QJsonArray& list)
{
    std::vector<QJsonObject> objects;
    for (const QJsonValue& value : list) {
        objects.push_back(value.toObject());
    }
    return objects;
}

std::vector<QJsonObject> valuesOf(const std::map<QString, QJsonObject>& map)
{
    std::vector<QJsonObject> values;
    for (const auto& [id, object] : map) {
        values.push_back(object);
    }
    return values;
}

} // namespace

QJsonObject Node::self() const
{
    const std::lock_guard lock(m_mutex);
    return selfLocked();
}

QJsonObject Node::cluster() const
{
    const std::lock_guard lock(m_mutex);
    return clusterLocked();
}

QJsonObject Node::selfLocked() const
{
    QJsonArray staged;
    for (const auto& [id, package] : m_record.packages) {
        QJsonObject reference;
        for (const char* key : {"id", "name", "version", "sizeBytes", "sha256", "verified"}) {
            reference.insert(QLatin1String(key), package.value(QLatin1String(key)));
        }
        staged.append(reference);
    }
    const QString current = state();
    const NodeEntry* entry = m_settings.find(m_id);
    return {{QStringLiteral("id"), m_id},
            {QStringLiteral("name"), m_id},
            {QStringLiteral("address"), entry->address()},
            {QStringLiteral("system"), m_settings.system},
            {QStringLiteral("version"), m_record.version},
            {QStringLiteral("state"), current},
            {QStringLiteral("voter"), true},
            {QStringLiteral("learner"), false},
            {QStringLiteral("leader"), m_consensus.leads()},
            {QStringLiteral("bootId"), m_bootId},
            {QStringLiteral("startedAt"), toIso(m_startedAt)},
            {QStringLiteral("appliedIndex"), m_consensus.appliedIndex()},
            {QStringLiteral("diskFreeBytes"), diskFreeLocked()},
            {QStringLiteral("diskTotalBytes"), isMss() ? kDiskTotalMss : kDiskTotalCm},
            {QStringLiteral("load"), current == QLatin1String("updating") ? 0.8 : 0.15},
            {QStringLiteral("updatesAvailable"), m_record.updatesAvailable.size()},
            {QStringLiteral("rebootNeeded"), m_record.rebootNeeded},
            {QStringLiteral("drained"), m_record.drained},
            {QStringLiteral("verification"), m_record.verification},
            {QStringLiteral("stagedPackages"), staged},
            {QStringLiteral("installedPackage"), m_record.installedPackage},
            {QStringLiteral("services"), serviceList()},
            {QStringLiteral("conditions"), conditions()},
            {QStringLiteral("sandbox"), true},
            {QStringLiteral("sandboxCounters"), m_record.counters.toJson()}};
}

QJsonArray Node::conditions() const
{
    QJsonArray list;
    if (m_consensus.leader().isEmpty()) {
        list.append(condition("no-leader", "error",
                              QStringLiteral("This node knows of no leader of the cluster")));
    }
    if (m_record.verification == QLatin1String("failed")) {
        list.append(condition("verification-failed", "error",
                              QStringLiteral("The verification of what was installed has failed")));
    }
    if (m_record.returnedOld) {
        list.append(condition("returned-old", "warning",
                              QStringLiteral("The node came back on %1, not on what was installed")
                                  .arg(m_record.version)));
    }
    if (m_faults.has(fault::kDiskFull)) {
        list.append(condition("disk-full", "error", QStringLiteral("The disk is full")));
    }
    if (m_record.rebootNeeded) {
        list.append(condition("reboot-needed", "warning", QStringLiteral("A restart is needed")));
    }
    if (m_record.drained) {
        list.append(condition("drained", "info", QStringLiteral("Drained by an operator")));
    }
    return list;
}

QJsonArray Node::serviceList() const
{
    const QString current = state();
    const bool serving = current == QLatin1String("ready");
    QJsonArray list;
    const auto add = [&](const ServiceKind& kind) {
        const auto changed = m_record.stoppedServices.find(QLatin1String(kind.id));
        const bool wanted =
            changed == m_record.stoppedServices.end() ? kind.runsByDefault : !changed->second;
        list.append(
            QJsonObject{{QStringLiteral("id"), QLatin1String(kind.id)},
                        {QStringLiteral("name"), QLatin1String(kind.name)},
                        {QStringLiteral("running"), wanted && (serving || !kind.onlyWhenServing)},
                        {QStringLiteral("version"), m_record.version}});
    };
    if (isMss()) {
        std::for_each(std::begin(kMssServices), std::end(kMssServices), add);
    } else {
        std::for_each(std::begin(kCmServices), std::end(kCmServices), add);
    }
    return list;
}

QJsonObject Node::memberView(const NodeEntry& entry, TimePoint now) const
{
    QJsonObject member{{QStringLiteral("id"), entry.id},
                       {QStringLiteral("name"), entry.id},
                       {QStringLiteral("address"), entry.address()},
                       {QStringLiteral("voter"), true},
                       {QStringLiteral("learner"), false}};
    if (entry.id == m_id) {
        member.insert(QStringLiteral("state"), state());
        member.insert(QStringLiteral("version"), m_record.version);
        member.insert(QStringLiteral("lastContactAt"), toIso(now));
        member.insert(QStringLiteral("appliedIndex"), m_consensus.appliedIndex());
        return member;
    }
    const PeerView& peer = m_consensus.peers().at(entry.id);
    member.insert(QStringLiteral("state"), m_consensus.stateOf(entry.id, now));
    member.insert(QStringLiteral("version"),
                  peer.version.isEmpty() ? QJsonValue(QJsonValue::Null) : peer.version);
    member.insert(QStringLiteral("lastContactAt"), peer.lastContactAt
                                                       ? QJsonValue(toIso(*peer.lastContactAt))
                                                       : QJsonValue(QJsonValue::Null));
    member.insert(QStringLiteral("appliedIndex"), peer.appliedIndex);
    return member;
}

QJsonObject Node::clusterLocked() const
{
    const TimePoint now = m_clock.now();
    QJsonArray members;
    for (const NodeEntry& entry : m_settings.nodes) {
        members.append(memberView(entry, now));
    }
    const QString leading = m_consensus.leader();
    const QJsonObject limits{
        {QStringLiteral("heartbeatMs"), static_cast<qint64>(m_settings.heartbeat().count())},
        {QStringLiteral("lateMs"), static_cast<qint64>(m_settings.late().count())},
        {QStringLiteral("downMs"), static_cast<qint64>(m_settings.down().count())}};
    return {{QStringLiteral("name"), m_settings.name},
            {QStringLiteral("system"), m_settings.system},
            {QStringLiteral("observedBy"), m_id},
            {QStringLiteral("term"), m_consensus.term()},
            {QStringLiteral("leader"),
             leading.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(leading)},
            {QStringLiteral("appliedIndex"), m_consensus.newestIndex()},
            {QStringLiteral("members"), members},
            {QStringLiteral("limits"), limits}};
}

QJsonObject Node::updates() const
{
    const std::lock_guard lock(m_mutex);
    return {{QStringLiteral("available"), m_record.updatesAvailable},
            {QStringLiteral("installed"), m_record.updatesInstalled},
            {QStringLiteral("rebootNeeded"), m_record.rebootNeeded},
            {QStringLiteral("checkedAt"), m_record.checkedAt}};
}

std::vector<QJsonObject> Node::services() const
{
    const std::lock_guard lock(m_mutex);
    return objectsOf(serviceList());
}

std::vector<QJsonObject> Node::packages() const
{
    const std::lock_guard lock(m_mutex);
    return valuesOf(m_record.packages);
}

std::vector<QJsonObject> Node::backups() const
{
    const std::lock_guard lock(m_mutex);
    return valuesOf(m_record.backups);
}

std::vector<QJsonObject> Node::operations(const QString& idempotencyKey) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<QJsonObject> list;
    for (auto operation = m_record.operations.rbegin(); operation != m_record.operations.rend();
         ++operation) {
        if (idempotencyKey.isEmpty() || operation->idempotencyKey == idempotencyKey) {
            list.push_back(operation->toJson());
        }
    }
    return list;
}

Result<QJsonObject> Node::operation(const QString& id) const
{
    const std::lock_guard lock(m_mutex);
    for (const Operation& operation : m_record.operations) {
        if (operation.id == id) {
            return operation.toJson();
        }
    }
    return refuse(404, "operation-unknown", QStringLiteral("There is no operation %1").arg(id));
}

QString Node::backupPath(const QString& id, const char* suffix) const
{
    const std::lock_guard lock(m_mutex);
    const bool known = m_record.backups.find(id) != m_record.backups.end();
    return known ? folder() + QStringLiteral("/backups/") + id + QLatin1String(suffix) : QString();
}

qint64 Node::diskFree() const
{
    const std::lock_guard lock(m_mutex);
    return diskFreeLocked();
}

qint64 Node::diskFreeLocked() const
{
    if (m_faults.has(fault::kDiskFull)) {
        return kDiskFull;
    }
    qint64 free = (isMss() ? kDiskTotalMss : kDiskTotalCm) - kDiskUsed;
    for (const auto& [id, package] : m_record.packages) {
        free -= package.value(QStringLiteral("sizeBytes")).toInteger();
    }
    return std::max<qint64>(0, free);
}

} // namespace quorate::sandbox
