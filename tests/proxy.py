"""The network between a phone and the laptop, to be broken on purpose."""

import re
import socket
import struct
import threading
from contextlib import suppress

MODES = {
    "pass": "everything flows",
    "refuse": "connections are reset, old and new, as when the laptop is off",
    "frozen": "nothing flows, and nobody is told; what was held back flows again afterwards",
    "half-open": "those connected never hear again and are not told, new ones flow",
    "no sockets": "as a proxy that knows no WebSockets: those connected are reset, upgrades 403",
}
REFUSED = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Line:
    """One connection: a browser's end and the server's."""

    def __init__(self, browser):
        self.browser, self.server = browser, socket.socket()
        self.dead = False       # half-open: kept, and nothing ever flows again

    def reset(self):
        """End both ends at once: the browser sees RST, as from a laptop that is off."""
        for end in (self.browser, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RD)    # wakes the thread that reads from it
            end.close()


class Proxy:
    """Forwards TCP to a port of this machine from one of its own; `set` breaks it, see MODES.

    `replace` is a pair of equally long texts, the second of which the browser gets for the first.
    """
    replace = (b"", b"")

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.mode, self.lines = "pass", set()
        self.refused, self.upgraded = 0, []     # connections; paths of those to be a WebSocket
        self.change = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode):
        """From now on the network is so."""
        assert mode in MODES, mode
        with self.change:
            self.mode = mode
            for line in list(self.lines):
                if mode == "half-open":
                    line.dead = True
                elif mode in ("refuse", "no sockets"):
                    line.reset()
            self.change.notify_all()

    def close(self):
        """End every connection; the threads find out and end, too."""
        self.set("refuse")
        self.listener.close()

    def _accept(self):
        with suppress(OSError):             # the listener was closed
            while True:
                line = Line(self.listener.accept()[0])
                threading.Thread(target=self._serve, args=[line], daemon=True).start()

    def _serve(self, line):
        with self.change:
            self.lines.add(line)
            if self.mode == "refuse":
                self.refused += 1
                line.reset()
        with suppress(OSError):
            head = line.browser.recv(65536)
            self._wait(line)
            is_upgrade = bool(re.search(rb"(?i)\nupgrade: *websocket", head))
            if self.mode == "no sockets" and is_upgrade:
                line.browser.sendall(REFUSED)
            elif head:
                if is_upgrade:
                    self.upgraded.append(head.split()[1].decode())
                line.server.connect(self.target)
                line.server.sendall(head)
                back = threading.Thread(target=self._pump, daemon=True,
                                        args=[line, line.server, line.browser])
                back.start()
                self._pump(line, line.browser, line.server)
                back.join()
        with self.change:
            self.lines.discard(line)
            if not line.dead:
                line.browser.close()
                line.server.close()

    def _pump(self, line, source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                self._wait(line)
                sink.sendall(data.replace(*self.replace) if sink is line.browser else data)
            self._wait(line)
            sink.shutdown(socket.SHUT_WR)

    def _wait(self, line):
        """Hold what is on its way for as long as the network does."""
        with self.change:
            self.change.wait_for(lambda: self.mode == "refuse"
                                 or self.mode != "frozen" and not line.dead)
