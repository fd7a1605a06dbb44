// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlLoop.h"

#include "core/base/Secret.h"

#include <QPointer>
#include <QSocketNotifier>

#include <curl/curl.h>
#include <openssl/crypto.h>

#include <cstring>
#include <mutex>
#include <utility>

namespace quorate::net {
namespace {

/// A console asks the same servers all day. By itself libcurl keeps four connections for each
/// transfer under way, and a sweep of more servers than that would begin anew each time. Our own
/// choice: more than any cluster has.
constexpr long kConnectionsKept = 1024;

} // namespace

void initialiseCurl()
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void CurlHeaders::add(const QByteArray& name, const QByteArray& value)
{
    append(value.isEmpty() ? name + ';' : name + ": " + value);
}

void CurlHeaders::leaveOut(const QByteArray& name) { append(name + ':'); }

void CurlHeaders::append(QByteArray line)
{
    m_list = curl_slist_append(m_list, line.constData()); // which copies it
    wipeBytes(line);
}

void CurlHeaders::clear()
{
    for (curl_slist* node = m_list; node != nullptr; node = node->next) {
        OPENSSL_cleanse(node->data, std::strlen(node->data));
    }
    curl_slist_free_all(std::exchange(m_list, nullptr));
}

void prepareTransfer(CURL* handle, Millis connectLimit, char* errorText)
{
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "Quorate");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connectLimit.count()));
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, errorText);
}

void addHeaderLine(HttpHeaders& headers, const QByteArray& line)
{
    if (line.startsWith("HTTP/")) {
        headers.clear();
    } else if (const auto colon = line.indexOf(':'); colon > 0) {
        headers.append({line.left(colon), line.mid(colon + 1).trimmed()});
    }
}

/// Of one socket. Kept when libcurl has no use for it, since the system soon gives its number to
/// another.
struct CurlLoop::Watch {
    std::unique_ptr<QSocketNotifier> read;
    std::unique_ptr<QSocketNotifier> write;
};

/// C functions that libcurl calls.
struct CurlLoop::Hooks {
    static int socket(CURL*, curl_socket_t socket, int what, void* user, void*)
    {
        static_cast<CurlLoop*>(user)->watch(static_cast<qintptr>(socket), what);
        return 0;
    }

    static int timer(CURLM*, long milliseconds, void* user)
    {
        auto* self = static_cast<CurlLoop*>(user);
        if (milliseconds < 0) {
            self->m_timer.stop();
        } else {
            self->m_timer.start(static_cast<int>(milliseconds));
        }
        return 0;
    }
};

CurlLoop::CurlLoop(QObject* parent)
    : QObject(parent)
{
    initialiseCurl();
    m_multi = curl_multi_init();
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &Hooks::socket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &Hooks::timer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, kConnectionsKept);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
}

CurlLoop::~CurlLoop()
{
    while (!m_transfers.empty()) {
        remove(m_transfers.begin()->first);
    }
    curl_multi_cleanup(m_multi); // closes what is kept
    // We may be inside a notifier's signal.
    for (auto& [socket, watch] : m_watches) {
        for (auto* notifier : {watch->read.release(), watch->write.release()}) {
            if (notifier != nullptr) {
                notifier->setEnabled(false);
                notifier->deleteLater();
            }
        }
    }
}

void CurlLoop::add(CURL* handle, CurlTransfer& transfer)
{
    m_transfers[handle] = &transfer;
    curl_multi_add_handle(m_multi, handle);
}

void CurlLoop::remove(CURL* handle)
{
    if (m_transfers.erase(handle) > 0) {
        curl_multi_remove_handle(m_multi, handle);
    }
}

void CurlLoop::watch(qintptr socket, int what)
{
    auto& watch = m_watches[socket];
    if (!watch) {
        watch = std::make_unique<Watch>();
    }
    const auto set = [&](std::unique_ptr<QSocketNotifier>& notifier, QSocketNotifier::Type type,
                         bool wanted, int event) {
        if (!notifier && wanted) {
            notifier = std::make_unique<QSocketNotifier>(socket, type);
            connect(notifier.get(), &QSocketNotifier::activated, this,
                    [this, socket, event] { act(socket, event); });
        } else if (notifier) {
            notifier->setEnabled(wanted);
        }
    };
    const bool in = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    const bool out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    set(watch->read, QSocketNotifier::Read, in, CURL_CSELECT_IN);
    set(watch->write, QSocketNotifier::Write, out, CURL_CSELECT_OUT);
}

void CurlLoop::act(qintptr socket, int events)
{
    int running = 0;
    curl_multi_socket_action(m_multi, static_cast<curl_socket_t>(socket), events, &running);
    const QPointer<CurlLoop> self(this); // whoever is called may delete us
    for (CURL* handle : std::exchange(m_received, {})) {
        if (const auto at = m_transfers.find(handle); at != m_transfers.end()) {
            at->second->onReceived();
        }
        if (!self) {
            return;
        }
    }
    int left = 0;
    while (const CURLMsg* message = self ? curl_multi_info_read(m_multi, &left) : nullptr) {
        CURL* handle = message->easy_handle; // the message goes with the handle
        const int code = message->data.result;
        const auto at = m_transfers.find(handle);
        if (message->msg == CURLMSG_DONE && at != m_transfers.end()) {
            CurlTransfer* transfer = at->second;
            remove(handle);
            transfer->onDone(code);
        }
    }
}

} // namespace quorate::net
