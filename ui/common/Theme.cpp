// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Theme.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QPointer>
#include <QProxyStyle>
#include <QRegularExpression>
#include <QStyleOption>

#include <algorithm>
#include <cmath>
#include <tuple>

/// The resources are in a static library, and would not be there if nothing named them. (Outside of
/// any namespace.)
static void initThemeResources()
{
    Q_INIT_RESOURCE(icons);
    Q_INIT_RESOURCE(themes);
}

namespace quorate::ui {
namespace {

constexpr int kBodyPixels = 13;
constexpr double kScaleMin = 0.8;
constexpr double kScaleMax = 3.0;
constexpr double kTickRadius = 3; ///< of the corners of a box to tick

struct StyleSpec {
    int pixels = kBodyPixels;
    QFont::Weight weight = QFont::Normal;
    bool fixed = false;
};

StyleSpec specOf(TextStyle style)
{
    switch (style) {
    case TextStyle::Body: return {};
    case TextStyle::Strong: return {kBodyPixels, QFont::DemiBold};
    case TextStyle::Caption: return {11};
    case TextStyle::CaptionStrong: return {11, QFont::DemiBold};
    case TextStyle::CardTitle: return {12, QFont::DemiBold};
    case TextStyle::Sentence: return {15};
    case TextStyle::SentenceStrong: return {15, QFont::DemiBold};
    case TextStyle::Title: return {20, QFont::DemiBold};
    case TextStyle::Fixed: return {12, QFont::Normal, true};
    }
    return {};
}

/// Paints a glyph in the theme's colours of the moment, so that icons in actions need not be
/// replaced.
class GlyphIconEngine final : public QIconEngine {
public:
    GlyphIconEngine(const Theme* theme, Glyph glyph, Tone tone)
        : m_theme(theme)
        , m_glyph(glyph)
        , m_tone(tone)
    {}
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintGlyph(*painter, rect, m_glyph, colorOf(mode));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return scaledPixmap(size, mode, QIcon::Off, 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        // Qt hands the size in device pixels and sets the ratio itself.
        Q_UNUSED(scale)
        return glyphPixmap(m_glyph, colorOf(mode), std::min(size.width(), size.height()), 1.0);
    }
    QIconEngine* clone() const override { return new GlyphIconEngine(*this); }

private:
    [[nodiscard]] QColor colorOf(QIcon::Mode mode) const
    {
        if (!m_theme) {
            return QGuiApplication::palette().color(QPalette::WindowText);
        }
        return m_theme->color(mode == QIcon::Disabled ? Tone::Muted : m_tone);
    }

    QPointer<const Theme> m_theme;
    Glyph m_glyph;
    Tone m_tone;
};

/// Fusion with icons that grow with the text, and with boxes to tick that are seen on every ground.
class ThemeStyle final : public QProxyStyle {
public:
    explicit ThemeStyle(const Theme* theme)
        : QProxyStyle(QStringLiteral("Fusion"))
        , m_theme(theme)
    {}
    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override
    {
        switch (metric) {
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
        case PM_ToolBarIconSize:
        case PM_ListViewIconSize:
        case PM_TabBarIconSize:
            return m_theme ? m_theme->px(16) : QProxyStyle::pixelMetric(metric, option, widget);
        default: return QProxyStyle::pixelMetric(metric, option, widget);
        }
    }
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override
    {
        if (m_theme && (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton)) {
            drawTick(*option, *painter, element == PE_IndicatorRadioButton);
        } else {
            QProxyStyle::drawPrimitive(element, option, painter, widget);
        }
    }

private:
    void drawTick(const QStyleOption& option, QPainter& painter, bool isRound) const
    {
        const Tokens& t = m_theme->tokens();
        const bool isOn = option.state.testFlag(State_On);
        const bool isEnabled = option.state.testFlag(State_Enabled);
        const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
        const double radius = isRound ? box.height() / 2 : kTickRadius;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(isOn && isEnabled ? t.accent : t.muted);
        painter.setBrush(isOn && isEnabled ? t.accent : t.panel);
        painter.drawRoundedRect(box, radius, radius);
        const QColor mark = isEnabled ? t.onAccent : t.muted;
        if (isOn && isRound) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(mark);
            painter.drawEllipse(box.center(), box.width() / 5, box.height() / 5);
        } else if (isOn) {
            paintGlyph(painter, option.rect.adjusted(1, 1, -1, -1), Glyph::Check, mark);
        }
        painter.restore();
    }

    QPointer<const Theme>
        m_theme; // the application keeps its style longer than main() keeps the theme
};

/// Fontconfig's alias, given when no desktop has chosen a font.
bool isUnchosenFamily(const QString& family)
{
    return family.compare(QStringLiteral("Sans Serif"), Qt::CaseInsensitive) == 0
           || family.compare(QStringLiteral("Sans"), Qt::CaseInsensitive) == 0;
}

/// The desktop's text size against the one it has at 100 % on this platform.
double scaleOf(const QFont& font)
{
#if defined(Q_OS_WIN)
    constexpr double points = 9.0;
#elif defined(Q_OS_MACOS)
    constexpr double points = 13.0;
#else
    constexpr double points = 10.0; // GNOME 11, KDE 10, bare X11 9: all within the tolerance below
#endif
    const double scale = font.pointSizeF() > 0 ? font.pointSizeF() / points
                                               : double(QFontInfo(font).pixelSize()) / kBodyPixels;
    const bool isNormal = scale > 0.85 && scale < 1.15;
    return isNormal ? 1.0 : std::clamp(scale, kScaleMin, kScaleMax);
}

} // namespace

Theme::Theme(QObject* parent)
    : QObject(parent)
    , m_tokens(&tokensFor(ThemeMode::Light))
{
    initThemeResources();
    readSystem();
    m_tokens = &tokensFor(m_systemIsDark ? ThemeMode::Dark : ThemeMode::Light);
}

Theme::~Theme() = default;

void Theme::readSystem()
{
    const QFont general = m_application ? QFontDatabase::systemFont(QFontDatabase::GeneralFont)
                                        : QGuiApplication::font();
    m_systemScale = scaleOf(general);
    m_family = general.family();
    if (isUnchosenFamily(m_family) && QFontDatabase::hasFamily(QStringLiteral("Inter"))) {
        m_family = QStringLiteral("Inter");
    }
    m_fixedFamily = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    const QPalette system = QGuiApplication::palette();
    m_systemIsDark =
        system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
}

void Theme::install(QApplication& application, Sheet sheet)
{
    m_application = &application;
    m_hasSheet = sheet == Sheet::Now;
    QApplication::setStyle(new ThemeStyle(this));
    application.installEventFilter(this);
    refresh();
}

void Theme::applySheet()
{
    m_hasSheet = true;
    m_application->setStyleSheet(styleSheet());
}

void Theme::setMode(ThemeMode mode)
{
    if (mode != m_mode) {
        m_mode = mode;
        refresh();
    }
}

bool Theme::isDark() const { return m_tokens->panel.lightness() < m_tokens->text.lightness(); }

void Theme::setTextScale(std::optional<double> scale)
{
    if (scale) {
        scale = std::clamp(*scale, kScaleMin, kScaleMax);
    }
    if (scale != m_textScale) {
        m_textScale = scale;
        refresh();
    }
}

double Theme::textScale() const { return m_textScale.value_or(m_systemScale); }

QFont Theme::font(TextStyle style) const
{
    const StyleSpec spec = specOf(style);
    QFont font(spec.fixed ? m_fixedFamily : m_family);
    if (spec.fixed) {
        font.setStyleHint(QFont::Monospace);
    }
    font.setPixelSize(px(spec.pixels));
    font.setWeight(spec.weight);
    return font;
}

int Theme::px(int atHundredPercent) const
{
    return int(std::lround(atHundredPercent * textScale()));
}

QIcon Theme::icon(Glyph glyph, Tone tone) const
{
    return QIcon(new GlyphIconEngine(this, glyph, tone));
}

QPalette Theme::palette() const
{
    const Tokens& t = *m_tokens;
    QPalette palette;
    const std::pair<QPalette::ColorRole, QColor> roles[] = {{QPalette::Window, t.bg},
                                                            {QPalette::WindowText, t.text},
                                                            {QPalette::Base, t.panel},
                                                            {QPalette::AlternateBase, t.hover},
                                                            {QPalette::Text, t.text},
                                                            {QPalette::Button, t.panel},
                                                            {QPalette::ButtonText, t.text},
                                                            {QPalette::BrightText, t.bad},
                                                            {QPalette::PlaceholderText, t.muted},
                                                            {QPalette::Highlight, t.selection},
                                                            {QPalette::HighlightedText, t.text},
                                                            {QPalette::Link, t.accent},
                                                            {QPalette::LinkVisited, t.accent},
                                                            {QPalette::ToolTipBase, t.panel},
                                                            {QPalette::ToolTipText, t.text},
                                                            {QPalette::Light, t.panel},
                                                            {QPalette::Midlight, t.hover},
                                                            {QPalette::Mid, t.line},
                                                            {QPalette::Dark, t.border},
                                                            {QPalette::Shadow, t.border}};
    for (const auto& [role, color] : roles) {
        palette.setColor(role, color);
    }
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, t.muted);
    }
    return palette;
}

QString Theme::styleSheet() const
{
    QFile file(QStringLiteral(":/quorate/themes/base.qss"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QString sheet = QString::fromUtf8(file.readAll());
    const Tokens& t = *m_tokens;
    const std::pair<const char*, QColor> names[] = {{"bg", t.bg},
                                                    {"panel", t.panel},
                                                    {"side", t.side},
                                                    {"line", t.line},
                                                    {"border", t.border},
                                                    {"text", t.text},
                                                    {"muted", t.muted},
                                                    {"accent", t.accent},
                                                    {"onAccent", t.onAccent},
                                                    {"ok", t.ok},
                                                    {"warn", t.warn},
                                                    {"bad", t.bad},
                                                    {"selection", t.selection},
                                                    {"hover", t.hover}};
    for (const auto& [name, color] : names) {
        sheet.replace(QLatin1Char('@') + QLatin1String(name) + QLatin1Char('@'), color.name());
    }
    static const QRegularExpression distance(QStringLiteral("#(\\d+)#"));
    QString scaled;
    qsizetype from = 0;
    auto matches = distance.globalMatch(sheet);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        scaled += QStringView(sheet).mid(from, match.capturedStart() - from);
        scaled += QString::number(px(match.captured(1).toInt()));
        from = match.capturedEnd();
    }
    scaled += QStringView(sheet).mid(from);
    return scaled;
}

void Theme::refresh()
{
    const ThemeMode shown = m_mode == ThemeMode::System
                                ? (m_systemIsDark ? ThemeMode::Dark : ThemeMode::Light)
                                : m_mode;
    m_tokens = &tokensFor(shown);
    if (m_application != nullptr) {
        QApplication::setPalette(palette());
        QApplication::setFont(font(TextStyle::Body));
        if (m_hasSheet) {
            applySheet();
        }
    }
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event)
{
    // Qt tells every window, and not the application itself.
    if (event->type() == QEvent::ThemeChange && watched->isWindowType()) {
        const auto before = std::tuple(m_systemScale, m_family, m_fixedFamily, m_systemIsDark);
        QApplication::setPalette(QPalette()); // lets the desktop's own palette through to be read
        readSystem();
        if (before != std::tuple(m_systemScale, m_family, m_fixedFamily, m_systemIsDark)) {
            refresh();
        } else {
            QApplication::setPalette(palette());
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace quorate::ui
