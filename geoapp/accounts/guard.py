"""The Flask edge of accounts: who is asking, whether they may, and their transaction.

Every view carries ``requires(Permission.X)`` or ``public``; one that carries neither is refused.
"""

import functools
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import address_prefix, device_label
from geoapp.accounts.queries import actor_for
from geoapp.accounts.rules import (
    ANONYMOUS,
    ROLE_NAMES,
    SYSTEM,
    Actor,
    NotAllowed,
    NotSignedIn,
    Permission,
    Role,
    may,
    require,
)
from geoapp.accounts.services_sign_in import SEEN_EVERY, SignedIn, note_seen
from geoapp.core.errors import Forbidden, Unavailable
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings
from geoapp.web import navigation
from geoapp.web.state import state

COOKIE = "geoapp"
SECURE_COOKIE = "__Host-geoapp"
"""The prefix binds the cookie to this very host; browsers take it over TLS only."""
PUBLIC = "public"
SECRET_BYTES = 32
LINKS = (
    ("accounts.password", N_("Change password")),
    ("accounts.devices", N_("My devices")),
)

_OUR_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")  # "//host" and "/\\host" lead away

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class PasswordChangeNeeded(Forbidden):
    """The password was set by somebody else and must be replaced first."""

    code = "accounts.password_change_needed"
    message = N_("Choose a password of your own first.")


class SecretUnwritable(Unavailable):
    """The key file cannot be read or made."""

    code = "accounts.secret_unwritable"
    message = N_("The key file %(path)s cannot be read or made.")
    hint = N_("Give the account that runs the program the right to write to the data folder.")


def current_actor() -> Actor:
    """Whoever sends this request; ANONYMOUS if nobody is signed in. Looked up once."""
    if "actor" not in g:
        g.actor = _find_actor()
    actor: Actor = g.actor
    return actor


def _find_actor() -> Actor:
    source = "field" if request.path.startswith("/field") else "web"
    token = request.cookies.get(_cookie_name())
    if token:
        now = datetime.now(UTC)
        with state().database.reading(SYSTEM) as session:
            actor = actor_for(session, token, now, source=source)
        if actor is not None:
            _touch(actor, now)
            return replace(actor, address_prefix=address_prefix(remote_address()))
    return replace(ANONYMOUS, source=source)


def _touch(actor: Actor, now: datetime) -> None:
    seen = actor.last_seen_at
    if actor.sign_in_id and seen and now - seen > SEEN_EVERY:
        with state().database.transaction(SYSTEM) as session:
            note_seen(session, actor.sign_in_id, now=now)


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let only those in who have *permission*; others sign in first, or are refused."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            detour = _detour(permission)
            return detour if detour is not None else view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _detour(permission: Permission) -> ResponseReturnValue | None:
    """Where a person goes instead of the page; None: nowhere, they may see it."""
    actor = current_actor()
    opens_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if actor.person_id is None:
        if not opens_page:  # a script must see 401, not follow a redirect to a form
            raise NotSignedIn
        return redirect(url_for("accounts.sign_in", next=_here()), 303)
    if actor.must_change_password and permission is not Permission.ACCOUNT_USE:
        if not opens_page:
            raise PasswordChangeNeeded
        return redirect(url_for("accounts.password"), 303)
    if permission is not Permission.ACCOUNT_USE:  # own account: everybody's, even without a role
        require(actor, permission)
    return None


def _here() -> str:
    return request.full_path.rstrip("?")


def public(view: View[P]) -> View[P]:
    """Let everybody in."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session of whoever asks, in which the database refuses to write."""
    with state().database.reading(current_actor()) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Open a session of whoever asks; committed at the end of the block, before the answer."""
    with state().database.transaction(current_actor()) as session:
        yield session


@contextmanager
def door() -> Iterator[Session]:
    """Open a session of the system itself, for somebody who is not signed in yet."""
    actor = replace(SYSTEM, source="web", address_prefix=address_prefix(remote_address()))
    with state().database.transaction(actor) as session:
        yield session


def remote_address() -> str:
    """Where the request comes from (behind proxies: as GEOAPP_BEHIND_PROXY says)."""
    return request.remote_addr or ""


def device() -> str:
    """What the browser calls itself, shortened."""
    return device_label(request.headers.get("User-Agent", ""))


def lifetime() -> timedelta:
    """How long a sign-in lasts."""
    return timedelta(hours=state().settings.session_hours)


def _cookie_name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE


def give_cookie(response: Response, signed_in: SignedIn) -> None:
    """Hand the token to the browser, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        _cookie_name(),
        signed_in.token,
        expires=signed_in.expires_at,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def take_cookie(response: Response) -> None:
    """Make the browser forget its token."""
    response.delete_cookie(
        _cookie_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def safe_target(target: str | None) -> str:
    """*target* if it is a path of ours, else the first page."""
    return target if target and _OUR_PATH.fullmatch(target) else "/"


def may_open(permission: object) -> bool:
    """Whether whoever asks may open a view that carries *permission*."""
    if isinstance(permission, Permission):
        return may(current_actor(), permission)
    return permission == PUBLIC


def person() -> navigation.Person | None:
    """Who is signed in, for the bar of each page."""
    actor = current_actor()
    if actor.person_id is None:
        return None
    roles = [_(ROLE_NAMES[role]) for role in Role if role in actor.roles]
    return navigation.Person(name=actor.name, note=" · ".join(roles), links=LINKS)


def _refuse_unmarked() -> None:
    """Refuse a view that says neither whom it serves nor that it serves everybody."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and not hasattr(view, "permission"):
        raise NotAllowed(permission=str(request.endpoint))


def install(app: Flask) -> None:
    """Put the guard in front of every view of *app*."""
    app.before_request(_refuse_unmarked)


def secret_key(settings: Settings) -> bytes:
    """The key that signs form tokens; made on the first start, readable by this account only.

    Raises:
        SecretUnwritable: the data folder refuses.
    """
    path = settings.data / "secret_key"
    try:
        if not path.exists():
            _make_key(path)
        path.chmod(0o600)
        return path.read_bytes()
    except OSError as error:
        raise SecretUnwritable(path=str(path)) from error


def _make_key(path: Path) -> None:
    """Write the key whole or not at all; of two starts at once the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(own)
    own.unlink()
