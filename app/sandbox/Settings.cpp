// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sandbox/Settings.h"

#include "app/sandbox/Files.h"
#include "core/base/Json.h"

#include <QDir>

#include <algorithm>

namespace quorate::sandbox {

namespace {
// Source: Kubernetes node lease 10 s (late) and grace 40 s (unknown); floors keep a busy machine
// from false alarms.
constexpr Millis kHeartbeatMax = Seconds(1);
constexpr Millis kHeartbeatFast = Millis(400);
constexpr Millis kLate = Seconds(10);
constexpr Millis kLateMin = Millis(1500);
constexpr Millis kDown = Seconds(40);
constexpr Millis kDownMin = Millis(3000);
} // namespace

Result<Settings> Settings::load(const QString& folder)
{
    Settings settings;
    settings.folder = QDir(folder).absolutePath();
    Result<QJsonObject> object = readObject(settings.path(QStringLiteral("sandbox.json")));
    if (!object) {
        return fail(ErrorKind::NotFound, QStringLiteral("no-sandbox"),
                    QStringLiteral("there is no practice cluster in %1").arg(settings.folder),
                    QStringLiteral("Make one with: quorate-sandbox up --dir DIR"));
    }
    JsonReader in(*object, QStringLiteral("sandbox.json"));
    settings.name = in.string("name");
    settings.system = in.string("system");
    settings.version = in.string("version");
    settings.speed = static_cast<int>(in.integer("speed"));
    for (JsonReader& node : in.objects("nodes")) {
        settings.nodes.push_back({node.string("id"), static_cast<int>(node.integer("port"))});
        in.absorb(node);
    }
    return in.finish(settings);
}

Result<void> Settings::save() const
{
    QJsonArray list;
    for (const NodeEntry& node : nodes) {
        list.append(
            QJsonObject{{QStringLiteral("id"), node.id}, {QStringLiteral("port"), node.port}});
    }
    return writeDurably(path(QStringLiteral("sandbox.json")),
                        QJsonObject{{QStringLiteral("name"), name},
                                    {QStringLiteral("system"), system},
                                    {QStringLiteral("version"), version},
                                    {QStringLiteral("speed"), speed},
                                    {QStringLiteral("nodes"), list}});
}

const NodeEntry* Settings::find(const QString& id) const
{
    const auto found = std::find_if(nodes.begin(), nodes.end(),
                                    [&](const NodeEntry& node) { return node.id == id; });
    return found == nodes.end() ? nullptr : &*found;
}

Millis Settings::scaled(Millis vendorTime, Millis floor) const
{
    return std::max(floor, vendorTime / std::max(1, speed));
}

Millis Settings::heartbeat() const { return speed > 1 ? kHeartbeatFast : kHeartbeatMax; }

Millis Settings::late() const { return scaled(kLate, kLateMin); }

Millis Settings::down() const { return scaled(kDown, kDownMin); }

} // namespace quorate::sandbox
