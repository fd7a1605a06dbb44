// SPDX-License-Identifier: GPL-3.0-or-later
// store_writer FILE: creates run "r1" and appends batches of three records until it is killed. Each
// line of standard output is the last record of a batch that the store called durable.
#include "core/store/Store.h"

#include <QCoreApplication>

#include <cstdio>

using namespace quorate;

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const SystemClock clock;
    auto store = store::Store::open(application.arguments().value(1), clock);
    const RunId run{QStringLiteral("r1")};
    if (!store || !(*store)->createRun({.id = run, .cluster = ClusterId{QStringLiteral("c1")}})) {
        return 1;
    }
    QByteArray previous(32, '\0');
    for (qint64 sequence = 0;; sequence += 3) {
        std::vector<run::JournalRecord> batch(3);
        for (int i = 0; i < 3; ++i) {
            batch[static_cast<std::size_t>(i)] = {
                .sequence = sequence + i + 1,
                .at = clock.now(),
                .kind = QStringLiteral("event"),
                .payload = {},
                .previousHash = previous,
                .hash = QByteArray::number(sequence + i + 1).rightJustified(32, '.')};
            previous = batch[static_cast<std::size_t>(i)].hash;
        }
        if (!(*store)->append(run, batch)) {
            return 1;
        }
        std::printf("%lld\n", static_cast<long long>(sequence + 3));
        std::fflush(stdout);
    }
}
