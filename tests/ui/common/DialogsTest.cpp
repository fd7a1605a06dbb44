// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/Wait.h"
#include "tests/ui/common/DialogsFake.h"
#include "ui/common/WidgetDialogs.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

namespace quorate::ui {
namespace {

QString text(const char* utf8) { return QString::fromUtf8(utf8); }

class RealDialogs : public testing::Test {
protected:
    void SetUp() override
    {
        theme.install(*qApp);
        window.show();
    }
    QPushButton* button(const char* name) { return window.findChild<QPushButton*>(text(name)); }
    Theme theme;
    QWidget window;
    std::unique_ptr<WidgetDialogs> dialogs = std::make_unique<WidgetDialogs>(theme, &window);
};

Confirmation destructive()
{
    return {.title = text("Remove node-2"),
            .action = text("Remove node-2"),
            .quorumSentence = text("3 of 3 ready, needs 2."),
            .quorumTone = Tone::Warn,
            .consequence = text("Its data is lost."),
            .whatIsSent = text("POST /members"),
            .typedName = text("gateway-prod"),
            .destructive = true};
}

TEST_F(RealDialogs, ADestructiveChangeNeedsTheNameTyped)
{
    std::optional<bool> answer;
    dialogs->confirm(destructive(), [&](bool yes) { answer = yes; });
    EXPECT_FALSE(answer.has_value());
    QPushButton* accept = button("confirmButton");
    ASSERT_NE(accept, nullptr);
    EXPECT_EQ(accept->text(), text("Remove node-2"));
    EXPECT_FALSE(accept->isEnabled());
    EXPECT_FALSE(accept->isDefault());
    auto* field = window.findChild<QLineEdit*>(text("typedNameField"));
    field->setText(text("gateway-pro"));
    EXPECT_FALSE(accept->isEnabled());
    field->setText(text("gateway-prod"));
    EXPECT_TRUE(accept->isEnabled());
    accept->click();
    EXPECT_EQ(answer, std::optional(true));
}

TEST_F(RealDialogs, CancelAndEscapeAreNo)
{
    int answers = 0;
    bool last = true;
    const auto take = [&](bool yes) {
        ++answers;
        last = yes;
    };
    dialogs->confirm(destructive(), take);
    button("cancelButton")->click();
    EXPECT_EQ(answers, 1);
    EXPECT_FALSE(last);
    test::drainEvents();
    dialogs->confirm(destructive(), take);
    window.findChild<QDialog*>(text("confirmDialog"))->reject();
    EXPECT_EQ(answers, 2);
    EXPECT_FALSE(last);
}

TEST_F(RealDialogs, AConsentIsGivenOnlyByItsOwnTick)
{
    Confirmation question{.title = text("Drain node-2"), .action = text("Drain node-2")};
    question.consents = {{text("one"), text("Also the one")},
                         {text("two"), text("Also the other")}};
    QStringList given{text("unset")};
    const auto ask = [&] {
        dialogs->askConfirmation(question, [&](bool yes, const QStringList& consents) {
            EXPECT_TRUE(yes);
            given = consents;
        });
    };
    ask();
    button("confirmButton")->click();
    EXPECT_EQ(given, QStringList());
    test::drainEvents();
    ask();
    window.findChild<QCheckBox*>(text("consent-two"))->setChecked(true);
    button("confirmButton")->click();
    EXPECT_EQ(given, QStringList{text("two")});
}

TEST_F(RealDialogs, OneAtATimeAndNoneAfterTheFacadeIsGone)
{
    int closed = 0;
    dialogs->showMessage({.title = text("First")}, [&] { ++closed; });
    dialogs->showError(makeError(ErrorKind::Tls, text("certificate-changed"), text("It changed")),
                       [&] { ++closed; });
    const auto open = window.findChildren<QDialog*>();
    ASSERT_EQ(open.size(), 2);
    EXPECT_TRUE(open[0]->isVisible());
    EXPECT_FALSE(open[1]->isVisible());
    open[0]->findChild<QPushButton*>(text("closeButton"))->click();
    EXPECT_EQ(closed, 1);
    EXPECT_TRUE(open[1]->isVisible());
    open[1]->findChild<QToolButton*>(text("copyDetailsButton"))->click();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(text("certificate-changed")));
    QDialog* second = open[1];
    dialogs.reset();
    second->close();
    EXPECT_EQ(closed, 1);
}

TEST_F(RealDialogs, TextAndChoicesAndFiles)
{
    QString typed;
    dialogs->askText({.title = text("Name"),
                      .label = text("Name"),
                      .text = text("old"),
                      .action = text("Rename")},
                     [&](const QString& answer) { typed = answer; });
    window.findChild<QLineEdit*>(text("textField"))->setText(text("new"));
    button("acceptButton")->click();
    EXPECT_EQ(typed, text("new"));
    test::drainEvents();
    int option = -2;
    dialogs->choose({.title = text("Run"), .options = {text("Pause"), text("Stop")}},
                    [&](int answer) { option = answer; });
    button("option1Button")->click();
    EXPECT_EQ(option, 1);
    test::drainEvents();
    QString file = text("unset");
    dialogs->askOpenFile({.title = text("Open")}, [&](const QString& answer) { file = answer; });
    auto* dialog = window.findChild<QFileDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->reject();
    EXPECT_EQ(file, QString());
}

TEST(DialogsFake, AnswersFromItsQueuesAndCountsWhatWasNotExpected)
{
    DialogsFake fake;
    fake.confirmAnswers = {true};
    std::vector<bool> answers;
    const auto take = [&](bool yes) { answers.push_back(yes); };
    fake.confirm(destructive(), take);
    fake.confirm(destructive(), take);
    EXPECT_EQ(answers, (std::vector{true, false}));
    EXPECT_EQ(fake.unexpected, 1);
    EXPECT_EQ(fake.confirmations.size(), 2U);
    fake.immediate = false;
    fake.fileAnswers = {text("/a.pkg")};
    QString file;
    fake.askOpenFile({}, [&](const QString& answer) { file = answer; });
    EXPECT_TRUE(file.isEmpty());
    ASSERT_TRUE(fake.isAsking());
    fake.answerNext();
    EXPECT_EQ(file, text("/a.pkg"));
}

} // namespace
} // namespace quorate::ui
