// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Enums.h"

#include <array>
#include <utility>

namespace quorate {
namespace {

template <typename Enum, std::size_t N>
using Names = std::array<std::pair<Enum, const char*>, N>;

constexpr Names<SystemKind, 3> kSystems{
    {{SystemKind::Mss, "mss"}, {SystemKind::Cm, "cm"}, {SystemKind::Generic, "generic"}}};
constexpr Names<NodeState, 10> kNodeStates{{{NodeState::Ready, "ready"},
                                            {NodeState::Draining, "draining"},
                                            {NodeState::Drained, "drained"},
                                            {NodeState::Updating, "updating"},
                                            {NodeState::Restarting, "restarting"},
                                            {NodeState::Starting, "starting"},
                                            {NodeState::Joining, "joining"},
                                            {NodeState::NotReady, "not-ready"},
                                            {NodeState::Stopped, "stopped"},
                                            {NodeState::Unrecognised, "unrecognised"}}};
constexpr Names<PeerState, 7> kPeerStates{{{PeerState::Ready, "ready"},
                                           {PeerState::Busy, "busy"},
                                           {PeerState::Grace, "grace"},
                                           {PeerState::Down, "down"},
                                           {PeerState::Joining, "joining"},
                                           {PeerState::Leaving, "leaving"},
                                           {PeerState::Unknown, "unknown"}}};
constexpr Names<Environment, 5> kEnvironments{{{Environment::Production, "production"},
                                               {Environment::Staging, "staging"},
                                               {Environment::Test, "test"},
                                               {Environment::Practice, "practice"},
                                               {Environment::Untagged, "untagged"}}};
constexpr Names<Severity, 3> kSeverities{
    {{Severity::Info, "info"}, {Severity::Warning, "warning"}, {Severity::Error, "error"}}};

template <typename Enum, std::size_t N>
QString nameOf(const Names<Enum, N>& names, Enum value)
{
    for (const auto& [key, name] : names) {
        if (key == value) {
            return QString::fromLatin1(name);
        }
    }
    return {};
}

template <typename Enum, std::size_t N>
std::optional<Enum> valueOf(const Names<Enum, N>& names, const QString& text)
{
    for (const auto& [key, name] : names) {
        if (text == QLatin1String(name)) {
            return key;
        }
    }
    return std::nullopt;
}

} // namespace

QString toString(SystemKind value) { return nameOf(kSystems, value); }
QString toString(NodeState value) { return nameOf(kNodeStates, value); }
QString toString(PeerState value) { return nameOf(kPeerStates, value); }
QString toString(Environment value) { return nameOf(kEnvironments, value); }
QString toString(Severity value) { return nameOf(kSeverities, value); }
std::optional<SystemKind> systemKindFrom(const QString& text) { return valueOf(kSystems, text); }
NodeState nodeStateFrom(const QString& text)
{
    return valueOf(kNodeStates, text).value_or(NodeState::Unrecognised);
}
PeerState peerStateFrom(const QString& text)
{
    // A peer that its observer reports as at work (not lost) is "busy" to us, whatever the work is
    // called.
    const NodeState own = nodeStateFrom(text);
    if (own == NodeState::Draining || own == NodeState::Drained || own == NodeState::Updating
        || own == NodeState::Restarting || own == NodeState::Starting || own == NodeState::NotReady
        || own == NodeState::Stopped) {
        return PeerState::Busy;
    }
    return valueOf(kPeerStates, text).value_or(PeerState::Unknown);
}
std::optional<Environment> environmentFrom(const QString& text)
{
    return valueOf(kEnvironments, text);
}
std::optional<Severity> severityFrom(const QString& text) { return valueOf(kSeverities, text); }

QString displayName(SystemKind value)
{
    switch (value) {
    case SystemKind::Mss: return QStringLiteral("MSS appliance");
    case SystemKind::Cm: return QStringLiteral("CipherTrust Manager");
    case SystemKind::Generic: return QStringLiteral("Cluster");
    }
    return {};
}

} // namespace quorate
