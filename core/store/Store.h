// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/domain/ClusterFile.h"
#include "core/domain/ClusterSnapshot.h"
#include "core/run/Journal.h"

#include <QSqlDatabase>
#include <QVariantList>

#include <memory>

namespace quorate::store {
namespace detail {
class Statements;
}

/// A cluster that was connected once. No secrets: those are in the keychain under `secretKey`.
struct ClusterProfile {
    ClusterId id{};
    ClusterFile file{};
    QString user{};
    bool readOnly = false;
    int reserve = 0;
    QString leaseNamespace{}; ///< of the maintenance lease; empty: the platform's own choice
    bool keepsEtcd = false;   ///< the keychain holds a certificate for its etcd
    bool operator==(const ClusterProfile&) const = default;
};

/// A certificate that a person accepted for one host:port.
struct PinnedCertificate {
    QString hostPort{};
    QByteArray sha256{}; ///< of the DER
    TimePoint acceptedAt{};
    QString acceptedBy{};
    bool operator==(const PinnedCertificate&) const = default;
};

struct RunRow {
    RunId id{};
    ClusterId cluster{};
    QString title{};
    QByteArray planYaml{};
    QString planHash{};
    QString startedBy{};
    TimePoint createdAt{};
    bool ended = false;
    QString outcome{}; ///< run::toString(RunPhase) at the end
    /// When an operator said that what it left open was restored by hand, and who.
    std::optional<TimePoint> restoredAt{};
    QString restoredBy{};
    bool operator==(const RunRow&) const = default;
};

struct RunCommandRow {
    qint64 number = 0; ///< rises, also over the runs; never used twice
    QString command{}; ///< run::toString(RunCommand)
    StepId step{};     ///< at which whoever asked saw the run; empty before its start
    QString actor{};
    /// By the machine's own clock, which all processes share: that of each stands still while the
    /// machine sleeps. Negative when it was set back.
    Millis age{0};
    bool operator==(const RunCommandRow&) const = default;
};

struct ActivityEntry {
    qint64 sequence = 0;
    TimePoint at{};
    QString actor{};
    std::optional<ClusterId> cluster{};
    QString kind{};    ///< "act", "run", "trust", "connect", "setting"
    QString text{};    ///< one sentence, no secrets
    QByteArray hash{}; ///< chain
    bool operator==(const ActivityEntry&) const = default;
};

/// One point of the margin history ("Voters ready, last 24 h").
struct HistoryPoint {
    TimePoint at{};
    int ready = 0;
    int voters = 0;
    QString state{}; ///< quorum::toString
    bool operator==(const HistoryPoint&) const = default;
};

/// The one SQLite file of a --home folder: WAL, synchronous=FULL, forward-only numbered migrations,
/// refused when newer than this program. Blocking and quick; used on one thread. Several processes
/// may have it open (window and command line); a busy database is waited for up to kBusyMax.
/// Errors: Storage, with the file's path.
class Store final : public run::Journal {
public:
    static constexpr Millis kBusyMax = Seconds(5);
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const QString& path,
                                                             const Clock& clock);
    ~Store() override;

    [[nodiscard]] Result<std::vector<ClusterProfile>> profiles();
    /// Of a profile that is there already, `leaseNamespace` and `keepsEtcd` stay as they are:
    /// another process may have changed them.
    [[nodiscard]] Result<void> saveProfile(const ClusterProfile& profile);
    [[nodiscard]] Result<void> setLeaseNamespace(const ClusterId& id, const QString& nameSpace);
    [[nodiscard]] Result<QString> leaseNamespace(const ClusterId& id); ///< empty also when unknown
    [[nodiscard]] Result<void> setKeepsEtcd(const ClusterId& id, bool keeps);
    [[nodiscard]] Result<void> removeProfile(const ClusterId& id);

    [[nodiscard]] Result<std::vector<PinnedCertificate>> pins();
    [[nodiscard]] Result<void> savePin(const PinnedCertificate& pin);
    [[nodiscard]] Result<void> removePin(const QString& hostPort);

    [[nodiscard]] Result<void> createRun(const RunRow& row);
    [[nodiscard]] Result<void> endRun(const RunId& id, const QString& outcome);
    /// What the run left open was restored by hand. The first to say so stays.
    [[nodiscard]] Result<void> setRestored(const RunId& id, const QString& actor);
    [[nodiscard]] Result<std::vector<RunRow>> runs(); ///< newest first
    [[nodiscard]] Result<RunRow> run(const RunId& id);
    [[nodiscard]] Result<void> append(const RunId& run,
                                      const std::vector<run::JournalRecord>& records) override;
    [[nodiscard]] Result<std::vector<run::JournalRecord>> read(const RunId& run) override;

    [[nodiscard]] Result<void> addActivity(const QString& actor,
                                           const std::optional<ClusterId>& cluster,
                                           const QString& kind, const QString& text);
    [[nodiscard]] Result<std::vector<ActivityEntry>> activity(int countMax); ///< newest first
    [[nodiscard]] Result<void> verifyActivity();

    [[nodiscard]] Result<void> addHistory(const ClusterId& cluster,
                                          const HistoryPoint& point); ///< on change, and each 5 min
    [[nodiscard]] Result<std::vector<HistoryPoint>> history(const ClusterId& cluster,
                                                            TimePoint since);

    [[nodiscard]] Result<QString> setting(const QString& key, const QString& fallback);
    [[nodiscard]] Result<void> setSetting(const QString& key, const QString& value);

    /// Wishes for a run that another process drives ("pause", "cancel"); the driving one takes
    /// them, oldest first. `step`: at which whoever asks sees the run. Gives the number of the
    /// wish.
    [[nodiscard]] Result<qint64> addRunCommand(const RunId& run, const QString& command,
                                               const StepId& step, const QString& actor);
    [[nodiscard]] Result<std::vector<RunCommandRow>> takeRunCommands(const RunId& run);
    [[nodiscard]] Result<qint64> lastRunCommand(const RunId& run); ///< its number; 0: none waits
    /// Takes a wish back. False when it no longer waited.
    [[nodiscard]] Result<bool> removeRunCommand(qint64 number);

private:
    Store(QString connection, const Clock& clock);
    [[nodiscard]] QSqlDatabase database() const;
    [[nodiscard]] Result<void> write(const QString& statement, const QVariantList& values);
    QString m_connection;
    const Clock& m_clock;
    std::unique_ptr<detail::Statements> m_statements; ///< of the journal
};

} // namespace quorate::store
