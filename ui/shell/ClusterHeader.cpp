// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ClusterHeader.h"

#include "ui/cluster/StateWords.h"
#include "ui/common/Format.h"
#include "ui/common/Labels.h"
#include "ui/common/Notices.h"
#include "ui/common/QuorumBanner.h"

#include <QHBoxLayout>
#include <QTabBar>
#include <QVBoxLayout>

namespace quorate::ui {

ClusterHeader::ClusterHeader(const UiContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("clusterHeader"));
    const Theme& theme = context.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(20), theme.px(12), theme.px(20), 0);
    column->setSpacing(theme.px(8));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(10));
    m_name = new TextLabel(theme, TextStyle::Title, {}, this);
    m_name->setObjectName(QStringLiteral("clusterName"));
    m_tag = new TagLabel(theme, {}, Tone::Muted, this);
    m_tag->setObjectName(QStringLiteral("environmentTag"));
    m_where = new ElidedLabel(theme, {}, this);
    m_where->setTone(Tone::Muted);
    row->addWidget(m_name);
    row->addWidget(m_tag);
    row->addWidget(m_where, 1);
    column->addLayout(row);
    m_banner = new QuorumBanner(theme, this);
    m_banner->setObjectName(QStringLiteral("quorumBanner"));
    column->addWidget(m_banner);
    m_notice = new NoticeBar(theme, this);
    m_notice->setObjectName(QStringLiteral("clusterNotice"));
    column->addWidget(m_notice);
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(QStringLiteral("paneTabs"));
    m_tabs->setAccessibleName(tr("Panes"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    column->addWidget(m_tabs);
    connect(&context.runs, &service::RunService::runsChanged, this, &ClusterHeader::refresh);
    connect(&context.runs, &service::RunService::runChanged, this, &ClusterHeader::refresh);
}

void ClusterHeader::setCluster(service::ClusterService* cluster)
{
    if (m_cluster != nullptr) {
        disconnect(m_cluster, nullptr, this, nullptr);
    }
    m_cluster = cluster;
    if (m_cluster != nullptr) {
        connect(m_cluster, &service::ClusterService::statusChanged, this, &ClusterHeader::refresh);
    }
    refresh();
}

void ClusterHeader::refresh()
{
    if (m_cluster == nullptr) {
        m_name->setText(tr("No cluster"));
        m_tag->setVisible(false);
        m_where->setText({});
        m_banner->setText({.head = tr("Nothing is connected"),
                           .rest = tr(". Connect a cluster to see its quorum.")});
        m_notice->setNotice(Glyph::None, Tone::Plain, {});
        return;
    }
    const auto status = m_cluster->status();
    m_name->setText(status->identity.name);
    const StateMark tag = markOf(status->identity.environment);
    m_tag->setTag(tag.word, tag.tone);
    m_tag->setVisible(!tag.word.isEmpty());
    const bool plainKubernetes = status->identity.system == SystemKind::Generic
                                 && status->identity.platform == QLatin1String("kubernetes");
    m_where->setText(
        dotted({plainKubernetes ? tr("Kubernetes") : displayName(status->identity.system),
                status->identity.address}));
    m_banner->setText(bannerOf(*status, m_context.clock.now()));
    refreshNotice(*status);
}

void ClusterHeader::refreshNotice(const service::ClusterStatus& status)
{
    const QString readOnly =
        tr("Read-only: nothing is changed from here. The Cluster menu switches that off.");
    const QStringList debts = service::openObligations(m_context.runs.runs(), status.identity.id);
    if (!debts.isEmpty()) {
        // They may stay for long: read-only mode is not to be hidden by them.
        const QString open = tr("Open obligations: %1").arg(debts.join(QStringLiteral(", ")));
        m_notice->setNotice(Glyph::Flag, Tone::Warn,
                            status.readOnly ? open + QLatin1Char('\n') + readOnly : open);
    } else if (status.readOnly) {
        m_notice->setNotice(Glyph::Lock, Tone::Muted, readOnly);
    } else if (status.practice) {
        m_notice->setNotice(
            Glyph::Info, Tone::Accent,
            tr("A practice cluster on this machine, %1 times as fast as a real one.")
                .arg(status.speed));
    } else {
        m_notice->setNotice(Glyph::None, Tone::Plain, {});
    }
}

} // namespace quorate::ui
