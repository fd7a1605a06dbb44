// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/base/Time.h"

#include <QJsonObject>

#include <optional>
#include <variant>

namespace quorate {

/// Everything Quorate can ask of a node or a cluster: a closed variant, so that every switch over
/// it is complete. Each act has a probe (core/platform): after an interruption the cluster is asked
/// what is true before anything is sent again.
namespace act {
/// Its work moves to the other nodes, and it takes no more. The fields are for platforms that move
/// pods: consents are never taken for granted, and what is not given leaves the pod where it is and
/// the drain failed with its name.
struct Drain {
    bool unmanagedToo = false; ///< consent: pods that nobody starts again elsewhere
    bool localDataToo = false; ///< consent: pods whose data on the node (emptyDir) is lost
    std::optional<int>
        graceSeconds{};   ///< for each pod to end; nullopt: what the pod itself asks for
    int limitSeconds = 0; ///< for all of it; 0: the platform's own limit
    bool operator==(const Drain&) const = default;
};
/// What whoever follows a drain leaves it beyond its own limit, so that it can say itself what is
/// still there. Our own choice.
inline constexpr Millis kDrainEnding = Seconds(30);
struct Resume {
    bool operator==(const Resume&) const = default;
};
struct Reboot {
    bool operator==(const Reboot&) const = default;
};
struct Shutdown {
    bool operator==(const Shutdown&) const = default;
};
/// Put the package with this id on the node (content comes from the run's package file).
struct StagePackage {
    PackageId package{};
    bool operator==(const StagePackage&) const = default;
};
/// Install the staged package. Source: seeds/000 section 6.2.3 (Upgrade), seeds/003
/// (ks_upgrade.sh).
struct InstallPackage {
    PackageId package{};
    bool operator==(const InstallPackage&) const = default;
};
/// Ask the node to look for online updates; harmless.
struct LookForUpdates {
    bool operator==(const LookForUpdates&) const = default;
};
/// Install the online updates that it found.
struct InstallUpdates {
    bool operator==(const InstallUpdates&) const = default;
};
/// Make a backup and download it and its key into a folder of this workstation.
struct TakeBackup {
    QString folder{};
    bool operator==(const TakeBackup&) const = default;
};
/// `cspctl cluster scale`: once, after the last node. Source: seeds/000 section 6.2.3.
struct ScaleCluster {
    bool operator==(const ScaleCluster&) const = default;
};
struct StartService {
    QString service{};
    bool operator==(const StartService&) const = default;
};
struct StopService {
    QString service{};
    bool operator==(const StopService&) const = default;
};
/// A person does it: exact instructions, and a question that is answered "done" or "not done".
struct Manual {
    QString instructions{};
    QString question{};
    bool operator==(const Manual&) const = default;
};
/// Let the node take no new work; what runs there stays. Undone by Resume.
struct Cordon {
    bool operator==(const Cordon&) const = default;
};
/// Start every instance of a workload anew, a few at a time. Kind: "deployment", "statefulset",
/// "daemonset".
struct Redeploy {
    QString nameSpace{};
    QString kind{};
    QString name{};
    bool operator==(const Redeploy&) const = default;
};
} // namespace act

using Act = std::variant<act::Drain, act::Resume, act::Reboot, act::Shutdown, act::StagePackage,
                         act::InstallPackage, act::LookForUpdates, act::InstallUpdates,
                         act::TakeBackup, act::ScaleCluster, act::StartService, act::StopService,
                         act::Manual, act::Cordon, act::Redeploy>;

/// Of one node, or of the cluster as a whole (then any ready node may carry it).
struct ActTarget {
    std::optional<NodeId> node{};
    bool operator==(const ActTarget&) const = default;
};

/// "drain", "install-package": stable names for plans, journals and JSON.
QString actName(const Act& value);
/// "Drain", "Install package mss-appliance-14.2.0": for people.
QString actTitle(const Act& value);
/// True for acts that make the node stop being a ready voter (the gate is asked first): drain,
/// reboot, shutdown, install package, install updates.
bool takesVoterAway(const Act& value);
/// True when doing it twice does no more than doing it once; others are never sent again without a
/// probe.
bool isRepeatable(const Act& value);
QJsonObject toJson(const Act& value);
[[nodiscard]] Result<Act> actFromJson(const QJsonObject& object);

/// What is true of an act, asked of the cluster.
enum class ProbeOutcome { Done, NotDone, Running, Unknown };

struct OperationStatus {
    OperationId id{};
    enum class State { Running, Succeeded, Failed } state = State::Running;
    double progress = 0; ///< 0 … 1
    QString message{};
    std::optional<Error> error{}; ///< set when Failed
    bool operator==(const OperationStatus&) const = default;
};

} // namespace quorate
