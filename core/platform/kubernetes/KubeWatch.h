// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Retry.h"
#include "core/platform/kubernetes/KubeClient.h"
#include "core/platform/kubernetes/WatchLines.h"

#include <QHash>
#include <QList>

namespace quorate::platform::kubernetes {

enum class KubeChange { Added, Modified, Deleted };

/// One change. A deletion that happened while we did not look has only its key.
struct KubeEvent {
    KubeChange change = KubeChange::Added;
    QString nameSpace;
    QString name;
    QString uid;
    QJsonObject object;
};

/// Keeps looking at one kind of object on one API server: list (in pages), then watch with
/// bookmarks; after a cut or a silence it watches on from where it was, after 410 it lists anew and
/// says only what differs. It never gives up: how long it has been blind is `staleSince`.
///
/// What a watch delivers may be late: an API server that has lost etcd's majority keeps it open and
/// silent. Whether the server is well is asked elsewhere (readyz).
class KubeWatch final : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString path; ///< of the collection: "/api/v1/nodes"
        KubeListOptions list;
        Millis silenceMax{90'000};   ///< the server's bookmarks come each minute
        Millis watchAfter{0};        ///< pause after a list; no change is lost, it only comes later
        Millis serverLimit{300'000}; ///< how long we ask the server to keep one watch open
        RetryPolicy retry{0, Millis(500), Millis(30'000)}; ///< pauses of client-go's reflector
        Scheduler scheduler = timerScheduler();
    };
    KubeWatch(std::shared_ptr<KubeClient> client, Options options, QObject* parent = nullptr);
    ~KubeWatch() override;

    void start();
    /// Ends it; `start` begins anew with a list.
    void stop();
    /// Somebody has seen that the server does not answer: stale at once, and connects anew.
    void suspect(const Error& why);

    [[nodiscard]] bool isSynced() const { return m_synced; }
    /// The last moment at which we were in touch, when we are not any more.
    [[nodiscard]] std::optional<TimePoint> staleSince() const { return m_staleSince; }
    [[nodiscard]] const QString& resourceVersion() const { return m_version; }
    [[nodiscard]] qsizetype objectCount() const { return m_known.size(); }

Q_SIGNALS:
    /// In the order of the server. During a list: what is new or differs, page by page.
    void changed(QList<quorate::platform::kubernetes::KubeEvent> events);
    /// The list is complete; all that was not in it has been reported as deleted.
    void synced();
    /// Blind since then, and why; repeated with each failed try.
    void stale(quorate::Error error, quorate::TimePoint since);
    /// In touch again.
    void fresh();

private:
    struct Known {
        QString uid;
        QString version;
        int round = 0;
    };
    using Key = std::pair<QString, QString>; ///< namespace, name

    void openList();
    void takePage(const QJsonObject& page);
    void listEnded(const Result<KubeListEnd>& result);
    void openWatch();
    [[nodiscard]] KubeRequest watchRequest() const;
    [[nodiscard]] Result<void> takePart(const QByteArray& part);
    void decodePending();
    void takeLines(int run, const Result<std::vector<WatchLine>>& lines);
    void watchEnded(const Result<KubeAnswer>& result);
    void lineRefused(const KubeStatus& status);
    void lost(const Error& error);
    void inTouch();
    void again(void (KubeWatch::*next)(), Millis atLeast = Millis(0));
    void after(Millis pause, void (KubeWatch::*next)());
    void breakOff();
    void note(KubeChange change, const QJsonObject& object, QList<KubeEvent>& events);
    void publish(QList<KubeEvent> events);

    std::shared_ptr<KubeClient> m_client;
    Options m_options;
    std::stop_source m_stop; ///< of the present connection
    QHash<Key, Known> m_known;
    WatchLines m_lines; ///< that are not decoded yet
    bool m_decoding = false;
    std::optional<Result<KubeAnswer>> m_ended; ///< waits until all lines are taken
    QString m_version;
    TimePoint m_heardAt;
    std::optional<TimePoint> m_staleSince;
    int m_round = 0; ///< of lists; objects of older rounds are gone
    int m_run = 0;   ///< of connections; what comes of older ones is dropped
    int m_failures = 0;
    bool m_heardLine = false;
    bool m_synced = false;
};

} // namespace quorate::platform::kubernetes
