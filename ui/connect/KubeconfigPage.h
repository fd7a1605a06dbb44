// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/KubernetesConnections.h"
#include "ui/common/SnapshotTableModel.h"
#include "ui/common/UiContext.h"

#include <QWidget>

class QGridLayout;
class QLineEdit;

namespace quorate::ui {

class TableView;

/// What a kubeconfig leaves open: which of its contexts, where the maintenance lease is kept, and
/// how etcd itself is asked.
class KubeconfigPage final : public QWidget {
    Q_OBJECT

public:
    KubeconfigPage(const UiContext& context, QWidget* parent);
    /// Begins anew, with the first one chosen.
    void setContexts(const std::vector<service::KubeconfigContext>& contexts);
    [[nodiscard]] QString context() const; ///< empty: none is chosen
    [[nodiscard]] QString leaseNamespace() const;
    [[nodiscard]] service::EtcdFiles etcd() const;

Q_SIGNALS:
    void changed();
    void activated(); ///< Enter or double click on a context

private:
    using Row = service::KubeconfigContext;
    QWidget* makeContexts();
    QWidget* makeLease();
    QWidget* makeEtcd();
    QLineEdit* addFile(QGridLayout* grid, const QString& label, const char* name);
    void fillLease();

    const UiContext& m_context;
    std::vector<Row> m_contexts;
    SnapshotTableModel<Row>* m_model = nullptr;
    TableView* m_table = nullptr;
    QLineEdit* m_lease = nullptr;
    QLineEdit* m_certificate = nullptr;
    QLineEdit* m_key = nullptr;
    QLineEdit* m_authority = nullptr;
};

} // namespace quorate::ui
