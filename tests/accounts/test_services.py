"""Units, people and roles: what the services and the database refuse."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from geoapp.accounts.protocol import PasswordWeak, matches
from geoapp.accounts.queries import grants_of
from geoapp.accounts.rules import Role, UnitKind
from geoapp.accounts.services import (
    GrantMissing,
    LoginTaken,
    OldPasswordWrong,
    PersonMissing,
    RoleHeld,
    RoleTooHigh,
    change_password,
    create_person,
    end_grant,
    find_person,
    grant_role,
    set_password,
)
from geoapp.accounts.services_sign_in import open_sign_in
from geoapp.accounts.services_units import (
    UnitMisplaced,
    UnitMissing,
    UnitNameTaken,
    change_unit,
    create_unit,
    find_unit,
)
from geoapp.accounts.tables import Person, RoleGrant, SignIn, Unit
from tests.accounts.conftest import PASSWORD


def test_a_person_gets_a_clean_login_and_a_hashed_password(guarded, office):
    person = create_person(
        guarded, login=" WangMin", name=" 王敏 ", unit_id=office.town.unit_id, password=PASSWORD
    )
    assert (person.login, person.name) == ("wangmin", "王敏")
    assert matches(PASSWORD, person.password_hash)
    assert person.must_change_password


def test_what_is_missing_is_named(guarded, office, now):
    with pytest.raises(UnitMissing):
        create_person(guarded, login="wang", name="王", unit_id=office.admin.person_id)
    with pytest.raises(PersonMissing):
        find_person(guarded, office.town.unit_id)
    with pytest.raises(UnitMissing):
        find_unit(guarded, office.admin.person_id)
    with pytest.raises(GrantMissing):
        end_grant(guarded, office.admin.person_id, role_grant_id=office.admin.person_id, now=now)


def test_a_taken_login_or_weak_password_creates_nobody(guarded, office):
    with pytest.raises(LoginTaken):
        create_person(guarded, login="LiXia", name="李", unit_id=office.town.unit_id)
    with pytest.raises(PasswordWeak):
        create_person(
            guarded, login="wang", name="王", unit_id=office.town.unit_id, password="short"
        )
    assert len(list(guarded.scalars(select(Person)))) == 2


def test_a_new_password_ends_all_sign_ins_and_ones_own_change_keeps_this_one(guarded, office, now):
    person = office.inspector
    here = open_sign_in(guarded, person, now=now)
    open_sign_in(guarded, person, now=now)
    with pytest.raises(OldPasswordWrong):
        change_password(guarded, person.person_id, old="no", new="a new long one", now=now)
    change_password(
        guarded,
        person.person_id,
        old=PASSWORD,
        new="a new long one",
        now=now,
        keep=here.sign_in_id,
    )
    still_open = select(SignIn.sign_in_id).where(SignIn.revoked_at.is_(None))
    assert list(guarded.scalars(still_open)) == [here.sign_in_id]
    changed = set_password(guarded, person.person_id, password=PASSWORD, now=now)
    assert changed.must_change_password
    assert list(guarded.scalars(still_open)) == []


def test_a_role_is_held_once_at_a_time_and_can_come_back(guarded, office, now):
    person_id, unit_id = office.inspector.person_id, office.town.unit_id
    with pytest.raises(RoleHeld):
        grant_role(guarded, person_id, role=Role.INSPECTOR, unit_id=unit_id, now=now)
    [grant] = grants_of(guarded, [person_id], now)[person_id]
    later = now + timedelta(days=1)
    end_grant(guarded, person_id, role_grant_id=grant.role_grant_id, now=later)
    with pytest.raises(GrantMissing):
        end_grant(guarded, person_id, role_grant_id=grant.role_grant_id, now=later)
    grant_role(guarded, person_id, role=Role.INSPECTOR, unit_id=unit_id, now=later)
    assert len(grants_of(guarded, [person_id], later)[person_id]) == 1


def test_the_database_itself_refuses_a_role_twice_at_a_time(guarded, office, now):
    row = {
        "person_id": office.inspector.person_id,
        "role": Role.INSPECTOR,
        "unit_id": office.town.unit_id,
        "valid_from": now + timedelta(hours=1),
    }
    with pytest.raises(IntegrityError, match="ex_role_grant_one_at_a_time"):
        guarded.execute(insert(RoleGrant), [row])


def test_an_administrator_is_made_at_the_top_only(guarded, office, now):
    person_id = office.inspector.person_id
    with pytest.raises(RoleTooHigh):
        grant_role(guarded, person_id, role=Role.ADMIN, unit_id=office.town.unit_id, now=now)
    grant_role(guarded, person_id, role=Role.ADMIN, unit_id=office.root.unit_id, now=now)


def test_there_is_one_root_and_it_can_lead(guarded, office):
    with pytest.raises(UnitMisplaced):
        create_unit(guarded, name="另一区", kind=UnitKind.INSPECTION_OFFICE)
    with pytest.raises(UnitMisplaced):
        create_unit(guarded, name="  ", kind=UnitKind.TOWN, parent_id=office.root.unit_id)


def test_an_enterprise_cannot_be_the_root(guarded):
    with pytest.raises(UnitMisplaced):
        create_unit(guarded, name="砖厂", kind=UnitKind.ENTERPRISE)
    create_unit(guarded, name="祝桥镇", kind=UnitKind.TOWN)


def test_one_name_may_stand_under_two_parents(guarded, office):
    twin = {"name": "立新村", "kind": UnitKind.VILLAGE}
    create_unit(guarded, parent_id=office.root.unit_id, **twin)
    with pytest.raises(UnitNameTaken):
        create_unit(guarded, parent_id=office.town.unit_id, **twin)


def test_a_unit_does_not_move_below_itself(guarded, office):
    with pytest.raises(UnitMisplaced):
        change_unit(
            guarded,
            office.town.unit_id,
            name="祝桥镇",
            kind=UnitKind.TOWN,
            parent_id=office.village.unit_id,
        )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"parent_id": None}, "uq_unit_root|ck_unit_root_kind"),
        ({"name": " "}, "ck_unit_named"),
        ({"parent_id": Unit.unit_id}, "ck_unit_"),
    ],
)
def test_the_database_itself_keeps_the_tree(guarded, office, values, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        guarded.execute(update(Unit).where(Unit.unit_id == office.village.unit_id).values(**values))


def test_the_database_itself_refuses_a_circle(guarded, office):
    statement = text("UPDATE unit SET parent_id = :below WHERE unit_id = :unit")
    with pytest.raises(IntegrityError, match="cannot stand below itself"):
        guarded.execute(statement, {"below": office.village.unit_id, "unit": office.town.unit_id})
