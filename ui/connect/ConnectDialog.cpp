// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/ConnectDialog.h"

#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/connect/CertificateView.h"
#include "ui/connect/KubeconfigPage.h"

#include <QCheckBox>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace quorate::ui {

using State = ConnectController::State;

namespace {

constexpr int kContextPage = 4; ///< in the order in which the constructor adds them
constexpr int kProgramPage = 5;

} // namespace

ConnectDialog::ConnectDialog(const UiContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("connectDialog"));
    setWindowTitle(tr("Connect a cluster"));
    setAttribute(Qt::WA_DeleteOnClose);
    setAcceptDrops(true);
    const Theme& theme = context.theme;
    resize(theme.px(600), theme.px(460));
    m_controller = new ConnectController(context, this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16));
    column->setSpacing(theme.px(12));
    m_title = new TextLabel(theme, TextStyle::SentenceStrong, {}, this);
    m_title->setWordWrap(true);
    column->addWidget(m_title);
    m_notice = new NoticeBar(theme, this);
    m_notice->setObjectName(QStringLiteral("connectNotice"));
    column->addWidget(m_notice);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(makeSourcePage());
    m_pages->addWidget(makeWorkingPage());
    m_pages->addWidget(makeTrustPage());
    m_pages->addWidget(makePasswordPage());
    m_kubeconfig = new KubeconfigPage(context, m_pages);
    m_pages->addWidget(m_kubeconfig);
    m_pages->addWidget(makeProgramPage());
    column->addWidget(m_pages, 1);

    auto* buttons = new QHBoxLayout;
    m_back = new QPushButton(tr("Back"), this);
    m_back->setObjectName(QStringLiteral("backButton"));
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(QStringLiteral("cancelButton"));
    m_next = new QPushButton(this);
    m_next->setObjectName(QStringLiteral("nextButton"));
    m_next->setDefault(true);
    m_next->setProperty("kind", QStringLiteral("primary"));
    buttons->addWidget(m_back);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_next);
    column->addLayout(buttons);

    connect(m_back, &QPushButton::clicked, m_controller, &ConnectController::backToSource);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_next, &QPushButton::clicked, this, &ConnectDialog::goOn);
    connect(m_kubeconfig, &KubeconfigPage::changed, this, &ConnectDialog::refresh);
    connect(m_kubeconfig, &KubeconfigPage::activated, this, &ConnectDialog::goOn);
    connect(m_controller, &ConnectController::changed, this, &ConnectDialog::refresh);
    connect(m_controller, &ConnectController::connected, this, [this](const ClusterId& id) {
        Q_EMIT connected(id);
        accept();
    });
    refresh();
}

QWidget* ConnectDialog::makeSourcePage()
{
    const Theme& theme = m_context.theme;
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* label = new TextLabel(theme, TextStyle::Body,
                                tr("Cluster file, kubeconfig file, or address of one node"), page);
    auto* row = new QHBoxLayout;
    m_source = new QLineEdit(page);
    m_source->setObjectName(QStringLiteral("sourceEdit"));
    m_source->setAccessibleName(label->text());
    m_source->setPlaceholderText(tr("cluster.json, or gateway.example.com:9443"));
    auto* browse = new QPushButton(tr("Choose a file…"), page);
    browse->setObjectName(QStringLiteral("browseButton"));
    row->addWidget(m_source, 1);
    row->addWidget(browse);
    auto* hint = new TextLabel(
        theme, TextStyle::Body,
        tr("A cluster file names the nodes and the authority that signs their certificates; it "
           "never holds a password. A kubeconfig opens a Kubernetes cluster, for reading first. "
           "With an address alone Quorate asks that node who its peers are, and shows you its "
           "certificate first. A file can also be dropped here."),
        page, Tone::Muted);
    hint->setWordWrap(true);
    column->addWidget(label);
    column->addLayout(row);
    column->addWidget(hint);
    column->addStretch(1);
    connect(m_source, &QLineEdit::textChanged, this, &ConnectDialog::refresh);
    connect(browse, &QPushButton::clicked, this, [this] {
        m_context.dialogs.askOpenFile(
            {.title = tr("Choose a cluster file or a kubeconfig"),
             .directory = {},
             .fileName = {},
             .filters = {tr("Clusters (*.json *.yaml *.yml *.conf config kubeconfig*)"),
                         tr("All files (*)")}},
            [this](const QString& path) {
                if (!path.isEmpty()) {
                    m_source->setText(path);
                }
            });
    });
    return page;
}

QWidget* ConnectDialog::makeWorkingPage()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* bar = new QProgressBar(page);
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setAccessibleName(tr("Asking the nodes"));
    column->addWidget(bar);
    column->addStretch(1);
    return page;
}

QWidget* ConnectDialog::makeTrustPage()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_certificates = new CertificateView(m_context.theme, page);
    m_certificates->setObjectName(QStringLiteral("certificateView"));
    m_compared = new QCheckBox(
        tr("I compared the fingerprint with the one that the node's console shows"), page);
    m_compared->setObjectName(QStringLiteral("comparedCheck"));
    column->addWidget(m_certificates, 1);
    column->addWidget(m_compared);
    connect(m_compared, &QCheckBox::toggled, this, &ConnectDialog::refresh);
    return page;
}

QWidget* ConnectDialog::makePasswordPage()
{
    auto* page = new QWidget(this);
    auto* form = new QFormLayout(page);
    form->setContentsMargins(0, 0, 0, 0);
    m_user = new QLineEdit(page);
    m_user->setObjectName(QStringLiteral("userEdit"));
    m_password = new QLineEdit(page);
    m_password->setObjectName(QStringLiteral("passwordEdit"));
    m_password->setEchoMode(QLineEdit::Password);
    m_remember = new QCheckBox(tr("Keep it in this system's keychain"), page);
    m_remember->setObjectName(QStringLiteral("rememberCheck"));
    m_remember->setChecked(true);
    form->addRow(tr("User"), m_user);
    form->addRow(tr("Password"), m_password);
    form->addRow(QString(), m_remember);
    connect(m_user, &QLineEdit::textChanged, this, &ConnectDialog::refresh);
    connect(m_password, &QLineEdit::textChanged, this, &ConnectDialog::refresh);
    return page;
}

QWidget* ConnectDialog::makeProgramPage()
{
    const Theme& theme = m_context.theme;
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_program = new TextLabel(theme, TextStyle::Fixed, {}, page);
    m_program->setObjectName(QStringLiteral("programLabel"));
    m_program->setAccessibleName(tr("Program"));
    m_program->setWordWrap(true);
    m_program->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* hint = new TextLabel(
        theme, TextStyle::Body,
        tr("It runs with your rights on this computer, now and each time that its credentials "
           "have expired. Another program or other arguments are asked about again."),
        page, Tone::Muted);
    hint->setWordWrap(true);
    column->addWidget(m_program);
    column->addWidget(hint);
    column->addStretch(1);
    return page;
}

void ConnectDialog::setClusterFile(const QString& path)
{
    m_source->setText(path);
    m_controller->useFile(path);
}

void ConnectDialog::setKnown(const ClusterFile& file, const QString& user)
{
    m_controller->useKnown(file, user);
}

void ConnectDialog::goOn()
{
    switch (m_controller->state()) {
    case State::Source:
        if (QFileInfo(m_source->text()).isFile()
            || m_source->text().endsWith(QStringLiteral(".json"))) {
            m_controller->useFile(m_source->text());
        } else {
            m_controller->useAddress(m_source->text());
        }
        break;
    case State::Context:
        m_controller->useContext(m_kubeconfig->context(), m_kubeconfig->leaseNamespace(),
                                 m_kubeconfig->etcd());
        break;
    case State::Program: m_controller->allowProgram(); break;
    case State::Trust: m_controller->acceptCertificates(); break;
    case State::Password: {
        QByteArray bytes = m_password->text().toUtf8();
        Secret secret(QByteArray(bytes.constData(), bytes.size()));
        wipeBytes(bytes);
        m_password->clear();
        m_controller->givePassword(m_user->text(), std::move(secret), m_remember->isChecked());
        break;
    }
    case State::Working:
    case State::Connected: break;
    }
}

void ConnectDialog::refresh()
{
    const State state = m_controller->state();
    m_back->setVisible(state != State::Source && state != State::Working
                       && state != State::Connected);
    if (m_controller->problem()) {
        m_notice->setError(*m_controller->problem());
    } else {
        m_notice->setNotice(Glyph::None, Tone::Plain, {});
    }
    switch (state) {
    case State::Source:
        m_title->setText(tr("Which cluster?"));
        m_pages->setCurrentIndex(0);
        m_next->setText(tr("Connect"));
        m_next->setEnabled(!m_source->text().trimmed().isEmpty());
        break;
    case State::Working:
    case State::Connected:
        m_title->setText(tr("Asking the nodes of %1").arg(m_controller->clusterName()));
        m_pages->setCurrentIndex(1);
        m_next->setEnabled(false);
        break;
    case State::Context:
        m_title->setText(m_controller->contexts().size() > 1
                             ? tr("Which context of the kubeconfig?")
                             : tr("Open this cluster?"));
        if (m_pages->currentIndex() != kContextPage) {
            m_kubeconfig->setContexts(m_controller->contexts());
            m_pages->setCurrentIndex(kContextPage);
            m_kubeconfig->setFocus();
        }
        m_next->setText(tr("Connect"));
        m_next->setEnabled(!m_kubeconfig->context().isEmpty()
                           && !m_kubeconfig->leaseNamespace().isEmpty());
        break;
    case State::Program:
        m_title->setText(tr("To sign in, this kubeconfig runs a program. Is it the right one?"));
        m_program->setText(m_controller->program());
        m_pages->setCurrentIndex(kProgramPage);
        m_next->setText(tr("Let it run"));
        m_next->setEnabled(true);
        break;
    case State::Trust:
        m_title->setText(
            m_controller->isChange()
                ? tr("This is not the certificate that was trusted before. Was it renewed? "
                     "Nothing has been sent.")
                : tr("Do you know this certificate? Nothing has been sent yet."));
        if (m_pages->currentIndex() != 2) {
            m_certificates->setCertificates(m_controller->certificates(),
                                            m_controller->hostPorts());
            m_compared->setChecked(false);
            m_pages->setCurrentIndex(2);
        }
        m_next->setText(tr("Trust it from now on"));
        m_next->setEnabled(m_compared->isChecked());
        break;
    case State::Password:
        m_title->setText(tr("Sign in to %1").arg(m_controller->clusterName()));
        if (m_pages->currentIndex() != 3) {
            m_user->setText(m_controller->user());
            m_pages->setCurrentIndex(3);
            (m_user->text().isEmpty() ? m_user : m_password)->setFocus();
        }
        m_next->setText(tr("Sign in"));
        m_next->setEnabled(!m_user->text().isEmpty() && !m_password->text().isEmpty());
        break;
    }
}

void ConnectDialog::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile() && m_controller->state() == State::Source) {
        event->acceptProposedAction();
    }
}

void ConnectDialog::dropEvent(QDropEvent* event)
{
    setClusterFile(event->mimeData()->urls().front().toLocalFile());
}

} // namespace quorate::ui
