"""The permission table is what the departments agreed on, and the check reads nothing else."""

import uuid

import pytest

from geoapp.accounts.rules import (
    ANONYMOUS,
    GRANTS,
    ROLE_NAMES,
    SYSTEM,
    UNIT_KIND_NAMES,
    NotAllowed,
    NotSignedIn,
    Permission,
    Role,
    UnitKind,
    may,
    permissions_of,
    require,
)
from tests.accounts.support import actor_for_test

LETTERS = {
    Role.INSPECTOR: "F",
    Role.RESPONSIBLE: "U",
    Role.PLANNER: "P",
    Role.ACCEPTOR: "A",
    Role.BRIEFING: "B",
    Role.ADMIN: "D",
    Role.ADVISER: "V",
}
CONTRACT = {
    "account.use": "FUPABDV",
    "point.read": "FUPABDV",
    "point.create": "FPD",
    "point.edit": "FPD",
    "point.comment": "FUPADV",
    "point.assign": "P",
    "point.return": "U",
    "point.refer": "PD",
    "point.plan": "U",
    "point.rectify": "U",
    "point.progress": "FU",
    "point.accept": "A",
    "point.notice": "P",
    "point.close": "PD",
    "point.relapse": "FD",
    "point.extend": "U",
    "point.grant_extension": "AD",
    "point.correct": "D",
    "ledger.read": "FUPABDV",
    "ledger.import": "PD",
    "ledger.edit": "PD",
    "visit.read": "FUPABDV",
    "visit.record": "FUAV",
    "map.read": "FUPABDV",
    "layer.read": "FUPABDV",
    "layer.import": "PD",
    "report.read": "PABD",
    "calendar.edit": "D",
    "route.plan": "P",
    "export": "PABD",
    "unit.read": "FUPABDV",
    "unit.manage": "D",
    "user.manage": "D",
    "audit.read": "D",
    "audit.verify": "D",
    "secret.read": "PAD",
    "demo.load": "D",
}


def test_every_permission_is_in_the_contract():
    assert sorted(CONTRACT) == sorted(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_is_held_by_exactly_the_roles_agreed_on(permission):
    held = {LETTERS[role] for role in Role if permission in GRANTS[role]}
    assert held == set(CONTRACT[permission])


def test_every_role_and_kind_of_unit_has_a_name():
    assert set(ROLE_NAMES) == set(GRANTS) == set(Role)
    assert set(UNIT_KIND_NAMES) == set(UnitKind)


def test_nobody_can_rectify_and_accept_alone():
    assert not any(
        {Permission.POINT_RECTIFY, Permission.POINT_ACCEPT} <= GRANTS[role] for role in Role
    )


def test_an_adviser_decides_nothing():
    decisions = {p for p in Permission if p.startswith("point.")} - {
        Permission.POINT_READ,
        Permission.POINT_COMMENT,
    }
    assert not GRANTS[Role.ADVISER] & decisions


def test_nobody_may_do_anything_without_signing_in():
    assert not any(may(ANONYMOUS, permission) for permission in Permission)
    with pytest.raises(NotSignedIn):
        require(ANONYMOUS, Permission.POINT_READ)


def test_somebody_without_the_permission_is_refused_with_its_name():
    with pytest.raises(NotAllowed) as caught:
        require(actor_for_test(Role.BRIEFING), Permission.POINT_ASSIGN)
    assert caught.value.data == {"permission": "point.assign"}


def test_the_system_may_do_everything_everywhere():
    assert permissions_of(SYSTEM) == frozenset(Permission)
    assert all(may(SYSTEM, permission, unit_id=uuid.uuid4()) for permission in Permission)


def test_a_role_reaches_only_the_units_it_was_given_for():
    here, there = uuid.uuid4(), uuid.uuid4()
    person = actor_for_test(
        Role.PLANNER,
        Role.INSPECTOR,
        reach={Role.PLANNER: frozenset({here}), Role.INSPECTOR: frozenset({there})},
    )
    assert may(person, Permission.POINT_ASSIGN, unit_id=here)
    assert not may(person, Permission.POINT_ASSIGN, unit_id=there)
    assert may(person, Permission.POINT_PROGRESS, unit_id=there)
    require(person, Permission.POINT_ASSIGN, unit_id=here)
    with pytest.raises(NotAllowed):
        require(person, Permission.POINT_ASSIGN, unit_id=there)
