// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Authority.h"
#include "app/sandbox/Consensus.h"
#include "app/sandbox/EventHub.h"
#include "app/sandbox/Faults.h"
#include "app/sandbox/NodeRecord.h"
#include "app/sandbox/PackageFile.h"
#include "core/base/Clock.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <set>

namespace quorate::sandbox {

/// How the process ends, for its supervisor.
inline constexpr int kExitReboot = 75;
inline constexpr int kExitStopped = 76;

/// An unsafe request: what is wanted and how it is recognised when it comes again.
struct Request {
    QString idempotencyKey;
    QString requestHash;
    QJsonObject body;
};

/// One practice node without its network: state on disk, long operations, its part in the cluster.
/// Every method may be called from any thread; `tick` is called about 20 times a second.
class Node {
public:
    Node(Settings settings, QString id, const Clock& clock);

    /// Reads the state, carries out what a restart does (new version, interrupted work). `fast`: no
    /// settling time.
    [[nodiscard]] Result<void> start(bool fast);
    void tick();
    /// Set when the process must end now; everything is on disk.
    [[nodiscard]] int exitCode() const { return m_exitCode.load(); }

    [[nodiscard]] QJsonObject self() const;
    [[nodiscard]] QJsonObject cluster() const;
    [[nodiscard]] QJsonObject updates() const;
    [[nodiscard]] std::vector<QJsonObject> services() const;
    [[nodiscard]] std::vector<QJsonObject> packages() const;
    [[nodiscard]] std::vector<QJsonObject> backups() const;
    [[nodiscard]] std::vector<QJsonObject>
    operations(const QString& idempotencyKey) const; ///< newest first
    [[nodiscard]] Result<QJsonObject> operation(const QString& id) const;
    [[nodiscard]] QString backupPath(const QString& id,
                                     const char* suffix) const; ///< empty: no such backup

    /// Begins an operation, or finds the one that this key began.
    [[nodiscard]] Result<QJsonObject> begin(const QString& kind, const QString& subject,
                                            const Request& request);
    /// What this key was answered before; an error when it came with another request.
    [[nodiscard]] Result<std::optional<Remembered>> recall(const Request& request) const;
    void remember(const Request& request, Remembered answer);

    [[nodiscard]] Result<void> removePackage(const QString& id);
    /// Verifies and lists a complete upload; takes the file over. Returns the package's id.
    [[nodiscard]] Result<QString> stage(const QString& file, const QString& uploadId,
                                        const QByteArray& sha256, const QByteArray& signature);
    [[nodiscard]] qint64 diskFree() const;

    // The cluster side
    [[nodiscard]] PeerMessage nextMessage(const QString& peer);
    [[nodiscard]] bool urgent(const QString& peer) const;
    void answered(const QString& peer, const PeerMessage& sent, const QJsonObject& answer);
    [[nodiscard]] QJsonObject received(const QString& path, const QJsonObject& body);
    /// Changes the shared document if this node leads; `change` returns the new one or an error.
    /// Waits for the majority.
    [[nodiscard]] Result<void>
    changeDocument(const std::function<Result<QJsonObject>(const QJsonObject&)>& change);
    [[nodiscard]] QJsonObject document() const;
    [[nodiscard]] QString leader() const;
    [[nodiscard]] bool leads() const;

    [[nodiscard]] EventHub& events() { return *m_events; }
    [[nodiscard]] const Faults& faults() const { return m_faults; }
    [[nodiscard]] const Settings& settings() const { return m_settings; }
    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const Clock& clock() const { return m_clock; }
    [[nodiscard]] QString folder() const { return m_settings.nodeFolder(m_id); }

private:
    // All of these: with m_mutex held.
    void save();
    [[nodiscard]] QString state() const;
    [[nodiscard]] bool isMss() const { return m_settings.system == QLatin1String("mss"); }
    [[nodiscard]] const Operation* disruptive() const;
    [[nodiscard]] Operation* find(const QString& id);
    [[nodiscard]] Result<Millis> admit(const QString& kind, const QString& subject,
                                       const Request& request) const;
    [[nodiscard]] Result<void> admitUpgrade(const QString& packageId,
                                            const QJsonObject& body) const;
    void onBegin(const QString& kind);
    void progress(TimePoint now);
    void complete(Operation& operation, TimePoint now);
    void completeUpgrade(Operation& operation, TimePoint now);
    void completeUpdates(TimePoint now);
    void completeCheck(TimePoint now);
    void completeBackup(Operation& operation, TimePoint now);
    void failOperation(Operation& operation, const QString& code, const QString& detail,
                       TimePoint now);
    void comeBack(TimePoint now);
    void leave(int code);
    void publishChanges(TimePoint now);
    [[nodiscard]] QJsonArray conditions() const;
    [[nodiscard]] QJsonArray serviceList() const;
    [[nodiscard]] QJsonObject memberView(const NodeEntry& entry, TimePoint now) const;
    [[nodiscard]] QJsonObject selfLocked() const;
    [[nodiscard]] QJsonObject clusterLocked() const;
    [[nodiscard]] qint64 diskFreeLocked() const;
    [[nodiscard]] QJsonObject describePackage(const QString& file, const QString& uploadId,
                                              const QByteArray& sha256,
                                              const QByteArray& signature) const;
    [[nodiscard]] Consensus::Self greeting() const;

    std::mutex m_documentMutex; ///< taken before m_mutex
    mutable std::mutex m_mutex;
    Settings m_settings;
    QString m_id;
    const Clock& m_clock;
    Faults m_faults;
    std::unique_ptr<EventHub> m_events;
    NodeRecord m_record;
    Consensus m_consensus;
    CertificatePtr m_publisher;
    QString m_bootId;
    TimePoint m_startedAt;
    TimePoint m_settledAt; ///< the settling time of the start ends here
    bool m_starting = true;
    std::optional<TimePoint> m_leaveAt; ///< a reboot or shutdown ends the process then
    std::atomic_int m_exitCode = 0;
    QString m_lastState;
    QString m_lastLeader;
    std::map<QString, QString> m_lastMembers;
    std::map<QString, int> m_lastPercent;
};

/// A refusal with its status and code, for the API.
[[nodiscard]] tl::unexpected<Error> refuse(int status, const char* code, const QString& detail);
[[nodiscard]] QJsonObject problemJson(int status, const QString& code, const QString& detail,
                                      const QString& instance);

} // namespace quorate::sandbox
