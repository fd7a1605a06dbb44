// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>

/// What an API server says of nodes, in the form and size of real kubelets' reports: about 5 KB a
/// node.
namespace quorate::bench {

/// "node-00001" and so on; counted from 0.
QString nodeName(int index);

/// Where a node of the control plane serves the API.
QString controlPlaneAddress(int index);

/// The Node as it is at `version`; its kubelet reported last `beat` seconds after the beginning.
QJsonObject nodeObject(int index, quint64 version, int beat, int controlPlane);
/// The same as a row of a Table, as the server prints it for `kubectl get nodes`: cells and the
/// object's metadata.
QJsonObject nodeTableRow(const QJsonObject& node);
/// What the columns of that table are.
QJsonArray nodeTableColumns();
QJsonObject nodeLease(int index);

} // namespace quorate::bench
