// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sandbox/Authority.h"
#include "app/sandbox/Faults.h"

#include <QByteArray>

#include <memory>

namespace httplib {
class SSLServer;
}

namespace quorate::sandbox {

/// The HTTPS server of one node: TLS 1.2 or newer, no session resumption (a changed certificate
/// must be seen by every new connection), one thread a connection up to a limit.
class Server {
public:
    Server(Identity identity, Faults faults);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] Result<void> bind(int port);
    void listen(); ///< until the process ends
    [[nodiscard]] httplib::SSLServer& http() { return *m_http; }
    [[nodiscard]] int chooseCertificate(void* ssl); ///< called by OpenSSL for each handshake

private:
    Identity m_identity;
    Identity m_stranger; ///< made when the fault other-certificate is first seen
    Faults m_faults;
    std::unique_ptr<httplib::SSLServer> m_http;
};

/// For a request handler, which runs on its connection's thread: sends bytes past the HTTP layer,
/// or ends the connection.
void sendRaw(const QByteArray& bytes);
void cutConnection();

} // namespace quorate::sandbox
