"""Every address: whom it serves, written down once in routes.toml, and kept."""

import re
import tomllib
from pathlib import Path

import pytest

from geoapp.accounts.rules import GRANTS, Permission, Role
from tests.support.house import HTML, METHODS_THAT_READ
from tests.support.tree import expect_none

TABLE = tomllib.loads(Path(__file__).with_name("routes.toml").read_text("utf-8"))
PUBLIC = "public"
OPEN = {200, 302, 303, 304, 400, 404}  # 400: the path alone is not enough
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def written_down():
    """Endpoint → permission, as routes.toml says."""
    return {
        endpoint if isinstance(value, str) else f"{endpoint}.{name}": permission
        for endpoint, value in TABLE.items()
        for name, permission in ({"": value} if isinstance(value, str) else value).items()
    }


def unsafe(house):
    for rule in house.rules:
        for method in sorted(rule.methods - METHODS_THAT_READ):
            yield rule, method


def open_page(client, house, rule):
    return client.get(house.address(rule), headers=HTML, buffered=True)


def test_every_address_says_whom_it_serves(house):
    expect_none(
        rule.endpoint
        for rule in house.rules
        if house.permission(rule) != PUBLIC and not isinstance(house.permission(rule), Permission)
    )


def test_the_table_of_addresses_is_the_one_of_the_app(house):
    in_app = {rule.endpoint: str(house.permission(rule)) for rule in house.rules}
    assert in_app == written_down()


def test_somebody_unknown_is_led_to_the_sign_in(house):
    client = house.client()
    expect_none(
        f"{rule.endpoint}: {answer.status_code} {answer.location}"
        for rule, _permission in house.opens()
        if (answer := open_page(client, house, rule)).status_code != 303
        or not answer.location.startswith("/sign-in?next=")
    )


def test_a_script_without_sign_in_is_told_so(house):
    client = house.client()
    expect_none(
        f"{rule.endpoint}: {answer.status_code}"
        for rule, _permission in house.opens()
        if (answer := client.get(house.address(rule))).status_code != 401
    )


def test_somebody_unknown_changes_nothing_even_with_a_form_token(house):
    client = house.client()
    token = TOKEN.search(client.get("/sign-in", headers=HTML).text)[1]
    expect_none(
        f"{method} {rule.endpoint}: {answer.status_code}"
        for rule, method in unsafe(house)
        if house.permission(rule) != PUBLIC
        and (
            answer := client.open(
                house.address(rule), method=method, headers={**HTML, "X-CSRFToken": token}
            )
        ).status_code
        != 401
    )


@pytest.mark.parametrize("role", [None, *Role])
def test_nothing_changes_without_a_form_token(house, role):
    client = house.client(role)
    expect_none(
        f"{method} {rule.endpoint}: {answer.status_code}"
        for rule, method in unsafe(house)
        if (answer := client.open(house.address(rule), method=method, headers=HTML)).status_code
        != 400
    )


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_permission_table_grants_and_nothing_else(house, role):
    """Some 2 s a role: every page of the product is made once."""
    client = house.client(role)
    granted = GRANTS[role] | {Permission.ACCOUNT_USE}
    expect_none(
        f"{rule.endpoint} ({permission}): {answer.status_code}"
        for rule, permission in house.opens()
        for answer in [open_page(client, house, rule)]
        if answer.status_code not in (OPEN if permission in granted else {403})
    )


def test_every_role_stands_in_the_permission_table():
    assert set(GRANTS) == set(Role)
