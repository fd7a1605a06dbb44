// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/Http.h"
#include "core/platform/kubernetes/ExecPlugin.h"

#include <QObject>

#include <list>
#include <set>

namespace quorate::platform::kubernetes {

/// What one request carries. A new `generation` means that something of it has changed.
struct KubeCredential {
    SecretPtr bearer;
    SecretPtr basic;         ///< "user:password", not yet encoded
    net::ClientIdentity identity;
    net::HttpHeaders headers; ///< Impersonate-…
    int generation = 0;
};

/// The credentials of one user, kept fresh: a token file is read again when it changes (at the
/// latest each minute), a plug-in is run when its result is about to expire or was refused. All who
/// ask meanwhile share one run. Shared by the clients of all API servers of a cluster; lives on
/// their thread.
class KubeCredentials final : public QObject {
    Q_OBJECT
public:
    struct Options {
        KubeUser user;
        ExecCluster cluster;
        std::set<QByteArray> approved; ///< keys of commands that may be run unasked
        ExecConsent consent;           ///< null: what is not approved is refused
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        ExecLimits limits;
        std::shared_ptr<const Clock> clock;
    };
    explicit KubeCredentials(Options options, QObject* parent = nullptr);
    ~KubeCredentials() override;

    /// Errors: Unauthorized "exec-plugin-refused" (no consent), "token-file-unreadable", and those
    /// of readClientIdentity and runExec.
    [[nodiscard]] Async<KubeCredential> current(std::stop_token stop);
    /// The server did not accept it (401). True when `current` may now give another: worth one more
    /// try. Asking again and again does not run the plug-in again and again: at most once in
    /// kRefusalPause.
    [[nodiscard]] bool refuse(const KubeCredential& refused);

    static constexpr Millis kTokenFileAge{60'000}; ///< client-go's own; issue 3: "re-read"
    static constexpr Millis kExpiryMargin{30'000}; ///< renewed this long before it expires
    static constexpr Millis kRefusalPause{10'000};

private:
    struct Parked {
        Resolver<KubeCredential> out;
        std::optional<std::stop_callback<std::function<void()>>> onStop;
    };
    [[nodiscard]] Result<void> readStatic();
    [[nodiscard]] Result<void> readTokenFile();
    [[nodiscard]] bool isFresh() const;
    void renew();
    void askConsent(const ExecCommand& command);
    void run(const ExecCommand& command);
    void adopt(Result<ExecResult> result);
    void answerParked(const Result<KubeCredential>& result);

    Options m_options;
    KubeCredential m_credential;
    bool m_ready = false;
    bool m_renewing = false;
    std::optional<TimePoint> m_expiresAt;
    TimePoint m_tokenReadAt;
    TimePoint m_renewedAt;
    QByteArray m_tokenStamp; ///< size and time of the token file when it was read
    std::list<Parked> m_parked;
    std::stop_source m_stop;
};

} // namespace quorate::platform::kubernetes
