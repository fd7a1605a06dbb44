// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/KubeconfigPage.h"

#include "ui/common/Card.h"
#include "ui/common/Labels.h"
#include "ui/common/TableView.h"

#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace quorate::ui {
namespace {

constexpr int kRowsShown = 3; ///< at least; more when there is room

SnapshotTableModel<service::KubeconfigContext>* makeModel(QObject* parent)
{
    using Row = service::KubeconfigContext;
    std::vector<Column<Row>> columns;
    columns.push_back({.info = {.id = QStringLiteral("context"),
                                .title = KubeconfigPage::tr("Context"),
                                .stretch = true},
                       .text = [](const Row& row) { return row.name; }});
    columns.push_back(
        {.info = {.id = QStringLiteral("cluster"), .title = KubeconfigPage::tr("Cluster")},
         .text = [](const Row& row) { return row.cluster; }});
    columns.push_back({.info = {.id = QStringLiteral("user"), .title = KubeconfigPage::tr("User")},
                       .text = [](const Row& row) { return row.user; }});
    return new SnapshotTableModel<Row>(
        std::move(columns), [](const Row& row) { return row.name; }, parent);
}

QVBoxLayout* columnOf(QWidget* widget, int spacing)
{
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing);
    return column;
}

} // namespace

KubeconfigPage::KubeconfigPage(const UiContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("kubeconfigPage"));
    auto* column = columnOf(this, context.theme.px(12));
    column->addWidget(makeContexts(), 1);
    column->addWidget(makeLease());
    column->addWidget(makeEtcd());
}

QWidget* KubeconfigPage::makeContexts()
{
    const Theme& theme = m_context.theme;
    auto* card = new Card(theme, {}, this, Card::Padding::Flush);
    m_model = makeModel(this);
    m_table = new TableView(theme, card);
    m_table->setObjectName(QStringLiteral("contextTable"));
    m_table->setAccessibleName(tr("Contexts of the kubeconfig"));
    m_table->setTable(m_model);
    m_table->setMinimumHeight((kRowsShown + 1) * theme.rowHeight());
    card->add(m_table, 1);
    setFocusProxy(m_table);
    connect(m_table, &TableView::selectedIdsChanged, this, [this] {
        fillLease();
        Q_EMIT changed();
    });
    connect(m_table, &TableView::idActivated, this, &KubeconfigPage::activated);
    return card;
}

QWidget* KubeconfigPage::makeLease()
{
    const Theme& theme = m_context.theme;
    auto* part = new QWidget(this);
    auto* column = columnOf(part, theme.px(6));
    auto* row = new QHBoxLayout;
    auto* label =
        new TextLabel(theme, TextStyle::Body, tr("Namespace of the maintenance lease"), part);
    m_lease = new QLineEdit(part);
    m_lease->setObjectName(QStringLiteral("leaseNamespaceEdit"));
    m_lease->setAccessibleName(label->text());
    label->setBuddy(m_lease);
    row->addWidget(label);
    row->addWidget(m_lease, 1);
    auto* hint = new TextLabel(
        theme, TextStyle::Body,
        tr("Who changes this cluster holds a lease there. All consoles of one cluster must use "
           "the same namespace: only then do they see each other's lease."),
        part, Tone::Muted);
    hint->setWordWrap(true);
    column->addLayout(row);
    column->addWidget(hint);
    connect(m_lease, &QLineEdit::textChanged, this, &KubeconfigPage::changed);
    return part;
}

QWidget* KubeconfigPage::makeEtcd()
{
    const Theme& theme = m_context.theme;
    auto* part = new QWidget(this);
    auto* column = columnOf(part, theme.px(6));
    auto* toggle = new QToolButton(part);
    toggle->setObjectName(QStringLiteral("etcdButton"));
    toggle->setText(tr("Etcd (optional)"));
    toggle->setCheckable(true);
    toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    toggle->setIcon(theme.icon(Glyph::ChevronRight, Tone::Muted));
    auto* section = new QWidget(part);
    auto* grid = new QGridLayout(section);
    grid->setContentsMargins(theme.px(20), 0, 0, 0);
    grid->setSpacing(theme.px(8));
    m_certificate = addFile(grid, tr("Client certificate"), "etcdCertificateEdit");
    m_key = addFile(grid, tr("Its key"), "etcdKeyEdit");
    m_authority = addFile(grid, tr("Authority of etcd"), "etcdAuthorityEdit");
    auto* hint = new TextLabel(
        theme, TextStyle::Body,
        tr("With these each node's etcd is asked itself: who is a member, who only learns, who "
           "leads. They go into this system's keychain."),
        section, Tone::Muted);
    hint->setWordWrap(true);
    grid->addWidget(hint, grid->rowCount(), 0, 1, 3);
    section->hide();
    column->addWidget(toggle);
    column->addWidget(section);
    connect(toggle, &QToolButton::toggled, this, [this, toggle, section](bool isOpen) {
        toggle->setIcon(
            m_context.theme.icon(isOpen ? Glyph::ChevronDown : Glyph::ChevronRight, Tone::Muted));
        section->setVisible(isOpen);
        if (isOpen) { // it grows; nobody's own size is taken back
            window()->resize(window()->size().expandedTo(window()->sizeHint()));
        }
    });
    return part;
}

QLineEdit* KubeconfigPage::addFile(QGridLayout* grid, const QString& label, const char* name)
{
    const int row = grid->rowCount();
    auto* words = new TextLabel(m_context.theme, TextStyle::Body, label, grid->parentWidget());
    auto* field = new QLineEdit(grid->parentWidget());
    field->setObjectName(QString::fromLatin1(name));
    field->setAccessibleName(label);
    words->setBuddy(field);
    auto* browse = new QPushButton(tr("Choose…"), grid->parentWidget());
    browse->setAccessibleName(tr("Choose a file: %1").arg(label));
    grid->addWidget(words, row, 0);
    grid->addWidget(field, row, 1);
    grid->addWidget(browse, row, 2);
    connect(field, &QLineEdit::textChanged, this, &KubeconfigPage::changed);
    connect(browse, &QPushButton::clicked, this, [this, field, label] {
        m_context.dialogs.askOpenFile(
            {.title = label,
             .directory = {},
             .fileName = {},
             .filters = {tr("PEM files (*.pem *.crt *.key *.cer)"), tr("All files (*)")}},
            [field](const QString& path) {
                if (!path.isEmpty()) {
                    field->setText(path);
                }
            });
    });
    return field;
}

/// The namespace that goes with the chosen context, unless somebody has written another one.
void KubeconfigPage::fillLease()
{
    const auto chosen = std::ranges::find(m_contexts, context(), &Row::name);
    if (chosen != m_contexts.end() && !m_lease->isModified()) {
        m_lease->setText(chosen->leaseNamespace);
    }
}

void KubeconfigPage::setContexts(const std::vector<service::KubeconfigContext>& contexts)
{
    const QSignalBlocker quiet(this);
    m_contexts = contexts;
    m_lease->clear(); // also "modified"
    m_model->setRows(contexts);
    if (!contexts.empty()) {
        m_table->selectId(contexts.front().name);
    }
    fillLease();
    for (QLineEdit* field : {m_certificate, m_key, m_authority}) {
        field->clear();
    }
}

QString KubeconfigPage::context() const { return m_table->currentId(); }

QString KubeconfigPage::leaseNamespace() const { return m_lease->text().trimmed(); }

service::EtcdFiles KubeconfigPage::etcd() const
{
    return {m_certificate->text().trimmed(), m_key->text().trimmed(),
            m_authority->text().trimmed()};
}

} // namespace quorate::ui
