// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cluster/NodeTable.h"

#include "core/domain/Workers.h"
#include "ui/common/Format.h"

#include <QCoreApplication>

#include <map>

namespace quorate::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("NodeTable", text); }

Version commonVersion(const ClusterSnapshot& snapshot)
{
    std::map<Version, int> counts;
    for (const NodeRecord& record : snapshot.nodes) {
        if (record.last) {
            ++counts[record.last->self.version];
        }
    }
    Version best;
    int most = 0;
    for (const auto& [version, count] : counts) {
        if (count >= most) {
            most = count;
            best = version;
        }
    }
    return best;
}

/// Voters are judged in the order of the snapshot, so the verdict of the next one mostly is the
/// next.
class Verdicts {
public:
    explicit Verdicts(const quorum::Assessment& assessment)
        : m_assessment(assessment)
    {}
    [[nodiscard]] const quorum::VoterVerdict* of(const NodeId& node)
    {
        if (m_next < m_assessment.verdicts.size() && m_assessment.verdicts[m_next].node == node) {
            return &m_assessment.verdicts[m_next++];
        }
        return m_assessment.verdictOf(node);
    }

private:
    const quorum::Assessment& m_assessment;
    size_t m_next = 0;
};

void showAnswer(const NodeRecord& record, const quorum::VoterVerdict* verdict,
                const Version& common, TimePoint now, NodeRow& row)
{
    row.state = markOf(record, verdict);
    row.stateDetail = verdict != nullptr ? verdict->text : QString();
    row.address = record.address;
    if (record.last) {
        const NodeSelf& self = record.last->self;
        QStringList roles{self.learner ? tr("learner") : self.voter ? tr("voter") : tr("no voter")};
        if (row.leader) {
            roles.append(tr("leader"));
        }
        row.role = roles.join(QStringLiteral(", "));
        row.version = self.version;
        row.versionDiffers = self.version != common;
        row.diskFreeBytes = self.diskFreeBytes;
        row.diskLow = self.diskFreeBytes && *self.diskFreeBytes < kDiskLowBytes;
        row.load = self.load;
        row.answeredAt = record.last->observedAt;
        // In whole seconds, as it is shown: a row that looks the same is the same, and is not
        // painted again.
        row.age = std::chrono::floor<std::chrono::seconds>(now - record.last->observedAt);
        row.bootId = self.bootId;
        row.startedAt = self.startedAt;
    }
}

StateMark workerMark(PeerState state, bool cordoned)
{
    switch (state) {
    case PeerState::Ready:
        return {Glyph::Check, Tone::Ok, cordoned ? tr("Ready, cordoned") : tr("Ready")};
    case PeerState::Busy: return {Glyph::Turning, Tone::Accent, tr("Restarting")};
    case PeerState::Joining: return {Glyph::Turning, Tone::Accent, tr("Joining")};
    case PeerState::Leaving: return {Glyph::Turning, Tone::Accent, tr("Leaving")};
    case PeerState::Down: return {Glyph::Cross, Tone::Bad, tr("Down")};
    case PeerState::Grace: return {Glyph::Ring, Tone::Unknown, tr("In grace")};
    case PeerState::Unknown: break;
    }
    return {Glyph::Ring, Tone::Unknown, tr("Not heard of lately")};
}

/// What rows of workers have in common, made once: there may be thousands.
class WorkerWords {
public:
    [[nodiscard]] const StateMark& markOf(const PeerView& view)
    {
        const auto [place, isNew] = m_marks.try_emplace({view.state, view.cordoned});
        if (isNew) {
            place->second = workerMark(view.state, view.cordoned);
        }
        return place->second;
    }
    [[nodiscard]] const QString& role() const { return m_role; }

private:
    std::map<std::pair<PeerState, bool>, StateMark> m_marks;
    QString m_role = tr("worker");
};

/// A worker has nothing of its own to ask: its row is what the cluster sees, and as old as that
/// answer.
void showWorker(const PeerView& view, const Observation& by, WorkerWords& words, TimePoint now,
                NodeRow& row)
{
    row.state = words.markOf(view);
    row.stateDetail = troublesOf(view);
    row.role = view.roles.isEmpty() ? words.role() : view.roles;
    row.version = view.version.value_or(Version{});
    row.address = view.address;
    row.answeredAt = by.observedAt;
    row.age = std::chrono::floor<std::chrono::seconds>(now - by.observedAt);
}

using NodeColumn = Column<NodeRow>;

std::vector<NodeColumn> identityColumns()
{
    std::vector<NodeColumn> columns;
    columns.push_back(
        {.info = {.id = QStringLiteral("node"), .title = tr("Node")},
         .text = [](const NodeRow& row) { return row.name; },
         .trailingGlyph =
             [](const NodeRow& row) { return row.leader ? Glyph::Star : Glyph::None; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("state"), .title = tr("State"), .stretch = true},
         .text = [](const NodeRow& row) { return row.state.word; },
         .sortValue = [](const NodeRow& row) { return QVariant(static_cast<int>(row.state.tone)); },
         .tone = [](const NodeRow& row) { return row.state.tone; },
         .glyph = [](const NodeRow& row) { return row.state.glyph; },
         .toolTip = [](const NodeRow& row) { return row.stateDetail; }});
    columns.push_back({.info = {.id = QStringLiteral("role"), .title = tr("Role")},
                       .text = [](const NodeRow& row) { return row.role; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("version"), .title = tr("Version")},
         .text =
             [](const NodeRow& row) {
                 return row.version.isNull() ? QString() : row.version.toString();
             },
         .sortValue =
             [](const NodeRow& row) {
                 return QVariant(row.version.major * 1e12 + row.version.minor * 1e8
                                 + row.version.patch * 1e4 + row.version.build);
             },
         .tone = [](const NodeRow& row) { return row.versionDiffers ? Tone::Warn : Tone::Plain; },
         .glyph =
             [](const NodeRow& row) {
                 return row.versionDiffers ? Glyph::Triangle : Glyph::None;
             }});
    columns.push_back({.info = {.id = QStringLiteral("address"),
                                .title = tr("Address"),
                                .style = TextStyle::Fixed},
                       .text = [](const NodeRow& row) { return row.address; }});
    return columns;
}

void addFigureColumns(std::vector<NodeColumn>& columns)
{
    columns.push_back(
        {.info = {.id = QStringLiteral("disk"), .title = tr("Disk free"), .numeric = true},
         .text =
             [](const NodeRow& row) {
                 return row.diskFreeBytes ? bytesText(*row.diskFreeBytes) : QString();
             },
         .sortValue = [](const NodeRow& row) { return QVariant(row.diskFreeBytes.value_or(-1)); },
         .tone = [](const NodeRow& row) { return row.diskLow ? Tone::Warn : Tone::Plain; },
         .glyph = [](const NodeRow& row) { return row.diskLow ? Glyph::Triangle : Glyph::None; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("load"), .title = tr("Load"), .numeric = true},
         .text =
             [](const NodeRow& row) { return row.load ? decimalText(*row.load, 2) : QString(); },
         .sortValue = [](const NodeRow& row) { return QVariant(row.load.value_or(-1)); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("peers"), .title = tr("Seen by peers")},
         .text =
             [](const NodeRow& row) {
                 return row.peers.asked == 0
                            ? tr("not known")
                            : tr("%1 of %2").arg(row.peers.seeing).arg(row.peers.asked);
             },
         .sortValue = [](const NodeRow& row) { return QVariant(row.peers.seeing); },
         .tone =
             [](const NodeRow& row) {
                 return row.peers.seeing < row.peers.asked ? Tone::Warn : Tone::Plain;
             }});
    columns.push_back(
        {.info = {.id = QStringLiteral("age"), .title = tr("Age"), .numeric = true, .ageing = true},
         .text =
             [](const NodeRow& row) {
                 return row.answeredAt ? durationText(row.age) : tr("never");
             },
         .sortValue = [](const NodeRow& row) { return QVariant(qint64(row.age.count())); },
         .tone =
             [](const NodeRow& row) { return row.age > Seconds(10) ? Tone::Unknown : Tone::Muted; },
         .ageMs = [](const NodeRow& row) { return qint64(row.age.count()); }});
    columns.push_back(
        {.info = {.id = QStringLiteral("started"), .title = tr("Started"), .shownAtFirst = false},
         .text =
             [](const NodeRow& row) {
                 return row.startedAt ? dateTimeText(*row.startedAt) : QString();
             },
         .sortValue =
             [](const NodeRow& row) {
                 return QVariant(row.startedAt ? qint64(row.startedAt->time_since_epoch().count())
                                               : qint64(0));
             }});
}

} // namespace

std::vector<NodeRow> nodeRows(const service::ClusterStatus& status, TimePoint now)
{
    const std::vector<NodeRecord>& nodes = status.snapshot->nodes;
    const Version common = commonVersion(*status.snapshot);
    const std::vector<PeerCount> peers = seenByPeers(*status.snapshot);
    const WorkerViews workers = workersIn(*status.snapshot);
    Verdicts verdicts(status.assessment);
    WorkerWords words;
    std::vector<NodeRow> rows(nodes.size());
    for (size_t node = 0; node < nodes.size(); ++node) {
        NodeRow& row = rows[node];
        row.id = nodes[node].id.value;
        row.name = nodes[node].name;
        row.leader = status.assessment.leader == nodes[node].id;
        row.peers = peers[node];
        if (const PeerView* view = workers.views[node]) {
            showWorker(*view, *workers.by, words, now, row);
        } else {
            showAnswer(nodes[node], verdicts.of(nodes[node].id), common, now, row);
        }
    }
    return rows;
}

NodeTableModel* makeNodeTableModel(QObject* parent)
{
    auto columns = identityColumns();
    addFigureColumns(columns);
    return new NodeTableModel(
        std::move(columns), [](const NodeRow& row) { return row.id; }, parent);
}

} // namespace quorate::ui
