// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/CertificateView.h"

#include "ui/common/Card.h"
#include "ui/common/Lists.h"

#include <QDateTime>
#include <QLocale>
#include <QVBoxLayout>

#include <map>

namespace quorate::ui {
namespace {

/// Two halves below each other: readable, comparable, and never cut off.
QString inTwoLines(const QString& fingerprint)
{
    const auto half = fingerprint.size() / 2; // a colon
    return fingerprint.left(half) + QLatin1Char('\n') + fingerprint.mid(half + 1);
}

std::vector<KeyValueItem> itemsOf(const net::CertificateInfo& info)
{
    const auto date = [](const QDateTime& at) { return at.date().toString(Qt::ISODate); };
    std::vector<KeyValueItem> items{
        {CertificateView::tr("Issued to"), info.subject, TextStyle::Strong},
        {CertificateView::tr("Issued by"),
         info.selfSigned ? CertificateView::tr("itself") : info.issuer},
        {CertificateView::tr("Valid"),
         CertificateView::tr("%1 to %2").arg(date(info.notBefore), date(info.notAfter))},
        {CertificateView::tr("For"), info.names.join(QStringLiteral(", "))},
        {CertificateView::tr("Key"), info.keyText},
        {CertificateView::tr("SHA-256"), inTwoLines(net::fingerprintText(info.sha256)),
         TextStyle::Fixed},
    };
    for (const QString& problem : info.problems) {
        items.push_back({CertificateView::tr("Problem"), problem, TextStyle::Body, Tone::Bad});
    }
    return items;
}

} // namespace

CertificateView::CertificateView(const Theme& theme, QWidget* parent)
    : QScrollArea(parent)
    , m_theme(theme)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Certificates"));
}

void CertificateView::setCertificates(const std::vector<net::CertificateInfo>& certificates,
                                      const std::vector<QString>& hostPorts)
{
    std::map<QByteArray, std::pair<const net::CertificateInfo*, QStringList>> byFingerprint;
    for (size_t index = 0; index < certificates.size(); ++index) {
        auto& entry = byFingerprint[certificates[index].sha256];
        entry.first = &certificates[index];
        if (index < hostPorts.size()) {
            entry.second.append(hostPorts[index]);
        }
    }
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(m_theme.px(12));
    for (const auto& [fingerprint, entry] : byFingerprint) {
        auto* card = new Card(m_theme, entry.second.join(QStringLiteral(", ")), content);
        auto* list = new KeyValueList(m_theme, card);
        list->setItems(itemsOf(*entry.first));
        card->add(list);
        column->addWidget(card);
    }
    column->addStretch(1);
    setWidget(content);
}

} // namespace quorate::ui
