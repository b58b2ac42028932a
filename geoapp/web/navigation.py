"""What stands in the bar of every page: the ways in, and who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from geoapp.core.i18n import gettext, language
from geoapp.maps.symbols import LAMPS, STAGES, lamp_symbol, state_symbol
from geoapp.web.i18n import HTML_LANG, language_links

KEY = "geoapp.shell"


@dataclass(frozen=True)
class NavItem:
    """A way in: *text* is marked with N_(); shown to those who may open *endpoint*.

    *feature* endpoints (``points.board`` → ``points``) are marked as the current place.
    """

    endpoint: str
    text: str
    area: str = "desk"


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the bar shows it; *links* are (endpoint, text marked with N_())."""

    name: str
    note: str = ""
    links: tuple[tuple[str, str], ...] = ()


def nobody() -> Person | None:
    """Say that nobody is signed in."""
    return None


def everything(_permission: object) -> bool:
    """Allow each way in; a plan that knows people replaces it."""
    return True


@dataclass(frozen=True)
class Shell:
    """How the bar is filled; ``create_app`` hands it in, so that web knows no feature."""

    items: tuple[NavItem, ...] = ()
    may_open: Callable[[object], bool] = everything
    person: Callable[[], Person | None] = nobody
    sign_in: str = ""
    sign_out: str = ""


def _address(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _ways(shell: Shell) -> list[dict[str, Any]]:
    feature = (request.endpoint or "").partition(".")[0]
    area = "field" if request.path.startswith("/field") else "desk"
    ways = []
    for item in shell.items:
        view = current_app.view_functions.get(item.endpoint)
        if view is None or item.area != area or not shell.may_open(getattr(view, "permission", "")):
            continue
        here = item.endpoint == request.endpoint or (
            item.endpoint.partition(".")[0] == feature
            and request.endpoint not in {other.endpoint for other in shell.items}
        )
        ways.append({"href": url_for(item.endpoint), "text": gettext(item.text), "here": here})
    return ways


def _person(shell: Shell) -> dict[str, Any] | None:
    who = shell.person()
    if who is None:
        return None
    links = [{"href": _address(end), "text": gettext(text)} for end, text in who.links]
    return {
        "name": who.name,
        "note": who.note,
        "links": [link for link in links if link["href"]],
        "sign_out_url": _address(shell.sign_out),
    }


def fill() -> dict[str, Any]:
    """Return what base.html and field/base.html need."""
    shell: Shell = current_app.extensions[KEY]
    person = _person(shell)
    return {
        "html_lang": HTML_LANG[language()],
        "language_links": language_links(),
        "navigation": _ways(shell),
        "person": person,
        "sign_in_url": "" if person else _address(shell.sign_in),
        "home_url": "/field" if request.path.startswith("/field") else "/",
    }


def install(app: Flask, shell: Shell) -> None:
    """Fill the bar of every page of *app* the way *shell* says."""
    app.extensions[KEY] = shell
    app.context_processor(fill)
    app.jinja_env.globals.update(
        lamp_symbol=lamp_symbol, state_symbol=state_symbol, LAMPS=LAMPS, STAGES=STAGES
    )
