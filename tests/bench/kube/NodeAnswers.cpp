// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/kube/NodeAnswers.h"

#include <QDateTime>
#include <QJsonArray>

namespace quorate::bench {
namespace {

const QString kRelease = QStringLiteral("v1.29.4");
constexpr int kImages =
    8; ///< a kubelet names up to 50; 5 KB a node is what production clusters average

QString timeText(int secondsAgo)
{
    return QDateTime::currentDateTimeUtc().addSecs(-secondsAgo).toString(Qt::ISODate);
}

QString idOf(int index, int part)
{
    return QStringLiteral("%1-8a1c-4d2e-b%2f-0f3a6c%3")
        .arg(index, 8, 16, QLatin1Char('0'))
        .arg(part, 2, 16, QLatin1Char('0'))
        .arg(index * 7 + part, 6, 16, QLatin1Char('0'));
}

QString addressOf(int index)
{
    return QStringLiteral("10.%1.%2.%3")
        .arg(20 + index / 65536)
        .arg(index / 256 % 256)
        .arg(index % 256);
}

QJsonObject labelsOf(int index, bool isControlPlane)
{
    QJsonObject labels{
        {QStringLiteral("beta.kubernetes.io/arch"), QStringLiteral("amd64")},
        {QStringLiteral("beta.kubernetes.io/os"), QStringLiteral("linux")},
        {QStringLiteral("kubernetes.io/arch"), QStringLiteral("amd64")},
        {QStringLiteral("kubernetes.io/hostname"), nodeName(index)},
        {QStringLiteral("kubernetes.io/os"), QStringLiteral("linux")},
        {QStringLiteral("node.kubernetes.io/instance-type"), QStringLiteral("m6i.2xlarge")},
        {QStringLiteral("topology.kubernetes.io/region"), QStringLiteral("eu-central-1")},
        {QStringLiteral("topology.kubernetes.io/zone"),
         QStringLiteral("eu-central-1%1").arg(index % 3)}};
    if (isControlPlane) {
        labels.insert(QStringLiteral("node-role.kubernetes.io/control-plane"), QString());
        labels.insert(QStringLiteral("node-role.kubernetes.io/master"), QString());
    }
    return labels;
}

/// One writer's entry of metadata.managedFields; the set of fields makes most of its size.
QJsonObject writerEntry(const QString& manager, const QStringList& fields, int secondsAgo)
{
    QJsonObject set;
    for (const QString& field : fields) {
        set.insert(QStringLiteral("f:") + field,
                   QJsonObject{{QStringLiteral("."), QJsonObject()},
                               {QStringLiteral("f:value"), QJsonObject()}});
    }
    return {{QStringLiteral("manager"), manager},
            {QStringLiteral("operation"), QStringLiteral("Update")},
            {QStringLiteral("apiVersion"), QStringLiteral("v1")},
            {QStringLiteral("time"), timeText(secondsAgo)},
            {QStringLiteral("fieldsType"), QStringLiteral("FieldsV1")},
            {QStringLiteral("fieldsV1"), set}};
}

QJsonObject metadataOf(int index, quint64 version, bool isControlPlane)
{
    const QJsonObject annotations{
        {QStringLiteral("csi.volume.kubernetes.io/nodeid"),
         QStringLiteral(R"({"csi.example.net":"%1"})").arg(idOf(index, 1))},
        {QStringLiteral("kubeadm.alpha.kubernetes.io/cri-socket"),
         QStringLiteral("unix:///var/run/containerd/containerd.sock")},
        {QStringLiteral("node.alpha.kubernetes.io/ttl"), QStringLiteral("0")},
        {QStringLiteral("volumes.kubernetes.io/controller-managed-attach-detach"),
         QStringLiteral("true")}};
    const QJsonArray writers{
        writerEntry(QStringLiteral("kubeadm"),
                    {QStringLiteral("metadata"), QStringLiteral("annotations")}, 86'400),
        writerEntry(QStringLiteral("kube-controller-manager"),
                    {QStringLiteral("spec"), QStringLiteral("podCIDR"), QStringLiteral("podCIDRs")},
                    86'390),
        writerEntry(QStringLiteral("kubelet"),
                    {QStringLiteral("status"), QStringLiteral("allocatable"),
                     QStringLiteral("conditions"), QStringLiteral("images"),
                     QStringLiteral("nodeInfo")},
                    20)};
    return {{QStringLiteral("name"), nodeName(index)},
            {QStringLiteral("uid"), idOf(index, 2)},
            {QStringLiteral("resourceVersion"), QString::number(version)},
            {QStringLiteral("creationTimestamp"), timeText(86'400)},
            {QStringLiteral("labels"), labelsOf(index, isControlPlane)},
            {QStringLiteral("annotations"), annotations},
            {QStringLiteral("managedFields"), writers}};
}

QJsonArray conditionsAt(int beat)
{
    const auto condition = [beat](const char* type, const char* status, const char* reason,
                                  const char* message) {
        return QJsonObject{{QStringLiteral("type"), QLatin1String(type)},
                           {QStringLiteral("status"), QLatin1String(status)},
                           {QStringLiteral("lastHeartbeatTime"), timeText(-beat)},
                           {QStringLiteral("lastTransitionTime"), timeText(86'000)},
                           {QStringLiteral("reason"), QLatin1String(reason)},
                           {QStringLiteral("message"), QLatin1String(message)}};
    };
    return {
        condition("NetworkUnavailable", "False", "CiliumIsUp", "Cilium is running on this node"),
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory",
                  "kubelet has sufficient memory available"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure",
                  "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID",
                  "kubelet has sufficient PID available"),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")};
}

QJsonObject amounts(const char* memory)
{
    return {{QStringLiteral("cpu"), QStringLiteral("8")},
            {QStringLiteral("ephemeral-storage"), QStringLiteral("101430960Ki")},
            {QStringLiteral("hugepages-1Gi"), QStringLiteral("0")},
            {QStringLiteral("hugepages-2Mi"), QStringLiteral("0")},
            {QStringLiteral("memory"), QLatin1String(memory)},
            {QStringLiteral("pods"), QStringLiteral("110")}};
}

QJsonArray imagesOf(int index)
{
    QJsonArray images;
    for (int image = 0; image < kImages; ++image) {
        const QString name =
            QStringLiteral("registry.example.net/team-%1/service-%2").arg(index % 7).arg(image);
        images.append(
            QJsonObject{{QStringLiteral("names"),
                         QJsonArray{QStringLiteral("%1@sha256:%2")
                                        .arg(name)
                                        .arg(index % 97 + image, 64, 16, QLatin1Char('a')),
                                    name + QStringLiteral(":2.%1.0").arg(image)}},
                        {QStringLiteral("sizeBytes"), 31'000'000 + image * 7'654'321}});
    }
    return images;
}

QJsonObject statusOf(int index, int beat, bool isControlPlane)
{
    const QJsonObject info{
        {QStringLiteral("machineID"), idOf(index, 3)},
        {QStringLiteral("systemUUID"), idOf(index, 4)},
        {QStringLiteral("bootID"), idOf(index, 5)},
        {QStringLiteral("kernelVersion"), QStringLiteral("6.1.0-21-amd64")},
        {QStringLiteral("osImage"), QStringLiteral("Debian GNU/Linux 12 (bookworm)")},
        {QStringLiteral("containerRuntimeVersion"), QStringLiteral("containerd://1.7.16")},
        {QStringLiteral("kubeletVersion"), kRelease},
        {QStringLiteral("kubeProxyVersion"), kRelease},
        {QStringLiteral("operatingSystem"), QStringLiteral("linux")},
        {QStringLiteral("architecture"), QStringLiteral("amd64")}};
    const auto address = [](const char* type, const QString& text) {
        return QJsonObject{{QStringLiteral("type"), QLatin1String(type)},
                           {QStringLiteral("address"), text}};
    };
    return {{QStringLiteral("capacity"), amounts("32429688Ki")},
            {QStringLiteral("allocatable"), amounts("32327288Ki")},
            {QStringLiteral("conditions"), conditionsAt(beat)},
            {QStringLiteral("addresses"),
             QJsonArray{address("InternalIP",
                                isControlPlane ? controlPlaneAddress(index) : addressOf(index)),
                        address("Hostname", nodeName(index))}},
            {QStringLiteral("daemonEndpoints"),
             QJsonObject{{QStringLiteral("kubeletEndpoint"),
                          QJsonObject{{QStringLiteral("Port"), 10250}}}}},
            {QStringLiteral("nodeInfo"), info},
            {QStringLiteral("images"), imagesOf(index)}};
}

} // namespace

QString nodeName(int index)
{
    return QStringLiteral("node-%1").arg(index + 1, 5, 10, QLatin1Char('0'));
}

QString controlPlaneAddress(int index) { return QStringLiteral("127.0.0.%1").arg(index + 1); }

QJsonObject nodeObject(int index, quint64 version, int beat, int controlPlane)
{
    QJsonObject spec{
        {QStringLiteral("podCIDR"), addressOf(index) + QStringLiteral("/24")},
        {QStringLiteral("podCIDRs"), QJsonArray{addressOf(index) + QStringLiteral("/24")}},
        {QStringLiteral("providerID"), QStringLiteral("aws:///eu-central-1a/i-") + idOf(index, 6)}};
    if (index < controlPlane) {
        spec.insert(
            QStringLiteral("taints"),
            QJsonArray{QJsonObject{
                {QStringLiteral("key"), QStringLiteral("node-role.kubernetes.io/control-plane")},
                {QStringLiteral("effect"), QStringLiteral("NoSchedule")}}});
    }
    return {{QStringLiteral("metadata"), metadataOf(index, version, index < controlPlane)},
            {QStringLiteral("spec"), spec},
            {QStringLiteral("status"), statusOf(index, beat, index < controlPlane)}};
}

QJsonObject nodeTableRow(const QJsonObject& node)
{
    const QJsonObject metadata = node.value(QStringLiteral("metadata")).toObject();
    const QJsonObject status = node.value(QStringLiteral("status")).toObject();
    const QJsonObject info = status.value(QStringLiteral("nodeInfo")).toObject();
    const bool isControlPlane =
        metadata.value(QStringLiteral("labels"))
            .toObject()
            .contains(QStringLiteral("node-role.kubernetes.io/control-plane"));
    const QJsonArray cells{
        metadata.value(QStringLiteral("name")),
        QStringLiteral("Ready"),
        isControlPlane ? QStringLiteral("control-plane,master") : QStringLiteral("<none>"),
        QStringLiteral("24h"),
        info.value(QStringLiteral("kubeletVersion")),
        status.value(QStringLiteral("addresses")).toArray().first()[QStringLiteral("address")],
        QStringLiteral("<none>"),
        info.value(QStringLiteral("osImage")),
        info.value(QStringLiteral("kernelVersion")),
        info.value(QStringLiteral("containerRuntimeVersion"))};
    return {{QStringLiteral("cells"), cells},
            {QStringLiteral("object"),
             QJsonObject{{QStringLiteral("kind"), QStringLiteral("PartialObjectMetadata")},
                         {QStringLiteral("apiVersion"), QStringLiteral("meta.k8s.io/v1")},
                         {QStringLiteral("metadata"), metadata}}}};
}

QJsonArray nodeTableColumns()
{
    QJsonArray columns;
    const auto add = [&columns](const char* name, int priority, const char* format = "") {
        columns.append(QJsonObject{
            {QStringLiteral("name"), QLatin1String(name)},
            {QStringLiteral("type"), QStringLiteral("string")},
            {QStringLiteral("format"), QLatin1String(format)},
            {QStringLiteral("description"), QStringLiteral("What the server says of it.")},
            {QStringLiteral("priority"), priority}});
    };
    add("Name", 0, "name");
    for (const char* name : {"Status", "Roles", "Age", "Version"}) {
        add(name, 0);
    }
    for (const char* name :
         {"Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"}) {
        add(name, 1);
    }
    return columns;
}

QJsonObject nodeLease(int index)
{
    return {{QStringLiteral("kind"), QStringLiteral("Lease")},
            {QStringLiteral("apiVersion"), QStringLiteral("coordination.k8s.io/v1")},
            {QStringLiteral("metadata"),
             QJsonObject{{QStringLiteral("name"), nodeName(index)},
                         {QStringLiteral("namespace"), QStringLiteral("kube-node-lease")},
                         {QStringLiteral("uid"), idOf(index, 7)},
                         {QStringLiteral("resourceVersion"), QStringLiteral("1")}}},
            {QStringLiteral("spec"),
             QJsonObject{{QStringLiteral("holderIdentity"), nodeName(index)},
                         {QStringLiteral("leaseDurationSeconds"), 40},
                         {QStringLiteral("renewTime"),
                          QDateTime::currentDateTimeUtc().addSecs(-3).toString(
                              QStringLiteral("yyyy-MM-ddTHH:mm:ss.000000Z"))}}}};
}

} // namespace quorate::bench
