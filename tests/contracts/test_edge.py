"""What every answer carries, and what hostile texts come to, over all addresses of the product."""

import re

import pytest

from geoapp.accounts.rules import GRANTS, Permission, Role
from tests.support.house import HTML, MARKUP
from tests.support.tree import expect_none

FRAMES = {"points.frame", "points.picker"}
"""The pages that our own pages hold in a frame."""
HOSTILE = (
    "' OR 1=1 --",
    "'; DROP TABLE point; --",
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} %(x)s {0} ${7*7}",
    "%_\\",
    "\u202e\U0001f600 点位",
)
PARAMETERS = (
    "q",
    "name",
    "state",
    "category",
    "after",
    "before",
    "sort",
    "lamp",
    "unit_id",
    "bbox",
)


@pytest.fixture
def pages(house):
    """Every address with a client who may open it, an administrator where possible."""
    clients = {}
    found = []
    for rule, permission in house.opens():
        roles = [Role.ADMIN, *Role]
        role = next(role for role in roles if permission in GRANTS[role] | {Permission.ACCOUNT_USE})
        client = clients.setdefault(role, house.client(role))
        found.append((rule.endpoint, house.address(rule), client))
    return found


def sources(policy, directive):
    found = re.search(rf"(?:^|;)\s*{directive} ([^;]*)", policy)
    return found[1].split() if found else []


def test_every_answer_is_closed_to_foreign_scripts_and_frames(pages):
    wrong = []
    for endpoint, address, client in pages:
        headers = client.get(address, headers=HTML, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        framed = ["'self'"] if endpoint in FRAMES else ["'none'"]
        scripts = [word for word in sources(policy, "script-src") if not word.startswith("'nonce-")]
        if "unsafe" in policy or scripts != ["'self'"]:
            wrong.append(f"{endpoint}: {policy}")
        if sources(policy, "frame-ancestors") != framed:
            wrong.append(f"{endpoint}: framed by {sources(policy, 'frame-ancestors')}")
        if sources(policy, "default-src") != ["'none'"]:
            wrong.append(f"{endpoint}: default-src")
        if headers["X-Content-Type-Options"] != "nosniff":
            wrong.append(f"{endpoint}: sniffed")
    expect_none(wrong)


def test_pages_of_persons_stay_in_no_cache_of_others(pages):
    expect_none(
        f"{endpoint}: {cache}"
        for endpoint, address, client in pages
        for cache in [client.get(address, headers=HTML, buffered=True).headers["Cache-Control"]]
        if "no-store" not in cache and "private" not in cache
    )


def test_the_byte_that_postgresql_cannot_store_is_a_wrong_request_everywhere(pages):
    expect_none(
        f"{endpoint}: {answer.status_code}"
        for endpoint, address, client in pages
        for answer in [client.get(f"{address}?q=a%00b", headers=HTML, buffered=True)]
        if answer.status_code != 400
    )


def test_the_byte_in_a_form_is_a_wrong_request(house):
    client = house.client()
    answer = client.post("/sign-in", data={"login": "a\0b", "password": "x"}, headers=HTML)
    assert answer.status_code == 400


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_in_parameters_are_only_texts(pages, text):
    """Some 2 s: no page fails, and none repeats markup that somebody sent."""
    query = dict.fromkeys(PARAMETERS, text)
    wrong = []
    for endpoint, address, client in pages:
        answer = client.get(address, query_string=query, headers=HTML, buffered=True)
        if answer.status_code >= 500:
            wrong.append(f"{endpoint}: {answer.status_code}")
        if answer.mimetype == "text/html" and "<" in text and text.encode() in answer.data:
            wrong.append(f"{endpoint}: repeats {text}")
    expect_none(wrong)


def test_markup_in_stored_names_is_shown_as_letters(pages):
    expect_none(
        endpoint
        for endpoint, address, client in pages
        for answer in [client.get(address, headers=HTML, buffered=True)]
        if answer.mimetype == "text/html" and MARKUP.encode() in answer.data
    )


def test_a_search_finds_its_signs_and_nothing_more(house):
    client = house.client(Role.ADMIN)
    plain = client.get("/points", headers=HTML).text
    assert "制砖厂" in plain
    for text in ("' OR 1=1 --", "%", "_", "\\"):
        found = client.get("/points", query_string={"q": text}, headers=HTML).text
        assert "朝航路89号制砖厂" not in found, text
