"""Chromium for tests: Chinese, in Shanghai, and unforgiving.

A page fails its test on any console error, page error, or request that leaves 127.0.0.1.
"""

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

LOCALE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Complaints:
    """What went wrong in the pages of a test; a test of a failure takes its own out again."""

    seen: list[str] = field(default_factory=list)

    def watch(self, page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console {message.type}: {message.text} {message.location}")

    def _request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self.seen.append(f"request leaves the host: {request.url}")

    def expect(self, text: str) -> None:
        """Take out the complaints that contain *text*; there must be some."""
        found = [item for item in self.seen if text in item]
        assert found, f"no complaint about {text!r} in {self.seen}"
        self.seen = [item for item in self.seen if text not in item]


@pytest.fixture(scope="session")
def browser():
    """The distribution's Chromium, started once a test process."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "chromium is missing: ./test installs it"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=flags)
        yield started
        started.close()


@pytest.fixture
def complaints():
    """What the pages of this test complained about; must be empty at the end."""
    told = Complaints()
    yield told
    assert told.seen == []


@pytest.fixture
def open_page(browser, complaints):
    """A function that opens a page in a browser of its own (own cookies, own storage)."""
    contexts = []

    def open_one(**options):
        context = browser.new_context(**{**LOCALE, "viewport": DESK, **options})
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """A desk-sized page."""
    return open_page()


@pytest.fixture
def phone(open_page):
    """A phone-sized page with touch."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
