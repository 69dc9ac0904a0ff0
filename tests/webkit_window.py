"""A bare window of WebKitGTK that WebKitWebDriver drives: as narrow as a phone's, and it says what
its console says, neither of which WebKitGTK's own MiniBrowser does.

Run by the system's Python, which has Debian's gir1.2-webkit2-4.1 and python3-gi.
"""

import tempfile

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402


def open_window(context, opener=None):
    """A view in a window of its own, in the process of its opener's."""
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True,
                           **({"related_view": opener} if opener else {}))
    settings = view.get_settings()
    settings.set_enable_write_console_messages_to_stdout(True)
    settings.set_enable_fullscreen(True)
    window = Gtk.Window()
    window.add(view)
    view.connect("create", lambda view, action: open_window(context, view))
    view.connect("close", lambda view: window.destroy())
    window.show_all()
    return view


def accept(context, session):
    """Give a WebDriver session its windows."""
    info = WebKit2.ApplicationInfo.new()
    info.set_name("MiniBrowser")        # which selenium asks for
    info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(),
                     WebKit2.get_micro_version())
    session.set_application_info(info)
    session.connect("create-web-view", lambda session: open_window(context))


def main():
    # An ephemeral context would keep its console to itself.
    with tempfile.TemporaryDirectory() as folder:
        context = WebKit2.WebContext(website_data_manager=WebKit2.WebsiteDataManager(
            base_data_directory=folder, base_cache_directory=folder))
        context.set_automation_allowed(True)
        context.connect("automation-started", accept)
        Gtk.main()


if __name__ == "__main__":
    main()
