// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/NodeRecord.h"

#include "core/base/Json.h"

namespace quorate::sandbox {

namespace {

constexpr size_t kRememberedMax = 500;

QString nameOf(OperationState state)
{
    switch (state) {
    case OperationState::Running: return QStringLiteral("running");
    case OperationState::Succeeded: return QStringLiteral("succeeded");
    case OperationState::Failed: return QStringLiteral("failed");
    }
    return {};
}

QJsonArray listOf(const std::map<QString, QJsonObject>& map)
{
    QJsonArray list;
    for (const auto& [id, object] : map) {
        list.append(object);
    }
    return list;
}

std::map<QString, QJsonObject> mapOf(const QJsonArray& list)
{
    std::map<QString, QJsonObject> map;
    for (const QJsonValue& value : list) {
        const QJsonObject object = value.toObject();
        map.emplace(object.value(QStringLiteral("id")).toString(), object);
    }
    return map;
}

Counters countersFrom(const QJsonObject& object)
{
    const auto count = [&](const char* key) { return object.value(QLatin1String(key)).toInt(); };
    return {count("installs"), count("upgrades"), count("reboots"),
            count("drains"),   count("backups"),  count("scales")};
}

QJsonObject rememberedJson(const QString& key, const Remembered& answer)
{
    return {{QStringLiteral("key"), key},
            {QStringLiteral("requestHash"), answer.requestHash},
            {QStringLiteral("status"), answer.status},
            {QStringLiteral("location"), answer.location},
            {QStringLiteral("body"), answer.body}};
}

} // namespace

QJsonObject Operation::toJson() const
{
    QJsonObject object{{QStringLiteral("id"), id},
                       {QStringLiteral("kind"), kind},
                       {QStringLiteral("state"), nameOf(state)},
                       {QStringLiteral("progress"), progress},
                       {QStringLiteral("startedAt"), toIso(startedAt)},
                       {QStringLiteral("endedAt"),
                        endedAt ? QJsonValue(toIso(*endedAt)) : QJsonValue(QJsonValue::Null)},
                       {QStringLiteral("message"), message},
                       {QStringLiteral("idempotencyKey"), idempotencyKey}};
    if (!subject.isEmpty()) {
        object.insert(QStringLiteral("subject"), subject);
    }
    if (!result.isEmpty()) {
        object.insert(QStringLiteral("result"), result);
    }
    if (!problem.isEmpty()) {
        object.insert(QStringLiteral("problem"), problem);
    }
    return object;
}

QJsonObject Operation::toRecord() const
{
    QJsonObject object = toJson();
    object.insert(QStringLiteral("requestHash"), requestHash);
    object.insert(QStringLiteral("durationMs"), static_cast<qint64>(duration.count()));
    return object;
}

Result<Operation> Operation::fromRecord(const QJsonObject& object)
{
    JsonReader in(object, QStringLiteral("operation"));
    Operation operation;
    operation.id = in.string("id");
    operation.kind = in.string("kind");
    operation.subject = in.stringOr("subject", {});
    operation.result = in.stringOr("result", {});
    operation.idempotencyKey = in.string("idempotencyKey");
    operation.requestHash = in.string("requestHash");
    const QString state = in.string("state");
    operation.state = state == QLatin1String("running")     ? OperationState::Running
                      : state == QLatin1String("succeeded") ? OperationState::Succeeded
                                                            : OperationState::Failed;
    operation.progress = in.number("progress");
    operation.startedAt = in.time("startedAt");
    operation.endedAt = in.optionalTime("endedAt");
    operation.duration = Millis(in.integer("durationMs"));
    operation.message = in.string("message");
    operation.problem = in.optionalObject("problem").value_or(QJsonObject());
    return in.finish(operation);
}

QJsonObject Counters::toJson() const
{
    return {{QStringLiteral("installs"), installs}, {QStringLiteral("upgrades"), upgrades},
            {QStringLiteral("reboots"), reboots},   {QStringLiteral("drains"), drains},
            {QStringLiteral("backups"), backups},   {QStringLiteral("scales"), scales}};
}

QJsonObject NodeRecord::toJson() const
{
    QJsonArray operationList;
    for (const Operation& operation : operations) {
        operationList.append(operation.toRecord());
    }
    QJsonArray answers;
    for (const QString& key : rememberedOrder) {
        answers.append(rememberedJson(key, remembered.at(key)));
    }
    QJsonObject services;
    for (const auto& [id, stopped] : stoppedServices) {
        services.insert(id, stopped);
    }
    return {{QStringLiteral("version"), version},
            {QStringLiteral("pendingVersion"), pendingVersion},
            {QStringLiteral("drained"), drained},
            {QStringLiteral("rebootNeeded"), rebootNeeded},
            {QStringLiteral("upgradedOnce"), upgradedOnce},
            {QStringLiteral("returnedOld"), returnedOld},
            {QStringLiteral("verification"), verification},
            {QStringLiteral("lastEnd"), lastEnd},
            {QStringLiteral("counters"), counters.toJson()},
            {QStringLiteral("updatesAvailable"), updatesAvailable},
            {QStringLiteral("updatesInstalled"), updatesInstalled},
            {QStringLiteral("checkedAt"), checkedAt},
            {QStringLiteral("installedPackage"), installedPackage},
            {QStringLiteral("packages"), listOf(packages)},
            {QStringLiteral("backups"), listOf(backups)},
            {QStringLiteral("stoppedServices"), services},
            {QStringLiteral("operations"), operationList},
            {QStringLiteral("remembered"), answers},
            {QStringLiteral("boots"), boots}};
}

Result<NodeRecord> NodeRecord::fromJson(const QJsonObject& object)
{
    JsonReader in(object, QStringLiteral("state.json"));
    NodeRecord record;
    record.version = in.string("version");
    record.pendingVersion = in.string("pendingVersion");
    record.drained = in.boolean("drained");
    record.rebootNeeded = in.boolean("rebootNeeded");
    record.upgradedOnce = in.boolean("upgradedOnce");
    record.returnedOld = in.boolean("returnedOld");
    record.verification = in.string("verification");
    record.lastEnd = in.string("lastEnd");
    record.boots = in.integer("boots");
    record.counters = countersFrom(object.value(QStringLiteral("counters")).toObject());
    record.updatesAvailable = object.value(QStringLiteral("updatesAvailable")).toArray();
    record.updatesInstalled = object.value(QStringLiteral("updatesInstalled")).toArray();
    record.checkedAt = object.value(QStringLiteral("checkedAt"));
    record.installedPackage = object.value(QStringLiteral("installedPackage"));
    record.packages = mapOf(object.value(QStringLiteral("packages")).toArray());
    record.backups = mapOf(object.value(QStringLiteral("backups")).toArray());
    const QJsonObject services = object.value(QStringLiteral("stoppedServices")).toObject();
    for (auto service = services.begin(); service != services.end(); ++service) {
        record.stoppedServices.emplace(service.key(), service.value().toBool());
    }
    for (const QJsonValue& value : object.value(QStringLiteral("operations")).toArray()) {
        Result<Operation> operation = Operation::fromRecord(value.toObject());
        if (!operation) {
            return fail(operation.error());
        }
        record.operations.push_back(*std::move(operation));
    }
    for (const QJsonValue& value : object.value(QStringLiteral("remembered")).toArray()) {
        const QJsonObject answer = value.toObject();
        record.remember(answer.value(QStringLiteral("key")).toString(),
                        {answer.value(QStringLiteral("requestHash")).toString(),
                         answer.value(QStringLiteral("status")).toInt(),
                         answer.value(QStringLiteral("location")).toString(),
                         answer.value(QStringLiteral("body")).toObject()});
    }
    while (record.operations.size() > NodeRecord::kOperationsMax) {
        record.operations.erase(record.operations.begin());
    }
    return in.finish(record);
}

void NodeRecord::remember(const QString& key, Remembered answer)
{
    if (remembered.emplace(key, std::move(answer)).second) {
        rememberedOrder.push_back(key);
    }
    if (rememberedOrder.size() > kRememberedMax) {
        remembered.erase(rememberedOrder.front());
        rememberedOrder.erase(rememberedOrder.begin());
    }
}

} // namespace quorate::sandbox
