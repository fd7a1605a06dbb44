// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/procedure/YamlReader.h"

#include "core/procedure/Duration.h"

#include <QRegularExpression>

#include <cmath>

namespace quorate::procedure::yaml {
namespace {

const Node& emptyNode()
{
    static const Node node;
    return node;
}

QString shown(const QString& text) { return QStringLiteral("\"%1\"").arg(text.left(60)); }

} // namespace

QString oneOf(const QStringList& allowed)
{
    if (allowed.size() < 2) {
        return allowed.join(QString());
    }
    return allowed.mid(0, allowed.size() - 1).join(QStringLiteral(", ")) + QStringLiteral(" or ")
           + allowed.last();
}

void Report::reject(int line, int column, const QString& field, const QString& text)
{
    if (error) {
        return;
    }
    const QString place = QStringLiteral("%1:%2:%3").arg(fileName).arg(line).arg(column);
    const QString what = field.isEmpty() ? text : QStringLiteral("%1: %2").arg(field, text);
    error = makeError(ErrorKind::Validation, code, QStringLiteral("%1: %2").arg(place, what), cure);
}

MapReader::MapReader(Report& report, const Node& node, QString path, const QStringList& fields)
    : m_report(report)
    , m_node(node)
    , m_path(std::move(path))
{
    if (node.kind != Kind::Map) {
        m_report.reject(node.line, node.column, m_path,
                        QStringLiteral("must be a map (name: value)"));
        return;
    }
    for (const Entry& entry : node.entries) {
        if (!fields.contains(entry.key)) {
            m_report.reject(entry.line, entry.column, this->path(entry.key.left(60)),
                            QStringLiteral("unknown field; it may be ") + oneOf(fields));
        }
    }
}

QString MapReader::path(const QString& key) const
{
    return m_path.isEmpty() ? key : m_path + QLatin1Char('.') + key;
}

void MapReader::reject(const QString& key, const QString& text)
{
    const Node* value = m_node.find(key);
    const Node& at = value != nullptr ? *value : m_node;
    m_report.reject(at.line, at.column, path(key), text);
}

const Node* MapReader::scalar(const QString& key, bool isRequired, const QString& expected)
{
    const Node* value = m_node.find(key);
    if (value == nullptr) {
        if (isRequired) {
            reject(key, QStringLiteral("missing; it must be ") + expected);
        }
        return nullptr;
    }
    if (value->kind != Kind::Scalar) {
        reject(key, QStringLiteral("must be ") + expected);
        return nullptr;
    }
    if (value->text.size() > kTextMax) {
        reject(key, QStringLiteral("longer than %1 characters").arg(kTextMax));
        return nullptr;
    }
    return value;
}

QString MapReader::text(const QString& key)
{
    const Node* value = scalar(key, true, QStringLiteral("a text"));
    if (value == nullptr) {
        return {};
    }
    if (value->text.trimmed().isEmpty()) {
        reject(key, QStringLiteral("must not be empty"));
    }
    return value->text;
}

QString MapReader::textOr(const QString& key, const QString& fallback)
{
    const Node* value = scalar(key, false, QStringLiteral("a text"));
    return value != nullptr ? value->text : fallback;
}

QString MapReader::idText(const QString& key)
{
    static const QRegularExpression form(
        QRegularExpression::anchoredPattern(QStringLiteral("[a-z][a-z0-9-]{0,63}")));
    const QString expected =
        QStringLiteral("small letters, digits and dashes, starting with a letter");
    const Node* value = scalar(key, true, expected);
    if (value == nullptr) {
        return {};
    }
    if (!form.match(value->text).hasMatch()) {
        reject(key, QStringLiteral("%1 must be %2 (at most 64)").arg(shown(value->text), expected));
    }
    return value->text;
}

bool MapReader::flagOr(const QString& key, bool fallback)
{
    const Node* value = scalar(key, false, QStringLiteral("true or false"));
    if (value == nullptr) {
        return fallback;
    }
    const bool isTrue = value->text == QLatin1String("true");
    if (value->quoted || (!isTrue && value->text != QLatin1String("false"))) {
        reject(key, QStringLiteral("%1 must be true or false").arg(shown(value->text)));
    }
    return isTrue;
}

qint64 MapReader::integer(const QString& key, qint64 min, qint64 max)
{
    if (!has(key)) {
        reject(
            key,
            QStringLiteral("missing; it must be a whole number from %1 to %2").arg(min).arg(max));
        return min;
    }
    return integerOr(key, min, min, max);
}

qint64 MapReader::integerOr(const QString& key, qint64 fallback, qint64 min, qint64 max)
{
    static const QRegularExpression form(
        QRegularExpression::anchoredPattern(QStringLiteral("-?(0|[1-9][0-9]{0,17})")));
    const QString expected = QStringLiteral("a whole number from %1 to %2").arg(min).arg(max);
    const Node* value = scalar(key, false, expected);
    if (value == nullptr) {
        return fallback;
    }
    const qint64 read = value->text.toLongLong();
    if (value->quoted || !form.match(value->text).hasMatch() || read < min || read > max) {
        reject(key, QStringLiteral("%1 must be %2").arg(shown(value->text), expected));
        return fallback;
    }
    return read;
}

double MapReader::number(const QString& key, double min, double max)
{
    const QString expected = QStringLiteral("a number from %1 to %2").arg(min).arg(max);
    const Node* value = scalar(key, true, expected);
    if (value == nullptr) {
        return min;
    }
    bool isNumber = false;
    const double read = value->text.toDouble(&isNumber);
    if (!isNumber || !std::isfinite(read) || read < min || read > max) {
        reject(key, QStringLiteral("%1 must be %2").arg(shown(value->text), expected));
        return min;
    }
    return read;
}

Millis MapReader::duration(const QString& key)
{
    if (!has(key)) {
        reject(key, QStringLiteral("missing; it must be a time such as \"15 min\""));
        return Millis(0);
    }
    return durationOr(key, Millis(0));
}

Millis MapReader::durationOr(const QString& key, Millis fallback)
{
    const QString expected = QStringLiteral(
        "a time: a whole number and h, min, s or ms, such as \"15 min\", at most 168 h");
    const Node* value = scalar(key, false, expected);
    if (value == nullptr) {
        return fallback;
    }
    const auto read = durationFrom(value->text);
    if (!read) {
        reject(key, QStringLiteral("%1 must be %2").arg(shown(value->text), expected));
    }
    return read.value_or(fallback);
}

QString MapReader::choice(const QString& key, const QStringList& allowed)
{
    if (!has(key)) {
        reject(key, QStringLiteral("missing; it may be ") + oneOf(allowed));
        return allowed.value(0);
    }
    return choiceOr(key, allowed, allowed.value(0));
}

QString MapReader::choiceOr(const QString& key, const QStringList& allowed, const QString& fallback)
{
    const Node* value = scalar(key, false, oneOf(allowed));
    if (value == nullptr) {
        return fallback;
    }
    if (!allowed.contains(value->text)) {
        reject(key, QStringLiteral("%1 is not known; it may be %2")
                        .arg(shown(value->text), oneOf(allowed)));
        return fallback;
    }
    return value->text;
}

Version MapReader::version(const QString& key)
{
    const QString written = text(key);
    const auto read = Version::parse(written);
    if (!read) {
        reject(key, QStringLiteral("%1 must be a version such as 14.2.0").arg(shown(written)));
    }
    return read.value_or(Version{});
}

VersionRange MapReader::range(const QString& key)
{
    const QString written = text(key);
    const auto read = VersionRange::parse(written);
    if (!read || !(read->from < read->below)) {
        reject(key, QStringLiteral("%1 must be a range of versions such as \">=14.0.0 <14.2.0\"")
                        .arg(shown(written)));
        return {};
    }
    return *read;
}

TimePoint MapReader::time(const QString& key)
{
    const QString written = text(key);
    const auto read = fromIso(written);
    if (!read || !fromIso(toIso(*read))) { // the zone may have moved it out of the calendar
        reject(key, QStringLiteral("%1 must be a time such as 2026-11-21T10:04:05.123Z")
                        .arg(shown(written)));
    }
    return read.value_or(TimePoint{});
}

QByteArray MapReader::hex(const QString& key, int bytes)
{
    const QString written = text(key);
    static const QRegularExpression digits(
        QRegularExpression::anchoredPattern(QStringLiteral("[0-9a-f]*")));
    if (written.size() != bytes * 2 || !digits.match(written).hasMatch()) {
        reject(key, QStringLiteral("must be %1 hexadecimal digits").arg(bytes * 2));
        return {};
    }
    return QByteArray::fromHex(written.toLatin1());
}

QStringList MapReader::texts(const QString& key)
{
    QStringList out;
    for (const Node& item : sequenceOrEmpty(key).items) {
        if (item.kind != Kind::Scalar || item.text.isEmpty() || item.text.size() > kTextMax) {
            m_report.reject(item.line, item.column,
                            QStringLiteral("%1[%2]").arg(path(key)).arg(out.size()),
                            QStringLiteral("must be a text"));
        }
        out.append(item.text);
    }
    return out;
}

const Node& MapReader::child(const QString& key, Kind kind, bool isRequired,
                             const QString& expected)
{
    const Node* value = m_node.find(key);
    if (value == nullptr) {
        if (isRequired) {
            reject(key, QStringLiteral("missing; it must be ") + expected);
        }
        return emptyNode();
    }
    if (value->kind != kind) {
        reject(key, QStringLiteral("must be ") + expected);
        return emptyNode();
    }
    return *value;
}

const Node& MapReader::map(const QString& key)
{
    return child(key, Kind::Map, true, QStringLiteral("a map (name: value)"));
}
const Node& MapReader::sequence(const QString& key)
{
    return child(key, Kind::Sequence, true, QStringLiteral("a list (- …)"));
}
const Node& MapReader::mapOrEmpty(const QString& key)
{
    return child(key, Kind::Map, false, QStringLiteral("a map (name: value)"));
}
const Node& MapReader::sequenceOrEmpty(const QString& key)
{
    return child(key, Kind::Sequence, false, QStringLiteral("a list (- …)"));
}

} // namespace quorate::procedure::yaml
