// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sandbox/LiveWindow.h"

#include "ui/cluster/Pane.h"
#include "ui/common/QuorumBanner.h"

#include <QCheckBox>
#include <QLineEdit>

namespace quorate::ui {
namespace {

using State = ConnectController::State;

class LiveConnect : public LiveWindow {
protected:
    bool reaches(State state)
    {
        return test::waitUntil(
            [&] {
                auto* dialog = connectDialog();
                return dialog != nullptr && dialog->controller().state() == state;
            },
            kStepLimit);
    }
    void type(const char* field, const QString& text)
    {
        auto* edit = connectDialog()->findChild<QLineEdit*>(QString::fromLatin1(field));
        ASSERT_NE(edit, nullptr) << field;
        edit->setText(text);
    }
    void trustWhatIsShown()
    {
        auto* compared = connectDialog()->findChild<QCheckBox*>(QStringLiteral("comparedCheck"));
        ASSERT_NE(compared, nullptr);
        compared->setChecked(true);
        ASSERT_TRUE(press(QStringLiteral("nextButton")));
    }
    void signIn(const QString& typed)
    {
        type("userEdit", QStringLiteral("operator"));
        type("passwordEdit", typed);
        ASSERT_TRUE(press(QStringLiteral("nextButton")));
    }
    [[nodiscard]] bool nothingIsKept()
    {
        return services().clusters().clusters().empty() && services().store().pins()->empty();
    }
};

TEST_F(LiveConnect, AnUnknownCertificateIsShownAndAWrongPasswordSaysSo)
{
    openProgram();
    window().openConnectDialog(bareClusterFile());
    ASSERT_TRUE(reaches(State::Trust));
    const auto& shown = connectDialog()->controller().certificates();
    ASSERT_EQ(shown.size(), 3U);
    QString said = spoken(*connectDialog());
    said.replace(QLatin1Char('\n'), QLatin1Char(':')); // a fingerprint stands in two lines
    for (const auto& certificate : shown) {
        EXPECT_TRUE(said.contains(net::fingerprintText(certificate.sha256))) << said.toStdString();
    }
    EXPECT_TRUE(nothingIsKept()) << "stored before anybody trusted it";
    trustWhatIsShown();

    ASSERT_TRUE(reaches(State::Password));
    signIn(QStringLiteral("not the password"));
    ASSERT_TRUE(test::waitUntil([&] { return connectDialog()->controller().problem().has_value(); },
                                kStepLimit));
    EXPECT_EQ(connectDialog()->controller().state(), State::Password);
    EXPECT_TRUE(spoken(*connectDialog()).contains(QStringLiteral("password"), Qt::CaseInsensitive))
        << spoken(*connectDialog()).toStdString();
    EXPECT_TRUE(nothingIsKept()) << "stored before anybody had signed in";

    signIn(password());
    ASSERT_TRUE(test::waitUntil([&] { return hasReady(3); }, kStepLimit));
    EXPECT_TRUE(test::waitUntil([&] { return connectDialog() == nullptr; }));
    EXPECT_EQ(services().store().pins()->size(), 3U);
    EXPECT_EQ(window().findChild<QuorumBanner*>(QStringLiteral("quorumBanner"))->sentence(),
              service()->status()->assessment.sentence.text());
}

TEST_F(LiveConnect, AChangedCertificateStopsItsNodeUntilAPersonDecides)
{
    openProgram();
    window().openConnectDialog(bareClusterFile());
    ASSERT_TRUE(reaches(State::Trust));
    trustWhatIsShown();
    ASSERT_TRUE(reaches(State::Password));
    signIn(password());
    ASSERT_TRUE(test::waitUntil([&] { return hasReady(3); }, kStepLimit));
    ASSERT_TRUE(test::waitUntil([&] { return connectDialog() == nullptr; }));

    cluster().power(2, "off"); // connections that are kept would not see it
    cluster().fault(2, "other-certificate");
    cluster().power(2, "on");
    ASSERT_TRUE(test::waitUntil(
        [&] {
            const auto& error = service()->status()->connectionError;
            return error && error->code == QLatin1String("certificate-changed");
        },
        kStepLimit))
        << service()->status()->assessment.sentence.text().toStdString()
        << describe(service()->status()->connectionError.value_or(Error{})).toStdString();
    EXPECT_FALSE(hasReady(3));
    Q_EMIT window()
        .findChild<Pane*>(QStringLiteral("overviewPane"))
        ->linkChosen(QStringLiteral("trust"));
    ASSERT_TRUE(reaches(State::Trust));
    EXPECT_TRUE(connectDialog()->controller().isChange());
    EXPECT_EQ(connectDialog()->controller().certificates().size(), 1U);
    trustWhatIsShown();
    EXPECT_TRUE(test::waitUntil([&] { return hasReady(3); }, kStepLimit));
}

TEST_F(LiveConnect, AnAddressLeadsToTheWholeCluster)
{
    openProgram();
    window().openConnectDialog();
    type("sourceEdit", QStringLiteral("127.0.0.1:%1").arg(cluster().node(1).port()));
    ASSERT_TRUE(press(QStringLiteral("nextButton")));
    ASSERT_TRUE(reaches(State::Trust));
    EXPECT_EQ(connectDialog()->controller().certificates().size(), 1U);
    trustWhatIsShown();
    ASSERT_TRUE(reaches(State::Password));
    signIn(password());
    ASSERT_TRUE(reaches(State::Trust)); // its peers have certificates of their own
    EXPECT_EQ(connectDialog()->controller().certificates().size(), 2U);
    trustWhatIsShown();
    EXPECT_TRUE(test::waitUntil([&] { return hasReady(3); }, kStepLimit));
}

} // namespace
} // namespace quorate::ui
