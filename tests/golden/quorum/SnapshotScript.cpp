// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/golden/quorum/SnapshotScript.h"

#include <gtest/gtest.h>

#include <QHash>
#include <QRegularExpression>

namespace quorate::test {
namespace {

struct Line {
    QString name;
    QString state; ///< empty: it does not answer
    QHash<QString, QString> options;

    [[nodiscard]] bool has(const char* key) const { return options.contains(QLatin1String(key)); }
    [[nodiscard]] QString option(const char* key, const QString& fallback = {}) const
    {
        return options.value(QLatin1String(key), fallback);
    }
    [[nodiscard]] Seconds seconds(const char* key) const { return Seconds(option(key).toInt()); }
    [[nodiscard]] bool isMember() const { return !has("outsider"); }
};

Line parseLine(const QString& text)
{
    static const QRegularExpression words(QStringLiteral(R"re(([\w-]+)(?:=("[^"]*"|\S+))?)re"));
    static const QStringList known{
        QStringLiteral("leader"),   QStringLiteral("v"),        QStringLiteral("boot"),
        QStringLiteral("applied"),  QStringLiteral("silent"),   QStringLiteral("peers"),
        QStringLiteral("grace"),    QStringLiteral("late"),     QStringLiteral("never"),
        QStringLiteral("unasked"),  QStringLiteral("sees"),     QStringLiteral("age"),
        QStringLiteral("names"),    QStringLiteral("term"),     QStringLiteral("learner"),
        QStringLiteral("worker"),   QStringLiteral("outsider"), QStringLiteral("nofile"),
        QStringLiteral("counts"),   QStringLiteral("error"),    QStringLiteral("verification"),
        QStringLiteral("majority"), QStringLiteral("cordoned"), QStringLiteral("because")};
    Line line;
    for (auto it = words.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        const QString word = match.captured(1);
        if (line.name.isEmpty()) {
            line.name = word;
        } else if (known.contains(word)) {
            line.options[word] = match.captured(2).remove(QLatin1Char('"'));
        } else if (line.state.isEmpty() && match.captured(2).isEmpty()) {
            line.state = word;
        } else {
            ADD_FAILURE() << "not understood: " << word.toStdString();
        }
    }
    return line;
}

/// What the others say of a node when nothing else is told: what it says of itself.
QString commonWord(const Line& line)
{
    return line.option("peers", line.state.isEmpty() ? QStringLiteral("ready") : line.state);
}

PeerView viewOf(const Line& viewer, const Line& peer)
{
    PeerView view{.id = NodeId{peer.name}, .name = peer.name};
    view.stateText = commonWord(peer);
    for (const QString& pair : viewer.option("sees").split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (pair.section(QLatin1Char(':'), 0, 0) == peer.name) {
            view.stateText = pair.section(QLatin1Char(':'), 1);
        }
    }
    view.state = peerStateFrom(view.stateText);
    if (view.state == PeerState::Grace && peer.has("grace")) {
        view.graceEndsAt = kScriptNow + peer.seconds("grace");
    }
    view.learner = peer.has("learner");
    view.worker = peer.has("worker");
    view.cordoned = peer.has("cordoned");
    view.voter = !view.learner && !peer.has("worker");
    if (viewer.has("counts")) {
        view.voter = viewer.option("counts").split(QLatin1Char(',')).contains(peer.name);
    }
    return view;
}

Observation answerOf(const Line& line, const std::vector<Line>& lines)
{
    Observation answer{.node = NodeId{line.name}, .observedAt = kScriptNow - line.seconds("age")};
    NodeSelf& self = answer.self;
    self.name = line.name;
    self.stateText = line.state;
    self.state = nodeStateFrom(line.state);
    self.version = Version::parse(line.option("v", QStringLiteral("14.1.0"))).value_or(Version{});
    self.learner = line.has("learner");
    self.worker = line.has("worker");
    self.cordoned = line.has("cordoned");
    self.voter = line.isMember() && !self.learner && !line.has("worker");
    self.leader = line.has("leader");
    self.bootId = line.option("boot");
    self.verification = line.option("verification");
    if (line.has("applied")) {
        self.appliedIndex = line.option("applied").toLongLong();
    }
    if (line.has("error")) {
        self.conditions.push_back(
            {QStringLiteral("trouble"), Severity::Error, line.option("error")});
    }
    const QString named = line.option("names");
    for (const Line& peer : lines) {
        const bool isListed =
            line.has("counts") ? line.option("counts").split(QLatin1Char(',')).contains(peer.name)
                               : peer.isMember();
        if (isListed) {
            answer.cluster.members.push_back(viewOf(line, peer));
        }
        if (peer.has("leader") && !answer.cluster.leader && named.isEmpty()) {
            answer.cluster.leader = NodeId{peer.name};
        }
    }
    if (!named.isEmpty() && named != QLatin1String("none")) {
        answer.cluster.leader = NodeId{named};
    }
    if (line.has("majority")) {
        answer.cluster.majority = line.option("majority") == QLatin1String("yes");
    }
    answer.cluster.term = line.option("term", QStringLiteral("7")).toLongLong();
    return answer;
}

NodeRecord recordOf(const Line& line, const std::vector<Line>& lines)
{
    NodeRecord record{
        .id = NodeId{line.name}, .name = line.name, .address = line.name + QStringLiteral(":9443")};
    const QString because = line.option("because");
    const ErrorKind kind = because == QLatin1String("credentials")   ? ErrorKind::Unauthorized
                           : because == QLatin1String("certificate") ? ErrorKind::Tls
                                                                     : ErrorKind::Transport;
    const Error unreachable = makeError(kind, QStringLiteral("refused"), QStringLiteral("refused"));
    if (line.has("nofile")) {
        record.address.clear();
        return record;
    }
    if (line.has("unasked")) {
        return record;
    }
    record.attemptedAt = kScriptNow;
    if (line.has("never")) {
        record.error = unreachable;
        record.failingSince = kScriptNow - Seconds(60);
        return record;
    }
    Line speaking = line;
    if (line.state.isEmpty()) {
        speaking.state = QStringLiteral("ready");
    }
    record.last = answerOf(speaking, lines);
    if (line.has("silent")) {
        record.failingSince = kScriptNow - line.seconds("silent");
        record.last->observedAt = *record.failingSince - Seconds(2);
        record.error = unreachable;
    }
    if (line.has("late")) {
        record.last->observedAt = kScriptNow - line.seconds("late");
    }
    return record;
}

} // namespace

ClusterSnapshot parseSnapshot(const QString& script)
{
    std::vector<Line> lines;
    for (const QString& text : script.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        lines.push_back(parseLine(text));
    }
    ClusterSnapshot snapshot;
    snapshot.takenAt = kScriptNow;
    for (const Line& line : lines) {
        snapshot.nodes.push_back(recordOf(line, lines));
    }
    return snapshot;
}

} // namespace quorate::test
