// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/ByHand.h"

namespace quorate::platform::kubernetes {
namespace {

using Own = NodeGlimpse::Own;

bool isMissed(const NodeObject& node) { return node.kubelet() == Kubelet::Silent; }

bool isReady(const NodeObject& node) { return node.kubelet() == Kubelet::Ready; }

} // namespace

ByHandWatch::ByHandWatch(QString node, bool isReboot, QString bootId, ByHandTimes times,
                         TimePoint now)
    : m_node(std::move(node))
    , m_isReboot(isReboot)
    , m_bootId(std::move(bootId))
    , m_times(times)
    , m_since(now)
    , m_heardAt(now)
    , m_text(request())
{}

QString ByHandWatch::request() const
{
    return m_isReboot
               ? QStringLiteral("Reboot %1 now by its own means (its console, IPMI, ssh). Quorate "
                                "watches: waiting until it is gone")
                     .arg(m_node)
               : QStringLiteral(
                     "Shut %1 down now by its own means (its console, IPMI, ssh). Quorate "
                     "watches: waiting until it is gone")
                     .arg(m_node);
}

double ByHandWatch::progress() const
{
    if (m_state == OperationStatus::State::Succeeded) {
        return 1;
    }
    return m_gone ? 0.5 : 0; // it went, and has to come back
}

void ByHandWatch::look(const NodeGlimpse& seen, TimePoint now)
{
    if (m_state != OperationStatus::State::Running) {
        return;
    }
    m_needsBootIds = false;
    if (!seen.told) {
        m_heardAt = now;
        m_text = QStringLiteral("No API server can tell how %1 is: waiting for one that can")
                     .arg(m_node);
    } else {
        if (seen.renewedAt && seen.renewedAt != m_renewedAt) {
            m_renewedAt = seen.renewedAt;
            m_heardAt = now;
        }
        if (isGone(seen, now)) {
            noteGone(seen, now);
        } else if (m_gone) {
            m_text = m_goneText;
        } else {
            m_text =
                seen.own == Own::Silent
                    ? QStringLiteral(
                          "The API server of %1 does not answer; its kubelet is not missed yet")
                          .arg(m_node)
                    : request();
        }
        if (m_isReboot) {
            lookBack(seen);
        }
    }
    checkLimit(now);
}

bool ByHandWatch::isGone(const NodeGlimpse& seen, TimePoint now) const
{
    const bool isWorker = seen.own == Own::None;
    if (!isWorker && seen.own != Own::Silent) {
        return false;
    }
    if (!seen.node) {
        return true;
    }
    const Millis silence = seen.renewedAt ? now - m_heardAt : Millis(0);
    return isMissed(*seen.node) || silence >= (isWorker ? m_times.graceAfter : m_times.lateAfter);
}

QString ByHandWatch::whyGone(const NodeGlimpse& seen) const
{
    if (!seen.node) {
        return QStringLiteral("the cluster does not list it any more");
    }
    return seen.own == Own::None
               ? QStringLiteral("its kubelet is silent")
               : QStringLiteral("its API server does not answer, its kubelet is silent");
}

void ByHandWatch::noteGone(const NodeGlimpse& seen, TimePoint now)
{
    if (!m_isReboot) {
        end(QStringLiteral("%1 is off: %2").arg(m_node, whyGone(seen)));
        return;
    }
    m_since = m_gone ? m_since : now;
    m_gone = true;
    m_renewedBefore = m_renewedAt;
    m_goneText =
        QStringLiteral("%1 is gone (%2): waiting until it is back").arg(m_node, whyGone(seen));
    m_text = m_goneText;
}

void ByHandWatch::lookBack(const NodeGlimpse& seen)
{
    if (!seen.node) {
        return;
    }
    const QString& bootId = seen.node->bootId;
    const bool isOther = !bootId.isEmpty() && !m_bootId.isEmpty() && bootId != m_bootId;
    const bool wasHeard = m_gone && isReady(*seen.node) && seen.own != Own::Silent
                          && (!seen.renewedAt || seen.renewedAt != m_renewedBefore);
    if (!isOther && !wasHeard) {
        return;
    }
    if (!isReady(*seen.node)) {
        m_text = QStringLiteral("%1 was restarted: waiting until it is Ready").arg(m_node);
    } else if (seen.own == Own::Silent || seen.own == Own::Ill) {
        m_text = QStringLiteral("%1 is up: waiting until its API server is ready").arg(m_node);
    } else if (isOther) {
        end(QStringLiteral("%1 was restarted and is Ready").arg(m_node));
    } else if (seen.bootIdShared || bootId.isEmpty() || m_bootId.isEmpty()) {
        end(QStringLiteral("%1 was gone and is Ready again (its boot id tells no machine)")
                .arg(m_node));
    } else {
        m_needsBootIds = true;
        m_text =
            QStringLiteral(
                "%1 is back with the boot id that it had: it was out of touch, but not restarted. "
                "Reboot it now, or stop waiting")
                .arg(m_node);
    }
}

void ByHandWatch::end(const QString& text)
{
    m_state = OperationStatus::State::Succeeded;
    m_text = text;
}

void ByHandWatch::checkLimit(TimePoint now)
{
    const Millis limit = m_gone ? m_times.backLimit : m_times.goneLimit;
    if (m_state != OperationStatus::State::Running || now - m_since <= limit) {
        return;
    }
    m_state = OperationStatus::State::Failed;
    m_error =
        m_gone ? makeError(
            ErrorKind::Timeout, QStringLiteral("not-back"),
            QStringLiteral("%1 is not back %2 after it went. Last: %3")
                .arg(m_node, toDurationText(limit), m_text),
            QStringLiteral("Look at its console. Nothing has to be undone; the cluster shows it "
                           "as soon as it is back"))
               : makeError(ErrorKind::Timeout, QStringLiteral("not-gone"),
                           QStringLiteral("%1 has not gone within %2. Last: %3")
                               .arg(m_node, toDurationText(limit), m_text),
                           QStringLiteral(
                               "Nothing was sent, so nothing has to be undone: begin anew when you "
                               "are at the machine"));
    m_text = m_error->message;
}

} // namespace quorate::platform::kubernetes
