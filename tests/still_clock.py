"""A page's clock that stands still between the jumps that a test makes."""

from test_real_time_results import wait_for


class StillClock:
    """The clock of an empty page, which then goes to a page of ours that has a socket.

    A jump leaves a socket that is being opened no time, and the page would say that the connection
    is lost. So each jump waits until every socket has brought its first message.
    """

    def __init__(self, page, url):
        self.page = page
        self.opened = []
        self.told = set()
        page.on("websocket", self._follow)
        page.clock.install()
        page.goto(url)
        wait_for(lambda: self._ask() and self.opened)
        self._wait_for_sockets()
        page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))      # s

    def jump(self, milliseconds):
        self._wait_for_sockets()
        self.page.clock.run_for(milliseconds)

    def _follow(self, socket):
        self.opened.append(socket)
        socket.on("framereceived", lambda _: self.told.add(socket))

    def _ask(self):
        # What the browser says of its sockets is heard while it is asked something.
        return self.page.evaluate("true")

    def _wait_for_sockets(self):
        wait_for(lambda: self._ask() and all(
            socket in self.told or socket.is_closed() for socket in self.opened))
