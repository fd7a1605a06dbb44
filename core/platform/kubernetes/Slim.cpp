// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/platform/kubernetes/Slim.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace quorate::platform::kubernetes {
namespace {

constexpr int kDepthMax = 96; ///< as kKubeJson; a list of nodes is nested 12 deep

/// NodeStatus and ObjectMeta of the API reference; of no use to the state of a cluster.
constexpr std::array<std::string_view, 8> kBulk{
    "managedFields", "images",          "capacity",        "allocatable",
    "volumesInUse",  "volumesAttached", "daemonEndpoints", "runtimeHandlers"};

/// Walks over the text once and copies what stays. Every step answers whether it was well-formed.
class Walk {
public:
    explicit Walk(const QByteArray& text)
        : m_at(text.constData())
        , m_end(m_at + text.size())
        , m_kept(m_at)
    {
        m_out.reserve(text.size() / 2);
    }

    bool run()
    {
        if (!value(0)) {
            return false;
        }
        space();
        m_out.append(m_kept, m_end - m_kept);
        return m_at == m_end;
    }
    [[nodiscard]] QByteArray takeOut() { return std::move(m_out); }

private:
    [[nodiscard]] bool is(char c) const { return m_at < m_end && *m_at == c; }

    void space()
    {
        while (m_at < m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t')) {
            ++m_at;
        }
    }

    bool string()
    {
        if (!is('"')) {
            return false;
        }
        for (++m_at; m_at < m_end; ++m_at) {
            if (*m_at == '"') {
                ++m_at;
                return true;
            }
            if (*m_at == '\\') {
                ++m_at;
            }
        }
        m_at = m_end; // an escape may have led beyond it
        return false;
    }

    bool value(int depth)
    {
        if (depth > kDepthMax || m_at >= m_end) {
            return false;
        }
        switch (*m_at) {
        case '{': return object(depth);
        case '[': return list(depth);
        case '"': return string();
        default: break;
        }
        const char* start = m_at;
        while (m_at < m_end && *m_at != ',' && *m_at != '}' && *m_at != ']' && *m_at != ' '
               && *m_at != '\n' && *m_at != '\r' && *m_at != '\t') {
            ++m_at;
        }
        return m_at > start;
    }

    bool list(int depth)
    {
        ++m_at;
        space();
        if (is(']')) {
            ++m_at;
            return true;
        }
        for (;;) {
            space();
            if (!value(depth + 1)) {
                return false;
            }
            space();
            if (is(']')) {
                ++m_at;
                return true;
            }
            if (!is(',')) {
                return false;
            }
            ++m_at;
        }
    }

    bool object(int depth)
    {
        ++m_at;
        space();
        if (is('}')) {
            ++m_at;
            return true;
        }
        const char* comma = nullptr; // before the member, when something before it stays
        for (;;) {
            space();
            const char* member = m_at;
            if (!string()) {
                return false;
            }
            const std::string_view key(member + 1, std::size_t(m_at - member) - 2);
            space();
            if (!is(':')) {
                return false;
            }
            ++m_at;
            space();
            const bool goes = (is('{') || is('[')) && std::ranges::find(kBulk, key) != kBulk.end();
            if (goes ? !pass() : !value(depth + 1)) {
                return false;
            }
            const char* after = m_at;
            space();
            const bool isLast = is('}');
            if (!isLast && !is(',')) {
                return false;
            }
            if (goes && (comma != nullptr || isLast)) {
                cut(comma != nullptr ? comma : member, after);
            } else if (goes) {
                cut(member, m_at + 1);
            }
            if (!goes || comma != nullptr) {
                comma = m_at;
            }
            ++m_at;
            if (isLast) {
                return true;
            }
        }
    }

    /// Over an object or a list that goes.
    bool pass()
    {
        int depth = 0;
        while (m_at < m_end) {
            const char c = *m_at;
            if (c == '"') {
                if (!string()) {
                    return false;
                }
                continue;
            }
            ++m_at;
            if (c == '{' || c == '[') {
                ++depth;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return true;
            }
        }
        return false;
    }

    void cut(const char* from, const char* to)
    {
        m_out.append(m_kept, from - m_kept);
        m_kept = to;
    }

    const char* m_at;
    const char* m_end;
    const char* m_kept; ///< from here on nothing was copied yet
    QByteArray m_out;
};

} // namespace

QByteArray withoutBulk(const QByteArray& text)
{
    Walk walk(text);
    return walk.run() ? walk.takeOut() : text;
}

} // namespace quorate::platform::kubernetes
