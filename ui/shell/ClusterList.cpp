// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ClusterList.h"

#include "ui/common/Labels.h"
#include "ui/shell/SideDelegate.h"

#include <QPushButton>
#include <QVBoxLayout>

#include <set>

namespace quorate::ui {

ClusterList::ClusterList(const UiContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    setObjectName(QStringLiteral("clusterSide"));
    const Theme& theme = context.theme;
    setMinimumWidth(theme.px(200));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.px(10), theme.px(12), theme.px(10), theme.px(12));
    column->setSpacing(theme.px(2));
    const auto heading = [&](const QString& text) {
        auto* label = new TextLabel(theme, TextStyle::CaptionStrong, text, this, Tone::Muted);
        label->setContentsMargins(theme.px(8), theme.px(10), theme.px(8), theme.px(4));
        column->addWidget(label);
    };
    heading(tr("CLUSTERS"));
    m_clusters = makeList(QStringLiteral("clusterList"), tr("Clusters"));
    column->addWidget(m_clusters, 1);
    heading(tr("WORK"));
    m_work = makeList(QStringLiteral("workList"), tr("Work"));
    for (int row = 0; row < 3; ++row) {
        m_work->addItem(new QListWidgetItem);
    }
    m_work->setFixedHeight(3 * theme.rowHeight() + theme.px(4));
    column->addWidget(m_work);
    column->addStretch(0);
    m_connect = new QPushButton(theme.icon(Glyph::Plus), tr("Connect a cluster…"), this);
    m_connect->setObjectName(QStringLiteral("connectButton"));
    m_connect->setFlat(true);
    column->addWidget(m_connect);

    connect(m_connect, &QPushButton::clicked, this, &ClusterList::connectRequested);
    connect(m_clusters, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item != nullptr && !m_filling) {
            Q_EMIT clusterChosen(ClusterId{item->data(kSideIdRole).toString()});
        }
    });
    connect(m_work, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
        Q_EMIT workChosen(item->data(kSideIdRole).toString());
    });
    connect(m_work, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        Q_EMIT workChosen(item->data(kSideIdRole).toString());
    });
    connect(&context.clusters, &service::ClusterRegistry::clustersChanged, this,
            &ClusterList::rebuildClusters);
    connect(&context.clusters, &service::ClusterRegistry::statusChanged, this,
            &ClusterList::refreshCluster);
    connect(&context.runs, &service::RunService::runsChanged, this, &ClusterList::refreshWork);
    connect(&context.runs, &service::RunService::runChanged, this, &ClusterList::refreshWork);
    rebuildClusters();
}

QListWidget* ClusterList::makeList(const QString& name, const QString& spoken)
{
    auto* list = new QListWidget(this);
    list->setObjectName(name);
    list->setAccessibleName(spoken);
    list->setFrameShape(QFrame::NoFrame);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setItemDelegate(new SideDelegate(m_context.theme, list));
    list->viewport()->setAutoFillBackground(false);
    list->setMouseTracking(true);
    return list;
}

void ClusterList::rebuildClusters()
{
    const auto before = current();
    m_filling = true;
    m_clusters->clear();
    for (const ClusterId& id : m_context.clusters.clusters()) {
        auto* item = new QListWidgetItem(m_clusters);
        item->setData(kSideIdRole, id.value);
    }
    m_filling = false;
    refresh();
    if (before) {
        setCurrent(*before);
    }
}

void ClusterList::setCurrent(const ClusterId& id)
{
    for (int row = 0; row < m_clusters->count(); ++row) {
        if (m_clusters->item(row)->data(kSideIdRole).toString() == id.value) {
            m_clusters->setCurrentRow(row);
        }
    }
}

std::optional<ClusterId> ClusterList::current() const
{
    const auto* item = m_clusters->currentItem();
    return item != nullptr ? std::optional(ClusterId{item->data(kSideIdRole).toString()})
                           : std::nullopt;
}

void ClusterList::refresh()
{
    for (int row = 0; row < m_clusters->count(); ++row) {
        refreshItem(*m_clusters->item(row));
    }
    refreshWork();
}

void ClusterList::refreshCluster(const ClusterId& id)
{
    for (int row = 0; row < m_clusters->count(); ++row) {
        if (m_clusters->item(row)->data(kSideIdRole).toString() == id.value) {
            refreshItem(*m_clusters->item(row));
        }
    }
}

void ClusterList::refreshItem(QListWidgetItem& item)
{
    auto* service = m_context.clusters.service(ClusterId{item.data(kSideIdRole).toString()});
    if (service == nullptr) {
        return;
    }
    const auto status = service->status();
    const StateMark mark = markOf(status->assessment.state);
    const QString caption = captionOf(*status, m_context.clock.now());
    item.setText(status->identity.name);
    item.setData(kSideGlyphRole, static_cast<int>(mark.glyph));
    item.setData(kSideToneRole, static_cast<int>(mark.tone));
    item.setData(kSideCaptionRole, caption);
    item.setData(Qt::AccessibleTextRole,
                 QStringLiteral("%1, %2, %3").arg(status->identity.name, mark.word, caption));
    item.setToolTip(status->assessment.sentence.text());
}

int ClusterList::activeRuns() const
{
    int count = 0;
    for (const auto& view : m_context.runs.runs()) {
        count += run::isEnded(view->phase) ? 0 : 1;
    }
    return count;
}

int ClusterList::openObligations() const
{
    const auto runs = m_context.runs.runs();
    std::set<ClusterId> clusters;
    for (const auto& view : runs) {
        clusters.insert(view->cluster.id);
    }
    int count = 0;
    for (const ClusterId& id : clusters) {
        count += static_cast<int>(service::openObligations(runs, id).size());
    }
    return count;
}

void ClusterList::refreshWork()
{
    const int runs = activeRuns();
    const int debts = openObligations();
    const auto set = [this](int row, const QString& id, Glyph glyph, const QString& text,
                            const QString& caption) {
        QListWidgetItem* item = m_work->item(row);
        item->setData(kSideIdRole, id);
        item->setText(text);
        item->setData(kSideGlyphRole, static_cast<int>(glyph));
        item->setData(kSideToneRole, static_cast<int>(Tone::Plain));
        item->setData(kSideCaptionRole, caption);
        item->setData(Qt::AccessibleTextRole,
                      caption.isEmpty() ? text : text + QStringLiteral(", ") + caption);
    };
    set(0, QStringLiteral("upgrade"), Glyph::Turning, tr("Runs"),
        runs == 0 ? QString() : tr("%1 active").arg(runs));
    set(1, QStringLiteral("obligations"), Glyph::Flag, tr("Obligations"),
        debts == 0 ? QString() : tr("%1 open").arg(debts));
    set(2, QStringLiteral("activity"), Glyph::Activity, tr("Activity"), {});
}

} // namespace quorate::ui
