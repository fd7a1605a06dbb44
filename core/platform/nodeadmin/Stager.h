// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/BulkUpload.h"
#include "core/platform/nodeadmin/Nodes.h"

namespace quorate::platform::nodeadmin {

/// Puts one package on many nodes: leaves out those that have it, resumes what was begun, uploads
/// to the rest at once, and believes none before the node itself says "verified".
class Stager final : public std::enable_shared_from_this<Stager> {
public:
    Stager(std::shared_ptr<Nodes> nodes, Package package, StagingListener listener,
           std::stop_token stop);

    [[nodiscard]] Async<std::vector<StagedPackage>> run(const std::vector<NodeId>& ids);
    void cancel();

private:
    struct Part {
        NodeClientPtr node;
        std::optional<Result<StagedPackage>> end;
        net::UploadTarget target;
    };

    [[nodiscard]] Async<bool> prepare(std::size_t index);
    [[nodiscard]] Async<bool> findUpload(std::size_t index);
    void upload();
    void onUploaded(const std::vector<std::size_t>& indexes, Result<net::UploadReport> report);
    [[nodiscard]] Async<bool> judge(std::size_t index, const net::UploadOutcome& outcome);
    [[nodiscard]] Async<StagedPackage> ask(const NodeClientPtr& node, const PackageId& id);
    void onProgress(const net::UploadProgress& progress);
    void end(std::size_t index, Result<StagedPackage> result);
    void say(std::size_t index, StagingProgress progress) const;
    void finish();
    void finishWith(const Error& error);

    std::shared_ptr<Nodes> m_nodes;
    Package m_package;
    StagingListener m_listener;
    std::stop_source m_stop;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
    std::vector<Part> m_parts;
    std::unique_ptr<net::BulkUpload> m_upload;
    int m_round = 0;
    Resolver<std::vector<StagedPackage>> m_out;
};

} // namespace quorate::platform::nodeadmin
