// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/BulkUpload.h"

#include "core/net/CurlProxy.h"
#include "core/net/UploadTransfer.h"

#include <curl/curl.h>

#include <algorithm>

namespace quorate::net {
namespace {

constexpr int kPollMs = 20;             // how soon a stop or the end of a pause is noticed
constexpr qint64 kReportMs = 100;       // of progress, to the listener
constexpr double kPatienceShare = 0.05; // of the time, beside UploadOptions::patience

using Report = std::function<void(const UploadProgress&)>;

class Worker {
public:
    Worker(const UploadOptions& options, std::stop_token stop, Report report)
        : m_options(options)
        , m_stop(std::move(stop))
        , m_report(std::move(report))
        , m_window(options.path, options.slots, options.slotBytes)
    {}

    Result<UploadReport> run()
    {
        if (auto opened = m_window.open(m_options.sizeBytes); !opened) {
            return fail(opened.error());
        }
        const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi(curl_multi_init(),
                                                                          &curl_multi_cleanup);
        UploadPack pack{m_options, m_window, TlsPolicy::make(m_options.trust), multi.get(), {}, {}};
        pack.clock.start();
        ProxyChoice proxies; // the system's
        for (const UploadTarget& target : m_options.targets) {
            pack.transfers.push_back(
                std::make_unique<UploadTransfer>(pack, target, proxies.proxyFor(target.createUrl)));
            pack.transfers.back()->begin();
        }
        turn(pack);
        if (m_stop.stop_requested()) {
            return fail(cancelledError());
        }
        UploadReport report;
        for (const auto& transfer : pack.transfers) {
            report.outcomes.push_back(transfer->outcome());
        }
        report.bytesRead = m_window.bytesRead();
        return report;
    }

private:
    static bool allEnded(const UploadPack& pack)
    {
        return std::all_of(pack.transfers.begin(), pack.transfers.end(),
                           [](const auto& transfer) { return transfer->hasEnded(); });
    }

    void turn(UploadPack& pack)
    {
        qint64 last = pack.nowMs();
        while (!allEnded(pack) && !m_stop.stop_requested()) {
            int running = 0;
            curl_multi_perform(pack.multi, &running);
            readMessages(pack);
            const qint64 now = pack.nowMs();
            pack.chargeWaiting(now - std::exchange(last, now));
            for (const auto& transfer : pack.transfers) {
                transfer->tick();
            }
            reportProgress(pack, now);
            curl_multi_poll(pack.multi, nullptr, 0, kPollMs, nullptr);
        }
        for (const auto& transfer : pack.transfers) {
            transfer->cancel();
        }
    }

    static void readMessages(const UploadPack& pack)
    {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(pack.multi, &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            const CURL* handle = message->easy_handle; // the message goes with the handle
            const CURLcode code = message->data.result;
            for (const auto& transfer : pack.transfers) {
                if (transfer->handle() == handle) {
                    transfer->onDone(code);
                }
            }
        }
    }

    void reportProgress(const UploadPack& pack, qint64 now)
    {
        if (now - m_reportedAt < kReportMs) {
            return;
        }
        m_reportedAt = now;
        for (const auto& transfer : pack.transfers) {
            if (!transfer->hasEnded()) {
                m_report(transfer->progress());
            }
        }
    }

    const UploadOptions& m_options;
    std::stop_token m_stop;
    Report m_report;
    FileWindow m_window;
    qint64 m_reportedAt = -kReportMs;
};

} // namespace

bool UploadPack::needsOldest(const UploadTransfer& transfer) const
{
    return transfer.isBeginning() || (transfer.isSending() && window.isOldest(transfer.position()));
}

bool UploadPack::mayMove(const UploadTransfer& who)
{
    const qint64 patience = options.patience.count()
                            + static_cast<qint64>(kPatienceShare * static_cast<double>(nowMs()));
    bool may = true;
    for (const auto& other : transfers) {
        if (other.get() == &who || other->leftBehind || !needsOldest(*other)) {
            continue;
        }
        if (other->waitedForMs > patience) {
            other->leftBehind = true;
        } else {
            may = false;
        }
    }
    return may;
}

void UploadPack::chargeWaiting(qint64 milliseconds)
{
    const bool waiting = std::any_of(transfers.begin(), transfers.end(),
                                     [](const auto& transfer) { return transfer->isPaused(); });
    for (const auto& transfer : transfers) {
        if (waiting && needsOldest(*transfer)) {
            transfer->waitedForMs += milliseconds;
        }
    }
}

BulkUpload::BulkUpload(QObject* parent)
    : QObject(parent)
{}

BulkUpload::~BulkUpload()
{
    m_onStop.reset();
    m_stop.request_stop();
    if (m_thread.joinable()) {
        m_thread.join();
    }
    m_out.resolve(fail(cancelledError()));
}

Async<UploadReport> BulkUpload::start(UploadOptions options, std::stop_token stop)
{
    initialiseCurl();
    auto future = m_out.future();
    m_onStop.emplace(std::move(stop), [source = m_stop]() mutable { source.request_stop(); });
    auto shared = std::make_shared<const UploadOptions>(std::move(options));
    // Both closures come back to our thread; when we are gone they are dropped with us.
    const Report report = [this, shared](const UploadProgress& progress) {
        QMetaObject::invokeMethod(
            this,
            [shared, progress] {
                if (shared->listener) {
                    shared->listener(progress);
                }
            },
            Qt::QueuedConnection);
    };
    m_thread = std::jthread([this, shared, report, token = m_stop.get_token()] {
        auto result = std::make_shared<Result<UploadReport>>(Worker(*shared, token, report).run());
        QMetaObject::invokeMethod(
            this,
            [out = m_out, result] {
                const Resolver<UploadReport> copy = out; // a continuation may delete us
                copy.resolve(std::move(*result));
            },
            Qt::QueuedConnection);
    });
    return future;
}

} // namespace quorate::net
