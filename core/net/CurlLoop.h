// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/Http.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <vector>

class QSocketNotifier;
struct curl_slist;
using CURL = void;
using CURLM = void;

namespace quorate::net {

/// Before anything else of libcurl; may be called often and from every thread.
void initialiseCurl();

/// Header lines for CURLOPT_HTTPHEADER. They may hold a token, so their memory is wiped.
class CurlHeaders {
public:
    CurlHeaders() = default;
    ~CurlHeaders() { clear(); }
    CurlHeaders(const CurlHeaders&) = delete;
    CurlHeaders& operator=(const CurlHeaders&) = delete;

    /// "Name: value"; an empty value is sent as one, where libcurl would leave the header out.
    void add(const QByteArray& name, const QByteArray& value);
    /// libcurl shall not add this header by itself.
    void leaveOut(const QByteArray& name);
    /// As CURLOPT_HTTPHEADER wants it.
    void append(QByteArray line);
    void clear();
    [[nodiscard]] curl_slist* list() const { return m_list; } ///< null when empty

private:
    curl_slist* m_list = nullptr;
};

/// What each of our transfers tells libcurl: HTTP/1.1 over https only, who we are, the limit for
/// connecting, and where to leave its words on an error (CURL_ERROR_SIZE bytes, which must outlive
/// the transfer).
void prepareTransfer(CURL* handle, Millis connectLimit, char* errorText);
/// A line of an answer's head as libcurl hands it over. A status line begins anew: what stood there
/// was of an interim answer.
void addHeaderLine(HttpHeaders& headers, const QByteArray& line);

/// What a CurlLoop tells of one handle; always from the event loop and outside of libcurl, so that
/// all of it may be called again, and the handle's owner and the loop itself may go.
class CurlTransfer {
public:
    virtual ~CurlTransfer() = default;
    /// After CurlLoop::markReceived.
    virtual void onReceived() = 0;
    /// The handle has left the loop.
    virtual void onDone(int curlCode) = 0;
};

/// Transfers of libcurl, driven by the event loop of the thread on which this lives: its sockets
/// through QSocketNotifier, its time through one QTimer. Keeps connections for later transfers.
class CurlLoop final : public QObject {
public:
    explicit CurlLoop(QObject* parent = nullptr);
    ~CurlLoop() override;

    /// Both must outlive the transfer, or `remove` it before.
    void add(CURL* handle, CurlTransfer& transfer);
    /// Ends a transfer without a word; harmless when it has ended.
    void remove(CURL* handle);
    /// From a callback of libcurl: `onReceived` shall follow.
    void markReceived(CURL* handle) { m_received.push_back(handle); }

private:
    struct Hooks;
    struct Watch;

    void act(qintptr socket, int events);
    void watch(qintptr socket, int what);

    CURLM* m_multi = nullptr;
    QTimer m_timer;
    std::map<qintptr, std::unique_ptr<Watch>> m_watches;
    std::map<CURL*, CurlTransfer*> m_transfers;
    std::vector<CURL*> m_received;
};

} // namespace quorate::net
