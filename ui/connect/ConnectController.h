// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/UiContext.h"

#include <QObject>

namespace quorate::ui {

/// The steps of connecting, without widgets: source → (trust) → (password) → connected. Nothing is stored before the
/// last one. Each answer of the registry leads to exactly one state.
class ConnectController final : public QObject {
    Q_OBJECT

public:
    enum class State { Source, Working, Trust, Password, Connected };

    ConnectController(const UiContext& context, QObject* parent);
    [[nodiscard]] State state() const { return m_state; }
    /// The certificates that a person is to judge, while in Trust; parallel to `hostPorts`.
    [[nodiscard]] const std::vector<net::CertificateInfo>& certificates() const { return m_outcome.certificates; }
    [[nodiscard]] const std::vector<QString>& hostPorts() const { return m_outcome.hostPorts; }
    /// Why the last step did not work; nullopt when there is nothing to say.
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    [[nodiscard]] QString clusterName() const { return m_request.file.name; }
    [[nodiscard]] QString user() const { return m_request.user; }

    void useFile(const QString& path);
    void useAddress(const QString& address); ///< "host", "host:9443", "https://host:9443"
    void acceptCertificates();               ///< the ones shown; sent on as fingerprints
    void givePassword(const QString& user, Secret password, bool remember);
    void backToSource();

Q_SIGNALS:
    void changed();
    void connected(const quorate::ClusterId& id);

private:
    void setState(State state, std::optional<Error> problem = std::nullopt);
    void tryConnect();
    void onOutcome(Result<service::ConnectOutcome> outcome);

    const UiContext& m_context;
    State m_state = State::Source;
    service::ConnectRequest m_request;
    service::ConnectOutcome m_outcome;
    QString m_address; ///< set while the file is being made from an address
    std::optional<Error> m_problem;
};

} // namespace quorate::ui
