// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Json.h"
#include "core/base/Overloaded.h"
#include "core/run/Events.h"
#include "core/run/SnapshotJson.h"

#include <array>

namespace quorate::run {
namespace {

constexpr std::array kCommands{
    RunCommand::Resume,   RunCommand::Pause,       RunCommand::Cancel,        RunCommand::RetryStep,
    RunCommand::SkipStep, RunCommand::ConfirmDone, RunCommand::ConfirmNotDone};
constexpr std::array<std::pair<ProbeOutcome, const char*>, 4> kOutcomes{
    {{ProbeOutcome::Done, "done"},
     {ProbeOutcome::NotDone, "not-done"},
     {ProbeOutcome::Running, "running"},
     {ProbeOutcome::Unknown, "unknown"}}};
constexpr std::array<std::pair<OperationStatus::State, const char*>, 3> kOperationStates{
    {{OperationStatus::State::Running, "running"},
     {OperationStatus::State::Succeeded, "succeeded"},
     {OperationStatus::State::Failed, "failed"}}};

template <typename Table, typename Enum>
QString nameIn(const Table& table, Enum value)
{
    for (const auto& [key, name] : table) {
        if (key == value) {
            return QString::fromLatin1(name);
        }
    }
    return {};
}

template <typename Table>
auto valueIn(const Table& table, JsonReader& in, const char* field)
{
    const QString text = in.string(field);
    for (const auto& [key, name] : table) {
        if (text == QLatin1String(name)) {
            return key;
        }
    }
    in.reject(field, QStringLiteral("a known word"));
    return table.front().first;
}

void putTime(QJsonObject& object, const char* key, const std::optional<TimePoint>& time)
{
    if (time) {
        object[QLatin1String(key)] = toIso(*time);
    }
}

QJsonObject statusJson(const OperationStatus& status)
{
    QJsonObject object{{QStringLiteral("operation"), status.id.value},
                       {QStringLiteral("state"), nameIn(kOperationStates, status.state)},
                       {QStringLiteral("progress"), status.progress},
                       {QStringLiteral("message"), status.message}};
    if (status.error) {
        object[QStringLiteral("failure")] = toJson(*status.error);
    }
    return object;
}

/// {"serial":…, "error":{…}} or {"serial":…, …answer}
template <typename T, typename Put>
QJsonObject answerJson(int serial, const Result<T>& answer, Put put)
{
    QJsonObject object;
    if (answer) {
        object = put(*answer);
    } else {
        object[QStringLiteral("error")] = toJson(answer.error());
    }
    object[QStringLiteral("serial")] = serial;
    return object;
}

template <typename T, typename Take>
Result<T> answerFrom(JsonReader& in, Take take)
{
    if (const auto error = in.optionalObject("error")) {
        return fail(errorFromJson(*error));
    }
    return take();
}

QJsonObject memoryJson(const Memory& memory)
{
    QJsonObject object;
    putTime(object, "greenSince", memory.back.greenSince);
    putTime(object, "lastGreen", memory.back.lastGreen);
    object[QStringLiteral("greenCount")] = memory.back.greenCount;
    object[QStringLiteral("missing")] = memory.missing;
    putTime(object, "leaseExpiresAt", memory.leaseExpiresAt);
    putTime(object, "leaseRenewAt", memory.leaseRenewAt);
    return object;
}

Memory memoryFrom(JsonReader& in)
{
    Memory memory;
    memory.back.greenSince = in.optionalTime("greenSince");
    memory.back.lastGreen = in.optionalTime("lastGreen");
    memory.back.greenCount = static_cast<int>(in.integer("greenCount"));
    memory.missing = in.string("missing");
    memory.leaseExpiresAt = in.optionalTime("leaseExpiresAt");
    memory.leaseRenewAt = in.optionalTime("leaseRenewAt");
    return memory;
}

QJsonObject bodyJson(const EventBody& body)
{
    return std::visit(
        Overloaded{
            [](const event::Started& e) {
                QJsonArray accepted;
                for (const QString& id : e.acceptedWarnings) {
                    accepted.append(id);
                }
                QJsonObject object{{QStringLiteral("run"), e.run.value},
                                   {QStringLiteral("by"), e.startedBy},
                                   {QStringLiteral("accepted"), accepted}};
                if (!e.planHash.isEmpty()) {
                    object[QStringLiteral("planHash")] = e.planHash;
                }
                return object;
            },
            [](const event::Observed& e) {
                return QJsonObject{
                    {QStringLiteral("snapshot"), e.snapshot ? toJson(*e.snapshot) : QJsonObject()}};
            },
            [](const event::Performed& e) {
                return answerJson(e.serial, e.answer, [](const OperationId& id) {
                    return QJsonObject{{QStringLiteral("operation"), id.value}};
                });
            },
            [](const event::Followed& e) { return answerJson(e.serial, e.answer, statusJson); },
            [](const event::Probed& e) {
                return answerJson(e.serial, e.answer, [](ProbeOutcome outcome) {
                    return QJsonObject{{QStringLiteral("outcome"), nameIn(kOutcomes, outcome)}};
                });
            },
            [](const event::LeaseAnswered& e) {
                return answerJson(e.renewal ? 1 : 0, e.expiresAt,
                                  [](const std::optional<TimePoint>& at) {
                                      QJsonObject object;
                                      putTime(object, "expiresAt", at);
                                      return object;
                                  });
            },
            [](const event::Commanded& e) {
                return QJsonObject{{QStringLiteral("command"), toString(e.command)},
                                   {QStringLiteral("by"), e.by}};
            },
            [](const event::Resumed& e) {
                return QJsonObject{{QStringLiteral("by"), e.by}};
            },
            [](const event::JournalFailed& e) {
                return QJsonObject{{QStringLiteral("error"), toJson(e.error)}};
            },
            [](const auto&) { return QJsonObject(); },
        },
        body);
}

event::Started startedFrom(JsonReader& in)
{
    event::Started started{RunId{in.string("run")}, in.string("by"), {}, {}};
    started.planHash = in.stringOr("planHash", {});
    const QStringList accepted = in.strings("accepted");
    started.acceptedWarnings.assign(accepted.begin(), accepted.end());
    return started;
}

event::Followed followedFrom(JsonReader& in)
{
    Result<OperationStatus> answer =
        answerFrom<OperationStatus>(in, [&]() -> Result<OperationStatus> {
            OperationStatus status;
            status.id.value = in.string("operation");
            status.state = valueIn(kOperationStates, in, "state");
            status.progress = in.number("progress");
            status.message = in.string("message");
            if (const auto failure = in.optionalObject("failure")) {
                status.error = errorFromJson(*failure);
            }
            return status;
        });
    return {static_cast<int>(in.integer("serial")), std::move(answer)};
}

event::Commanded commandedFrom(JsonReader& in)
{
    event::Commanded commanded;
    const QString name = in.string("command");
    bool known = false;
    for (const RunCommand candidate : kCommands) {
        if (toString(candidate) == name) {
            commanded.command = candidate;
            known = true;
        }
    }
    if (!known) {
        in.reject("command", QStringLiteral("the name of a command"));
    }
    commanded.by = in.string("by");
    return commanded;
}

EventBody bodyFrom(const QString& name, JsonReader& in)
{
    const auto serial = [&in] { return static_cast<int>(in.integer("serial")); };
    if (name == QLatin1String("started")) {
        return startedFrom(in);
    }
    if (name == QLatin1String("observed")) {
        const QJsonObject object = in.optionalObject("snapshot").value_or(QJsonObject());
        Result<ClusterSnapshot> snapshot = snapshotFromJson(object);
        if (!snapshot) {
            in.reject("snapshot", snapshot.error().message);
            return event::Observed{};
        }
        return event::Observed{std::make_shared<const ClusterSnapshot>(*std::move(snapshot))};
    }
    if (name == QLatin1String("performed")) {
        auto answer = answerFrom<OperationId>(
            in, [&]() -> Result<OperationId> { return OperationId{in.string("operation")}; });
        return event::Performed{serial(), std::move(answer)};
    }
    if (name == QLatin1String("followed")) {
        return followedFrom(in);
    }
    if (name == QLatin1String("probed")) {
        auto answer = answerFrom<ProbeOutcome>(
            in, [&]() -> Result<ProbeOutcome> { return valueIn(kOutcomes, in, "outcome"); });
        return event::Probed{serial(), std::move(answer)};
    }
    if (name == QLatin1String("lease-answered")) {
        auto answer = answerFrom<std::optional<TimePoint>>(
            in, [&]() -> Result<std::optional<TimePoint>> { return in.optionalTime("expiresAt"); });
        return event::LeaseAnswered{serial() == 1, std::move(answer)};
    }
    if (name == QLatin1String("lease-released")) {
        return event::LeaseReleased{};
    }
    if (name == QLatin1String("woke")) {
        return event::Woke{};
    }
    if (name == QLatin1String("commanded")) {
        return commandedFrom(in);
    }
    if (name == QLatin1String("resumed")) {
        return event::Resumed{in.string("by")};
    }
    if (name == QLatin1String("interrupted")) {
        return event::Interrupted{};
    }
    if (name == QLatin1String("journal-failed")) {
        return event::JournalFailed{
            errorFromJson(in.optionalObject("error").value_or(QJsonObject()))};
    }
    in.reject("event", QStringLiteral("the name of an event"));
    return event::Woke{};
}

} // namespace

QString eventName(const RunEvent& value)
{
    static constexpr std::array kNames{
        "started",        "observed", "performed", "followed", "probed",      "lease-answered",
        "lease-released", "woke",     "commanded", "resumed",  "interrupted", "journal-failed"};
    static_assert(kNames.size() == std::variant_size_v<EventBody>);
    return QString::fromLatin1(kNames[value.body.index()]);
}

QJsonObject toJson(const RunEvent& value)
{
    QJsonObject object = bodyJson(value.body);
    object[QStringLiteral("event")] = eventName(value);
    object[QStringLiteral("at")] = toIso(value.at);
    if (value.memory) {
        object[QStringLiteral("memory")] = memoryJson(*value.memory);
    }
    return object;
}

Result<RunEvent> eventFromJson(const QJsonObject& object)
{
    JsonReader in(object);
    RunEvent value;
    value.at = in.time("at");
    value.body = bodyFrom(in.string("event"), in);
    if (in.has("memory")) {
        JsonReader memory = in.object("memory");
        value.memory = memoryFrom(memory);
        in.absorb(memory);
    }
    return in.finish(std::move(value));
}

} // namespace quorate::run
