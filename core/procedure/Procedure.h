// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Ids.h"
#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/domain/Act.h"
#include "core/domain/Enums.h"
#include "core/domain/Package.h"

#include <map>
#include <vector>

namespace quorate::procedure {

/// When a step is carried out; judged on a fresh observation of its node at the moment it comes up.
enum class When { Always, UpdatesAvailable, RebootNeeded, NotOnTarget, RestartedSinceGate };

/// What a step is. Act: sends something. Others only look, wait or ask.
enum class StepKind {
    Checks,       ///< run the preflight checks of a scope again
    Gate,         ///< may this node leave?
    Act,          ///< perform, follow to its end
    WaitBack,     ///< until the node is back (quorum/Back.h)
    WaitAllReady, ///< until every node is ready, with stabilisation
    Manual,       ///< a person does it and confirms
};

struct RetryPolicy {
    int attemptsMax =
        3; ///< peers.md section 8 (CAU); only for repeatable acts, others are probed first
    Millis pause = Seconds(5);
    bool operator==(const RetryPolicy&) const = default;
};

/// A debt that a step opens and another closes ("SSH started on node-1"). Opened in `each` it is
/// one for each node: the planner makes "ID/NODE" of it.
struct ObligationSpec {
    QString id;
    QString title;
    bool operator==(const ObligationSpec&) const = default;
};

enum class ParameterType {
    Text,
    Flag,    ///< "true" or "false"
    Duration ///< whole seconds, at most a day; empty: none
};

/// What the operator may choose before planning. Values are texts, as they are typed.
struct ParameterSpec {
    QString id;
    ParameterType type = ParameterType::Text;
    QString title;        ///< "What is done on each node": for the form and the help
    QString defaultValue; ///< may be empty
    bool operator==(const ParameterSpec&) const = default;
};

struct StepTemplate {
    StepKind kind = StepKind::Act;
    QString title;          ///< "Install the package"
    std::optional<Act> act; ///< for Act and Manual; package id is filled in by the planner
    /// Fields of the act that a parameter fills in: "grace" → "pod-grace".
    std::map<QString, QString> fromParameters;
    QString onlyWith;           ///< planned only when this parameter is neither empty nor false
    QString onlyWithout;        ///< … only when it is
    bool takesNodeAway = false; ///< a manual step that may take the node out
    When when = When::Always;
    Millis expected{0};
    Millis warnAfter{0}; ///< 0: no warning
    Millis limit{0};     ///< after it a person is asked; every step has one
    RetryPolicy retry;
    bool pointOfNoReturn = false;
    std::optional<QString> opensObligation;
    std::optional<QString> closesObligation;
    bool operator==(const StepTemplate&) const = default;
};

enum class BlockKind { Once, EachNode, OnOneNode, Repeat };

/// `once`, `each` (order: leader last; one at a time), `on-one`, `repeat` (inside each; at most
/// `timesMax` rounds, each step with its own `when`).
struct Block {
    BlockKind kind = BlockKind::Once;
    int timesMax = 1;
    std::vector<StepTemplate> steps;
    std::vector<Block> blocks;
    bool operator==(const Block&) const = default;
};

struct CheckSpec {
    QString
        id; ///< of the check catalogue (core/procedure/Checks.h): "all-nodes-ready", "disk-free", …
    Severity severity = Severity::Error;
    QString title;
    QString cure;
    std::map<QString, QString> parameters; ///< "bytes-min": "12000000000"
    bool beforeEachNode = true;
    bool operator==(const CheckSpec&) const = default;
};

struct SupportedPath {
    VersionRange from;
    VersionRange to;
    bool oneMinorAtATime = false;
    bool operator==(const SupportedPath&) const = default;
};

/// How a system is upgraded, as data. Loaded from YAML (Loader.h), immutable afterwards.
struct Procedure {
    ProcedureId id;
    QString title; ///< "MSS appliance, one node at a time"
    SystemKind system = SystemKind::Generic;
    QString platform;       ///< "kubernetes": only clusters reached that way; empty: any
    QString sourceDocument; ///< "seeds/000"
    QString sourceSection;
    std::vector<SupportedPath> paths; ///< without a package only `from` matters
    bool cutsUsersOff = false;        ///< then the operator's typed consent is needed
    QString userImpact;               ///< one sentence
    bool needsPackage = true; ///< false: nothing is installed, and single nodes can be chosen
    bool wantsBackup = false;
    std::vector<QString> capabilities; ///< act names that must be possible
    Millis stabilisation = std::chrono::minutes(2);
    std::vector<ParameterSpec> parameters;
    std::vector<ObligationSpec> obligations;
    std::vector<CheckSpec> checks;
    std::vector<Block> blocks;
    QString undo;      ///< until when and how it can be undone; shown on the run view
    QByteArray sha256; ///< of the file's bytes
    bool operator==(const Procedure&) const = default;
};

} // namespace quorate::procedure
