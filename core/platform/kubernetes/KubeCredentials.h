// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/Http.h"
#include "core/platform/kubernetes/ExecPlugin.h"

#include <QObject>

#include <list>
#include <set>

namespace quorate::platform::kubernetes {

/// What one request carries. `generation` counts each change, `identityGeneration` those of the
/// certificate, which need new connections.
struct KubeCredential {
    SecretPtr bearer;
    SecretPtr basic; ///< "user:password", not yet encoded
    net::ClientIdentity identity;
    net::HttpHeaders headers; ///< Impersonate-…
    int generation = 0;
    int identityGeneration = 0;
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
    /// try. Refusal after refusal does not run the plug-in again and again, nor does failure after
    /// failure: at most once in kRefusalPause.
    [[nodiscard]] bool refuse(const KubeCredential& refused);

    static constexpr Millis kTokenFileAge{60'000}; ///< client-go's own; issue 3: "re-read"
    static constexpr Millis kExpiryMargin{30'000}; ///< renewed this long before it expires
    static constexpr Millis kRefusalPause{10'000};

private:
    struct Parked {
        Resolver<KubeCredential> out;
        std::optional<std::stop_callback<std::function<void()>>> onStop;
    };
    [[nodiscard]] Result<void> refreshFiles();
    [[nodiscard]] Result<void> readToken();
    [[nodiscard]] Result<void> readCertificate();
    void adoptIdentity(net::ClientIdentity identity);
    [[nodiscard]] bool isExecFresh() const;
    [[nodiscard]] bool isExecUsable() const; ///< not for long any more, but now
    void renew();
    void askConsent(const ExecCommand& command);
    void run(const ExecCommand& command);
    void renewed(Result<ExecResult> result);
    void answerParked(const Result<KubeCredential>& result);

    Options m_options;
    KubeCredential m_credential;
    bool m_usesExec = false;
    std::optional<TimePoint> m_lookedAt; ///< at the files' sizes and times
    std::optional<TimePoint> m_readAt;   ///< the files themselves
    QByteArray m_stamp;                  ///< their sizes and times when they were read
    bool m_execReady = false;
    bool m_renewing = false;
    std::optional<TimePoint> m_expiresAt;
    std::optional<TimePoint> m_refusedAt;
    std::optional<Error> m_execFailure;
    TimePoint m_execFailedAt;
    std::set<QByteArray> m_denied;
    std::list<Parked> m_parked;
    std::stop_source m_stop;
};

} // namespace quorate::platform::kubernetes
