// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/start/FirstPaint.h"

#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <set>
#include <xcb/xcb.h>

namespace quorate::bench {
namespace {

constexpr int kLines =
    32; ///< of the window that are read; a tenth of a megabyte, so that looking disturbs little
constexpr int kWidthMin = 200;
constexpr int kHeightMin = 100;
constexpr int kPollMs = 1;

template <typename Reply>
struct Free {
    void operator()(Reply* reply) const { std::free(reply); }
};
template <typename Reply>
using ReplyPtr = std::unique_ptr<Reply, Free<Reply>>;

} // namespace

struct FirstPaint::Display {
    xcb_connection_t* connection = xcb_connect(nullptr, nullptr);
    ~Display() { xcb_disconnect(connection); }
};

FirstPaint::FirstPaint()
    : m_display(std::make_unique<Display>())
{
    if (!isConnected()) {
        return;
    }
    const xcb_screen_t* screen =
        xcb_setup_roots_iterator(xcb_get_setup(m_display->connection)).data;
    const uint32_t mask = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    xcb_change_window_attributes(m_display->connection, screen->root, XCB_CW_EVENT_MASK, &mask);
    xcb_flush(m_display->connection);
}

FirstPaint::~FirstPaint() = default;

bool FirstPaint::isConnected() const
{
    return xcb_connection_has_error(m_display->connection) == 0;
}

void FirstPaint::reset()
{
    takeEvents();
    m_windows.clear();
}

void FirstPaint::takeEvents()
{
    while (const ReplyPtr<xcb_generic_event_t> event{xcb_poll_for_event(m_display->connection)}) {
        const int kind = event->response_type & 0x7F;
        if (kind == XCB_MAP_NOTIFY) {
            m_windows.push_back(
                reinterpret_cast<const xcb_map_notify_event_t*>(event.get())->window);
        } else if (kind == XCB_UNMAP_NOTIFY) {
            std::erase(m_windows,
                       reinterpret_cast<const xcb_unmap_notify_event_t*>(event.get())->window);
        }
    }
}

bool FirstPaint::isPainted()
{
    pollfd news{xcb_get_file_descriptor(m_display->connection), POLLIN, 0};
    ::poll(&news, 1, kPollMs);
    takeEvents();
    for (const unsigned int window : m_windows) {
        if (showsContent(window)) {
            return true;
        }
    }
    return false;
}

bool FirstPaint::showsContent(unsigned int window) const
{
    xcb_connection_t* to = m_display->connection;
    const ReplyPtr<xcb_get_geometry_reply_t> geometry{
        xcb_get_geometry_reply(to, xcb_get_geometry(to, window), nullptr)};
    if (!geometry || geometry->width < kWidthMin || geometry->height < kHeightMin) {
        return false;
    }
    std::set<uint32_t> colours;
    for (int line = 0; line < kLines; ++line) {
        const auto top = int16_t(geometry->height * (2 * line + 1) / (2 * kLines));
        const ReplyPtr<xcb_get_image_reply_t> image{xcb_get_image_reply(
            to,
            xcb_get_image(to, XCB_IMAGE_FORMAT_Z_PIXMAP, window, 0, top, geometry->width, 1, ~0U),
            nullptr)};
        if (!image) {
            return false; // not viewable yet, or gone again
        }
        const uint8_t* bytes = xcb_get_image_data(image.get());
        const int size = xcb_get_image_data_length(image.get());
        for (int at = 0; at + 4 <= size; at += 4) {
            uint32_t pixel = 0;
            std::memcpy(&pixel, bytes + at, 4);
            colours.insert(pixel & 0xFFFFFFU);
            if (int(colours.size()) >= kColoursMin) {
                return true;
            }
        }
    }
    return false;
}

} // namespace quorate::bench
