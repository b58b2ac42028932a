from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.audit.tables import AuditEntry
from geoapp.points.protocol import Verb
from geoapp.points.queries import get_point, history
from geoapp.points.rules import RiskGrade, State, Substantiation
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_refusals import (
    EvidenceMissing,
    MoveNotAllowed,
    PointChanged,
)
from geoapp.points.services import move_point, offers, report_point
from geoapp.points.tables_moves import Transition
from tests.points.support import DAY, DUE, Folder, accept, assign_form, move, rectify
from tests.support.factories import (
    LAT,
    LON,
    NOON,
    make_office,
    make_point,
    point_draft,
)


@pytest.fixture
def folder():
    return Folder().plug()


@pytest.fixture
def point_id(guarded_db, office):
    """A point reported by the inspector of the town."""
    with guarded_db.transaction(office.inspector) as session:
        return report_point(session, draft=point_draft(), now=NOON).point_id


def read(db, point_id, actor=SYSTEM):
    with db.reading(actor) as session:
        return get_point(session, point_id)


def moves_of(db, point_id):
    with db.reading(SYSTEM) as session:
        query = select(Transition).where(Transition.point_id == point_id)
        return session.scalars(query.order_by(Transition.at)).all()


def test_a_point_goes_the_whole_way_from_finding_to_closing(guarded_db, office, point_id, folder):
    rectify(guarded_db, office, point_id, folder)
    accept(guarded_db, office, point_id, folder)
    notice = MoveForm(notice_text="拟销号公示", notice_start_on=date(2026, 3, 9), notice_days=10)
    published = move(
        guarded_db, office.planner, point_id, Verb.PUBLISH_NOTICE, notice, at=NOON + 4 * DAY
    )
    assert published.details["notice_ends_on"] == "2026-03-20"  # ten workdays
    proof = MoveForm(notice_url="https://gov.example/gs/1", reason="整改到位")
    with pytest.raises(EvidenceMissing) as early:
        move(guarded_db, office.planner, point_id, Verb.CLOSE_OFF, proof, at=NOON + 16 * DAY)
    assert early.value.data["needs"] == ["notice_over"]
    move(guarded_db, office.planner, point_id, Verb.CLOSE_OFF, proof, at=NOON + 17 * DAY)
    point = read(guarded_db, point_id)
    assert (point.state, point.closed_at) == (State.CLOSED, NOON + 17 * DAY)
    assert point.progress_pct == 100
    assert [line.verb for line in moves_of(guarded_db, point_id)] == [
        "report",
        "assign",
        "fix_at_once",
        "complete",
        "accept",
        "publish_notice",
        "close_off",
    ]


def test_a_notice_over_a_holiday_ends_by_the_calendar_of_the_state_council(
    guarded_db, office, point_id, folder
):
    rectify(guarded_db, office, point_id, folder)
    accept(guarded_db, office, point_id, folder)
    notice = MoveForm(notice_text="公示", notice_start_on=date(2026, 9, 29), notice_days=10)
    done = move(
        guarded_db, office.planner, point_id, Verb.PUBLISH_NOTICE, notice, at=NOON + 5 * DAY
    )
    assert date.fromisoformat(done.details["notice_ends_on"]) > date(2026, 10, 12)


def test_assigning_sets_units_deadline_and_clock(guarded_db, office, point_id):
    done = move(
        guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office), at=NOON + DAY
    )
    point = read(guarded_db, point_id)
    assert point.state is State.ASSIGNED
    assert point.responsible_unit_id == office.works.unit_id
    assert point.accepting_unit_id == office.office.unit_id
    assert (point.due_on, point.first_due_on, point.started_on) == (DUE, DUE, date(2026, 3, 5))
    assert point.substantiation is Substantiation.TRUE
    assert point.updated_at == NOON + DAY
    assert (done.due_on, done.role, done.actor_id) == (DUE, "planner", office.planner.person_id)
    assert done.details["clock"] == "arrive"


def test_a_move_writes_down_where_and_when_by_the_device(guarded_db, office, point_id):
    done = move(
        guarded_db,
        office.planner,
        point_id,
        Verb.ASSIGN,
        assign_form(office),
        lon=LON,
        lat=LAT,
        device_at=NOON - DAY,
    )
    assert to_shape(done.pos).equals(shapely.Point(LON, LAT))
    assert done.device_at == NOON - DAY


def test_a_move_that_lacks_evidence_names_every_need_and_changes_nothing(
    guarded_db, office, point_id
):
    form = assign_form(office, due_on=None, accepting_unit_id=office.works.unit_id)
    with pytest.raises(EvidenceMissing) as refusal:
        move(guarded_db, office.planner, point_id, Verb.ASSIGN, form)
    assert refusal.value.data["needs"] == ["units_differ", "deadline"]
    assert "验收" in str(refusal.value)
    assert read(guarded_db, point_id).state is State.REPORTED
    assert len(moves_of(guarded_db, point_id)) == 1


def test_a_move_that_the_table_does_not_have_is_a_conflict(guarded_db, office, point_id):
    with pytest.raises(MoveNotAllowed) as refusal:
        move(guarded_db, office.planner, point_id, Verb.CLOSE_OFF)
    assert "待核实" in str(refusal.value)


def test_rework_keeps_the_first_deadline_and_asks_for_new_photos(
    guarded_db, office, point_id, folder
):
    rectify(guarded_db, office, point_id, folder)
    folder.add_photo(at=NOON + 3 * DAY, role="during")
    redo = MoveForm(failed_items=("未覆盖",), due_on=date(2026, 5, 31))
    move(guarded_db, office.acceptor, point_id, Verb.REJECT, redo, at=NOON + 3 * DAY)
    point = read(guarded_db, point_id)
    assert (point.due_on, point.first_due_on) == (date(2026, 5, 31), DUE)
    assert (point.state, point.progress_pct) == (State.RECTIFYING, 99)
    with pytest.raises(EvidenceMissing) as refusal:
        move(guarded_db, office.worker, point_id, Verb.COMPLETE, at=NOON + 4 * DAY)
    assert refusal.value.data["needs"] == ["after_photos"]


def test_the_plan_of_a_grave_point_needs_measures_and_a_document(
    guarded_db, office, point_id, folder
):
    with guarded_db.transaction(SYSTEM) as session:
        get_point(session, point_id).risk_grade = RiskGrade.RED
    move(guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office))
    with pytest.raises(EvidenceMissing) as refusal:
        move(guarded_db, office.worker, point_id, Verb.PLAN)
    assert refusal.value.data["needs"] == ["measures", "case_plan"]
    folder.add_measure()
    plan = MoveForm(document_no="祝府〔2026〕3号")
    move(guarded_db, office.worker, point_id, Verb.PLAN, plan)
    assert read(guarded_db, point_id).state is State.PLANNED


def test_merging_names_the_main_point_and_ends_the_other(guarded_db, office, point_id):
    with guarded_db.transaction(SYSTEM) as session:
        main = make_point(session, "主点位", territorial_unit_id=office.town.unit_id)
        hidden = make_point(session, "看不见", territorial_unit_id=office.other_town.unit_id)
    into_hidden = MoveForm(main_point_id=hidden.point_id)
    with pytest.raises(EvidenceMissing):
        move(guarded_db, office.planner, point_id, Verb.MERGE, into_hidden)
    done = move(
        guarded_db, office.planner, point_id, Verb.MERGE, MoveForm(main_point_id=main.point_id)
    )
    point = read(guarded_db, point_id)
    assert (point.state, point.main_point_id) == (State.MERGED, main.point_id)
    assert done.details["main_point_id"] == str(main.point_id)


def test_an_ongoing_duty_has_its_next_proof_and_can_end(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        closed = make_point(
            session, state=State.CLOSED, territorial_unit_id=office.town.unit_id
        ).point_id
    keep = MoveForm(proof_text="每季度拍照", proof_due_on=date(2026, 6, 30))
    move(guarded_db, office.planner, closed, Verb.KEEP_ONGOING, keep)
    assert read(guarded_db, closed).proof_due_on == date(2026, 6, 30)
    move(guarded_db, office.planner, closed, Verb.END_ONGOING, MoveForm(reason="长效机制已建立"))
    point = read(guarded_db, closed)
    assert (point.state, point.proof_due_on) == (State.CLOSED, None)


def test_an_old_version_in_the_hand_is_a_conflict(guarded_db, office, point_id):
    version = read(guarded_db, point_id).row_version
    move(
        guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office), base_version=version
    )
    fix = MoveForm(immediate_fix=True)
    with pytest.raises(PointChanged):
        move(guarded_db, office.worker, point_id, Verb.FIX_AT_ONCE, fix, base_version=version)


def test_offers_say_for_each_move_who_may_and_what_lacks(guarded_db, office, point_id):
    def offered(actor):
        with guarded_db.reading(actor) as session:
            found = offers(session, get_point(session, point_id), NOON)
        return {offer.move.verb: offer for offer in found}

    by_planner, by_inspector = offered(office.planner), offered(office.inspector)
    assert set(by_planner) == {
        Verb.ASSIGN, Verb.FIND_UNFOUNDED, Verb.MERGE, Verb.REFER, Verb.EXTEND
    }  # fmt: skip
    assert by_planner[Verb.ASSIGN].allowed
    assert not by_planner[Verb.EXTEND].allowed
    assert by_planner[Verb.EXTEND].reason
    assert by_planner[Verb.FIND_UNFOUNDED].confirmers == {Role.ACCEPTOR}
    assert len(by_planner[Verb.ASSIGN].missing) == 5
    assert not any(offer.allowed for offer in by_inspector.values())


def test_the_history_tells_moves_with_names_newest_first(guarded_db, office, point_id):
    move(guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office), at=NOON + DAY)
    with guarded_db.reading(office.planner) as session:
        lines = history(session, point_id)
    assert [(line.verb, line.actor_name) for line in lines] == [
        ("assign", "Planner"),
        ("report", "Inspector"),
    ]
    assert lines[0].due_on == DUE
    assert lines[0].details["substantiation"] == "true"


def test_of_two_people_who_move_at_once_one_gets_a_conflict(committing_db):
    with committing_db.transaction(SYSTEM) as session:
        office = make_office(session)
        one = make_point(
            session, territorial_unit_id=office.town.unit_id, state=State.REPORTED
        ).point_id
    start = Barrier(2)

    def assign(_turn):
        with committing_db.transaction(office.planner) as session:
            get_point(session, one)
            start.wait(timeout=10)
            try:
                move_point(session, one, verb=Verb.ASSIGN, form=assign_form(office), now=NOON)
            except MoveNotAllowed as refusal:
                return refusal.code
            return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(assign, range(2))) == ["moved", "point.move_not_allowed"]
    assert [line.verb for line in moves_of(committing_db, one)] == ["assign"]


def test_the_audit_log_says_why_and_when_by_the_device(committing_db):
    with committing_db.transaction(SYSTEM) as session:
        office = make_office(session)
        one = make_point(session, territorial_unit_id=office.town.unit_id).point_id
    form = assign_form(office, reason="立即交办")
    move(committing_db, office.planner, one, Verb.ASSIGN, form, device_at=NOON - DAY)
    with committing_db.reading(SYSTEM) as session:
        query = select(AuditEntry).where(AuditEntry.actor_id == office.planner.person_id)
        entries = {entry.entity: entry for entry in session.scalars(query)}
    assert set(entries) == {"point", "transition_log"}
    for entry in entries.values():
        assert (entry.reason, entry.device_at) == ("立即交办", NOON - DAY)
    assert entries["point"].after["state"] == "assigned"
