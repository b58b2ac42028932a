"""Ends TLS in front of the plain server, on a thread of its own.

waitress has no TLS. Of the servers that have it, cheroot does the handshake on its only accepting
thread (one silent phone stops all, cherrypy/cheroot#748), and bridges from asyncio hold a worker
thread for each slow upload. Here asyncio shakes hands with any number of phones, and waitress
behind it reads slow uploads without holding a thread.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HANDSHAKE_TIMEOUT_S = 15
CHUNK_BYTES = 65_536
HEAD_TIMEOUT_S = 10
HEAD_BYTES = 8_192
INSTALL_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-x509-ca-cert\r\n"
    b'Content-Disposition: attachment; filename="geoapp-ca.crt"\r\n'
    b"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
)


class TlsFront:
    """Takes TLS connections and hands their bytes to the plain server at *upstream*.

    Args:
        listening: bound sockets that take TLS.
        context: server side of TLS.
        upstream: loopback address of the plain server.
    """

    def __init__(
        self, listening: socket.socket, context: ssl.SSLContext, upstream: tuple[str, int]
    ) -> None:
        self._listening = listening
        self._context = context
        self._upstream = upstream
        self._clients: dict[str, str] = {}
        self._plain: list[tuple[socket.socket, bytes]] = []
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="tls", daemon=True)

    def offer(self, listening: socket.socket, certificate: bytes) -> None:
        """Also answer every plain request on *listening* with *certificate*, to be installed."""
        self._plain.append((listening, certificate))

    def start(self) -> None:
        """Begin to take connections."""
        self._thread.start()

    def close(self) -> None:
        """Drop all connections and wait for the thread."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def naming_clients(self, app: WSGIApplication) -> WSGIApplication:
        """Wrap *app* so that it sees the phone's address, and only requests that came by us."""

        def named(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            client = self._clients.get(str(environ.get("REMOTE_PORT")))
            if client is None:
                start_response("403 Forbidden", [("Content-Length", "0")])
                return []
            environ["REMOTE_ADDR"] = client
            return app(environ, start_response)

        return named

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        servers = [
            await asyncio.start_server(
                self._pass_on,
                sock=self._listening,
                ssl=self._context,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
            )
        ]
        for listening, certificate in self._plain:
            answer = INSTALL_HEAD % len(certificate) + certificate

            async def hand_out(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes = answer
            ) -> None:
                await _answer(reader, writer, answer)

            servers.append(await asyncio.start_server(hand_out, sock=listening, limit=HEAD_BYTES))
        await self._ended.wait()
        for server in servers:
            server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            up_reader, up_writer = await asyncio.open_connection(*self._upstream)
            port = str(up_writer.get_extra_info("sockname")[1])
            self._clients[port] = writer.get_extra_info("peername")[0]
            try:
                there = asyncio.create_task(_pump(reader, up_writer))
                back = asyncio.create_task(_pump(up_reader, writer))
                _done, left = await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
                for task in left:
                    task.cancel()
                await asyncio.gather(there, back, return_exceptions=True)
            finally:
                del self._clients[port]
                up_writer.close()
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
) -> None:
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
    writer.close()
