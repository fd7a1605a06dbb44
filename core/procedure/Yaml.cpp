// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/Yaml.h"

#include <QRegularExpression>
#include <QStringDecoder>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace quorate::procedure::yaml {
namespace {

/// Ends the parser at once; never leaves this file.
struct Refusal {
    int line;
    int column;
    QString text;
};

struct Place {
    int line;
    int column;
};

Place placeOf(const YAML::Mark& mark)
{
    return mark.is_null() ? Place{1, 1} : Place{mark.line + 1, mark.column + 1};
}

int nodesOf(const Node& node)
{
    int nodes = 1;
    for (const Node& item : node.items) {
        nodes += nodesOf(item);
    }
    for (const Entry& entry : node.entries) {
        nodes += 1 + nodesOf(entry.value);
    }
    return nodes;
}

int depthOf(const Node& node)
{
    int below = 0;
    for (const Node& item : node.items) {
        below = std::max(below, depthOf(item));
    }
    for (const Entry& entry : node.entries) {
        below = std::max(below, depthOf(entry.value));
    }
    return node.kind == Kind::Map || node.kind == Kind::Sequence ? below + 1 : 0;
}

/// Builds the tree from the parser's events and stops it at the first thing that we do not take.
class Builder final : public YAML::EventHandler {
public:
    explicit Builder(const Limits& limits)
        : m_limits(limits)
    {}
    [[nodiscard]] Node take() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark& mark) override { m_root.line = placeOf(mark).line; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        Node node = makeNode(Kind::Null, mark, {}, anchor);
        remember(anchor, node, mark);
        put(std::move(node));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        const auto found = m_anchors.find(anchor);
        if (!m_limits.aliases) {
            refuse(mark, QStringLiteral("an alias (*name) is not allowed; write the value out"));
        }
        if (found == m_anchors.end()) {
            refuse(mark, QStringLiteral("an alias (*name) must not stand inside its own anchor"));
        }
        if (int(m_levels.size()) + found->second.depth > m_limits.depthMax) {
            refuse(mark, QStringLiteral("nested deeper than %1 levels").arg(m_limits.depthMax));
        }
        count(found->second.nodes, mark);
        refuseKeyKind(found->second.node);
        put(Node(found->second.node));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override
    {
        Node node = makeNode(Kind::Scalar, mark, tag, anchor);
        QStringDecoder decode(QStringDecoder::Utf8);
        node.text = decode(QByteArrayView(value.data(), qsizetype(value.size())));
        if (decode.hasError()) {
            refuse(mark, QStringLiteral("the text is not valid UTF-8"));
        }
        node.quoted = tag == "!";
        remember(anchor, node, mark);
        put(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        open(makeNode(Kind::Sequence, mark, tag, anchor), mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        open(makeNode(Kind::Map, mark, tag, anchor), mark, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        Node node;
        bool haveKey = false;
        std::set<QString> keys;
        YAML::anchor_t anchor = YAML::NullAnchor;
    };
    struct Anchored {
        Node node;
        int nodes = 0;
        int depth = 0;
    };

    [[noreturn]] static void refuse(const YAML::Mark& mark, const QString& text)
    {
        const Place place = placeOf(mark);
        throw Refusal{place.line, place.column, text};
    }

    Node makeNode(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor)
    {
        if (anchor != YAML::NullAnchor && !m_limits.aliases) {
            refuse(mark, QStringLiteral("an anchor (&name) is not allowed"));
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            refuse(mark, QStringLiteral("a tag (!name) is not allowed"));
        }
        count(1, mark);
        Node node;
        node.kind = kind;
        node.line = placeOf(mark).line;
        node.column = placeOf(mark).column;
        return node;
    }

    void count(int nodes, const YAML::Mark& mark)
    {
        m_count += nodes; // each at most nodesMax, so it cannot overflow
        if (m_count > m_limits.nodesMax) {
            refuse(mark, QStringLiteral("the file has more than %1 values").arg(m_limits.nodesMax));
        }
    }

    void remember(YAML::anchor_t anchor, const Node& node, const YAML::Mark& mark)
    {
        if (anchor != YAML::NullAnchor) {
            const int nodes = nodesOf(node);
            count(nodes, mark); // our copy of it is memory too
            m_anchors[anchor] = {node, nodes, depthOf(node)};
        }
    }

    void open(Node node, const YAML::Mark& mark, YAML::anchor_t anchor)
    {
        if (int(m_levels.size()) >= m_limits.depthMax) {
            refuse(mark, QStringLiteral("nested deeper than %1 levels").arg(m_limits.depthMax));
        }
        refuseKeyKind(node);
        m_levels.push_back(Level{std::move(node), false, {}, anchor});
    }

    void close()
    {
        Node node = std::move(m_levels.back().node);
        const YAML::anchor_t anchor = m_levels.back().anchor;
        m_levels.pop_back();
        remember(anchor, node, YAML::Mark::null_mark());
        put(std::move(node));
    }

    void refuseKeyKind(const Node& node) const
    {
        const bool isKey =
            !m_levels.empty() && m_levels.back().node.kind == Kind::Map && !m_levels.back().haveKey;
        if (isKey && node.kind != Kind::Scalar) {
            throw Refusal{node.line, node.column, QStringLiteral("a field's name must be a text")};
        }
    }

    void put(Node node)
    {
        if (m_levels.empty()) {
            m_root = std::move(node);
            return;
        }
        Level& level = m_levels.back();
        if (level.node.kind == Kind::Sequence) {
            level.node.items.push_back(std::move(node));
        } else if (level.haveKey) {
            level.node.entries.back().value = std::move(node);
            level.haveKey = false;
        } else {
            refuseKeyKind(node);
            if (!level.keys.insert(node.text).second) {
                throw Refusal{node.line, node.column,
                              QStringLiteral("\"%1\" is given twice").arg(node.text.left(60))};
            }
            level.node.entries.push_back(Entry{node.text, node.line, node.column, {}});
            level.haveKey = true;
        }
    }

    Limits m_limits;
    Node m_root;
    std::vector<Level> m_levels;
    std::map<YAML::anchor_t, Anchored> m_anchors;
    int m_count = 0;
};

class Silent final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override
    {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {}
    void OnMapEnd() override {}
};

Node build(const QByteArray& text, const Limits& limits)
{
    std::istringstream stream(text.toStdString());
    YAML::Parser parser(stream);
    Builder builder(limits);
    if (!parser.HandleNextDocument(builder)) {
        throw Refusal{1, 1, QStringLiteral("the file is empty")};
    }
    Node root = builder.take();
    if (root.kind != Kind::Map) {
        throw Refusal{root.line, root.column,
                      QStringLiteral("the file must be a list of fields (name: value)")};
    }
    Silent rest;
    if (!limits.moreDocuments && parser.HandleNextDocument(rest)) {
        throw Refusal{1, 1, QStringLiteral("the file has more than one document")};
    }
    return root;
}

} // namespace

const Node* Node::find(const QString& key) const
{
    for (const Entry& entry : entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

Result<Node> parse(const QByteArray& text, const QString& fileName, const QString& code,
                   const Limits& limits)
{
    const auto refused = [&](int line, int column, const QString& why) {
        return fail(ErrorKind::Validation, code,
                    QStringLiteral("%1:%2:%3: %4").arg(fileName).arg(line).arg(column).arg(why),
                    QStringLiteral("Correct the file at this place"));
    };
    if (text.size() > limits.bytesMax) {
        return refused(1, 1,
                       QStringLiteral("the file is larger than %1 bytes").arg(limits.bytesMax));
    }
    try {
        return build(text, limits);
    } catch (const Refusal& refusal) {
        return refused(refusal.line, refusal.column, refusal.text);
    } catch (const YAML::Exception& error) {
        const Place place = placeOf(error.mark);
        return refused(place.line, place.column,
                       QStringLiteral("not valid YAML: %1").arg(QString::fromStdString(error.msg)));
    } catch (const std::exception& error) {
        return refused(1, 1,
                       QStringLiteral("not readable: %1").arg(QString::fromUtf8(error.what())));
    }
}

QByteArray scalar(const QString& text)
{
    static const QRegularExpression plain(QRegularExpression::anchoredPattern(
        QStringLiteral("[A-Za-z](?:[A-Za-z0-9 ._/()+-]*[A-Za-z0-9._/()+-])?")));
    static const QRegularExpression keyword(
        QRegularExpression::anchoredPattern(QStringLiteral("y|n|yes|no|on|off|true|false|null")),
        QRegularExpression::CaseInsensitiveOption);
    if (plain.match(text).hasMatch() && !keyword.match(text).hasMatch()) {
        return text.toUtf8();
    }
    QString out = QStringLiteral("\"");
    for (const QChar c : text) {
        const ushort code = c.unicode();
        if (c == QLatin1Char('"') || c == QLatin1Char('\\')) {
            out += QLatin1Char('\\');
            out += c;
        } else if (c == QLatin1Char('\n')) {
            out += QStringLiteral("\\n");
        } else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029
                   || code == 0xfeff) {
            out += QStringLiteral("\\u%1").arg(code, 4, 16, QLatin1Char('0'));
        } else {
            out += c;
        }
    }
    return (out + QLatin1Char('"')).toUtf8();
}

} // namespace quorate::procedure::yaml
