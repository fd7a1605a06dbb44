// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of a server: parsed within the limits, then read field by field with every accessor.
// Whatever comes, there is a value or an error with a message.
#include "core/base/Assert.h"
#include "core/base/Json.h"

#include <cstdint>

namespace {

void readEverything(quorate::JsonReader& in, int depth)
{
    for (const char* key : {"a", "b", "name", "state", "members"}) {
        quorate::JsonReader copy = in;
        copy.optionalString(key);
        copy.stringOr(key, {});
        copy.optionalInteger(key);
        copy.optionalNumber(key);
        copy.booleanOr(key, false);
        copy.optionalTime(key);
        copy.strings(key);
        copy.optionalObject(key);
        for (quorate::JsonReader& child : copy.objects(key)) {
            if (depth > 0) {
                readEverything(child, depth - 1);
            }
            copy.absorb(child);
        }
        if (copy.has(key) && copy.error()) {
            QUORATE_ASSERT(!copy.error()->message.isEmpty());
        }
    }
    in.string("name");
    in.integer("a");
    in.number("b");
    in.boolean("state");
    in.time("a");
    quorate::JsonReader inner = in.object("members");
    in.absorb(inner);
    QUORATE_ASSERT(in.finish(0).has_value() == !in.error().has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const auto object =
        quorate::parseJsonObject(text, {.bytesMax = 64 * 1024, .depthMax = 16, .valuesMax = 2000});
    if (!object) {
        QUORATE_ASSERT(!object.error().message.isEmpty());
        return 0;
    }
    quorate::JsonReader in(*object);
    readEverything(in, 2);
    return 0;
}
