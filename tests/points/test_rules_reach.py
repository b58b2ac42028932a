"""Which role of a person reaches a point; no database."""

import uuid

import pytest

from geoapp.accounts.rules import ANONYMOUS, SYSTEM, Actor, Role
from geoapp.points.rules_reach import Holders, covers, role_for

TOWN, WORKS, OFFICE, ELSEWHERE = (uuid.UUID(int=number) for number in range(1, 5))
ME = uuid.UUID(int=9)
ASSIGNED = Holders(responsible_unit_id=WORKS, accepting_unit_id=OFFICE, territorial_unit_id=TOWN)
REPORTED = Holders(territorial_unit_id=TOWN)
NOWHERE = Holders()


def actor(*roles, units=(), sees_all=False):
    return Actor(
        person_id=ME,
        name="我",
        unit_id=TOWN,
        source="web",
        roles=frozenset(roles),
        scope_unit_ids=frozenset(units),
        sees_all=sees_all,
        reach={role: frozenset(units) for role in roles},
    )


@pytest.mark.parametrize(
    ("role", "unit", "holders", "reached"),
    [
        (Role.RESPONSIBLE, WORKS, ASSIGNED, True),
        (Role.RESPONSIBLE, TOWN, ASSIGNED, False),
        (Role.RESPONSIBLE, OFFICE, ASSIGNED, False),
        (Role.RESPONSIBLE, TOWN, REPORTED, False),
        (Role.ACCEPTOR, OFFICE, ASSIGNED, True),
        (Role.ACCEPTOR, TOWN, ASSIGNED, False),
        (Role.ACCEPTOR, TOWN, REPORTED, True),
        (Role.PLANNER, TOWN, ASSIGNED, True),
        (Role.PLANNER, WORKS, ASSIGNED, True),
        (Role.PLANNER, OFFICE, ASSIGNED, False),
        (Role.PLANNER, ELSEWHERE, ASSIGNED, False),
        (Role.INSPECTOR, TOWN, REPORTED, True),
        (Role.ADMIN, OFFICE, ASSIGNED, True),
        (Role.ADMIN, ELSEWHERE, ASSIGNED, False),
        (Role.PLANNER, TOWN, NOWHERE, False),
    ],
)
def test_each_role_reaches_a_point_through_its_own_units(role, unit, holders, reached):
    assert covers(actor(role, units=[unit]), role, holders) is reached


def test_a_point_of_no_unit_belongs_to_those_who_oversee_all():
    assert covers(actor(Role.PLANNER, sees_all=True), Role.PLANNER, NOWHERE)
    assert not covers(actor(Role.RESPONSIBLE, sees_all=True), Role.RESPONSIBLE, NOWHERE)


def test_the_own_list_reaches_inspectors_only():
    mine = Holders(inspector_id=ME, territorial_unit_id=ELSEWHERE)
    assert covers(actor(Role.INSPECTOR, units=[TOWN]), Role.INSPECTOR, mine)
    assert not covers(actor(Role.PLANNER, units=[TOWN]), Role.PLANNER, mine)


def test_a_role_that_one_does_not_have_reaches_nothing():
    assert not covers(actor(Role.PLANNER, units=[OFFICE]), Role.ACCEPTOR, ASSIGNED)
    assert role_for(ANONYMOUS, set(Role), ASSIGNED) is None


def test_of_several_roles_one_that_reaches_is_taken():
    two = Actor(
        person_id=ME,
        name="我",
        unit_id=TOWN,
        source="web",
        roles=frozenset({Role.INSPECTOR, Role.ADMIN}),
        reach={Role.INSPECTOR: frozenset({ELSEWHERE}), Role.ADMIN: frozenset({TOWN})},
    )
    assert role_for(two, {Role.INSPECTOR, Role.ADMIN}, ASSIGNED) is Role.ADMIN


def test_the_program_itself_reaches_everything():
    assert role_for(SYSTEM, {Role.PLANNER}, NOWHERE) is Role.PLANNER
