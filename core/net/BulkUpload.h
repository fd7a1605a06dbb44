// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Async.h"
#include "core/base/Retry.h"
#include "core/base/Secret.h"
#include "core/net/TrustStore.h"

#include <QObject>
#include <QUrl>

#include <thread>

namespace quorate::net {

/// One server that shall get the file (tus 1.0).
struct UploadTarget {
    QString id;     ///< the caller's name for it
    QUrl createUrl; ///< POST here makes an upload
    QUrl resumeUrl; ///< not empty: an upload that was begun earlier
    std::shared_ptr<const Secret> bearer;
    QString idempotencyKey; ///< of the creation
};

struct UploadProgress {
    QString id;
    qint64 bytesDone = 0; ///< taken by the server, or on the way to it
    qint64 bytesTotal = 0;
    double bytesPerSecond = 0; ///< over the last 2 s
    enum class Phase { Waiting, Sending, Verifying } phase = Phase::Waiting;
};

struct UploadOutcome {
    QString id;
    std::optional<Error> error;
    QUrl url;             ///< of the upload, for resuming; empty when none was made
    QByteArray packageId; ///< header "Quorate-Package" of the last answer
    qint64 bytesSent = 0; ///< by this upload, counted with what was sent twice
};

struct UploadReport {
    std::vector<UploadOutcome> outcomes; ///< in the order of the targets
    qint64 bytesRead = 0;                ///< from the file, by all readers together
};

struct UploadOptions {
    QString path;
    qint64 sizeBytes = 0; ///< another size on disk is refused: "package-changed"
    QByteArray metadata;  ///< Upload-Metadata, as tus wants it
    std::vector<UploadTarget> targets;
    TrustPolicy trust;
    TimePoint now;             ///< for judging certificates
    RetryPolicy retry;         ///< tries without any progress in between
    Millis connectLimit{5000}; ///< peers.md section 8
    Millis stallLimit{30'000}; ///< no byte moved for so long
    Millis verifyLimit{
        600'000}; ///< the server's own check after the last byte: a step's limit (SUC)
    Millis patience{
        500};       ///< of all with one that is slower, and 5 % of the time beside it; see below
    int slots = 24; ///< of the shared window: 24 MiB, below the 64 MB budget
    qint64 slotBytes = 1024 * 1024;
    std::function<void(const UploadProgress&)> listener; ///< on the thread that called start
};

/// Sends one file to many servers at once, over libcurl on a thread of its own, reading it once.
///
/// The window: the file passes through a ring of `slots` buffers that all senders share. A sender
/// that needs the next buffer waits while another of the pack still needs the oldest or has not
/// begun yet, but all such waiting together is bounded (`patience` and 5 % of the time for each
/// sender that is waited for): then that one is left behind and reads for itself, most likely from
/// the page cache. So a slow server never holds up the fast ones, and equal ones read the file
/// once.
///
/// Broken connections are resumed at the offset that the server names, at any byte.
class BulkUpload final : public QObject {
    Q_OBJECT
public:
    explicit BulkUpload(QObject* parent = nullptr);
    /// Stops what is under way and waits for the thread (at most some 100 ms).
    ~BulkUpload() override;

    /// Once. Succeeds with an outcome per target; fails only when nothing could be begun (the
    /// file).
    [[nodiscard]] Async<UploadReport> start(UploadOptions options, std::stop_token stop);

private:
    Resolver<UploadReport> m_out;
    std::jthread m_thread;
    std::stop_source m_stop;
    std::optional<std::stop_callback<std::function<void()>>> m_onStop;
};

} // namespace quorate::net
