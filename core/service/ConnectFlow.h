// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/Account.h"
#include "core/service/ClusterRegistry.h"
#include "core/service/Context.h"

#include <QObject>

namespace quorate::service {

/// What a successful connection leaves to be stored.
struct Connected {
    ClusterFile file{};
    Account account{};
    std::vector<store::PinnedCertificate> pins{};
    QString leaseNamespace{}; ///< the wanted one, or the platform's own choice
};

/// One attempt to connect: is there anybody, are they trusted, who signs in, does a node answer.
/// Stores nothing. Ends in an outcome that needs a person, in an error, or in `connected` (then the
/// outcome's Need is Nothing).
class ConnectFlow final : public QObject {
    Q_OBJECT
public:
    /// `known`: what is in use for this cluster already. It is taken for what the request does not
    /// bring; nothing of it is written anywhere.
    ConnectFlow(Context& context, ConnectRequest request, Account known, QObject* parent);
    ~ConnectFlow() override;

    [[nodiscard]] Async<ConnectOutcome> start();
    [[nodiscard]] const Connected& connected() const { return m_connected; }

private:
    struct Reached {
        bool ended = false;
        std::optional<Error> error;
    };
    void reachAll();
    void onReached(std::size_t index, Result<bool> answer);
    void judgeCertificates();
    [[nodiscard]] QString nameOf(std::size_t index) const;
    void fetch(std::size_t index);
    void onFetched(std::size_t index, Result<QList<QSslCertificate>> chain);
    void afterFetching();
    void findAccount();
    void useAccount(Account account);
    [[nodiscard]] secret::SecretPtr knownPassword() const; ///< before anybody was asked for it
    [[nodiscard]] secret::SecretPtr etcd() const;
    [[nodiscard]] PlatformRequest platformRequest() const;
    void lookUp();
    void signIn();
    void onObserved(Result<Observation> answer);
    void finish(Result<ConnectOutcome> outcome);
    void needPassword(std::optional<Error> reason);
    [[nodiscard]] bool isAddressOnly() const;

    Context& m_context;
    ConnectRequest m_request;
    Account m_known;
    Connected m_connected;
    net::TrustPolicy m_trust;
    std::vector<Reached> m_reached; ///< parallel to the nodes of the file
    ConnectOutcome m_needsTrust;
    std::size_t m_open = 0; ///< answers that are still to come
    int m_rounds = 0;
    bool m_signedIn = false;
    bool m_done = false;
    std::optional<Error> m_error; ///< of the sign-in; the worst so far
    std::unique_ptr<platform::Platform> m_platform;
    std::stop_source m_stop;
    Resolver<ConnectOutcome> m_resolver;
};

} // namespace quorate::service
