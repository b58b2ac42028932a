"""One round trip says who a token belongs to, with every unit that their roles cover."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from geoapp.accounts.queries import actor_for, people, unit_tree, units_below, valid_grants
from geoapp.accounts.rules import Role, UnitKind
from geoapp.accounts.services import end_grant, grant_role, set_active
from geoapp.accounts.services_sign_in import open_sign_in
from geoapp.accounts.services_units import create_unit


@pytest.fixture
def token(guarded, office, now):
    return open_sign_in(guarded, office.inspector, now=now, address="10.1.2.3").token


def test_an_actor_knows_person_roles_and_the_units_below(guarded, office, now, token):
    actor = actor_for(guarded, token, now)
    assert (actor.person_id, actor.name) == (office.inspector.person_id, "李霞")
    assert actor.unit_id == office.town.unit_id
    assert actor.roles == {Role.INSPECTOR}
    assert actor.scope_unit_ids == {office.town.unit_id, office.village.unit_id}
    assert actor.reach == {Role.INSPECTOR: actor.scope_unit_ids}
    assert (actor.sees_all, actor.sees_secret, actor.source) == (False, False, "web")
    assert actor.address_prefix == "10.1.2.0/24"


def test_it_takes_one_statement(guarded, now, token):
    guarded.flush()
    seen = []
    engine = guarded.connection().engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    actor_for(guarded, token, now)
    assert len(seen) == 1


@pytest.mark.parametrize("role", [Role.PLANNER, Role.ACCEPTOR, Role.BRIEFING])
def test_a_role_at_the_top_sees_all_and_below_only_its_branch(guarded, office, now, token, role):
    person_id = office.inspector.person_id
    grant_role(guarded, person_id, role=role, unit_id=office.village.unit_id, now=now)
    assert not actor_for(guarded, token, now).sees_all
    grant_role(guarded, person_id, role=role, unit_id=office.root.unit_id, now=now)
    assert actor_for(guarded, token, now).sees_all


def test_an_inspection_office_below_the_root_is_a_top_too(guarded, office, now, token):
    office_below = create_unit(
        guarded,
        name="督察组",
        kind=UnitKind.INSPECTION_OFFICE,
        parent_id=office.root.unit_id,
    )
    grant_role(
        guarded,
        office.inspector.person_id,
        role=Role.PLANNER,
        unit_id=office_below.unit_id,
        now=now,
    )
    actor = actor_for(guarded, token, now)
    assert actor.sees_all
    assert actor.sees_secret
    assert actor.reach[Role.PLANNER] == {office_below.unit_id}


def test_an_inspector_at_the_top_covers_every_unit_but_no_row_of_none(guarded, office, now, token):
    person_id = office.inspector.person_id
    grant_role(guarded, person_id, role=Role.INSPECTOR, unit_id=office.root.unit_id, now=now)
    actor = actor_for(guarded, token, now)
    assert actor.scope_unit_ids == {row.unit.unit_id for row in unit_tree(guarded)}
    assert not actor.sees_all


def test_a_unit_added_later_is_covered_at_once(guarded, office, now, token):
    added = create_unit(
        guarded, name="新村", kind=UnitKind.VILLAGE, parent_id=office.village.unit_id
    )
    assert added.unit_id in actor_for(guarded, token, now).scope_unit_ids


def test_a_token_ends_by_time_by_shutting_out_and_is_no_other_token(guarded, office, now, token):
    assert actor_for(guarded, token, now + timedelta(hours=11, minutes=59))
    assert actor_for(guarded, token, now + timedelta(hours=12)) is None
    assert actor_for(guarded, token + "x", now) is None
    assert actor_for(guarded, "", now) is None
    set_active(guarded, office.inspector.person_id, is_active=False, now=now)
    assert actor_for(guarded, token, now) is None


def test_a_person_without_a_role_is_known_but_sees_nothing(guarded, office, now, token):
    [grant] = guarded.scalars(valid_grants(now).filter_by(person_id=office.inspector.person_id))
    later = now + timedelta(minutes=1)
    end_grant(guarded, office.inspector.person_id, role_grant_id=grant.role_grant_id, now=later)
    actor = actor_for(guarded, token, later)
    assert actor.person_id == office.inspector.person_id
    assert (actor.roles, actor.scope_unit_ids, actor.sees_all) == (set(), set(), False)


def test_the_units_below_include_the_unit_itself(guarded, office):
    assert units_below(guarded, office.town.unit_id) == {
        office.town.unit_id,
        office.village.unit_id,
    }


def test_a_unit_out_of_use_is_left_out_of_the_choices_with_all_below_it(guarded, office):
    office.town.is_active = False
    guarded.merge(office.town)
    guarded.flush()
    assert [row.depth for row in unit_tree(guarded)] == [0, 1, 2]
    assert [row.unit.name for row in unit_tree(guarded, active_only=True)] == ["区督察办"]


def test_people_are_found_by_unit(guarded, office):
    found = guarded.scalars(people(unit_id=office.town.unit_id))
    assert [person.login for person in found] == ["lixia"]
