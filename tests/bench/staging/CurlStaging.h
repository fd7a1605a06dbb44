// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ClusterFile.h"
#include "core/domain/Package.h"

namespace quorate::bench {

/// What a careful shell script would do: one `curl -T` per node, all at once, to the same tus
/// uploads.
class CurlStaging {
public:
    /// `sandbox` is the folder of the practice cluster, `folder` one for files of our own.
    CurlStaging(ClusterFile cluster, QString sandbox, QString folder);

    /// Signs in at every node; not part of what is measured. False: a node refuses.
    [[nodiscard]] bool signIn();
    /// Creates the uploads and sends the file to all nodes at once, each checked to the end by its
    /// node.
    [[nodiscard]] bool stage(const Package& package);
    /// Takes the package off every node again.
    void remove(const Package& package);

private:
    [[nodiscard]] QString file(const QString& what, size_t node) const;
    [[nodiscard]] QStringList curl(size_t node, const QStringList& arguments) const;
    [[nodiscard]] QString urlOf(size_t node, const QString& path) const;
    [[nodiscard]] bool runAll(const std::vector<QStringList>& commands,
                              const QString& output) const;

    ClusterFile m_cluster;
    QString m_sandbox;
    QString m_folder;
    int m_round = 0;
};

} // namespace quorate::bench
