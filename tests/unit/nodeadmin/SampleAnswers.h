// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Good answers of the Node Admin API.
namespace quorate::platform::nodeadmin::sample {

inline constexpr char kNode[] =
    R"({"id":"node-1","name":"node-1","address":"h:1","system":"mss","version":"14.1.0",
 "state":"ready","voter":true,"learner":false,"leader":true,"bootId":"b1","startedAt":"2026-11-21T10:00:00.000Z",
 "appliedIndex":7,"diskFreeBytes":5,"diskTotalBytes":9,"load":0.5,"updatesAvailable":2,"rebootNeeded":false,
 "drained":false,"verification":"none","stagedPackages":[{"id":"p-1","name":"p","version":"1.0.0","sizeBytes":5,
  "sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","verified":true}],
 "installedPackage":null,"services":[{"id":"ssh","name":"SSH","running":true,"version":"1.0.0"}],
 "conditions":[{"id":"c","severity":"warning","text":"w"}],"sandbox":true})";
inline constexpr char kCluster[] =
    R"({"name":"c","system":"mss","observedBy":"node-1","term":3,"leader":"node-1",
 "appliedIndex":7,"limits":{"heartbeatMs":1,"lateMs":2,"downMs":5000},
 "members":[{"id":"node-1","name":"n","address":"h:1","voter":true,"learner":false,"state":"grace","version":"14.1.0",
  "lastContactAt":"2026-11-21T10:00:00.000Z","appliedIndex":7}]})";
inline constexpr char kSession[] =
    R"({"token":"0123456789abcdef0123456789abcdef","expiresAt":"2036-11-21T10:00:00.000Z",
 "user":"u","canWrite":true})";

} // namespace quorate::platform::nodeadmin::sample
