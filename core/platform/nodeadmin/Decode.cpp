// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Decode.h"

#include <algorithm>

namespace quorate::platform::nodeadmin {
namespace {

QString readId(JsonReader& in, const char* key)
{
    const QString text = in.string(key);
    if (text.isEmpty() || text.size() > kIdMax) {
        in.reject(key, QStringLiteral("an id of 1 to %1 characters").arg(kIdMax));
    }
    return text;
}

qint64 readCount(JsonReader& in, const char* key)
{
    const qint64 value = in.integer(key);
    if (value < 0) {
        in.reject(key, QStringLiteral("a number that is not negative"));
    }
    return std::max<qint64>(value, 0);
}

Version readVersion(JsonReader& in, const char* key, const QString& text)
{
    const auto version = Version::parse(text);
    if (!version) {
        in.reject(key, QStringLiteral("a version like 14.2.0"));
        return {};
    }
    return *version;
}

QByteArray readSha256(JsonReader& in, const char* key)
{
    const QString text = in.string(key);
    const QByteArray bytes = QByteArray::fromHex(text.toLatin1());
    if (text.size() != 64 || bytes.size() != 32) {
        in.reject(key, QStringLiteral("64 hex digits"));
    }
    return bytes;
}

double readFraction(JsonReader& in, const char* key, double max)
{
    const double value = in.number(key);
    if (!(value >= 0 && value <= max)) {
        in.reject(key, QStringLiteral("a number from 0 to %1").arg(max));
        return 0;
    }
    return value;
}

/// A list whose elements are read by `read(JsonReader&)`; too long a list is refused unread.
template <typename T, typename Read>
std::vector<T> readList(JsonReader& in, const char* key, int countMax, Read read)
{
    std::vector<T> list;
    if (!in.has(key)) {
        in.reject(key, QStringLiteral("a list"));
    }
    auto elements = in.objects(key);
    if (elements.size() > static_cast<std::size_t>(countMax)) {
        in.reject(key, QStringLiteral("at most %1 elements").arg(countMax));
        return list;
    }
    for (JsonReader& element : elements) {
        list.push_back(read(element));
        in.absorb(element);
    }
    return list;
}

template <typename T, typename Read>
Result<Page<T>> readPage(const QJsonObject& object, Read read)
{
    JsonReader in(object);
    Page<T> page;
    page.items = readList<T>(in, "items", kItemsMax, read);
    page.nextCursor = in.stringOr("nextCursor", {});
    return in.finish(std::move(page));
}

Condition readCondition(JsonReader& in)
{
    Condition condition;
    condition.id = readId(in, "id");
    condition.severity = severityFrom(in.string("severity")).value_or(Severity::Warning);
    condition.text = in.string("text");
    return condition;
}

ServiceState readService(JsonReader& in)
{
    ServiceState service;
    service.id = readId(in, "id");
    service.name = in.string("name");
    service.running = in.boolean("running");
    return service;
}

StagedPackage readPackageReference(JsonReader& in)
{
    StagedPackage package;
    package.id = PackageId{readId(in, "id")};
    package.name = in.string("name");
    package.version = readVersion(in, "version", in.string("version"));
    package.verified = in.boolean("verified");
    package.sizeBytes = readCount(in, "sizeBytes");
    package.sha256 = readSha256(in, "sha256");
    return package;
}

StagedPackage readPackage(JsonReader& in)
{
    StagedPackage package = readPackageReference(in);
    if (const auto problem = in.optionalObject("problem")) {
        JsonReader words = in.object("problem");
        package.problem = words.stringOr("detail", words.stringOr("title", {}));
        if (package.problem.isEmpty()) {
            package.problem = words.stringOr("code", {});
        }
        in.absorb(words);
    }
    return package;
}

PeerView readMember(JsonReader& in, Millis downAfter)
{
    PeerView member;
    member.id = NodeId{readId(in, "id")};
    member.name = in.string("name");
    member.voter = in.boolean("voter");
    member.learner = in.boolean("learner");
    member.stateText = in.string("state");
    member.state = peerStateFrom(member.stateText);
    if (const auto version = in.optionalString("version")) {
        member.version = readVersion(in, "version", *version);
    }
    member.lastContactAt = in.optionalTime("lastContactAt");
    if (member.state == PeerState::Grace && member.lastContactAt) {
        member.graceEndsAt = *member.lastContactAt + downAfter;
    }
    return member;
}

Millis readDownAfter(JsonReader& in)
{
    constexpr qint64 kDayMs = 24LL * 3600 * 1000; // a grace time beyond a day is a mistake
    JsonReader limits = in.object("limits");
    const qint64 value = limits.integer("downMs");
    if (value < 1 || value > kDayMs) {
        limits.reject("downMs", QStringLiteral("from 1 to %1").arg(kDayMs));
    }
    in.absorb(limits);
    return Millis(std::clamp<qint64>(value, 1, kDayMs));
}

OperationStatus::State readOperationState(JsonReader& in)
{
    const QString text = in.string("state");
    if (text == QStringLiteral("running")) {
        return OperationStatus::State::Running;
    }
    if (text == QStringLiteral("succeeded")) {
        return OperationStatus::State::Succeeded;
    }
    if (text != QStringLiteral("failed")) {
        in.reject("state", QStringLiteral("running, succeeded or failed"));
    }
    return OperationStatus::State::Failed;
}

Error readOperationError(JsonReader& in, const QString& message)
{
    Error error = makeError(ErrorKind::Server, QStringLiteral("operation-failed"),
                            message.isEmpty() ? QStringLiteral("The node could not do it")
                                              : message.left(1000));
    if (in.optionalObject("problem")) {
        JsonReader problem = in.object("problem");
        error.code = problem.stringOr("code", error.code).left(64);
        const QString detail = problem.stringOr("detail", problem.stringOr("title", {}));
        error.message = detail.isEmpty() ? error.message : detail.left(1000);
        in.absorb(problem);
    }
    return error;
}

OperationAnswer readOperation(JsonReader& in)
{
    OperationAnswer answer;
    answer.status.id = OperationId{readId(in, "id")};
    answer.kind = in.string("kind");
    answer.status.state = readOperationState(in);
    answer.status.progress = readFraction(in, "progress", 1);
    answer.status.message = in.string("message");
    answer.subject = in.stringOr("subject", {});
    answer.result = in.stringOr("result", {});
    answer.idempotencyKey = in.string("idempotencyKey");
    if (answer.status.state == OperationStatus::State::Failed) {
        answer.status.error = readOperationError(in, answer.status.message);
    }
    return answer;
}

NodeSelf readSelf(JsonReader& in)
{
    NodeSelf self;
    self.name = in.string("name");
    self.stateText = in.string("state");
    self.state = nodeStateFrom(self.stateText);
    self.version = readVersion(in, "version", in.string("version"));
    self.voter = in.boolean("voter");
    self.learner = in.boolean("learner");
    self.leader = in.boolean("leader");
    self.bootId = readId(in, "bootId");
    self.startedAt = in.time("startedAt");
    self.appliedIndex = readCount(in, "appliedIndex");
    self.diskFreeBytes = readCount(in, "diskFreeBytes");
    self.diskTotalBytes = readCount(in, "diskTotalBytes");
    self.load = readFraction(in, "load", 1e6);
    self.updatesAvailable = readCount(in, "updatesAvailable") > 0;
    self.rebootNeeded = in.boolean("rebootNeeded");
    self.verification = in.string("verification");
    self.stagedPackages =
        readList<StagedPackage>(in, "stagedPackages", kItemsMax, readPackageReference);
    self.services = readList<ServiceState>(in, "services", kItemsMax, readService);
    self.conditions = readList<Condition>(in, "conditions", kItemsMax, readCondition);
    self.sandbox = in.boolean("sandbox");
    return self;
}

} // namespace

Result<SessionAnswer> decodeSession(const QJsonObject& object)
{
    constexpr int kTokenMax = 4096; // a header line that servers take
    JsonReader in(object);
    SessionAnswer answer;
    const QString token = in.string("token");
    const bool printable = std::all_of(token.begin(), token.end(), [](QChar c) {
        return c.unicode() > 0x20 && c.unicode() < 0x7f;
    });
    if (token.size() < 16 || token.size() > kTokenMax || !printable) {
        in.reject("token", QStringLiteral("16 to %1 printable characters").arg(kTokenMax));
    }
    answer.token = std::make_shared<const Secret>(token.toLatin1());
    answer.expiresAt = in.time("expiresAt");
    answer.user = in.string("user");
    answer.canWrite = in.boolean("canWrite");
    return in.finish(std::move(answer));
}

Result<NodeAnswer> decodeNode(const QJsonObject& object)
{
    JsonReader in(object);
    NodeAnswer answer;
    answer.id = NodeId{readId(in, "id")};
    answer.self = readSelf(in);
    answer.drained = in.boolean("drained");
    if (in.optionalObject("installedPackage")) {
        JsonReader installed = in.object("installedPackage");
        answer.installedPackage = PackageId{readId(installed, "id")};
        in.absorb(installed);
    }
    return in.finish(std::move(answer));
}

Result<ClusterView> decodeCluster(const QJsonObject& object)
{
    JsonReader in(object);
    ClusterView view;
    if (const auto leader = in.optionalString("leader"); leader && !leader->isEmpty()) {
        view.leader = NodeId{*leader};
    }
    view.term = readCount(in, "term");
    view.appliedIndex = readCount(in, "appliedIndex");
    const Millis downAfter = readDownAfter(in);
    view.members = readList<PeerView>(in, "members", kMembersMax, [downAfter](JsonReader& member) {
        return readMember(member, downAfter);
    });
    for (std::size_t at = 0; at < view.members.size(); ++at) {
        const auto& id = view.members[at].id;
        const auto same = [&id](const PeerView& other) { return other.id == id; };
        if (std::count_if(view.members.begin(), view.members.end(), same) > 1) {
            in.reject("members", QStringLiteral("each member once"));
            break;
        }
    }
    return in.finish(std::move(view));
}

Result<OperationAnswer> decodeOperation(const QJsonObject& object)
{
    JsonReader in(object);
    return in.finish(readOperation(in));
}

Result<OperationAnswer> decodeAccepted(const QJsonObject& object)
{
    JsonReader in(object);
    JsonReader operation = in.object("operation");
    in.absorb(operation);
    OperationAnswer answer = readOperation(operation);
    in.absorb(operation);
    return in.finish(std::move(answer));
}

Result<Page<OperationAnswer>> decodeOperations(const QJsonObject& object)
{
    return readPage<OperationAnswer>(object, readOperation);
}

Result<StagedPackage> decodePackage(const QJsonObject& object)
{
    JsonReader in(object);
    return in.finish(readPackage(in));
}

Result<Page<UploadAnswer>> decodeUploads(const QJsonObject& object)
{
    return readPage<UploadAnswer>(object, [](JsonReader& in) {
        UploadAnswer upload;
        upload.id = readId(in, "id");
        upload.sha256 = readSha256(in, "sha256");
        upload.length = readCount(in, "length");
        upload.offset = readCount(in, "offset");
        if (upload.offset > upload.length) {
            in.reject("offset", QStringLiteral("at most the length"));
        }
        return upload;
    });
}

Result<Page<BackupAnswer>> decodeBackups(const QJsonObject& object)
{
    return readPage<BackupAnswer>(object, [](JsonReader& in) {
        BackupAnswer backup;
        backup.id = readId(in, "id");
        backup.sizeBytes = readCount(in, "sizeBytes");
        backup.sha256 = readSha256(in, "sha256");
        return backup;
    });
}

Result<Page<ServiceState>> decodeServices(const QJsonObject& object)
{
    return readPage<ServiceState>(object, readService);
}

Result<std::optional<Lease>> decodeLease(const QJsonObject& object)
{
    JsonReader in(object);
    std::optional<Lease> lease;
    if (!in.has("lease")) {
        in.reject("lease", QStringLiteral("a lease or null"));
    }
    if (in.optionalObject("lease")) {
        JsonReader inner = in.object("lease");
        lease.emplace();
        lease->owner = readId(inner, "owner");
        lease->acquiredAt = inner.time("acquiredAt");
        lease->expiresAt = inner.time("expiresAt");
        lease->note = inner.string("note");
        in.absorb(inner);
    }
    return in.finish(std::move(lease));
}

} // namespace quorate::platform::nodeadmin
