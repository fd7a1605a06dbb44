// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/Enums.h"

#include "tests/support/Test.h"

#include <QSet>

using namespace quorate;

namespace {

/// All values from the first to the last of an enumeration without gaps.
template <typename Enum>
std::vector<Enum> valuesUpTo(Enum last)
{
    std::vector<Enum> values;
    for (int value = 0; value <= static_cast<int>(last); ++value) {
        values.push_back(static_cast<Enum>(value));
    }
    return values;
}

template <typename Enum, typename From>
void expectRoundTrip(Enum last, From from)
{
    QSet<QString> seen;
    for (const Enum value : valuesUpTo(last)) {
        const QString text = toString(value);
        EXPECT_FALSE(text.isEmpty()) << static_cast<int>(value);
        EXPECT_EQ(from(text), value) << text.toStdString();
        seen.insert(text);
    }
    EXPECT_EQ(seen.size(), static_cast<int>(last) + 1);
}

} // namespace

TEST(Enums, EveryValueSurvivesItsText)
{
    expectRoundTrip(SystemKind::Generic, systemKindFrom);
    expectRoundTrip(NodeState::Unrecognised, nodeStateFrom);
    expectRoundTrip(PeerState::Unknown, peerStateFrom);
    expectRoundTrip(Environment::Untagged, environmentFrom);
    expectRoundTrip(Severity::Error, severityFrom);
}

TEST(Enums, ForeignWordsAreNotGuessed)
{
    const QString foreign = QStringLiteral("Ready "); // case and blanks count
    EXPECT_EQ(systemKindFrom(foreign), std::nullopt);
    EXPECT_EQ(environmentFrom(foreign), std::nullopt);
    EXPECT_EQ(severityFrom(foreign), std::nullopt);
    EXPECT_EQ(nodeStateFrom(foreign), NodeState::Unrecognised);
    EXPECT_EQ(peerStateFrom(foreign), PeerState::Unknown);
    EXPECT_EQ(peerStateFrom(QString()), PeerState::Unknown);
}

TEST(Enums, APeerAtWorkIsBusy)
{
    for (const char* word :
         {"draining", "drained", "updating", "restarting", "starting", "not-ready", "stopped"}) {
        EXPECT_EQ(peerStateFrom(QLatin1String(word)), PeerState::Busy) << word;
    }
    EXPECT_EQ(peerStateFrom(QStringLiteral("joining")), PeerState::Joining);
    EXPECT_EQ(peerStateFrom(QStringLiteral("unrecognised")), PeerState::Unknown);
}

TEST(Enums, SystemsHaveNamesForPeople)
{
    for (const SystemKind kind : valuesUpTo(SystemKind::Generic)) {
        EXPECT_FALSE(displayName(kind).isEmpty());
        EXPECT_NE(displayName(kind), toString(kind));
    }
}
