// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Server.h"

#include <atomic>
#include <condition_variable>
#include <httplib.h>
#include <mutex>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <thread>

namespace quorate::sandbox {

namespace {

constexpr int kConnectionsMax = 256;
constexpr time_t kReadSeconds = 30;
constexpr time_t kKeepAliveSeconds = 60;
constexpr size_t kRequestsPerConnection = 1'000'000;
constexpr size_t kBodyMax =
    size_t{64} << 30; // handlers bound what they read themselves; this only ends absurdities

/// The connection this thread serves. cpp-httplib hands a connection to one thread for its whole
/// life.
thread_local SSL* t_connection = nullptr;

void rememberConnection(const SSL* ssl, int where, int /*result*/)
{
    if ((where & SSL_CB_HANDSHAKE_START) != 0) {
        t_connection = const_cast<SSL*>(ssl);
    }
}

int certificateCallback(SSL* ssl, void* server)
{
    return static_cast<Server*>(server)->chooseCertificate(ssl);
}

/// A thread a connection: a handler that waits (events, the fault "hang") never keeps others
/// waiting.
class ConnectionThreads final : public httplib::TaskQueue {
public:
    void enqueue(std::function<void()> task) override
    {
        std::unique_lock lock(m_mutex);
        m_free.wait(lock, [this] { return m_running < kConnectionsMax; });
        m_running += 1;
        lock.unlock();
        std::thread([this, work = std::move(task)] {
            work();
            t_connection = nullptr;
            const std::lock_guard guard(m_mutex);
            m_running -= 1;
            m_free.notify_all();
        }).detach();
    }
    void shutdown() override
    {
        std::unique_lock lock(m_mutex);
        m_free.wait(lock, [this] { return m_running == 0; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_free;
    int m_running = 0;
};

} // namespace

Server::Server(Identity identity, Faults faults)
    : m_identity(std::move(identity))
    , m_faults(std::move(faults))
{
    Result<Identity> authority = makeAuthority(QStringLiteral("An authority nobody knows"));
    Result<Identity> stranger =
        authority ? makeServer(*authority, QStringLiteral("Stranger"), {}) : std::move(authority);
    if (stranger) {
        m_stranger = *std::move(stranger);
    }
    m_http = std::make_unique<httplib::SSLServer>([this](SSL_CTX& context) {
        SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
        SSL_CTX_set_options(&context,
                            SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
        SSL_CTX_set_num_tickets(&context, 0);
        SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_cert_cb(&context, certificateCallback, this);
        SSL_CTX_set_info_callback(&context, rememberConnection);
        return SSL_CTX_use_certificate(&context, m_identity.certificate.get()) == 1
               && SSL_CTX_use_PrivateKey(&context, m_identity.key.get()) == 1;
    });
    m_http->new_task_queue = [] { return new ConnectionThreads; };
    m_http->set_tcp_nodelay(true);
    m_http->set_read_timeout(kReadSeconds);
    m_http->set_write_timeout(kReadSeconds);
    m_http->set_keep_alive_timeout(kKeepAliveSeconds);
    m_http->set_keep_alive_max_count(kRequestsPerConnection);
    m_http->set_payload_max_length(kBodyMax);
    m_http->set_socket_options(
        [](socket_t socket) { // not SO_REUSEPORT: two nodes on one port would share connections
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
}

Server::~Server() = default;

int Server::chooseCertificate(void* connection)
{
    auto* ssl = static_cast<SSL*>(connection);
    const bool strange = m_faults.has(fault::kOtherCertificate) && m_stranger.certificate;
    const Identity& chosen = strange ? m_stranger : m_identity;
    return SSL_use_certificate(ssl, chosen.certificate.get()) == 1
                   && SSL_use_PrivateKey(ssl, chosen.key.get()) == 1
               ? 1
               : 0;
}

Result<void> Server::bind(int port)
{
    if (!m_http->is_valid() || !m_http->bind_to_port("127.0.0.1", port)) {
        return fail(ErrorKind::Transport, QStringLiteral("port-in-use"),
                    QStringLiteral("cannot listen on 127.0.0.1:%1").arg(port),
                    QStringLiteral("Choose other ports with --port"));
    }
    return {};
}

void Server::listen() { m_http->listen_after_bind(); }

void sendRaw(const QByteArray& bytes)
{
    if (t_connection != nullptr) {
        SSL_write(t_connection, bytes.constData(), static_cast<int>(bytes.size()));
    }
}

void cutConnection()
{
    if (t_connection != nullptr) {
        ::shutdown(SSL_get_fd(t_connection), SHUT_RDWR);
    }
}

} // namespace quorate::sandbox
