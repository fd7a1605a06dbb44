// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace quorate {

/// The systems of domain.md that this build can work with. Text: "mss", "cm", "generic".
enum class SystemKind { Mss, Cm, Generic };

/// What a node says of its own state. `Unrecognised`: it answered with a word that we do not know.
enum class NodeState {
    Ready,
    Draining,
    Drained,
    Updating,
    Restarting,
    Starting,
    Joining,
    NotReady,
    Stopped,
    Unrecognised,
};

/// What one node says of a peer. Grace: its last contact is late, but not yet over the limit.
enum class PeerState { Ready, Busy, Grace, Down, Joining, Leaving, Unknown };

/// A tag that the operator gives a cluster; production asks for typed names before destructive
/// acts.
enum class Environment { Production, Staging, Test, Practice, Untagged };

enum class Severity { Info, Warning, Error };

QString toString(SystemKind value);
QString toString(NodeState value);
QString toString(PeerState value);
QString toString(Environment value);
QString toString(Severity value);
/// The inverse of toString; nullopt for a word that is not ours.
std::optional<SystemKind> systemKindFrom(const QString& text);
NodeState nodeStateFrom(const QString& text); ///< Unrecognised when unknown
PeerState peerStateFrom(const QString& text); ///< Unknown when unknown
std::optional<Environment> environmentFrom(const QString& text);
std::optional<Severity> severityFrom(const QString& text);
/// "MSS appliance", "CipherTrust Manager", "Cluster": for headings.
QString displayName(SystemKind value);

} // namespace quorate
