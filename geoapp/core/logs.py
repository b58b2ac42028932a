"""Logs that may be handed to anybody: what happened and how long it took, never who or where.

JSON lines for files and services, short coloured lines for a terminal. Three guards keep persons
out: keys that name a person or a place are dropped, telephone and identity numbers inside a text
are hidden, and an error is told by its kind and its lines of code, never by its message, because
database messages quote the row ("Key (phone)=(138...) already exists").
"""

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import IO, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from structlog.types import EventDict, Processor

PERSONAL = frozenset(
    """
    name names person phone mobile tel email mail address password passwd secret token cookie
    authorization reporter petitioner complainant lon lat lng longitude latitude position coords
    geom geometry plate signature username nickname idcard card ip
    """.split()  # noqa: SIM905 - forty quoted words would hide the list
)
HIDDEN = "[hidden]"
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|\d{17}[\dXx])(?![0-9A-Za-z])"
)
KNOWN_TO_STRUCTLOG = frozenset({"exc_info", "stack_info", "_record", "_from_structlog"})
REQUEST_ID = "geoapp.request_id"
"""Where the WSGI environment carries the id of the request."""
FIRST_ERROR = 400
EXTRA = structlog.stdlib.ExtraAdder(allow=["reference"])  # what an error page shows people
QUIET = {
    "alembic": "WARNING",
    "moto": "WARNING",
    "botocore": "WARNING",
    "PIL": "INFO",
    "waitress.queue": "ERROR",
}


def _is_personal(key: str) -> bool:
    return not PERSONAL.isdisjoint(re.split(r"[^a-z]+", key.lower()))


def _clean(value: object) -> object:
    if isinstance(value, str):
        return NUMBERS.sub(HIDDEN, value)
    if isinstance(value, MutableMapping):
        return {key: _clean(item) for key, item in value.items() if not _is_personal(str(key))}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return value


def drop_personal(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Drop keys that name a person or a place, and say which; hide numbers inside texts."""
    dropped = sorted(key for key in event if _is_personal(key))
    kept = {
        key: value if key in KNOWN_TO_STRUCTLOG else _clean(value)
        for key, value in event.items()
        if key not in dropped
    }
    return kept | ({"dropped": dropped} if dropped else {})


def tell_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind, its code or SQLSTATE, and the lines of code it passed."""
    error = _error_of(event.pop("exc_info", None))
    if error is None:
        return event
    cause = getattr(error, "orig", None) or error
    code = getattr(error, "code", None) or getattr(cause, "sqlstate", None)
    frames = traceback.extract_tb(error.__traceback__)
    event["error"] = type(cause).__name__
    if isinstance(code, str):
        event["error_code"] = code
    event["error_at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _error_of(info: object) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        tell_error,
        drop_personal,
    ]


def configure_logs(*, as_json: bool | None = None, stream: IO[str] | None = None) -> None:
    """Send our own and all libraries' logs to *stream* (default: stderr).

    *as_json* None means: JSON unless the stream is a terminal.
    """
    stream = stream or sys.stderr
    as_json = not stream.isatty() if as_json is None else as_json
    render: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at")
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_librarys_own, EXTRA, *_shared()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for library, level in QUIET.items():
        logging.getLogger(library).setLevel(level)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _librarys_own(_logger: object, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord | None = event.get("_record")
    if record is not None:
        event["logger"] = record.name
        event["exc_info"] = record.exc_info
        record.exc_info = record.exc_text = None
    return event


def get_logger(room: str) -> Any:
    """Return the logger of *room* (the module's ``__name__``)."""
    return structlog.stdlib.get_logger(room).bind(room=room)


class RequestLog:
    """WSGI layer: one line a request, and an id that the log, the answer and the error page share.

    Path without its query: a search text may be a person's name.
    """

    def __init__(
        self, app: WSGIApplication, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._clock = clock
        self._log = get_logger(__name__)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the line is written when the last byte has been handed over."""
        request_id = environ[REQUEST_ID] = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = self._clock(), 500

        def start(
            line: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, ("X-Request-ID", request_id)], exc_info)

        def tell(sent: int) -> None:
            took_ms = round((self._clock() - started) * 1000, 1)
            self._tell(environ, status=status, bytes=sent, took_ms=took_ms)

        try:
            return _Told(self._app(environ, start), tell)
        except BaseException:
            tell(0)
            raise

    def _tell(self, environ: WSGIEnvironment, **facts: float) -> None:
        path = environ.get("PATH_INFO", "")
        routine = path.startswith(("/static/", "/healthz")) and facts["status"] < FIRST_ERROR
        say = self._log.debug if routine else self._log.info
        say("request", method=environ.get("REQUEST_METHOD"), path=path, **facts)


class _Told:
    """A response body that counts its bytes and tells when it is closed."""

    def __init__(self, body: Iterable[bytes], tell: Callable[[int], None]) -> None:
        self._body, self._tell, self._sent = body, tell, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._sent += len(piece)
            yield piece

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                close()
        finally:
            self._tell(self._sent)
