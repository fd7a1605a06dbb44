// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/ErrorText.h"

#include <QCoreApplication>

#include <algorithm>

namespace quorate::ui {
namespace {

struct ErrorWords {
    Q_DECLARE_TR_FUNCTIONS(ErrorText)
};

/// What is the same for every failure of a kind; a cure that came with the error replaces `next`.
struct KindText {
    QString title;
    QString unharmed;
    QString next;
};

QString nothingChanged() { return ErrorWords::tr("Nothing was changed on the cluster."); }

KindText kindText(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Transport:
        return {
            ErrorWords::tr("The connection failed"),
            ErrorWords::tr("The node itself may be well; only this console could not reach it."),
            ErrorWords::tr("Check the network between here and the node, then try again.")};
    case ErrorKind::Tls:
        return {ErrorWords::tr("The certificate is not trusted"),
                ErrorWords::tr("Nothing was sent, not even the password."),
                ErrorWords::tr("Compare the fingerprint with the node's own before trusting it.")};
    case ErrorKind::Timeout:
        return {ErrorWords::tr("No answer in time"),
                ErrorWords::tr("Whether the node has acted is not known; it is asked again before "
                               "anything else is sent."),
                ErrorWords::tr("Wait for the next reading of the node, then try again.")};
    case ErrorKind::Cancelled:
        return {ErrorWords::tr("Cancelled"),
                ErrorWords::tr("What was done before stays as it is."),
                {}};
    case ErrorKind::Unauthorized:
        return {ErrorWords::tr("The sign-in was not accepted"), nothingChanged(),
                ErrorWords::tr("Sign in again with a user of this cluster.")};
    case ErrorKind::Forbidden:
        return {
            ErrorWords::tr("Not allowed for this user"), nothingChanged(),
            ErrorWords::tr("Use an account with the right to do this, or ask the administrator of "
                           "the cluster.")};
    case ErrorKind::NotFound:
        return {ErrorWords::tr("Not found"), nothingChanged(),
                ErrorWords::tr("Refresh; it may have been removed meanwhile.")};
    case ErrorKind::Conflict:
        return {ErrorWords::tr("Not possible now"), nothingChanged(),
                ErrorWords::tr(
                    "Wait until the work in progress on the cluster has ended, then try again.")};
    case ErrorKind::Server:
        return {ErrorWords::tr("The node reports a failure"),
                ErrorWords::tr("Other nodes are not touched by it."),
                ErrorWords::tr("Read the details and the node's log before trying again.")};
    case ErrorKind::Protocol:
        return {
            ErrorWords::tr("The answer could not be read"),
            ErrorWords::tr("It was discarded; nothing shown here comes from it."),
            ErrorWords::tr("Check that the address is that of a node, and its version; save the "
                           "details for a report.")};
    case ErrorKind::Validation:
        return {ErrorWords::tr("The input is not right"), nothingChanged(),
                ErrorWords::tr("Correct it and try again.")};
    case ErrorKind::Precondition:
        return {ErrorWords::tr("Refused to keep the cluster safe"),
                ErrorWords::tr("Nothing was sent."),
                ErrorWords::tr("Clear the reason first; then try again.")};
    case ErrorKind::Storage:
        return {ErrorWords::tr("Could not read or write here"),
                ErrorWords::tr("The cluster is not touched by it."),
                ErrorWords::tr("Check free space and rights on this computer.")};
    case ErrorKind::Internal:
        return {ErrorWords::tr("A defect of Quorate"),
                ErrorWords::tr("Work on the cluster stops until it is clear what is true."),
                ErrorWords::tr("Save the details for a report, and start Quorate again.")};
    }
    return {};
}

QString withFullStop(const QString& sentence)
{
    if (sentence.isEmpty() || sentence.endsWith(QLatin1Char('.'))) {
        return sentence;
    }
    return sentence + QLatin1Char('.');
}

QString detailsOf(const Error& error)
{
    QStringList lines;
    lines.append(ErrorWords::tr("Kind: %1").arg(toString(error.kind)));
    const std::pair<QString, QString> fields[] = {
        {ErrorWords::tr("Code: %1"), error.code},
        {ErrorWords::tr("Address: %1"), error.endpoint},
        {ErrorWords::tr("HTTP status: %1"),
         error.httpStatus > 0 ? QString::number(error.httpStatus) : QString()},
        {ErrorWords::tr("Request: %1"), error.requestId},
        {ErrorWords::tr("While: %1"), error.context.join(QStringLiteral(", "))},
        {ErrorWords::tr("Message: %1"), error.message}};
    for (const auto& [label, value] : fields) {
        if (!value.isEmpty()) {
            lines.append(label.arg(value));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString ErrorText::sentences() const
{
    QStringList parts{happened, unharmed, next};
    parts.removeAll(QString());
    return parts.join(QLatin1Char(' '));
}

ErrorText errorText(const Error& error)
{
    const KindText kind = kindText(error.kind);
    QStringList outermostFirst = error.context;
    std::reverse(outermostFirst.begin(), outermostFirst.end());
    QString happened = withFullStop(error.message);
    if (!outermostFirst.isEmpty()) {
        happened = outermostFirst.join(QStringLiteral(", ")) + QStringLiteral(": ") + happened;
    }
    return {.title = kind.title,
            .happened = happened,
            .unharmed = kind.unharmed,
            .next = error.cure.isEmpty() ? kind.next : withFullStop(error.cure),
            .details = detailsOf(error)};
}

} // namespace quorate::ui
