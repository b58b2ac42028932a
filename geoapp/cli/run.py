"""``geoapp run``: start everything, say where it is and how to get in, serve until Ctrl-C."""

import sys
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import click

from geoapp.accounts.rules import ROLE_NAMES
from geoapp.app import create_app, open_state
from geoapp.cli.output import Answer, give
from geoapp.cli.root import shared_options
from geoapp.core import tls as tls_files
from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.logs import configure_logs
from geoapp.core.server import Server, running, serve
from geoapp.core.settings import Settings
from geoapp.demo.services import NewLogin, prepare_empty
from geoapp.maps.page import warm_up
from geoapp.web.state import AppState

CHECKED = ("healthz", "sign-in")
CHECK_TIMEOUT_S = 30


class CheckFailed(Unavailable):
    """The app started but did not answer as it should."""

    code = "run.check_failed"
    message = N_("The page %(page)s answered %(status)s instead of 200.")
    hint = N_("Look at the messages above; run it again with --json for machines.")


def register(main: click.Group) -> None:
    """Add the command to ``geoapp``."""
    main.add_command(run)


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--lan", is_flag=True, help="Serve phones in this network, over TLS.")
@click.option("--check", is_flag=True, help="Start, ask two pages, stop.")
@click.option("--no-demo", is_flag=True, help="Leave an empty database empty.")
@shared_options
def run(  # noqa: PLR0913 - the options of the command
    *,
    settings: Settings,
    as_json: bool,
    host: str | None,
    port: int | None,
    lan: bool,
    check: bool,
    no_demo: bool,
) -> None:
    """Start the app with its own database; Ctrl-C ends it."""
    listen = host or ("0.0.0.0" if lan else settings.host)  # noqa: S104 - what --lan asks for
    settings = replace(settings, host=listen, port=port or settings.port)
    configure_logs()
    with open_state(settings) as state:
        logins = prepare_empty(
            state.database,
            blobs=state.blobs,
            settings=settings,
            with_demo=not no_demo,
            now=datetime.now(UTC),
        )
        if check:
            _give_check(_check(state), logins, as_json=as_json)
            return
        _serve(state, logins, lan=lan)


def _check(state: AppState) -> Answer:
    app = create_app(state.settings, database=state.database, blobs=state.blobs)
    server = Server(app, state.settings, port=0)
    with running(server) as url:
        for page in CHECKED:
            status = _status(url + page)
            if status != 200:  # noqa: PLR2004 - HTTP OK
                raise CheckFailed(page=page, status=status)
    return Answer(text=_("Everything answers."), counts={"pages": len(CHECKED)})


def _give_check(answer: Answer, logins: list[NewLogin], *, as_json: bool) -> None:
    """Say that all is well, and the sign-ins that this first start has made: only now."""
    answer.facts["sign_ins"] = [
        {"role": one.role.value, "login": one.login, "password": one.password} for one in logins
    ]
    if not as_json:
        _say_logins(logins)
    give(answer, as_json=as_json)


def _status(address: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback, no proxy
    try:
        with opener.open(address, timeout=CHECK_TIMEOUT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def _serve(state: AppState, logins: list[NewLogin], *, lan: bool) -> None:
    app = create_app(state.settings, database=state.database, blobs=state.blobs)
    tls = None
    if lan:
        folder = state.settings.data / "tls"
        names = tls_files.own_names()
        tls = tls_files.prepare_tls(folder, names=names, now=datetime.now(UTC))
    Thread(target=warm_up, name="warm-up", daemon=True).start()

    def ready(server: Server) -> None:
        _say_address(server, tls)
        _say_logins(logins)
        click.echo(_("Ctrl-C ends it."))
        sys.stdout.flush()

    try:
        serve(app, state.settings, tls=tls, ready=ready)
    except KeyboardInterrupt:
        click.echo(_("Stopped."))


def _say_address(server: Server, tls: tls_files.Tls | None) -> None:
    click.echo(_("The app is at %(address)s", address=server.url))
    if tls is None or server.install_url is None:
        return
    install = server.install_url
    click.echo(_("On each phone once: install this certificate: %(address)s", address=install))
    click.echo(_("Its fingerprint (SHA-256): %(fingerprint)s", fingerprint=tls.fingerprint))
    click.echo(tls_files.qr_text(install))
    click.echo(_("Then open the app:"))
    click.echo(tls_files.qr_text(server.url))


def _say_logins(logins: list[NewLogin]) -> None:
    if not logins:
        return
    click.echo(_("Sign-ins, shown only this once (geoapp users passwd LOGIN makes a new one):"))
    for login in logins:
        role = _(ROLE_NAMES[login.role])
        click.echo(f"  {role}\t{login.login}\t{login.password}")
