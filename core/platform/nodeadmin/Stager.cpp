// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/nodeadmin/Stager.h"

#include <QFileInfo>
#include <QUuid>

#include <algorithm>

namespace quorate::platform::nodeadmin {
namespace {

constexpr int kRoundsMax =
    3; // a token that ends during an upload is renewed; retries per node (CAU)
constexpr RetryPolicy kLookPolicy{3, Millis(200), Millis(2000)};

QByteArray base64Pair(const char* key, const QByteArray& value)
{
    return QByteArray(key) + ' ' + value.toBase64();
}

QByteArray metadataOf(const Package& package)
{
    const QByteArray name = QFileInfo(package.path).fileName().toUtf8();
    return QByteArrayList{base64Pair("filename", name),
                          base64Pair("sha256", package.sha256.toHex()),
                          base64Pair("signature", package.signature)}
        .join(',');
}

QString packagePath(const PackageId& id)
{
    return QStringLiteral("/packages/") + QString::fromLatin1(QUrl::toPercentEncoding(id.value));
}

/// Runs `look` again while its error is worth it: reading changes nothing.
template <typename Look>
auto persistently(Look look, std::stop_token stop)
{
    return retry(kLookPolicy, std::move(look), std::move(stop));
}

Error notVerified(const StagedPackage& package, const QString& code)
{
    return makeError(ErrorKind::Validation,
                     code.isEmpty() ? QStringLiteral("package-not-verified") : code.left(64),
                     QStringLiteral("The node does not accept the package: %1")
                         .arg(package.problem.isEmpty() ? QStringLiteral("it gives no reason")
                                                        : package.problem.left(500)),
                     QStringLiteral("Get the package again from its publisher"));
}

} // namespace

Stager::Stager(std::shared_ptr<Nodes> nodes, Package package, StagingListener listener,
               std::stop_token stop)
    : m_nodes(std::move(nodes))
    , m_package(std::move(package))
    , m_listener(std::move(listener))
{
    m_onStop.emplace(std::move(stop), [source = m_stop]() mutable { source.request_stop(); });
}

Async<std::vector<StagedPackage>> Stager::run(const std::vector<NodeId>& ids)
{
    auto future = m_out.future();
    std::vector<Async<bool>> prepared;
    for (const NodeId& id : ids) {
        auto node = m_nodes->find(id);
        if (!node) {
            finishWith(node.error());
            return future;
        }
        m_parts.push_back({*node, std::nullopt, {}});
    }
    for (std::size_t index = 0; index < m_parts.size(); ++index) {
        say(index, {});
        prepared.push_back(prepare(index));
    }
    all<bool>(std::move(prepared))
        .then([self = shared_from_this()](const std::vector<Result<bool>>& outcomes) {
            for (std::size_t index = 0; index < outcomes.size(); ++index) {
                if (!outcomes[index]) {
                    self->end(index, fail(outcomes[index].error()));
                }
            }
            self->upload();
        });
    return future;
}

/// Does the node have it? Else, was an upload begun?
Async<bool> Stager::prepare(std::size_t index)
{
    const NodeClientPtr node = m_parts[index].node;
    auto look = [self = shared_from_this(), node] { return self->ask(node, self->m_package.id()); };
    Resolver<bool> out;
    auto future = out.future();
    detail::onAnswer<StagedPackage>(
        persistently(look, m_stop.get_token()),
        [self = shared_from_this(), index, out](Result<StagedPackage> found) {
            if (found && found->sha256 == self->m_package.sha256) {
                self->end(index, std::move(found));
                out.resolve(true);
                return;
            }
            const bool canGoOn = found || found.error().kind == ErrorKind::NotFound
                                 || found.error().kind == ErrorKind::Validation;
            if (!canGoOn) {
                out.resolve(fail(found.error()));
                return;
            }
            detail::onAnswer<bool>(self->findUpload(index),
                                   [out](Result<bool> done) { out.resolve(std::move(done)); });
        });
    return future;
}

Async<bool> Stager::findUpload(std::size_t index)
{
    const NodeClientPtr node = m_parts[index].node;
    auto look = [node, stop = m_stop.get_token()] {
        return node->getJson(QStringLiteral("/packages/uploads?limit=500"), stop);
    };
    return andThen(
        persistently(look, m_stop.get_token()),
        [self = shared_from_this(), index, node](const QJsonObject& object) -> Result<bool> {
            auto page = decodeUploads(object);
            if (!page) {
                return fail(page.error().withContext(node->label()));
            }
            net::UploadTarget& target = self->m_parts[index].target;
            target.id = QString::number(index);
            target.createUrl = node->url(QStringLiteral("/packages/uploads"));
            for (const UploadAnswer& upload : page->items) {
                if (upload.sha256 == self->m_package.sha256
                    && upload.length == self->m_package.sizeBytes) {
                    target.resumeUrl =
                        node->url(QStringLiteral("/packages/uploads/")
                                  + QString::fromLatin1(QUrl::toPercentEncoding(upload.id)));
                }
            }
            return true;
        });
}

void Stager::upload()
{
    std::vector<Async<TokenPtr>> tokens;
    std::vector<std::size_t> indexes;
    for (std::size_t index = 0; index < m_parts.size(); ++index) {
        if (!m_parts[index].end) {
            indexes.push_back(index);
            tokens.push_back(m_parts[index].node->token(m_stop.get_token()));
        }
    }
    if (indexes.empty()) {
        finish();
        return;
    }
    ++m_round;
    all<TokenPtr>(std::move(tokens))
        .then([self = shared_from_this(), indexes](const std::vector<Result<TokenPtr>>& got) {
            net::UploadOptions options;
            options.path = self->m_package.path;
            options.sizeBytes = self->m_package.sizeBytes;
            options.metadata = metadataOf(self->m_package);
            options.trust = self->m_nodes->http()->policy();
            options.now = self->m_nodes->clock().now();
            std::vector<std::size_t> sent;
            for (std::size_t at = 0; at < indexes.size(); ++at) {
                Part& part = self->m_parts[indexes[at]];
                if (!got[at]) {
                    self->end(indexes[at], fail(got[at].error().withContext(part.node->label())));
                    continue;
                }
                part.target.bearer = *got[at];
                part.target.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
                options.targets.push_back(part.target);
                sent.push_back(indexes[at]);
            }
            if (sent.empty()) {
                self->finish();
                return;
            }
            options.listener = [weak = self->weak_from_this()](const net::UploadProgress& now) {
                if (const auto alive = weak.lock()) {
                    alive->onProgress(now);
                }
            };
            self->m_upload = std::make_unique<net::BulkUpload>();
            detail::onAnswer<net::UploadReport>(
                self->m_upload->start(std::move(options), self->m_stop.get_token()),
                [self, sent](Result<net::UploadReport> report) {
                    self->onUploaded(sent, std::move(report));
                });
        });
}

void Stager::onUploaded(const std::vector<std::size_t>& indexes, Result<net::UploadReport> report)
{
    if (!report) {
        for (const std::size_t index : indexes) {
            end(index, fail(report.error()));
        }
        finish();
        return;
    }
    std::vector<Async<bool>> judged;
    for (std::size_t at = 0; at < indexes.size(); ++at) {
        judged.push_back(judge(indexes[at], report->outcomes[at]));
    }
    all<bool>(std::move(judged))
        .then([self = shared_from_this()](const std::vector<Result<bool>>&) { self->upload(); });
}

/// After an upload: the node's own verdict, or why there is none; an ended token is renewed for
/// another round.
Async<bool> Stager::judge(std::size_t index, const net::UploadOutcome& outcome)
{
    Part& part = m_parts[index];
    if (outcome.error) {
        if (outcome.error->kind == ErrorKind::Unauthorized && m_round < kRoundsMax) {
            part.node->dropToken(part.target.bearer);
            part.target.resumeUrl = outcome.url;
        } else {
            end(index, fail(outcome.error->withContext(part.node->label())));
        }
        return ready<bool>(true);
    }
    StagingProgress progress;
    progress.phase = StagingProgress::Phase::Verifying;
    progress.bytesDone = m_package.sizeBytes;
    say(index, progress);
    const PackageId id = outcome.packageId.isEmpty()
                             ? m_package.id()
                             : PackageId{QString::fromLatin1(outcome.packageId)};
    auto look = [self = shared_from_this(), node = part.node, id] { return self->ask(node, id); };
    Resolver<bool> out;
    auto future = out.future();
    detail::onAnswer<StagedPackage>(
        persistently(look, m_stop.get_token()),
        [self = shared_from_this(), index, out](Result<StagedPackage> found) {
            if (found && found->sha256 != self->m_package.sha256) {
                found = fail(ErrorKind::Conflict, QStringLiteral("other-package"),
                             QStringLiteral("The node lists another file under this name"),
                             QStringLiteral("Remove it from the node and stage again"));
            }
            self->end(index, std::move(found));
            out.resolve(true);
        });
    return future;
}

/// The package as the node lists it; an error when it is not verified.
Async<StagedPackage> Stager::ask(const NodeClientPtr& node, const PackageId& id)
{
    return andThen(node->getJson(packagePath(id), m_stop.get_token()),
                   [node](const QJsonObject& object) -> Result<StagedPackage> {
                       auto package = decodePackage(object);
                       if (!package) {
                           return fail(package.error().withContext(node->label()));
                       }
                       if (!package->verified) {
                           const auto problem = object.value(QStringLiteral("problem")).toObject();
                           const QString code = problem.value(QStringLiteral("code")).toString();
                           return fail(notVerified(*package, code).withContext(node->label()));
                       }
                       return package;
                   });
}

void Stager::onProgress(const net::UploadProgress& now)
{
    const std::size_t index = now.id.toULongLong();
    StagingProgress progress;
    progress.bytesDone = now.bytesDone;
    progress.bytesPerSecond = now.bytesPerSecond;
    switch (now.phase) {
    case net::UploadProgress::Phase::Waiting: break;
    case net::UploadProgress::Phase::Sending:
        progress.phase = StagingProgress::Phase::Sending;
        break;
    case net::UploadProgress::Phase::Verifying:
        progress.phase = StagingProgress::Phase::Verifying;
        break;
    }
    if (index < m_parts.size() && !m_parts[index].end) {
        say(index, progress);
    }
}

void Stager::end(std::size_t index, Result<StagedPackage> result)
{
    StagingProgress progress;
    progress.phase = result ? StagingProgress::Phase::Done : StagingProgress::Phase::Failed;
    progress.bytesDone = result ? m_package.sizeBytes : 0;
    if (!result) {
        progress.error = result.error();
    }
    m_parts[index].end = std::move(result);
    say(index, progress);
}

void Stager::say(std::size_t index, StagingProgress progress) const
{
    if (m_listener) {
        progress.node = m_parts[index].node->id();
        progress.bytesTotal = m_package.sizeBytes;
        m_listener(progress);
    }
}

void Stager::finish()
{
    std::vector<StagedPackage> staged;
    for (const Part& part : m_parts) {
        if (!*part.end) {
            finishWith(part.end->error());
            return;
        }
        staged.push_back(**part.end);
    }
    m_onStop.reset();
    m_out.resolve(std::move(staged));
}

void Stager::finishWith(const Error& error)
{
    m_onStop.reset();
    m_out.resolve(fail(error));
}

void Stager::cancel()
{
    m_stop.request_stop();
    const auto upload = std::move(m_upload); // waits for its thread, and answers Cancelled
}

} // namespace quorate::platform::nodeadmin
