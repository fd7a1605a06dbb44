// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tidy/Tidy.h"

namespace quorate::tidy {
namespace {

enum class Where { Code, LineComment, BlockComment, Text, Character, RawText };

/// Blanks out comments (in both readings) and the insides of literals (in the code reading),
/// keeping columns and lines.
class Scrubber {
public:
    explicit Scrubber(const QString& text)
        : m_text(text)
        , m_uncommented(text)
        , m_code(text)
    {}

    void run()
    {
        for (m_at = 0; m_at < m_text.size(); ++m_at) {
            step();
        }
    }
    [[nodiscard]] QString uncommented() const { return m_uncommented; }
    [[nodiscard]] QString code() const { return m_code; }

private:
    [[nodiscard]] bool startsHere(const char* token) const
    {
        return QStringView(m_text).mid(m_at).startsWith(QLatin1String(token));
    }
    void blank(QString& text, qsizetype at) const
    {
        if (text.at(at) != QLatin1Char('\n')) {
            text[at] = QLatin1Char(' ');
        }
    }
    void blankComment()
    {
        blank(m_uncommented, m_at);
        blank(m_code, m_at);
    }

    void step()
    {
        switch (m_where) {
        case Where::Code: stepCode(); return;
        case Where::LineComment:
            if (m_text.at(m_at) == QLatin1Char('\n')) {
                m_where = Where::Code;
            } else {
                blankComment();
            }
            return;
        case Where::BlockComment:
            blankComment();
            if (startsHere("*/")) {
                ++m_at;
                blankComment();
                m_where = Where::Code;
            }
            return;
        case Where::Text: stepLiteral(QLatin1Char('"')); return;
        case Where::Character: stepLiteral(QLatin1Char('\'')); return;
        case Where::RawText:
            if (QStringView(m_text).mid(m_at).startsWith(m_rawEnd)) {
                m_at += m_rawEnd.size() - 1;
                m_where = Where::Code;
            } else {
                blank(m_code, m_at);
            }
            return;
        }
    }

    void stepCode()
    {
        if (startsHere("//")) {
            m_where = Where::LineComment;
            blankComment();
        } else if (startsHere("/*")) {
            m_where = Where::BlockComment;
            blankComment();
            ++m_at;
            blankComment();
        } else if (startsHere("R\"")) {
            const qsizetype open = m_text.indexOf(QLatin1Char('('), m_at);
            m_rawEnd = QLatin1Char(')') + m_text.mid(m_at + 2, open - m_at - 2) + QLatin1Char('"');
            m_at = open < 0 ? m_text.size() - 1 : open;
            m_where = Where::RawText;
        } else if (m_text.at(m_at) == QLatin1Char('"')) {
            m_where = Where::Text;
        } else if (m_text.at(m_at) == QLatin1Char('\'') && !isDigitSeparator()) {
            m_where = Where::Character;
        }
    }

    [[nodiscard]] bool isDigitSeparator() const
    {
        return m_at > 0 && m_text.at(m_at - 1).isLetterOrNumber() && m_at + 1 < m_text.size()
               && m_text.at(m_at + 1).isLetterOrNumber();
    }

    void stepLiteral(QChar end)
    {
        const QChar c = m_text.at(m_at);
        if (c == end || c == QLatin1Char('\n')) {
            m_where = Where::Code;
            return;
        }
        blank(m_code, m_at);
        if (c == QLatin1Char('\\') && m_at + 1 < m_text.size()) {
            ++m_at;
            blank(m_code, m_at);
        }
    }

    const QString& m_text;
    QString m_uncommented;
    QString m_code;
    QString m_rawEnd;
    qsizetype m_at = 0;
    Where m_where = Where::Code;
};

} // namespace

SourceText readSource(const QString& path, const QString& text)
{
    const auto split = [](QString whole) {
        if (whole.endsWith(QLatin1Char('\n'))) {
            whole.chop(1);
        }
        return whole.split(QLatin1Char('\n'));
    };
    Scrubber scrubber(text);
    scrubber.run();
    return {path, split(text), split(scrubber.uncommented()), split(scrubber.code())};
}

} // namespace quorate::tidy
