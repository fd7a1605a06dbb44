// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/upgrade/WizardPages.h"

#include "ui/common/Card.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/TableView.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace quorate::ui {
namespace {

QString rangeText(const VersionRange& range)
{
    return WizardPage::tr("%1 to below %2").arg(range.from.toString(), range.below.toString());
}

QString pathsText(const procedure::Procedure& method)
{
    QStringList paths;
    for (const auto& path : method.paths) {
        paths.append(
            path.from == path.to
                ? rangeText(path.from)
                : WizardPage::tr("from %1, to %2").arg(rangeText(path.from), rangeText(path.to)));
    }
    return paths.join(QStringLiteral(" · "));
}

} // namespace

WizardPage::WizardPage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_controller(controller)
{
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(context.theme.px(12));
}

PackagePage::PackagePage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : WizardPage(context, controller, parent)
{
    setObjectName(QStringLiteral("packagePage"));
    setAcceptDrops(true);
    auto* row = new QHBoxLayout;
    m_path = new QLineEdit(this);
    m_path->setObjectName(QStringLiteral("packageEdit"));
    m_path->setAccessibleName(tr("Package file"));
    m_path->setPlaceholderText(tr("Package file; it can also be dropped here"));
    auto* browse = new QPushButton(tr("Choose a file…"), this);
    browse->setObjectName(QStringLiteral("packageBrowseButton"));
    auto* read = new QPushButton(tr("Read and verify"), this);
    read->setObjectName(QStringLiteral("packageReadButton"));
    row->addWidget(m_path, 1);
    row->addWidget(browse);
    row->addWidget(read);
    m_column->addLayout(row);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Reading the package"));
    m_column->addWidget(m_bar);
    m_card = new Card(theme(), tr("What the package says, verified"), this);
    m_facts = new KeyValueList(theme(), m_card);
    m_facts->setObjectName(QStringLiteral("packageFacts"));
    m_card->add(m_facts);
    m_column->addWidget(m_card);
    m_column->addStretch(1);
    const auto start = [this] {
        if (!m_path->text().trimmed().isEmpty()) {
            m_controller.choosePackage(m_path->text().trimmed());
        }
    };
    connect(read, &QPushButton::clicked, this, start);
    connect(m_path, &QLineEdit::returnPressed, this, start);
    connect(browse, &QPushButton::clicked, this, [this] {
        m_context.dialogs.askOpenFile({.title = tr("Choose a package"),
                                       .directory = {},
                                       .fileName = {},
                                       .filters = {tr("Packages (*.qpkg)"), tr("All files (*)")}},
                                      [this](const QString& path) {
                                          if (!path.isEmpty()) {
                                              m_path->setText(path);
                                              m_controller.choosePackage(path);
                                          }
                                      });
    });
    connect(&controller, &UpgradeController::stagingChanged, this, &PackagePage::refreshProgress);
}

void PackagePage::refreshProgress()
{
    const auto [done, total] = m_controller.readProgress();
    m_bar->setRange(0, 1000);
    m_bar->setValue(total > 0 ? static_cast<int>(1000.0 * double(done) / double(total)) : 0);
}

void PackagePage::refresh()
{
    m_bar->setVisible(m_controller.isBusy());
    refreshProgress();
    const auto& package = m_controller.package();
    m_card->setVisible(package.has_value());
    if (!package) {
        return;
    }
    if (m_path->text().isEmpty()) {
        m_path->setText(package->path);
    }
    QStringList from;
    for (const VersionRange& range : package->manifest.from) {
        from.append(rangeText(range));
    }
    m_facts->setItems({
        {tr("Package"), package->id().value, TextStyle::Strong},
        {tr("For"), displayName(package->manifest.system)},
        {tr("Version"), package->manifest.version.toString()},
        {tr("Upgrades from"), from.join(QStringLiteral(" · "))},
        {tr("Size"), bytesText(package->sizeBytes)},
        {tr("Signed by"), package->signedBy, TextStyle::Body, Tone::Ok, Glyph::Check},
        {tr("SHA-256"), QString::fromLatin1(package->sha256.toHex()), TextStyle::Fixed},
        {tr("Notes"), package->manifest.notes},
    });
}

void PackagePage::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void PackagePage::dropEvent(QDropEvent* event)
{
    m_path->setText(event->mimeData()->urls().front().toLocalFile());
    m_controller.choosePackage(m_path->text());
}

MethodPage::MethodPage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : WizardPage(context, controller, parent)
{
    setObjectName(QStringLiteral("methodPage"));
    m_group = new QButtonGroup(this);
    auto* card = new Card(theme(), tr("Methods for this system"), this);
    for (const auto& method : controller.methods()) {
        auto* button = new QRadioButton(method.title, card);
        button->setObjectName(QStringLiteral("method-%1").arg(method.id.value));
        m_group->addButton(button);
        card->add(button);
        connect(button, &QRadioButton::clicked, this,
                [this, id = method.id] { m_controller.chooseMethod(id); });
    }
    if (controller.methods().empty()) {
        auto* empty = new EmptyState(theme(), card);
        empty->setText(tr("There is no procedure for this system."),
                       tr("Put a procedure into the procedures folder of Quorate's home, and start "
                          "Quorate again."));
        card->add(empty);
    }
    m_column->addWidget(card);
    for (const Error& error : context.upgrades.procedureErrors()) {
        const ErrorText text = errorText(error);
        auto* leftOut = new NoticeBar(theme(), this);
        leftOut->setObjectName(QStringLiteral("procedureLeftOut"));
        leftOut->setNotice(
            Glyph::Triangle, Tone::Warn,
            tr("One procedure of your own is left out. %1 %2").arg(text.happened, text.next));
        m_column->addWidget(leftOut);
    }
    auto* factsCard = new Card(theme(), tr("What it means"), this);
    m_facts = new KeyValueList(theme(), factsCard);
    factsCard->add(m_facts);
    m_column->addWidget(factsCard);
    m_parametersCard = new Card(theme(), tr("Choices"), this);
    m_column->addWidget(m_parametersCard);
    m_column->addStretch(1);
}

/// One field for each parameter of the method; made anew when another method is chosen.
void MethodPage::showParameters(const procedure::Procedure* method)
{
    const ProcedureId shown = method != nullptr ? method->id : ProcedureId{};
    if (shown == m_shownMethod) {
        return;
    }
    m_shownMethod = shown;
    delete m_parameters;
    m_parameters = nullptr;
    m_parametersCard->setVisible(method != nullptr && !method->parameters.empty());
    if (method == nullptr) {
        return;
    }
    m_parameters = new QWidget(m_parametersCard);
    auto* form = new QFormLayout(m_parameters);
    form->setContentsMargins(0, 0, 0, 0);
    for (const auto& spec : method->parameters) {
        const QString value = m_controller.parameter(spec);
        if (spec.type == procedure::ParameterType::Flag) {
            auto* check = new QCheckBox(spec.title, m_parameters);
            check->setObjectName(QStringLiteral("parameter-%1").arg(spec.id));
            check->setChecked(value == QLatin1String("true"));
            connect(check, &QCheckBox::toggled, this, [this, id = spec.id](bool on) {
                m_controller.setParameter(id,
                                          on ? QStringLiteral("true") : QStringLiteral("false"));
            });
            form->addRow(QString(), check);
            continue;
        }
        auto* edit = new QLineEdit(value, m_parameters);
        edit->setObjectName(QStringLiteral("parameter-%1").arg(spec.id));
        edit->setAccessibleName(spec.title);
        connect(edit, &QLineEdit::textEdited, this,
                [this, id = spec.id](const QString& text) { m_controller.setParameter(id, text); });
        form->addRow(spec.title, edit);
    }
    m_parametersCard->add(m_parameters);
}

void MethodPage::refresh()
{
    const procedure::Procedure* method = m_controller.method();
    showParameters(method);
    if (method == nullptr) {
        m_facts->setItems(
            {{tr("Choose"), tr("one of the methods above"), TextStyle::Body, Tone::Muted}});
        return;
    }
    for (QAbstractButton* button : m_group->buttons()) {
        if (button->objectName() == QStringLiteral("method-%1").arg(method->id.value)) {
            button->setChecked(true);
        }
    }
    m_facts->setItems({
        {tr("Users"), method->userImpact, TextStyle::Body,
         method->cutsUsersOff ? Tone::Warn : Tone::Plain,
         method->cutsUsersOff ? Glyph::Triangle : Glyph::None},
        {tr("For versions"), pathsText(*method)},
        {tr("Steady for"), tr("%1 after each node").arg(durationText(method->stabilisation))},
        {tr("Way back"), method->undo},
        {tr("Source"), dotted({method->sourceDocument, method->sourceSection})},
    });
}

ChecksPage::ChecksPage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : WizardPage(context, controller, parent)
{
    setObjectName(QStringLiteral("checksPage"));
    auto* row = new QHBoxLayout;
    m_summary = new TextLabel(theme(), TextStyle::Sentence, {}, this);
    m_summary->setObjectName(QStringLiteral("checksSummary"));
    m_again = new QPushButton(tr("Run the checks again"), this);
    m_again->setObjectName(QStringLiteral("checksAgainButton"));
    row->addWidget(m_summary, 1);
    row->addWidget(m_again);
    m_column->addLayout(row);
    auto* card = new Card(theme(), {}, this, Card::Padding::Flush);
    m_model = makeCheckTableModel(this);
    m_table = new TableView(theme(), card);
    m_table->setObjectName(QStringLiteral("checkTable"));
    m_table->setAccessibleName(tr("Checks"));
    m_table->setTable(m_model);
    m_table->setEmptyText(tr("The checks are being run."), tr("Every node is asked afresh."));
    card->add(m_table, 1);
    m_column->addWidget(card, 1);
    connect(m_again, &QPushButton::clicked, &controller, &UpgradeController::runChecks);
}

void ChecksPage::refresh()
{
    m_again->setEnabled(!m_controller.isBusy());
    m_model->setRows(checkRows(m_controller.checks()));
    int failed = 0;
    int warnings = 0;
    int later = 0;
    for (const auto& result : m_controller.checks()) {
        if (result.outcome == procedure::CheckOutcome::Passed) {
            continue;
        }
        if (UpgradeController::isSettledByStaging(result)) {
            ++later;
        } else if (result.severity == Severity::Error) {
            ++failed;
        } else {
            ++warnings;
        }
    }
    if (m_controller.isBusy()) {
        m_summary->setText(tr("Asking every node…"));
        return;
    }
    QStringList parts{failed == 0   ? tr("No check blocks")
                      : failed == 1 ? tr("One check blocks")
                                    : tr("%1 checks block").arg(failed)};
    if (warnings > 0) {
        parts.append(warnings == 1 ? tr("one warns") : tr("%1 warn").arg(warnings));
    }
    if (later > 0) {
        parts.append(tr("the package is put on the nodes at staging"));
    }
    m_summary->setText(dotted(parts));
}

StagingPage::StagingPage(const UiContext& context, UpgradeController& controller, QWidget* parent)
    : WizardPage(context, controller, parent)
{
    setObjectName(QStringLiteral("stagingPage"));
    auto* row = new QHBoxLayout;
    m_summary = new TextLabel(theme(), TextStyle::Sentence, {}, this);
    m_summary->setObjectName(QStringLiteral("stagingSummary"));
    m_button = new QPushButton(this);
    m_button->setObjectName(QStringLiteral("stagingButton"));
    row->addWidget(m_summary, 1);
    row->addWidget(m_button);
    m_column->addLayout(row);
    auto* card = new Card(theme(), tr("Package on the nodes"), this);
    m_rowLayout = card->content();
    m_column->addWidget(card);
    m_column->addStretch(1);
    connect(m_button, &QPushButton::clicked, this, [this] {
        m_controller.isStaging() ? m_controller.stopStaging() : m_controller.startStaging();
    });
    connect(&controller, &UpgradeController::stagingChanged, this, &StagingPage::refreshRows);
}

void StagingPage::refresh()
{
    m_button->setText(m_controller.isStaging()          ? tr("Stop staging")
                      : m_controller.progress().empty() ? tr("Stage now")
                                                        : tr("Go on staging"));
    m_button->setEnabled(!m_controller.isStaged());
    m_summary->setText(m_controller.isStaged()
                           ? tr("Every node holds the package and has verified it.")
                       : m_controller.isStaging()
                           ? tr("Staging puts the package on every node; it installs nothing.")
                           : tr("Staging installs nothing. What was sent already is kept, also "
                                "when it is stopped."));
    refreshRows();
}

void StagingPage::refreshRows()
{
    if (!m_controller.plan()) {
        return;
    }
    using Phase = platform::StagingProgress::Phase;
    for (const NodeId& node : m_controller.plan()->order) {
        ProgressRow*& row = m_rows[node];
        if (row == nullptr) {
            row = new ProgressRow(theme(), this);
            row->setObjectName(QStringLiteral("staging-%1").arg(node.value));
            row->setTitle(node.value);
            row->setCancellable(false);
            m_rowLayout->addWidget(row);
        }
        const auto found = m_controller.progress().find(node);
        ProgressRow::Progress shown;
        if (found == m_controller.progress().end()) {
            shown.state = tr("not started");
            row->setProgress(shown);
            continue;
        }
        const auto& progress = found->second;
        shown.done = progress.bytesDone;
        shown.total = progress.bytesTotal;
        shown.perSecond = progress.bytesPerSecond;
        switch (progress.phase) {
        case Phase::Waiting: shown.state = tr("waiting"); break;
        case Phase::Sending: break;
        case Phase::Verifying: shown.state = tr("the node verifies it"); break;
        case Phase::Done:
            shown.state = tr("on the node, verified");
            shown.tone = Tone::Ok;
            break;
        case Phase::Failed:
            shown.state = progress.error ? progress.error->message : tr("failed");
            shown.tone = Tone::Bad;
            break;
        }
        row->setProgress(shown);
    }
}

} // namespace quorate::ui
