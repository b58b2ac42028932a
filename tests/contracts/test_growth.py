"""A list asks the database as often for many rows as for a few."""

from contextlib import contextmanager
from copy import deepcopy

import pytest
from sqlalchemy import event

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.app import HOOKS
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from tests.support.factories import make_grant, make_person, make_unit
from tests.support.house import HTML, add_ledger, add_points, furnish, open_house
from tests.support.ledgers import FULL
from tests.support.tree import expect_none

LISTS = {
    "accounts.devices": Role.ADMIN,
    "accounts.people": Role.ADMIN,
    "accounts.units": Role.ADMIN,
    "audit.log": Role.ADMIN,
    "field.items": Role.INSPECTOR,
    "field.nearby": Role.INSPECTOR,
    "field.points": Role.INSPECTOR,
    "intake.board": Role.PLANNER,
    "ledger.board": Role.PLANNER,
    "ledger.campaign": Role.PLANNER,
    "points.board": Role.PLANNER,
    "points.columns": Role.PLANNER,
    "points.shapes": Role.PLANNER,
}
TIMES = 10


@pytest.fixture
def own_house(own_database_url, tmp_path):
    database = Database(own_database_url, hooks=HOOKS)
    yield open_house(furnish(Settings(data=tmp_path), database))
    database.close()


@contextmanager
def counted(engine):
    statements = []

    def note(_connection, _cursor, statement, *_more):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def asked(house):
    """How many statements each list takes, when everything is warm."""
    clients = {role: house.client(role) for role in set(LISTS.values())}
    found = {}
    for rule in house.rules:
        if rule.endpoint in LISTS:
            address = house.address(rule) + "?lon=121.75&lat=31.11"
            client = clients[LISTS[rule.endpoint]]
            client.get(address, headers=HTML, buffered=True)
            with counted(house.database.engine) as statements:
                answer = client.get(address, headers=HTML, buffered=True)
            assert answer.status_code == 200, (rule.endpoint, answer.text)
            found[rule.endpoint] = len(statements)
    return found


def grow(house, settings):
    """Ten times the points, people, units, sign-ins and ledger rows."""
    with house.database.transaction(SYSTEM) as session:
        add_points(session, house.office, count=4 * TIMES)
        for number in range(10 * TIMES):
            unit = make_unit(session, f"村 {number}", parent=house.office.town)
            person = make_person(session, f"person-{number}", unit=unit)
            make_grant(session, person, Role.INSPECTOR, unit=unit)
    for _again in range(TIMES):
        house.token(Role.ADMIN)
    table = deepcopy(FULL)
    table.title = "第二批整改措施一览表"
    table.rows = [
        [
            f"{number}",
            f"朝汐路 {number} 号堆场积水。",
            "甲副局长",
            "市容管理科",
            "疏通。",
            "5月底前",
        ]
        for number in range(1, 4 * TIMES)
    ]
    add_ledger(house, settings, table)


def test_lists_ask_as_often_for_ten_times_the_rows(own_house, tmp_path):
    """Some 5 s: a house is furnished twice over."""
    few = asked(own_house)
    grow(own_house, Settings(data=tmp_path))
    many = asked(own_house)
    assert set(few) == set(LISTS)
    expect_none(f"{name}: {few[name]} → {many[name]}" for name in few if many[name] > few[name])
