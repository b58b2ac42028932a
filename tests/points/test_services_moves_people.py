"""Who may move a point: roles that reach it, and nobody who had a part in the work."""

from dataclasses import replace

import pytest

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.points.protocol import Verb
from geoapp.points.queries import get_point
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_refusals import EvidenceMissing, MoveForbidden
from geoapp.points.services import report_point
from tests.points.support import DAY, DUE, Folder, accept, assign_form, move, rectify
from tests.support.factories import NOON, actor_with, make_person, point_draft


@pytest.fixture
def folder():
    return Folder().plug()


@pytest.fixture
def point_id(guarded_db, office):
    """A point reported by the inspector of the town."""
    with guarded_db.transaction(office.inspector) as session:
        return report_point(session, draft=point_draft(), now=NOON).point_id


@pytest.mark.parametrize("who", ["inspector", "acceptor", "admin", "worker"])
def test_only_a_role_of_the_table_may_move(guarded_db, office, point_id, who):
    with guarded_db.transaction(SYSTEM) as session:  # so that each of them sees it
        point = get_point(session, point_id)
        point.territorial_unit_id = office.town.unit_id
        point.responsible_unit_id = office.works.unit_id
        point.accepting_unit_id = office.office.unit_id
    with pytest.raises(MoveForbidden):
        move(guarded_db, getattr(office, who), point_id, Verb.ASSIGN, assign_form(office))


def test_a_role_elsewhere_does_not_reach_a_point_on_the_own_list(guarded_db, office, point_id):
    with guarded_db.transaction(SYSTEM) as session:
        person = make_person(session, "two-hats", unit=office.other_town)
        far = actor_with(
            session, Role.PLANNER, Role.INSPECTOR, unit=office.other_town, person=person
        )
        get_point(session, point_id).inspector_id = person.person_id
    assert sees(guarded_db, far, point_id)
    with pytest.raises(MoveForbidden):
        move(guarded_db, far, point_id, Verb.ASSIGN, assign_form(office))


def test_whoever_rectified_may_not_accept_nor_may_their_unit(guarded_db, office, point_id, folder):
    rectify(guarded_db, office, point_id, folder)
    with guarded_db.transaction(SYSTEM) as session:
        colleague = make_person(session, "colleague", unit=office.works)
        turncoat = actor_with(
            session,
            Role.ACCEPTOR,
            unit=office.office,
            person=make_person(session, "turncoat", unit=office.office),
        )
        same_unit = replace(
            actor_with(session, Role.ACCEPTOR, unit=office.office, person=colleague),
            unit_id=office.works.unit_id,
        )
        same_person = replace(turncoat, person_id=office.worker.person_id)
    for actor in (same_unit, same_person):
        with pytest.raises(EvidenceMissing) as refusal:
            accept(guarded_db, replace(office, acceptor=actor), point_id, folder)
        assert refusal.value.data["needs"] == ["independence"]
    assert accept(guarded_db, office, point_id, folder).target == "accepted"


def test_an_inspector_who_recorded_progress_has_rectified_too(guarded_db, office, point_id, folder):
    with guarded_db.transaction(SYSTEM) as session:
        get_point(session, point_id).territorial_unit_id = office.town.unit_id
    rectify(guarded_db, office, point_id, folder)
    redo = MoveForm(failed_items=("未覆盖",), due_on=DUE)
    folder.add_photo(at=NOON + 3 * DAY)
    move(guarded_db, office.acceptor, point_id, Verb.REJECT, redo, at=NOON + 3 * DAY)
    step = MoveForm(reason="已清运一半", progress_pct=50)
    move(guarded_db, office.inspector, point_id, Verb.RECORD_PROGRESS, step, at=NOON + 4 * DAY)
    for _side in range(2):
        folder.add_photo(at=NOON + 5 * DAY)
    move(guarded_db, office.worker, point_id, Verb.COMPLETE, at=NOON + 5 * DAY)
    hat = replace(office.acceptor, person_id=office.inspector.person_id)
    with pytest.raises(EvidenceMissing) as refusal:
        accept(guarded_db, replace(office, acceptor=hat), point_id, folder, at=NOON + 6 * DAY)
    assert refusal.value.data["needs"] == ["independence"]


def sees(db, actor, point_id):
    with db.reading(actor) as session:
        return get_point(session, point_id).point_id == point_id
