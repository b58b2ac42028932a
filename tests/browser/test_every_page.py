"""Every page there is, on a phone and at a desk: nothing sticks out, and axe has no objection."""

import pytest

from geoapp.accounts.rules import GRANTS, Permission, Role
from geoapp.core.settings import Settings
from tests.support.browser import DESK, PHONE
from tests.support.house import HTML, furnish, open_house
from tests.support.judge import axe_violations, scrolls_sideways
from tests.support.server import serving
from tests.support.tree import expect_none

FRAGMENTS = {"field.items", "field.nearby", "points.card"}
"""Pieces of pages: their page is looked at with them in it."""
LOOKING = {
    "field": (Role.INSPECTOR,),
    "": (Role.PLANNER, Role.ADMIN, Role.ACCEPTOR),
}


@pytest.fixture
def house(live_database, tmp_path):
    return open_house(furnish(Settings(data=tmp_path), live_database))


@pytest.fixture
def address(house):
    with serving(house.app) as found:
        yield found


def role_for(rule, permission):
    granted = {role: GRANTS[role] | {Permission.ACCOUNT_USE} for role in Role}
    roles = LOOKING.get(rule.endpoint.split(".")[0], LOOKING[""])
    return next(role for role in [*roles, *Role] if permission in granted[role])


def pages(house):
    """(endpoint, path, role) of all that a browser shows as a page."""
    found = [("accounts.sign_in", "/sign-in", None)]
    clients = {}
    for rule, permission in house.opens():
        role = role_for(rule, permission)
        client = clients.setdefault(role, house.client(role))
        path = house.address(rule)
        answer = client.get(path, headers=HTML, buffered=True)
        is_page = answer.status_code == 200 and answer.mimetype == "text/html"
        if is_page and rule.endpoint not in FRAGMENTS:
            found.append((rule.endpoint, path, role))
    return found


def sign_in(house, page, address, role):
    cookies = [{"name": "geoapp", "value": house.token(role), "url": address}] if role else []
    page.context.clear_cookies()
    page.context.add_cookies(cookies)


def look(house, page, address):
    """What is wrong with any page in the window of *page*; phone pages are for phones."""
    wrong = []
    signed_in = "nobody yet"
    found = pages(house)
    for endpoint, path, role in found:
        if endpoint.startswith("field.") and page.viewport_size == DESK:
            continue
        if role != signed_in:
            sign_in(house, page, address, role)
            signed_in = role
        page.goto(address + path)
        if scrolls_sideways(page):
            wrong.append(f"{endpoint}: wider than its window")
        wrong += [f"{endpoint}: {line}" for line in axe_violations(page)]
    assert len(found) > 15
    return wrong


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_its_window_and_is_open_to_everybody(house, address, open_page, size):
    page = open_page(viewport=size)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 121.7503, "latitude": 31.1152, "accuracy": 8})
    expect_none(look(house, page, address))
