"""Failures on their way out: a status, a page for people, a problem for machines (RFC 9457)."""

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from geoapp.core.errors import (
    BadInput,
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    Refused,
    SignInNeeded,
    TooLarge,
    TooMany,
    Unavailable,
)
from geoapp.core.i18n import N_, gettext

logger = logging.getLogger("geoapp.web")

STATUS: dict[type[DomainError], int] = {
    BadInput: 400,
    SignInNeeded: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Refused: 422,
    TooMany: 429,
    Unavailable: 503,
}
"""The one table from error family to HTTP status."""

TITLES = {
    400: N_("The request cannot be read"),
    401: N_("Please sign in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    409: N_("Changed in the meantime"),
    413: N_("Too large"),
    422: N_("Refused"),
    429: N_("Too many tries"),
    500: N_("Something went wrong"),
    503: N_("Not available at the moment"),
}


class PageMissing(NotFound):
    """No page has this address."""

    code = "web.page_missing"
    message = N_("There is no such page.")
    hint = N_("Check the address, or start again from the first page.")


class MethodWrong(BadInput):
    """The address exists, but not for this method."""

    code = "web.method_wrong"
    message = N_("This address cannot be used in this way.")
    hint = N_("Go back and use the buttons of the page.")


class BodyTooLarge(TooLarge):
    """More bytes than GEOAPP_UPLOAD_MB allows."""

    code = "web.body_too_large"
    message = N_("What was sent is larger than this server accepts.")
    hint = N_("Send fewer or smaller files.")


class RequestUnreadable(BadInput):
    """HTTP-level nonsense: a broken form, an unknown host, malformed JSON."""

    code = "web.request_unreadable"
    message = N_("The server could not read the request.")
    hint = N_("Reload the page and try again.")


class FormExpired(BadInput):
    """The CSRF token is missing or belongs to another session."""

    code = "web.form_expired"
    message = N_("The form no longer belongs to this sign-in.")
    hint = N_("Go back, reload the page and send the form again.")


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same row first."""

    code = "web.changed_meanwhile"
    message = N_("Somebody else changed this in the meantime; nothing was saved.")
    hint = N_("Reload the page, look at the change, and enter yours again.")


class ValueImpossible(BadInput):
    """A value does not fit its column."""

    code = "web.value_impossible"
    message = N_("One of the values cannot be stored.")
    hint = N_("Check numbers and dates, then send again.")


class DatabaseDown(Unavailable):
    """PostgreSQL is gone, restarting, or its disk is full."""

    code = "web.database_down"
    message = N_("The database cannot be reached.")
    hint = N_("Wait a minute and try again; nothing that was confirmed is lost.")


class Unexpected(DomainError):
    """A mistake of ours; the log has the details under the reference."""

    code = "web.unexpected"
    message = N_("The server made a mistake and has written it down.")
    hint = N_("Try again; if it stays, pass on the reference below.")


_HTTP: dict[int, type[DomainError]] = {
    404: PageMissing,
    405: MethodWrong,
    413: BodyTooLarge,
}
_DATABASE: dict[type[Exception], type[DomainError]] = {
    StaleDataError: ChangedMeanwhile,
    IntegrityError: ChangedMeanwhile,
    DataError: ValueImpossible,
    OperationalError: DatabaseDown,
    InterfaceError: DatabaseDown,
}


@dataclass(frozen=True)
class Failure:
    """What is said about an error, in the reader's language."""

    status: int
    code: str
    title: str
    sentence: str
    hint: str
    data: dict[str, Any]
    reference: str = ""


def status_of(kind: type[DomainError]) -> int:
    """Return the HTTP status of the family of *kind*."""
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), 500)


def failure_of(error: DomainError, reference: str = "", status: int = 0) -> Failure:
    """Put *error* into words."""
    status = status or status_of(type(error))
    return Failure(
        status=status,
        code=error.code,
        title=gettext(TITLES.get(status, TITLES[500 if status >= 500 else 400])),  # noqa: PLR2004 - HTTP
        sentence=error.sentence(),
        hint=error.advice(),
        data={key: _plain(value) for key, value in error.data.items()},
        reference=reference,
    )


def _plain(value: object) -> Any:
    simple = value is None or isinstance(value, str | int | float | bool | list | dict)
    return value if simple else str(value)


def problem(failure: Failure) -> dict[str, Any]:
    """Return *failure* as problem details (RFC 9457)."""
    details = {
        "type": f"urn:geoapp:error:{failure.code}",
        "title": failure.title,
        "status": failure.status,
        "detail": failure.sentence,
        "hint": failure.hint,
        "code": failure.code,
        "data": failure.data,
        "reference": failure.reference,
    }
    return {key: value for key, value in details.items() if value not in ("", {})}


def wants_json() -> bool:
    """Tell whether the client prefers a problem to a page."""
    if request.is_json:
        return True
    kinds = ["text/html", "application/problem+json", "application/json", "application/geo+json"]
    return request.accept_mimetypes.best_match(kinds, default="text/html") != "text/html"


def answer(failure: Failure) -> Response:
    """Answer with *failure*: as problem+json or as a page, whichever the client prefers."""
    if wants_json():
        from flask.json import dumps

        response = Response(dumps(problem(failure)), content_type="application/problem+json")
    else:
        response = Response(_page(failure), content_type="text/html; charset=utf-8")
    response.status_code = failure.status
    response.vary.add("Accept")
    return response


def _page(failure: Failure) -> str:
    try:
        return render_template("web/error.html", **vars(failure))
    except Exception:  # the bar may need the very database that is down
        logger.exception("error page failed", extra={"reference": failure.reference})
        plain = current_app.jinja_env.get_template("web/error_plain.html")
        return plain.render(**vars(failure))


def _reference() -> str:
    if "reference" not in g:
        g.reference = secrets.token_hex(5)
    return str(g.reference)


def on_domain_error(error: DomainError) -> Response:
    """Answer for a refusal of ours."""
    return answer(failure_of(error))


def on_http_error(error: HTTPException) -> Response:
    """Answer for Flask's own refusals, and let redirects pass."""
    code = error.code or 500
    if code < 400:  # noqa: PLR2004 - HTTP
        return error.get_response()  # type: ignore[return-value]
    if isinstance(error, CSRFError):
        return answer(failure_of(FormExpired()))
    if code >= 500:  # noqa: PLR2004 - HTTP
        return on_unexpected(error)
    kind = _HTTP.get(code, RequestUnreadable)
    response = answer(failure_of(kind(), status=code))
    response.headers.extend(
        [pair for pair in error.get_headers() if pair[0] in ("Allow", "Retry-After")]
    )
    return response


def on_database_error(error: Exception) -> Response:
    """Answer for what PostgreSQL refused or could not do."""
    kind = next(_DATABASE[base] for base in type(error).__mro__ if base in _DATABASE)
    reference = _reference()
    logger.error("database refused", exc_info=error, extra={"reference": reference})
    return answer(failure_of(kind(), reference))


def on_unexpected(error: Exception) -> Response:
    """Answer for our own mistakes: the log gets everything, the person a reference."""
    reference = _reference()
    logger.error("unexpected error", exc_info=error, extra={"reference": reference})
    return answer(failure_of(Unexpected(), reference))


def install(app: Flask) -> None:
    """Give every failure of *app* a face."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(HTTPException, on_http_error)
    for kind in _DATABASE:
        app.register_error_handler(kind, on_database_error)
    app.register_error_handler(Exception, on_unexpected)
