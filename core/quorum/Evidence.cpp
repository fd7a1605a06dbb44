// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quorum/Evidence.h"

#include <algorithm>
#include <tuple>

namespace quorate::quorum::detail {
namespace {

/// An answer counts when the last try succeeded and it is not older than the limit. One that is as
/// far in the future (a stored snapshot, a corrected clock) counts for nothing either.
bool isFresh(const NodeRecord& record, TimePoint now, const Policy& policy)
{
    return record.isReachable() && now - record.last->observedAt <= policy.freshnessMax
           && record.last->observedAt - now <= policy.freshnessMax;
}

/// Who votes and who learns, as one node has it: two answers agree on the members when these are
/// equal.
using Roles = std::map<NodeId, Role>;

Role roleOf(const PeerView& member)
{
    if (member.learner) {
        return Role::Learner;
    }
    if (member.worker) {
        return Role::Worker;
    }
    return member.voter ? Role::Voter : Role::Other;
}

Roles rolesIn(const Observation& answer)
{
    Roles roles;
    for (const PeerView& member : answer.cluster.members) {
        const Role role = roleOf(member);
        if (role == Role::Voter || role == Role::Learner) {
            roles[member.id] = role;
        }
    }
    return roles;
}

struct Camp {
    std::vector<const Observation*> answers;
    qint64 term = 0;
    qint64 appliedIndex = 0;
};

/// More answers win; then the later term, the longer log, and more members (the more cautious
/// choice).
bool isWeaker(const std::pair<const Roles, Camp>& a, const std::pair<const Roles, Camp>& b)
{
    const auto weight = [](const std::pair<const Roles, Camp>& camp) {
        return std::tuple(camp.second.answers.size(), camp.second.term, camp.second.appliedIndex,
                          camp.first.size());
    };
    return weight(a) < weight(b);
}

/// The same members in the same order: the usual case, told without building anything.
bool namesSame(const Observation& a, const Observation& b)
{
    return std::equal(a.cluster.members.begin(), a.cluster.members.end(), b.cluster.members.begin(),
                      b.cluster.members.end(), [](const PeerView& left, const PeerView& right) {
                          return roleOf(left) == roleOf(right) && left.id == right.id;
                      });
}

/// None when it names no voter: then it has no opinion.
Camp* campOf(const Observation& answer, std::map<Roles, Camp>& camps)
{
    for (auto& [roles, camp] : camps) {
        if (namesSame(*camp.answers.front(), answer)) {
            return &camp;
        }
    }
    Roles roles = rolesIn(answer);
    const bool anyVoter =
        std::ranges::any_of(roles, [](const auto& r) { return r.second == Role::Voter; });
    return anyVoter ? &camps[std::move(roles)] : nullptr;
}

void chooseMembers(Evidence& evidence)
{
    std::map<Roles, Camp> camps;
    for (const Observation* answer : evidence.fresh) {
        Camp* found = campOf(*answer, camps);
        if (!found) {
            continue;
        }
        Camp& camp = *found;
        camp.answers.push_back(answer);
        camp.term = std::max(camp.term, answer->cluster.term);
        camp.appliedIndex = std::max(camp.appliedIndex, answer->cluster.appliedIndex);
    }
    if (camps.empty()) {
        for (const NodeRecord& record : evidence.snapshot->nodes) {
            evidence.members.set(record.id, Role::Voter);
        }
        return;
    }
    const auto winner = std::max_element(camps.begin(), camps.end(), isWeaker);
    evidence.membersKnown = true;
    const Observation* told = nullptr;
    for (const Observation* answer : winner->second.answers) {
        if (told && namesSame(*told, *answer)) {
            continue;
        }
        told = answer;
        evidence.members.reserve(answer->cluster.members.size());
        for (const PeerView& member : answer->cluster.members) {
            evidence.members.set(member.id, roleOf(member));
        }
    }
    const std::vector<const Observation*>& agreed = winner->second.answers;
    for (const Observation* answer : evidence.fresh) {
        if (!answer->cluster.members.empty()
            && std::find(agreed.begin(), agreed.end(), answer) == agreed.end()) {
            evidence.odd.push_back(answer);
        }
    }
}

void orderVoters(Evidence& evidence)
{
    for (const NodeRecord& record : evidence.snapshot->nodes) {
        if (evidence.isVoter(record.id)) {
            evidence.voters.push_back(record.id);
        }
    }
    for (const auto& [id, role] : evidence.members.butWorkers()) {
        if (role == Role::Voter && !evidence.snapshot->node(id)) {
            evidence.voters.push_back(id);
        }
    }
}

void chooseLeader(Evidence& evidence)
{
    qint64 term = -1;
    std::map<NodeId, int> votes;
    for (const Observation* answer : evidence.fresh) {
        if (!evidence.members.contains(answer->node)) {
            continue;
        }
        evidence.leaderExpected |= answer->cluster.term > 0;
        const auto named = leaderNamedBy(*answer);
        if (!named || answer->cluster.term < term) {
            continue;
        }
        if (answer->cluster.term > term) {
            term = answer->cluster.term;
            votes.clear();
        }
        ++votes[*named];
    }
    int most = 0;
    for (const auto& [node, count] : votes) {
        if (count > most) {
            most = count;
            evidence.leader = node;
        }
    }
}

} // namespace

const Observation* Evidence::freshOf(const NodeId& node) const
{
    const auto found = std::ranges::find(fresh, node, &Observation::node);
    return found == fresh.end() ? nullptr : *found;
}

QString Evidence::nameOf(const NodeId& node) const
{
    const NodeRecord* record = snapshot->node(node);
    if (record && !record->name.isEmpty()) {
        return record->name;
    }
    for (const Observation* answer : fresh) {
        const PeerView* view = answer->viewOf(node);
        if (view && !view->name.isEmpty()) {
            return view->name;
        }
    }
    return node.value;
}

QStringList Evidence::namesOf(const std::vector<NodeId>& nodes) const
{
    QStringList names;
    for (const NodeId& node : nodes) {
        names.append(nameOf(node));
    }
    return names;
}

Evidence gather(const ClusterSnapshot& snapshot, TimePoint now, const Policy& policy)
{
    Evidence evidence;
    evidence.snapshot = &snapshot;
    evidence.now = now;
    evidence.policy = policy;
    for (const NodeRecord& record : snapshot.nodes) {
        if (isFresh(record, now, policy)) {
            evidence.fresh.push_back(&*record.last);
        }
    }
    chooseMembers(evidence);
    orderVoters(evidence);
    chooseLeader(evidence);
    for (const Observation* answer : evidence.fresh) {
        if (answer->cluster.majority && evidence.isVoter(answer->node)) {
            (*answer->cluster.majority ? evidence.haveMajority : evidence.lackMajority)
                .push_back(answer->node);
        }
    }
    return evidence;
}

std::optional<NodeId> leaderNamedBy(const Observation& answer)
{
    return answer.self.leader ? std::optional(answer.node) : answer.cluster.leader;
}

/// Answers mostly name their members in the same order: `place` is where to look first, and then
/// where it was found.
const PeerView* viewAt(const Observation& answer, const NodeId& about, std::size_t& place)
{
    const std::vector<PeerView>& members = answer.cluster.members;
    if (place < members.size() && members[place].id == about) {
        return &members[place];
    }
    const PeerView* view = answer.viewOf(about);
    place = view ? static_cast<std::size_t>(view - members.data()) : place;
    return view;
}

PeerWords wordsAbout(const Evidence& evidence, const NodeId& about)
{
    PeerWords words;
    std::size_t place = 0;
    for (const Observation* answer : evidence.fresh) {
        if (answer->node == about || answer->self.worker
            || !evidence.members.contains(answer->node)) {
            continue;
        }
        ++words.peers;
        const PeerView* view = viewAt(*answer, about, place);
        if (!view) {
            continue;
        }
        switch (view->state) {
        case PeerState::Ready:
            ++words.ready;
            words.graceEndsAt = std::max(words.graceEndsAt, view->graceEndsAt);
            break;
        case PeerState::Busy:
            ++words.busy;
            words.work = std::min(words.work, nodeStateFrom(view->stateText));
            break;
        case PeerState::Grace:
            ++words.grace;
            words.graceEndsAt = std::max(words.graceEndsAt, view->graceEndsAt);
            break;
        case PeerState::Down:
            ++words.down;
            words.sayDown.push_back(answer->node);
            break;
        case PeerState::Joining:
        case PeerState::Leaving:
        case PeerState::Unknown: break;
        }
    }
    return words;
}

bool lacksMajority(const Evidence& evidence, const Observation& answer)
{
    if (answer.cluster.members.empty()) {
        return false; // it names nobody, so nothing can be held against it
    }
    const int majority = majorityOf(static_cast<int>(evidence.voters.size()));
    int seen = 0;
    bool missesReadyOne = false;
    std::size_t place = 0;
    for (const NodeId& voter : evidence.voters) {
        const PeerView* view = viewAt(answer, voter, place);
        ++place;
        const PeerState state = view ? view->state : PeerState::Unknown;
        // A late contact still counts while there is a leader: it is how the node would learn of
        // losing it.
        const bool late = state == PeerState::Grace && leaderNamedBy(answer).has_value();
        const bool alive = voter == answer.node || late || state == PeerState::Ready
                           || state == PeerState::Busy || state == PeerState::Joining
                           || state == PeerState::Leaving;
        if (alive && ++seen >= majority) {
            return false;
        }
        if (!alive && !missesReadyOne) {
            const Observation* other = evidence.freshOf(voter);
            missesReadyOne = other && other->self.state == NodeState::Ready;
        }
    }
    return missesReadyOne;
}

} // namespace quorate::quorum::detail
