// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Node.h"

#include "app/sandbox/Files.h"

#include <QFile>
#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace quorate::sandbox {

namespace {

struct Kind {
    const char* name;
    bool disruptive; ///< takes or keeps the node away: one at a time
    Millis vendorTime;
    const char* message;
};

constexpr std::array<Kind, 11> kKinds{
    {{"drain", true, vendor::kDrain, "Moving work to other nodes"},
     {"resume", true, vendor::kResume, "Taking work again"},
     {"reboot", true, Millis(0), "Restarting"},
     {"shutdown", true, Millis(0), "Shutting down"},
     {"scale", false, vendor::kScale, "Spreading services over all nodes"},
     {"check-updates", false, vendor::kCheck, "Looking for updates"},
     {"install-updates", true, vendor::kUpdate, "Installing online updates"},
     {"upgrade", true, vendor::kUpgrade, "Installing the package"},
     {"backup", false, vendor::kBackup, "Writing a backup"},
     {"start-service", false, vendor::kService, "Starting the service"},
     {"stop-service", false, vendor::kService, "Stopping the service"}}};

const Kind& kindOf(const QString& name)
{
    return *std::find_if(kKinds.begin(), kKinds.end() - 1,
                         [&](const Kind& kind) { return name == QLatin1String(kind.name); });
}

} // namespace

const Operation* Node::disruptive() const
{
    for (const Operation& operation : m_record.operations) {
        if (operation.running() && kindOf(operation.kind).disruptive) {
            return &operation;
        }
    }
    return nullptr;
}

Operation* Node::find(const QString& id)
{
    const auto found = std::find_if(m_record.operations.begin(), m_record.operations.end(),
                                    [&](const Operation& operation) { return operation.id == id; });
    return found == m_record.operations.end() ? nullptr : &*found;
}

Result<Millis> Node::admit(const QString& name, const QString& subject,
                           const Request& request) const
{
    const Kind& kind = kindOf(name);
    for (const Operation& operation : m_record.operations) {
        const bool clash =
            operation.running()
            && (operation.kind == name || (kind.disruptive && kindOf(operation.kind).disruptive));
        if (clash) {
            return refuse(409, "operation-running",
                          QStringLiteral("Operation %1 (%2) is still running")
                              .arg(operation.id, operation.kind));
        }
    }
    if (kind.disruptive && m_starting) {
        return refuse(409, "node-starting", QStringLiteral("The node is still starting"));
    }
    if (name == QLatin1String("install-updates")) {
        if (m_record.updatesAvailable.isEmpty()) {
            return refuse(409, "no-updates",
                          QStringLiteral("No online updates were found by the last check"));
        }
        if (m_faults.has(fault::kDiskFull)) {
            return refuse(409, "disk-full", QStringLiteral("The disk is full"));
        }
    }
    if (name == QLatin1String("upgrade")) {
        if (const Result<void> admitted = admitUpgrade(subject, request.body); !admitted) {
            return fail(admitted.error());
        }
    }
    if (name == QLatin1String("scale") && m_consensus.leader().isEmpty()) {
        return refuse(503, "no-quorum", QStringLiteral("The cluster has no leader"));
    }
    if (name.endsWith(QLatin1String("-service"))) {
        const QJsonArray known = serviceList();
        const bool there = std::any_of(known.begin(), known.end(), [&](const QJsonValue& service) {
            return service.toObject().value(QStringLiteral("id")).toString() == subject;
        });
        if (!there) {
            return refuse(404, "service-unknown",
                          QStringLiteral("There is no service %1").arg(subject));
        }
    }
    return kind.vendorTime.count() == 0 ? Millis(0)
                                        : m_settings.scaled(kind.vendorTime, Millis(200));
}

Result<QJsonObject> Node::begin(const QString& kind, const QString& subject, const Request& request)
{
    const std::lock_guard lock(m_mutex);
    for (const Operation& operation : m_record.operations) {
        if (operation.idempotencyKey == request.idempotencyKey) {
            if (operation.requestHash != request.requestHash) {
                return refuse(422, "idempotency-key-reused",
                              QStringLiteral("The key belongs to another request"));
            }
            return operation.toJson();
        }
    }
    const Result<Millis> duration = admit(kind, subject, request);
    if (!duration) {
        return fail(duration.error());
    }
    Operation operation;
    operation.id = QStringLiteral("op-") + randomHex(8);
    operation.kind = kind;
    operation.subject = subject;
    operation.idempotencyKey = request.idempotencyKey;
    operation.requestHash = request.requestHash;
    operation.startedAt = m_clock.now();
    operation.duration = *duration;
    operation.message = QLatin1String(kindOf(kind).message);
    if (m_record.operations.size() >= NodeRecord::kOperationsMax) {
        m_record.operations.erase(m_record.operations.begin());
    }
    m_record.operations.push_back(operation);
    onBegin(kind);
    save(); // before the answer: what was promised is on disk
    publishChanges(m_clock.now());
    return m_record.operations.back().toJson();
}

void Node::onBegin(const QString& kind)
{
    Counters& counters = m_record.counters;
    if (kind == QLatin1String("drain")) {
        counters.drains += 1;
        m_consensus.handOver(m_clock.now());
    } else if (kind == QLatin1String("install-updates")) {
        counters.installs += 1;
    } else if (kind == QLatin1String("upgrade")) {
        counters.upgrades += 1;
        m_record.verification = QStringLiteral("running");
        m_consensus.handOver(m_clock.now());
    } else if (kind == QLatin1String("backup")) {
        counters.backups += 1;
    } else if (kind == QLatin1String("scale")) {
        counters.scales += 1;
    } else if (kind == QLatin1String("reboot")) {
        counters.reboots += 1;
        leave(kExitReboot);
        m_consensus.handOver(m_clock.now());
    } else if (kind == QLatin1String("shutdown")) {
        leave(kExitStopped);
        m_consensus.handOver(m_clock.now());
        Operation& operation = m_record.operations.back();
        operation.state = OperationState::Succeeded;
        operation.progress = 1;
        operation.endedAt = m_clock.now();
    }
}

void Node::progress(TimePoint now)
{
    bool changed = false;
    for (Operation& operation : m_record.operations) {
        if (!operation.running()) {
            continue;
        }
        if (operation.kind == QLatin1String("reboot")) {
            if (!m_leaveAt && !m_starting) {
                complete(operation, now);
                changed = true;
            }
            continue;
        }
        const double share = operation.duration.count() <= 0
                                 ? 1.0
                                 : std::chrono::duration<double>(now - operation.startedAt)
                                       / std::chrono::duration<double>(operation.duration);
        operation.progress = std::clamp(share, 0.0, 0.99);
        if (share >= 1.0) {
            complete(operation, now);
            changed = true;
        }
    }
    if (changed) {
        save();
    }
}

void Node::complete(Operation& operation, TimePoint now)
{
    operation.state = OperationState::Succeeded;
    operation.progress = 1;
    operation.endedAt = now;
    operation.message = QStringLiteral("Done");
    const QString& kind = operation.kind;
    if (kind == QLatin1String("drain")) {
        m_record.drained = true;
    } else if (kind == QLatin1String("resume")) {
        m_record.drained = false;
    } else if (kind == QLatin1String("reboot")) {
        operation.message = QStringLiteral("Up again, running %1").arg(m_record.version);
    } else if (kind == QLatin1String("upgrade")) {
        completeUpgrade(operation, now);
    } else if (kind == QLatin1String("install-updates")) {
        completeUpdates(now);
    } else if (kind == QLatin1String("check-updates")) {
        completeCheck(now);
        operation.message = QStringLiteral("%1 found").arg(m_record.updatesAvailable.size());
    } else if (kind == QLatin1String("backup")) {
        completeBackup(operation, now);
    } else if (kind.endsWith(QLatin1String("-service"))) {
        m_record.stoppedServices[operation.subject] = kind == QLatin1String("stop-service");
    }
}

void Node::failOperation(Operation& operation, const QString& code, const QString& detail,
                         TimePoint now)
{
    operation.state = OperationState::Failed;
    operation.endedAt = now;
    operation.message = detail;
    operation.problem =
        problemJson(500, code, detail, QStringLiteral("/api/v1/operations/") + operation.id);
}

void Node::comeBack(TimePoint now)
{
    const bool rebooted = m_record.lastEnd == QLatin1String("reboot");
    m_record.lastEnd.clear();
    if (m_record.boots > 1) {
        m_record.rebootNeeded = false;
        m_record.returnedOld = false;
    }
    if (!m_record.pendingVersion.isEmpty()) {
        if (m_faults.has(fault::kReturnsOld)) {
            m_record.returnedOld = true;
        } else {
            m_record.version = m_record.pendingVersion;
            m_record.upgradedOnce = true;
        }
        m_record.pendingVersion.clear();
    }
    if (m_record.verification != QLatin1String("none")) {
        m_record.verification =
            m_faults.has(fault::kVerifyFails) ? QStringLiteral("failed") : QStringLiteral("passed");
    }
    for (Operation& operation : m_record.operations) {
        if (!operation.running() || operation.kind == QLatin1String("reboot")) {
            continue; // a restart is what a reboot is: it ends when the node has settled
        }
        if (operation.kind == QLatin1String("upgrade")) {
            m_record.verification = QStringLiteral("none");
        }
        failOperation(operation, QStringLiteral("interrupted"),
                      rebooted ? QStringLiteral("The node was restarted before this was done")
                               : QStringLiteral("The node lost power before this was done"),
                      now);
    }
}

Result<std::optional<Remembered>> Node::recall(const Request& request) const
{
    const std::lock_guard lock(m_mutex);
    QString known;
    std::optional<Remembered> answer;
    if (const auto found = m_record.remembered.find(request.idempotencyKey);
        found != m_record.remembered.end()) {
        known = found->second.requestHash;
        answer = found->second;
    }
    for (const Operation& operation : m_record.operations) {
        if (operation.idempotencyKey == request.idempotencyKey) {
            known = operation.requestHash;
            answer = Remembered{known, 202, QStringLiteral("/api/v1/operations/") + operation.id,
                                QJsonObject{{QStringLiteral("operation"), operation.toJson()}}};
        }
    }
    if (answer && known != request.requestHash) {
        return refuse(422, "idempotency-key-reused",
                      QStringLiteral("The key belongs to another request"));
    }
    return answer;
}

void Node::remember(const Request& request, Remembered answer)
{
    const std::lock_guard lock(m_mutex);
    answer.requestHash = request.requestHash;
    m_record.remember(request.idempotencyKey, std::move(answer));
    save();
}

} // namespace quorate::sandbox
