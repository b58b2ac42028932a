"""Serves the app: waitress, for phones with TLS in front of it."""

import errno
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGHUP, SIGTERM
from types import FrameType
from typing import Any, cast
from wsgiref.types import WSGIApplication

from waitress.server import BaseWSGIServer, create_server
from waitress.wasyncore import close_all

from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_
from geoapp.core.settings import Settings
from geoapp.core.tls import Tls
from geoapp.core.tls_front import TlsFront

LOOPBACK = "127.0.0.1"
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - named to be recognised, not bound
CHANNEL_TIMEOUT_S = 120  # a phone at the edge of its network may pause that long in an upload
CONNECTION_LIMIT = 1000
BACKLOG = 256
MB = 2**20


class PortTaken(Unavailable):
    """Another program listens there."""

    code = "server.port_taken"
    message = N_("Another program already listens on %(host)s port %(port)s.")
    hint = N_("Stop it, or choose another port with --port.")


class AddressRefused(Unavailable):
    """The system does not let us listen there."""

    code = "server.address_refused"
    message = N_("This machine does not let us listen on %(host)s port %(port)s.")
    hint = N_("Choose one of its own addresses with GEOAPP_HOST and a port above 1023.")


class Server:
    """A bound server; :attr:`url` is true from the start, requests are answered by :meth:`run`.

    Args:
        app: the WSGI application.
        settings: host, port, threads, upload_mb, behind_proxy.
        tls: serve TLS; the next port hands out the authority's certificate over plain HTTP.
        port: instead of the settings' own; 0 takes any free one.
    """

    def __init__(
        self,
        app: WSGIApplication,
        settings: Settings,
        *,
        tls: Tls | None = None,
        port: int | None = None,
    ) -> None:
        wanted = settings.port if port is None else port
        self._open: list[socket.socket] = []
        outside = self._bind(settings.host, wanted)
        host = LOOPBACK if settings.host in EVERYWHERE else settings.host
        host = tls.names[0] if tls else host
        self.port: int = outside.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{_bracketed(host)}:{self.port}/"
        self.install_url: str | None = None
        self._front: TlsFront | None = None
        inside = outside
        if tls:
            inside = self._bind(LOOPBACK, 0)
            front = TlsFront(outside, tls.context(), inside.getsockname())
            plain = self._bind(settings.host, self.port + 1 if wanted else 0)
            front.offer(plain, tls.authority_der())
            app = front.naming_clients(app)
            self.install_url = f"http://{_bracketed(host)}:{plain.getsockname()[1]}/geoapp-ca.crt"
            self._front = front
        self._connections: dict[int, Any] = {}
        self._waitress = self._build(app, settings, inside, scheme="https" if tls else "http")

    def _build(
        self, app: WSGIApplication, settings: Settings, inside: socket.socket, *, scheme: str
    ) -> BaseWSGIServer:
        made = create_server(
            app,
            map=self._connections,
            sockets=[inside],
            threads=settings.threads,
            url_scheme=scheme,
            ident="",
            backlog=BACKLOG,
            connection_limit=CONNECTION_LIMIT,
            channel_timeout=CHANNEL_TIMEOUT_S,
            max_request_body_size=2 * settings.upload_mb * MB,  # the app itself refuses earlier
            clear_untrusted_proxy_headers=not settings.behind_proxy,
            asyncore_use_poll=True,
        )
        return cast("BaseWSGIServer", made)  # one socket makes one server

    def _bind(self, host: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            for earlier in self._open:
                earlier.close()
            kind = PortTaken if error.errno == errno.EADDRINUSE else AddressRefused
            raise kind(host=host, port=port) from error
        self._open.append(bound)
        return bound

    def run(self) -> None:
        """Answer requests until :meth:`close`, Ctrl-C or SystemExit."""
        if self._front:
            self._front.start()
        try:
            self._waitress.run()
        finally:
            self._waitress.task_dispatcher.shutdown()
            self._hang_up()
            if self._front:
                self._front.close()
            for bound in self._open:
                bound.close()

    def close(self) -> None:
        """Make :meth:`run` return; may be called from another thread."""
        trigger: Any = self._waitress.trigger  # the stubs call it an int
        trigger.pull_trigger(self._hang_up)

    def _hang_up(self) -> None:
        channels: Any = self._waitress.active_channels  # the stubs call the dict a channel
        for channel in list(channels.values()):
            channel.handle_close()  # also closes its temporary files
        close_all(self._connections, ignore_all=True)


def serve(
    app: WSGIApplication,
    settings: Settings,
    *,
    tls: Tls | None = None,
    ready: Callable[[Server], None] | None = None,
) -> None:
    """Serve *app* until Ctrl-C, SIGTERM or the end of the terminal.

    *ready* is told the server once its port is ours: the moment to say :attr:`Server.url`.

    Raises:
        PortTaken: another program listens there.
        AddressRefused: not one of our addresses, or a port below 1024.
    """
    server = Server(app, settings, tls=tls)
    previous = {number: signal.signal(number, _leave) for number in (SIGTERM, SIGHUP)}
    try:
        if ready:
            ready(server)
        server.run()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def running(server: Server) -> Iterator[str]:
    """Answer requests on another thread inside the block; gives the URL."""
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.close()
        thread.join()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
