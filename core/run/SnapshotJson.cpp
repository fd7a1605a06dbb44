// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/SnapshotJson.h"

#include "core/base/Json.h"

#include <array>

namespace quorate::run {
namespace {

constexpr std::array kErrorKinds{
    ErrorKind::Transport,    ErrorKind::Tls,       ErrorKind::Timeout,    ErrorKind::Cancelled,
    ErrorKind::Unauthorized, ErrorKind::Forbidden, ErrorKind::NotFound,   ErrorKind::Conflict,
    ErrorKind::Server,       ErrorKind::Protocol,  ErrorKind::Validation, ErrorKind::Precondition,
    ErrorKind::Storage,      ErrorKind::Internal};

/// Writes fields that were said, and leaves out what was not: `optional` survives.
class Writer {
public:
    void put(const char* key, const QString& text) { m_object[QLatin1String(key)] = text; }
    void put(const char* key, bool value) { m_object[QLatin1String(key)] = value; }
    void put(const char* key, qint64 value) { m_object[QLatin1String(key)] = value; }
    void put(const char* key, double value) { m_object[QLatin1String(key)] = value; }
    void put(const char* key, TimePoint value) { put(key, toIso(value)); }
    void put(const char* key, const Version& value) { put(key, value.toString()); }
    void put(const char* key, const QJsonObject& value) { m_object[QLatin1String(key)] = value; }
    template <typename T>
    void put(const char* key, const std::optional<T>& value)
    {
        if (value) {
            put(key, *value);
        }
    }
    template <typename T, typename Make>
    void list(const char* key, const std::vector<T>& values, Make make)
    {
        QJsonArray array;
        for (const T& value : values) {
            array.append(make(value));
        }
        m_object[QLatin1String(key)] = array;
    }
    [[nodiscard]] QJsonObject object() const { return m_object; }

private:
    QJsonObject m_object;
};

Version versionIn(JsonReader& in, const char* key)
{
    Result<Version> version = Version::parse(in.string(key));
    if (!version) {
        in.reject(key, QStringLiteral("a version"));
        return {};
    }
    return *version;
}

QJsonObject fromStaged(const StagedPackage& staged)
{
    Writer out;
    out.put("id", staged.id.value);
    out.put("name", staged.name);
    out.put("version", staged.version);
    out.put("size", staged.sizeBytes);
    out.put("sha256", QString::fromLatin1(staged.sha256.toHex()));
    out.put("verified", staged.verified);
    out.put("problem", staged.problem);
    return out.object();
}

StagedPackage stagedFrom(JsonReader& in)
{
    StagedPackage staged;
    staged.id.value = in.string("id");
    staged.name = in.string("name");
    staged.version = versionIn(in, "version");
    staged.sizeBytes = in.integer("size");
    staged.sha256 = QByteArray::fromHex(in.string("sha256").toLatin1());
    staged.verified = in.boolean("verified");
    staged.problem = in.string("problem");
    return staged;
}

QJsonObject fromCondition(const Condition& condition)
{
    Writer out;
    out.put("id", condition.id);
    out.put("severity", toString(condition.severity));
    out.put("text", condition.text);
    return out.object();
}

std::vector<Condition> conditionsIn(JsonReader& in)
{
    std::vector<Condition> conditions;
    for (JsonReader& one : in.objects("conditions")) {
        conditions.push_back(Condition{
            one.string("id"), severityFrom(one.string("severity")).value_or(Severity::Error),
            one.string("text")});
        in.absorb(one);
    }
    return conditions;
}

/// Fields that few platforms fill are left out where they say nothing.
std::optional<bool> whenTrue(bool value) { return value ? std::optional(true) : std::nullopt; }

QJsonObject fromSelf(const NodeSelf& self)
{
    Writer out;
    out.put("name", self.name);
    out.put("state", toString(self.state));
    out.put("stateText", self.stateText);
    out.put("version", self.version);
    out.put("voter", self.voter);
    out.put("learner", self.learner);
    out.put("leader", self.leader);
    out.put("bootId", self.bootId);
    out.put("startedAt", self.startedAt);
    out.put("appliedIndex", self.appliedIndex);
    out.put("diskFree", self.diskFreeBytes);
    out.put("diskTotal", self.diskTotalBytes);
    out.put("load", self.load);
    out.put("updatesAvailable", self.updatesAvailable);
    out.put("rebootNeeded", self.rebootNeeded);
    out.put("verification", self.verification);
    out.put("sandbox", self.sandbox);
    out.put("worker", whenTrue(self.worker));
    out.put("cordoned", whenTrue(self.cordoned));
    out.list("staged", self.stagedPackages, fromStaged);
    out.list("services", self.services, [](const ServiceState& service) {
        Writer one;
        one.put("id", service.id);
        one.put("name", service.name);
        one.put("running", service.running);
        return one.object();
    });
    out.list("conditions", self.conditions, fromCondition);
    return out.object();
}

std::optional<bool> optionalBool(const JsonReader& in, JsonReader& reader, const char* key)
{
    return in.has(key) ? std::optional(reader.boolean(key)) : std::nullopt;
}

NodeSelf selfFrom(JsonReader in, JsonReader& parent)
{
    NodeSelf self;
    self.name = in.string("name");
    self.state = nodeStateFrom(in.string("state"));
    self.stateText = in.string("stateText");
    self.version = versionIn(in, "version");
    self.voter = in.boolean("voter");
    self.learner = in.boolean("learner");
    self.leader = in.boolean("leader");
    self.bootId = in.string("bootId");
    self.startedAt = in.optionalTime("startedAt");
    self.appliedIndex = in.optionalInteger("appliedIndex");
    self.diskFreeBytes = in.optionalInteger("diskFree");
    self.diskTotalBytes = in.optionalInteger("diskTotal");
    self.load = in.optionalNumber("load");
    self.updatesAvailable = optionalBool(in, in, "updatesAvailable");
    self.rebootNeeded = optionalBool(in, in, "rebootNeeded");
    self.verification = in.string("verification");
    self.sandbox = in.boolean("sandbox");
    for (JsonReader& one : in.objects("staged")) {
        self.stagedPackages.push_back(stagedFrom(one));
        in.absorb(one);
    }
    for (JsonReader& one : in.objects("services")) {
        self.services.push_back(
            ServiceState{one.string("id"), one.string("name"), one.boolean("running")});
        in.absorb(one);
    }
    self.conditions = conditionsIn(in);
    self.worker = in.booleanOr("worker", false);
    self.cordoned = in.booleanOr("cordoned", false);
    parent.absorb(in);
    return self;
}

QJsonObject fromPeer(const PeerView& peer)
{
    Writer out;
    out.put("id", peer.id.value);
    out.put("name", peer.name);
    out.put("voter", peer.voter);
    out.put("learner", peer.learner);
    out.put("state", toString(peer.state));
    out.put("stateText", peer.stateText);
    out.put("version", peer.version);
    out.put("lastContactAt", peer.lastContactAt);
    out.put("graceEndsAt", peer.graceEndsAt);
    out.put("worker", whenTrue(peer.worker));
    out.put("cordoned", whenTrue(peer.cordoned));
    if (!peer.address.isEmpty()) {
        out.put("address", peer.address);
    }
    if (!peer.roles.isEmpty()) {
        out.put("roles", peer.roles);
    }
    if (!peer.conditions.empty()) {
        out.list("conditions", peer.conditions, fromCondition);
    }
    return out.object();
}

PeerView peerFrom(JsonReader& in)
{
    PeerView peer;
    peer.id.value = in.string("id");
    peer.name = in.string("name");
    peer.voter = in.boolean("voter");
    peer.learner = in.boolean("learner");
    peer.state = peerStateFrom(in.string("state"));
    peer.stateText = in.string("stateText");
    if (in.has("version")) {
        peer.version = versionIn(in, "version");
    }
    peer.lastContactAt = in.optionalTime("lastContactAt");
    peer.graceEndsAt = in.optionalTime("graceEndsAt");
    peer.worker = in.booleanOr("worker", false);
    peer.cordoned = in.booleanOr("cordoned", false);
    peer.address = in.stringOr("address", {});
    peer.roles = in.stringOr("roles", {});
    peer.conditions = conditionsIn(in);
    return peer;
}

ClusterView viewFrom(JsonReader in, JsonReader& parent)
{
    ClusterView view;
    if (const auto leader = in.optionalString("leader")) {
        view.leader = NodeId{*leader};
    }
    view.term = in.integer("term");
    view.appliedIndex = in.integer("appliedIndex");
    view.majority = optionalBool(in, in, "majority");
    for (JsonReader& member : in.objects("members")) {
        view.members.push_back(peerFrom(member));
        in.absorb(member);
    }
    parent.absorb(in);
    return view;
}

Observation observationIn(JsonReader& in)
{
    Observation observation;
    observation.node.value = in.string("node");
    observation.observedAt = in.time("observedAt");
    observation.self = selfFrom(in.object("self"), in);
    observation.cluster = viewFrom(in.object("cluster"), in);
    return observation;
}

} // namespace

QJsonObject toJson(const Error& error)
{
    Writer out;
    out.put("kind", toString(error.kind));
    out.put("httpStatus", qint64(error.httpStatus));
    out.put("code", error.code);
    out.put("message", error.message);
    out.put("cure", error.cure);
    out.put("endpoint", error.endpoint);
    out.put("requestId", error.requestId);
    out.put("retryable", error.retryable);
    QJsonObject object = out.object();
    object[QStringLiteral("context")] = QJsonArray::fromStringList(error.context);
    return object;
}

Error errorFromJson(const QJsonObject& object)
{
    JsonReader in(object);
    Error error;
    const QString kind = in.stringOr("kind", {});
    for (const ErrorKind candidate : kErrorKinds) {
        error.kind = toString(candidate) == kind ? candidate : error.kind;
    }
    error.httpStatus = static_cast<int>(in.optionalInteger("httpStatus").value_or(0));
    error.code = in.stringOr("code", {});
    error.message = in.stringOr("message", {});
    error.cure = in.stringOr("cure", {});
    error.endpoint = in.stringOr("endpoint", {});
    error.requestId = in.stringOr("requestId", {});
    error.retryable = in.booleanOr("retryable", false);
    error.context = in.strings("context");
    return error;
}

QJsonObject toJson(const Observation& observation)
{
    const ClusterView& cluster = observation.cluster;
    Writer view;
    view.put("leader", cluster.leader ? std::optional(cluster.leader->value) : std::nullopt);
    view.put("term", cluster.term);
    view.put("appliedIndex", cluster.appliedIndex);
    view.put("majority", cluster.majority);
    view.list("members", cluster.members, fromPeer);
    Writer out;
    out.put("node", observation.node.value);
    out.put("observedAt", observation.observedAt);
    out.put("self", fromSelf(observation.self));
    out.put("cluster", view.object());
    return out.object();
}

Result<Observation> observationFromJson(const QJsonObject& object)
{
    JsonReader in(object);
    Observation observation = observationIn(in);
    return in.finish(std::move(observation));
}

QJsonObject toJson(const ClusterSnapshot& snapshot)
{
    Writer out;
    out.put("cluster", snapshot.identity.id.value);
    out.put("name", snapshot.identity.name);
    out.put("system", toString(snapshot.identity.system));
    out.put("platform", snapshot.identity.platform);
    out.put("environment", toString(snapshot.identity.environment));
    out.put("address", snapshot.identity.address);
    out.put("takenAt", snapshot.takenAt);
    out.list("nodes", snapshot.nodes, [](const NodeRecord& record) {
        Writer one;
        one.put("id", record.id.value);
        one.put("name", record.name);
        one.put("address", record.address);
        one.put("attemptedAt", record.attemptedAt);
        one.put("failingSince", record.failingSince);
        one.put("error", record.error ? std::optional(toJson(*record.error)) : std::nullopt);
        one.put("last", record.last ? std::optional(toJson(*record.last)) : std::nullopt);
        return one.object();
    });
    return out.object();
}

Result<ClusterSnapshot> snapshotFromJson(const QJsonObject& object)
{
    JsonReader in(object);
    ClusterSnapshot snapshot;
    snapshot.identity.id.value = in.string("cluster");
    snapshot.identity.name = in.string("name");
    snapshot.identity.system = systemKindFrom(in.string("system")).value_or(SystemKind::Generic);
    snapshot.identity.platform = in.string("platform");
    snapshot.identity.environment =
        environmentFrom(in.string("environment")).value_or(Environment::Untagged);
    snapshot.identity.address = in.string("address");
    snapshot.takenAt = in.time("takenAt");
    for (JsonReader& one : in.objects("nodes")) {
        NodeRecord record;
        record.id.value = one.string("id");
        record.name = one.string("name");
        record.address = one.string("address");
        record.attemptedAt = one.optionalTime("attemptedAt");
        record.failingSince = one.optionalTime("failingSince");
        if (const auto error = one.optionalObject("error")) {
            record.error = errorFromJson(*error);
        }
        if (one.has("last")) {
            JsonReader last = one.object("last");
            record.last = observationIn(last);
            one.absorb(last);
        }
        in.absorb(one);
        snapshot.nodes.push_back(std::move(record));
    }
    return in.finish(std::move(snapshot));
}

} // namespace quorate::run
