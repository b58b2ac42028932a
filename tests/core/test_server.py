"""The server over real sockets: plain, and with TLS for phones."""

import hashlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geoapp.core.server import AddressRefused, PortTaken, Server, running
from geoapp.core.settings import Settings
from geoapp.core.tls import prepare_tls

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(port=1)
BIG = os.urandom(5_000_000)
SERVE = """
from geoapp.core.server import Server, serve
from geoapp.core.settings import Settings
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"here"]
try:
    import socket
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    serve(app, Settings(port=port), ready=lambda server: print(server.url, flush=True))
finally:
    print("tidied", flush=True)
"""


def app(environ, start_response):
    """Says who asked and how, what was sent, or sends much."""
    body = environ["wsgi.input"].read()
    facts = {
        "/facts": " ".join(
            [
                environ["REMOTE_ADDR"],
                environ["wsgi.url_scheme"],
                environ.get("HTTP_X_FORWARDED_FOR", "-"),
            ]
        ).encode(),
        "/digest": hashlib.sha256(body).hexdigest().encode(),
        "/big": BIG,
    }
    answer = facts[environ["PATH_INFO"]]
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


@pytest.fixture
def tls(tmp_path):
    return prepare_tls(tmp_path / "tls", names=["127.0.0.1", "localhost"], now=datetime.now(tz=UTC))


@pytest.fixture
def secure(tls):
    """A serving server with TLS."""
    server = Server(app, SETTINGS, tls=tls, port=0)
    with running(server):
        yield server


@pytest.fixture
def phone(secure, tls):
    """phone() opens a connection that trusts our authority."""
    with ExitStack() as stack:

        def opened(source=("127.0.0.1", 0)):
            context = ssl.create_default_context(cafile=tls.authority)
            connection = http.client.HTTPSConnection(
                "127.0.0.1", secure.port, context=context, timeout=20, source_address=source
            )
            stack.callback(connection.close)
            return connection

        yield opened


def ask(connection, path, body=None, headers=None):
    connection.request("POST" if body else "GET", path, body=body, headers=headers or {})
    response = connection.getresponse()
    return response.status, response.read()


def plain(url):
    parts = urlsplit(url)
    return closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=20))


def test_a_plain_server_answers_and_gives_its_port_back():
    server = Server(app, SETTINGS, port=0)
    with running(server) as url:
        assert url == f"http://127.0.0.1:{server.port}/"
        with plain(url) as connection:
            assert ask(connection, "/facts") == (200, b"127.0.0.1 http -")
    with socket.create_server(("127.0.0.1", server.port)):
        pass


def test_an_idle_connection_does_not_delay_the_end():
    server = Server(app, SETTINGS, port=0)
    with ExitStack() as stack, running(server) as url:
        ask(stack.enter_context(plain(url)), "/facts")


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            Server(app, SETTINGS, port=port)
        assert str(port) in str(caught.value)


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(AddressRefused):
        Server(app, Settings(host="192.0.2.1"), port=0)


@pytest.mark.parametrize(("proxies", "seen"), [(0, b"-"), (1, b"203.0.113.9")])
def test_forwarded_headers_count_only_behind_a_declared_proxy(proxies, seen):
    server = Server(app, Settings(behind_proxy=proxies), port=0)
    headers = {"X-Forwarded-For": "203.0.113.9"}
    with running(server) as url, plain(url) as connection:
        _status, facts = ask(connection, "/facts", headers=headers)
    assert facts.split()[-1] == seen


def test_a_phone_that_installed_the_authority_talks_tls_and_is_seen_as_itself(phone):
    connection = phone(source=("127.0.0.7", 0))
    assert ask(connection, "/facts") == (200, b"127.0.0.7 https -")
    assert ask(connection, "/facts") == (200, b"127.0.0.7 https -")


def test_a_phone_without_the_authority_is_warned(secure):
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection("127.0.0.1", secure.port, context=context)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/facts")
    connection.close()


def test_the_authority_is_handed_out_over_plain_http(secure, tls):
    with plain(secure.install_url) as connection:
        connection.request("GET", urlsplit(secure.install_url).path)
        response = connection.getresponse()
        assert response.getheader("Content-Type") == "application/x-x509-ca-cert"
        assert response.read() == tls.authority_der()


def test_the_plain_server_behind_tls_answers_nobody_else(secure):
    inside = secure._open[1].getsockname()[1]
    with plain(f"http://127.0.0.1:{inside}/") as connection:
        assert ask(connection, "/facts") == (403, b"")


def test_many_silent_connections_stop_nobody(secure, phone):
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", secure.port)))
        assert ask(phone(), "/facts")[0] == 200


def test_stalled_uploads_hold_no_thread(phone):
    stalled = [phone() for _ in range(2 * SETTINGS.threads)]
    for connection in stalled:
        connection.putrequest("POST", "/digest")
        connection.putheader("Content-Length", "500000")
        connection.endheaders(b"only the beginning")
    assert ask(phone(), "/facts")[0] == 200


def test_large_bodies_pass_whole_both_ways(phone):
    connection = phone()
    digest = hashlib.sha256(BIG).hexdigest().encode()
    assert ask(connection, "/digest", body=BIG) == (200, digest)
    assert ask(connection, "/big") == (200, BIG)


def test_phones_that_leave_in_the_middle_disturb_nobody(phone):
    for _ in range(20):
        leaving = phone()
        leaving.request("GET", "/big")
        leaving.getresponse().read(1000)
        leaving.close()
    assert ask(phone(), "/facts")[0] == 200


def test_old_tls_is_refused(secure, tls):
    context = ssl.create_default_context(cafile=tls.authority)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    connection = http.client.HTTPSConnection("127.0.0.1", secure.port, context=context)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connection.request("GET", "/facts")
    connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_sigterm_end_it_tidily(number):
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as program:
        with plain(program.stdout.readline().strip()) as connection:
            assert ask(connection, "/")[1] == b"here"
        program.send_signal(number)
        assert program.stdout.read() == "tidied\n"
        assert program.wait() == 0
