// SPDX-License-Identifier: GPL-3.0-or-later
// Connecting with an address alone: certificates are accepted one by one, the password comes from
// standard input.
#include "tests/support/Test.h"

#include "app/sandbox/Files.h"
#include "tests/integration/ctl/Ctl.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace quorate::ctltest {

namespace {

constexpr int kRoundsMax = 6; ///< one certificate a node, and the first twice

class CtlConnect : public ::testing::Test {
protected:
    Said call(const QStringList& words, const QByteArray& input)
    {
        test::ChildProcess program;
        const QStringList common{QStringLiteral("--home"),
                                 cluster.temporary().path(QStringLiteral("h")),
                                 QStringLiteral("--json")};
        EXPECT_TRUE(program.start(Ctl::program(), common + accepted + words, input));
        const int code = program.waitForEnd(Seconds(60));
        return saidOf({code, program.output(), program.errors()});
    }
    Said connectAs(const QByteArray& password)
    {
        return call({QStringLiteral("connect"),
                     QStringLiteral("127.0.0.1:%1").arg(cluster.node(1).port()),
                     QStringLiteral("--user"), QStringLiteral("operator"),
                     QStringLiteral("--password-stdin")},
                    password + '\n');
    }
    /// Accepts what an answer shows; how many there were.
    int accept(const Said& said)
    {
        static const QRegularExpression shown(QStringLiteral("SHA-256\\s+([0-9A-Fa-f:]{64,})"));
        int count = 0;
        auto each = shown.globalMatch(QString::fromUtf8(said.errors));
        while (each.hasNext()) {
            accepted << QStringLiteral("--accept-certificate") << each.next().captured(1);
            ++count;
        }
        return count;
    }

    PracticeCluster cluster;
    QStringList accepted;
};

} // namespace

TEST_F(CtlConnect, withAnAddressAlone)
{
    ASSERT_TRUE(cluster.isUp());
    const auto credentials =
        sandbox::readObject(cluster.folder() + QStringLiteral("/credentials.json"));
    ASSERT_TRUE(credentials);
    const QByteArray password = credentials->value(QStringLiteral("password")).toString().toUtf8();

    Said said = connectAs(password);
    EXPECT_EQ(said.exitCode, 1) << "nobody has accepted its certificate";
    EXPECT_EQ(said.error(), QStringLiteral("certificate-unknown")) << said.output.toStdString();
    for (int rounds = 0; rounds < kRoundsMax && said.exitCode != 0; ++rounds) {
        ASSERT_GT(accept(said), 0) << said.errors.toStdString();
        if (rounds == 0) {
            const Said wrong = connectAs("not " + password);
            EXPECT_EQ(wrong.exitCode, 1) << wrong.output.toStdString();
            EXPECT_FALSE(wrong.error().isEmpty());
            accept(wrong);
        }
        said = connectAs(password);
    }
    ASSERT_EQ(said.exitCode, 0) << said.errors.toStdString();
    EXPECT_FALSE(said.output.contains(password) || said.errors.contains(password));

    // There is no keychain here: the password is asked for each time, and never kept.
    const QStringList status{QStringLiteral("--cluster"), QStringLiteral("practice-mss"),
                             QStringLiteral("status")};
    accepted.clear(); // pinned by now
    const Said signedIn = call(QStringList{QStringLiteral("--user"), QStringLiteral("operator"),
                                           QStringLiteral("--password-stdin")}
                                   + status,
                               password + '\n');
    EXPECT_EQ(signedIn.exitCode, 0)
        << signedIn.output.toStdString() << signedIn.errors.toStdString();
    EXPECT_EQ(signedIn.last().value(QStringLiteral("nodes")).toArray().size(), 3);
    EXPECT_EQ(call(status, {}).exitCode, 3) << "without a password nothing can be told";
}

} // namespace quorate::ctltest
