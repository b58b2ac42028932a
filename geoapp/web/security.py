"""The edge: which hosts, how many bytes, which characters, and what browsers may do with it."""

import secrets
from typing import Any

from flask import Flask, Request, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.core.settings import Settings
from geoapp.maps.page import MapPage

MEGABYTE = 1024 * 1024
FORM_OVERHEAD = MEGABYTE  # the text fields that travel beside an upload
LONGEST_QUERY = 8192  # characters; more is no filter but an attack or a mistake

_COMMON = (
    "default-src 'none'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'; "
)
PAGE_POLICY = (
    _COMMON + "script-src 'self'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'"
)
MAP_POLICY = (
    _COMMON
    + "script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; frame-ancestors 'self'"
)
FEATURES = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()"

csrf = CSRFProtect()


class NulByte(BadInput):
    """PostgreSQL cannot store U+0000 in a text; no honest form sends one."""

    code = "web.nul_byte"
    message = N_("The request contains a character that cannot be stored.")
    hint = N_("Type the text again instead of pasting it.")


class QueryTooLong(BadInput):
    """The address carries more text than any filter needs."""

    code = "web.query_too_long"
    message = N_("The address of this page is too long.")
    hint = N_("Use fewer or shorter filters.")


class EdgeRequest(Request):
    """A request whose texts are checked for U+0000 when they are first read."""

    def _load_form_data(self) -> None:
        loaded = "form" in self.__dict__
        super()._load_form_data()
        if not loaded:
            refuse_nul(self.form, self.files)

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the body as JSON; a text with U+0000 anywhere in it is refused."""
        value = super().get_json(*args, **kwargs)
        if b"\\u0000" in self.get_data() and _has_nul(value):
            raise NulByte
        return value


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)


def refuse_nul(fields: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> None:
    """Refuse field names, values and file names with U+0000."""
    texts = [part for pair in fields.items(multi=True) for part in pair]
    texts += [
        text for name, file in files.items(multi=True) for text in (name, file.filename or "")
    ]
    if any("\x00" in text for text in texts):
        raise NulByte


def _check_address() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        raise QueryTooLong
    if "\x00" in request.path:
        raise NulByte
    refuse_nul(request.args, MultiDict())


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", FEATURES)
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.endpoint != "static":
        # Shared office computers: nothing of a person stays in the cache unless a view says so.
        headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    if request.is_secure and g.get("behind_proxy"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def map_response(page: MapPage) -> Response:
    """Answer with a map document for an iframe of our own pages, under its own nonce."""
    nonce = secrets.token_urlsafe(16)
    response = Response(page.render(nonce), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = MAP_POLICY.format(nonce=nonce)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def install(app: Flask, settings: Settings) -> None:
    """Put the edge around *app*."""
    app.request_class = EdgeRequest
    app.config.update(
        MAX_CONTENT_LENGTH=settings.upload_mb * MEGABYTE + FORM_OVERHEAD,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        TRUSTED_HOSTS=[name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
        or None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_I18N_ENABLED=False,  # web/forms.py chooses the language, not flask-babel
        WTF_CSRF_TIME_LIMIT=None,  # a visit form stays open for hours; the session ends it
    )
    hops = settings.behind_proxy
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=hops
        )

    @app.before_request
    def check_edge() -> None:
        g.behind_proxy = bool(hops)
        _check_address()

    csrf.init_app(app)
    app.after_request(_add_headers)
