"""A browser without a window: forms with their token, sign-in by the real page."""

import re
from datetime import UTC, datetime

from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.services_sign_in import open_sign_in
from tests.accounts.conftest import PASSWORD

HTML = {"Accept": "text/html"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def open_page(client, path, status=200):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def send(client, path, page=None, **fields):
    """Fill in the form of *page* (default: the page at *path*) and send it to *path*."""
    text = client.get(page or path, headers=HTML).text
    token = TOKEN.search(text)
    assert token, text
    return client.post(path, data={"csrf_token": token[1], **fields}, headers=HTML)


def sign_in(client, login, password=PASSWORD, **fields):
    return send(client, "/sign-in", login=login, password=password, **fields)


def enter(client, db, person):
    """Sign in without the page and its costly password."""
    with db.transaction(SYSTEM) as session:
        opened = open_sign_in(session, person, now=datetime.now(UTC), device="test")
    client.set_cookie("geoapp", opened.token)
    return client
