// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/Machine.h"

#include "core/base/Overloaded.h"

namespace quorate::run {
namespace {

QString nodeText(const ActTarget& target)
{
    return target.node ? target.node->value : QStringLiteral("cluster");
}

} // namespace

QString toString(Stage stage)
{
    switch (stage) {
    case Stage::Idle: return QStringLiteral("idle");
    case Stage::Between: return QStringLiteral("between");
    case Stage::Lease: return QStringLiteral("lease");
    case Stage::LookAll: return QStringLiteral("look-all");
    case Stage::Look: return QStringLiteral("look");
    case Stage::Sent: return QStringLiteral("sent");
    case Stage::Follow: return QStringLiteral("follow");
    case Stage::Probe: return QStringLiteral("probe");
    case Stage::RetryPause: return QStringLiteral("retry-pause");
    case Stage::WaitBack: return QStringLiteral("wait-back");
    case Stage::WaitReady: return QStringLiteral("wait-ready");
    case Stage::Verify: return QStringLiteral("verify");
    case Stage::Ask: return QStringLiteral("ask");
    }
    return {};
}

bool isIntent(const Effect& value)
{
    return std::holds_alternative<effect::Perform>(value)
           || std::holds_alternative<effect::AcquireLease>(value)
           || std::holds_alternative<effect::ReleaseLease>(value);
}

QString toText(const Effect& value)
{
    return std::visit(
        Overloaded{
            [](const effect::LookNow&) { return QStringLiteral("look-now"); },
            [](const effect::Perform& e) {
                return QStringLiteral("perform %1 on %2 key=%3")
                    .arg(actName(e.act), nodeText(e.target), e.key);
            },
            [](const effect::Follow& e) {
                return QStringLiteral("follow %1 on %2").arg(e.operation.value, nodeText(e.target));
            },
            [](const effect::Probe& e) {
                return QStringLiteral("probe %1 on %2 key=%3")
                    .arg(actName(e.act), nodeText(e.target), e.key);
            },
            [](const effect::AcquireLease& e) {
                return QStringLiteral("acquire-lease \"%1\"").arg(e.owner);
            },
            [](const effect::RenewLease&) { return QStringLiteral("renew-lease"); },
            [](const effect::ReleaseLease&) { return QStringLiteral("release-lease"); },
        },
        value);
}

QJsonObject toJson(const Effect& value)
{
    QJsonObject object;
    std::visit(Overloaded{
                   [&](const effect::Perform& e) {
                       object[QStringLiteral("effect")] = QStringLiteral("perform");
                       object[QStringLiteral("node")] =
                           e.target.node ? e.target.node->value : QString();
                       object[QStringLiteral("act")] = quorate::toJson(e.act);
                       object[QStringLiteral("key")] = e.key;
                   },
                   [&](const effect::AcquireLease& e) {
                       object[QStringLiteral("effect")] = QStringLiteral("acquire-lease");
                       object[QStringLiteral("owner")] = e.owner;
                   },
                   [&](const effect::ReleaseLease& e) {
                       object[QStringLiteral("effect")] = QStringLiteral("release-lease");
                       object[QStringLiteral("owner")] = e.owner;
                   },
                   [&](const auto&) { object[QStringLiteral("effect")] = toText(value); },
               },
               value);
    return object;
}

} // namespace quorate::run
