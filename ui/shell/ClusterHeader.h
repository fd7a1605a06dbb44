// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QWidget>

class QTabBar;

namespace quorate::ui {

class ElidedLabel;
class NoticeBar;
class QuorumBanner;
class TagLabel;
class TextLabel;

/// Over every pane: name, environment, system and address; the quorum sentence with its age; open
/// obligations and read-only mode; the tabs.
class ClusterHeader final : public QWidget {
    Q_OBJECT

public:
    ClusterHeader(const UiContext& context, QWidget* parent);
    void setCluster(service::ClusterService* cluster);
    void refresh();
    [[nodiscard]] QTabBar* tabs() const { return m_tabs; }
    [[nodiscard]] QuorumBanner* banner() const { return m_banner; }

private:
    void refreshNotice(const service::ClusterStatus& status);

    const UiContext& m_context;
    service::ClusterService* m_cluster = nullptr;
    TextLabel* m_name = nullptr;
    TagLabel* m_tag = nullptr;
    ElidedLabel* m_where = nullptr;
    QuorumBanner* m_banner = nullptr;
    NoticeBar* m_notice = nullptr;
    QTabBar* m_tabs = nullptr;
};

} // namespace quorate::ui
