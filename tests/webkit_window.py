"""A bare window of WebKitGTK that WebKitWebDriver drives: as narrow as a phone's, and it says what
its console says, neither of which WebKitGTK's own MiniBrowser does. At SIGUSR1 it refuses what the
file that it was given names: cookies, storage, both or nothing.

Run by the system's Python, which has Debian's gir1.2-webkit2-4.1 and python3-gi.
"""

import signal
import sys
import tempfile
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

# There is no graphics card: what one would do, the processor does in twice the time.
SETTINGS = WebKit2.Settings(
    enable_write_console_messages_to_stdout=True, enable_fullscreen=True,
    hardware_acceleration_policy=WebKit2.HardwareAccelerationPolicy.NEVER)


def open_window(context, opener=None):
    """A view in a window of its own, in the process of its opener's."""
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True,
                           settings=SETTINGS, **({"related_view": opener} if opener else {}))
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


def refuse(context, path):
    """Refuse what the file names, from the next page on."""
    refused, policy = path.read_text().split(), WebKit2.CookieAcceptPolicy
    context.get_cookie_manager().set_accept_policy(
        policy.NEVER if "cookies" in refused else policy.NO_THIRD_PARTY)
    SETTINGS.set_enable_html5_local_storage("storage" not in refused)
    return GLib.SOURCE_CONTINUE


def main():
    # An ephemeral context would keep its console to itself.
    with tempfile.TemporaryDirectory() as folder:
        context = WebKit2.WebContext(website_data_manager=WebKit2.WebsiteDataManager(
            base_data_directory=folder, base_cache_directory=folder))
        context.set_automation_allowed(True)
        context.connect("automation-started", accept)
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, signal.SIGUSR1, refuse, context,
                             Path(sys.argv[1]))
        Gtk.main()


if __name__ == "__main__":
    main()
