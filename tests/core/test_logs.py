import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from geoapp.core.errors import Refused
from geoapp.core.logs import RequestLog, configure_logs, get_logger


class Slow(Refused):
    code = "test.slow"
    message = "Mr. Zhang is slow."


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(as_json=True, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def read(lines: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_says_when_what_and_where_in_the_code(lines: io.StringIO) -> None:
    get_logger("geoapp.points.services").info("point moved", point_id="7", to="closed")
    (line,) = read(lines)
    assert line["event"] == "point moved"
    assert line["room"] == "geoapp.points.services"
    assert line["level"] == "info"
    assert line["at"].endswith("Z")
    assert line["to"] == "closed"


PERSONAL_KEYS = [
    "name",
    "person_name",
    "phone",
    "mobile_phone",
    "password",
    "new_password",
    "reporter",
    "reporter_enc",
    "lon",
    "lat",
    "lon_gcj",
    "fix_lat",
    "address",
    "email",
    "cookie",
    "X-Api-Token",
    "geom",
    "id_card",
]


@pytest.mark.parametrize("key", PERSONAL_KEYS)
def test_a_key_that_names_a_person_or_a_place_is_dropped(lines: io.StringIO, key: str) -> None:
    get_logger("x").info("saved", **{key: "张三 121.4737"})
    assert "张三" not in lines.getvalue()
    assert read(lines)[0]["dropped"] == [key]


def test_nested_facts_are_cleaned_too(lines: io.StringIO) -> None:
    get_logger("x").info("saved", point={"code": "P1", "lon": 121.5, "by": [{"phone": "1"}]})
    assert read(lines)[0]["point"] == {"code": "P1", "by": [{}]}


@pytest.mark.parametrize(
    "text",
    ["电话13812345678来电", "+86 138-1234-5678", "310115198001011234 已核", "31011519800101123X"],
)
def test_telephone_and_identity_numbers_are_hidden_in_texts(lines: io.StringIO, text: str) -> None:
    get_logger("x").info(text, note=text)
    line = read(lines)[0]
    assert "[hidden]" in line["event"]
    assert not any(part in lines.getvalue() for part in ("1234567", "5678", "1980"))


def test_ids_and_hashes_stay_readable(lines: io.StringIO) -> None:
    known = {"id": "0b4c1381-2345-4678-9abc-138123456789", "sha256": "a13812345678" * 5}
    get_logger("x").info("saved", **known)
    assert known.items() <= read(lines)[0].items()


def raised(kind: type[Exception], *words: str) -> Exception:
    with pytest.raises(kind) as caught:
        raise kind(*words)
    return caught.value


def test_an_error_is_told_without_its_words(lines: io.StringIO) -> None:
    get_logger("x").error("failed", exc_info=raised(Slow))
    line = read(lines)[0]
    assert (line["error"], line["error_code"]) == ("Slow", "test.slow")
    assert line["error_at"][-1].endswith(" raised")
    assert "Zhang" not in lines.getvalue()


def test_an_error_in_a_librarys_log_is_told_without_its_words(lines: io.StringIO) -> None:
    error = raised(ValueError, "Key (phone)=(张三) already exists")
    logging.getLogger("waitress").error("Exception while serving /points", exc_info=error)
    line = read(lines)[0]
    assert line["logger"] == "waitress"
    assert line["error"] == "ValueError"
    assert "张三" not in lines.getvalue()


def test_the_reference_of_an_error_page_stands_in_the_log_and_nothing_else_does(
    lines: io.StringIO,
) -> None:
    logging.getLogger("web").error("unexpected", extra={"reference": "5f0c", "who": "Zhang"})
    (line,) = read(lines)
    assert line["reference"] == "5f0c"
    assert "who" not in line


def test_a_terminal_gets_lines_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    handlers = logging.getLogger().handlers[:]
    try:
        configure_logs(stream=stream)
        get_logger("x").info("started", port=8000)
    finally:
        logging.getLogger().handlers[:] = handlers
        structlog.reset_defaults()
    assert "started" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def call(app, path: str = "/points", query: str = "") -> tuple[str, dict[str, str], bytes]:
    answer = []

    def start_response(status, headers, exc_info=None):
        answer.extend([status, dict(headers)])
        return lambda _data: None

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    body = RequestLog(app, clock=iter([10.0, 10.25]).__next__)(environ, start_response)
    content = b"".join(body)
    body.close()
    return answer[0], answer[1], content


def hello(environ, start_response):
    get_logger("x").info("inside")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hel", b"lo"]


def test_a_request_is_one_line_with_its_duration(lines: io.StringIO) -> None:
    _status, headers, content = call(hello, query="q=张三")
    inside, line = read(lines)
    assert content == b"hello"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/points", 200)
    assert (line["bytes"], line["took_ms"]) == (5, 250.0)
    assert inside["request_id"] == line["request_id"] == headers["X-Request-ID"]
    assert "张三" not in lines.getvalue()


def test_routine_requests_are_not_told(lines: io.StringIO) -> None:
    def style(environ, start_response):
        start_response("200 OK", [])
        return [b"body{}"]

    call(style, path="/static/app.css")
    assert read(lines) == []


def test_a_request_that_breaks_is_told_as_500(lines: io.StringIO) -> None:
    def broken(environ, start_response):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        call(broken)
    assert read(lines)[0]["status"] == 500
