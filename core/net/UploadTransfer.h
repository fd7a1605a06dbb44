// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/BulkUpload.h"
#include "core/net/CurlLoop.h"
#include "core/net/CurlTrust.h"
#include "core/net/FileWindow.h"
#include "core/net/Http.h"

#include <QElapsedTimer>
#include <QNetworkProxy>

#include <deque>

namespace quorate::net {

class UploadTransfer;

/// What a transfer needs of the whole; lives on the worker thread.
struct UploadPack {
    const UploadOptions& options;
    FileWindow& window;
    std::shared_ptr<const TlsPolicy> tls; ///< of options.trust
    void* multi = nullptr;                ///< CURLM
    QElapsedTimer clock;                  ///< for rates and limits of time
    std::vector<std::unique_ptr<UploadTransfer>> transfers;

    [[nodiscard]] qint64 nowMs() const { return clock.elapsed(); }
    /// May `who` push the oldest buffer out now? Leaves others behind when their patience is used
    /// up.
    bool mayMove(const UploadTransfer& who);
    /// Would `transfer` miss the oldest buffer?
    [[nodiscard]] bool needsOldest(const UploadTransfer& transfer) const;
    /// Charges the time since the last round to those that others wait for.
    void chargeWaiting(qint64 milliseconds);
};

/// One target: create or ask, send, try again; a state machine driven by libcurl's messages.
class UploadTransfer {
public:
    UploadTransfer(UploadPack& pack, const UploadTarget& target, QNetworkProxy proxy);
    ~UploadTransfer();
    UploadTransfer(const UploadTransfer&) = delete;
    UploadTransfer& operator=(const UploadTransfer&) = delete;

    void begin();
    void onDone(int curlCode);
    /// Limits of time, back-off, waking up.
    void tick();
    void cancel();

    [[nodiscard]] void* handle() const { return m_handle; }
    [[nodiscard]] bool hasEnded() const
    {
        return m_state == State::Done || m_state == State::Failed;
    }
    [[nodiscard]] bool isSending() const { return m_state == State::Sending; }
    [[nodiscard]] bool isPaused() const { return m_paused; }
    /// On its way to its first byte, wherever that will be: mostly the first of the file.
    [[nodiscard]] bool isBeginning() const
    {
        return !m_hasSent && (m_state == State::Creating || m_state == State::Asking);
    }
    [[nodiscard]] qint64 position() const { return m_position; }
    [[nodiscard]] const UploadOutcome& outcome() const { return m_outcome; }
    [[nodiscard]] UploadProgress progress();

    bool leftBehind = false; ///< the others no longer wait for it
    qint64 waitedForMs = 0;  ///< how long they have

private:
    enum class State { Creating, Asking, Sending, Resting, Done, Failed };
    struct Hooks;
    friend struct Hooks;

    void create();
    void ask();
    void sendRest();
    void prepare(const QUrl& url, std::vector<QByteArray> headers);
    void launch(State state);
    void onAnswer(int status);
    void onOffset();
    void onStatusError(int status);
    void tryAgain(Error error);
    void failWith(Error error);
    void finish();
    [[nodiscard]] qint64 sentNow() const;
    [[nodiscard]] Error curlError(int code) const;
    [[nodiscard]] Error limitError(const QString& code, const QString& what, Millis limit) const;
    [[nodiscard]] HttpResponse response(int status) const;

    UploadPack& m_pack;
    const UploadTarget& m_target;
    QNetworkProxy m_proxy;
    CurlTrust m_trust;
    void* m_handle = nullptr; ///< CURL
    CurlHeaders m_headerList;
    State m_state = State::Creating;
    UploadOutcome m_outcome;
    HttpHeaders m_headers;
    qint64 m_headerBytes = 0;
    QByteArray m_body;
    char m_errorText[256] = {}; // CURL_ERROR_SIZE
    qint64 m_start = 0;         ///< offset of the present PATCH
    qint64 m_position = 0;      ///< next byte of the file for libcurl
    qint64 m_furthest = 0;      ///< of what the server said it has
    bool m_paused = false;
    bool m_fileFailed = false;
    bool m_created = false;
    bool m_hasSent = false;   ///< it has tried
    bool m_toldWhole = false; ///< an empty PATCH at the end was sent
    int m_attempt = 0;
    qint64 m_restUntilMs = 0;
    qint64 m_movedAtMs = 0;
    qint64 m_movedBytes = 0;
    std::deque<std::pair<qint64, qint64>> m_samples; ///< time, bytes: the last 2 s
};

} // namespace quorate::net
