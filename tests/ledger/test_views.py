"""The pages of the ledger, and a point's way from its assignment to its completion."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import DeadlineKind, shanghai_day
from geoapp.intake.readers_ledger import LedgerOptions, read_ledger
from geoapp.intake.rules_ledger_import import LedgerTarget
from geoapp.intake.services_ledger import import_ledger
from geoapp.ledger.rules import CandidateStatus
from geoapp.ledger.tables import Measure, PlaceCandidate, Problem, ProblemPoint
from geoapp.points.rules import State
from geoapp.points.tables import Point
from tests.support.desk import HTML, in_days
from tests.support.factories import LAT, LON, actor_with, make_point
from tests.support.ledgers import FULL, write_xlsx

NOBODY = uuid.UUID(int=5)
PLACE = {
    "name": "曹路镇海塘消纳点",
    "category": "disposal_site",
    "description": "消纳点土方运输扬尘扰民，居民投诉不断。",
    "lon": str(LON),
    "lat": str(LAT),
    "datum": "wgs84",
}


@pytest.fixture
def campaign_id(guarded_db, office, tmp_path):
    path = write_xlsx(FULL, tmp_path / "ledger.xlsx")
    file = read_ledger(path, options=LedgerOptions(year=2024), calendar=shipped_calendar())
    with guarded_db.transaction(SYSTEM) as session:
        done = import_ledger(session, file=file, target=LedgerTarget(), now=datetime.now(UTC))
        return done.campaign_id


@pytest.fixture
def candidate(guarded_db, campaign_id):
    with guarded_db.reading(SYSTEM) as session:
        return session.scalars(select(PlaceCandidate).order_by(PlaceCandidate.seq)).first()


@pytest.fixture
def point(guarded_db, office):
    """Assigned to the works."""
    with guarded_db.transaction(SYSTEM) as session:
        return make_point(
            session,
            code="PDZQ-2026-BRK-0001",
            state=State.ASSIGNED,
            territorial_unit_id=office.town.unit_id,
            responsible_unit_id=office.works.unit_id,
            accepting_unit_id=office.office.unit_id,
            updated_at=datetime.now(UTC),
        )


@pytest.fixture
def adviser(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        return actor_with(session, Role.ADVISER, unit=office.town)


def place_path(candidate, tail=""):
    return f"/ledger/places/{candidate.candidate_id}{tail}"


def now_of(db, candidate):
    with db.reading(SYSTEM) as session:
        return session.get_one(PlaceCandidate, candidate.candidate_id)


def measures_of(db):
    with db.reading(SYSTEM) as session:
        return session.scalars(select(Measure).order_by(Measure.seq)).all()


# campaigns and their rows


def test_an_empty_ledger_says_what_to_do(desk, office):
    assert "尚无台账" in desk.open(office.planner, "/ledger")


def test_the_board_counts_problems_measures_and_places(desk, office, campaign_id):
    text = desk.open(office.admin, "/ledger")
    assert f"/ledger/{campaign_id}?places=open" in text


def test_a_campaign_shows_wording_serials_deadlines_and_why_a_place_is_one(
    desk, office, campaign_id, candidate
):
    text = desk.open(office.admin, f"/ledger/{campaign_id}")
    assert candidate.name in text
    assert "1 (12)" in text
    assert "年份为推定" in text
    assert "镇、街道或村内的地点" in text


def test_a_search_looks_in_measures_and_survives_percent_signs(desk, office, campaign_id):
    text = desk.open(office.admin, f"/ledger/{campaign_id}?q=举一反三")
    assert "2 (30)" in text
    assert "1 (12)" not in text
    for nothing in ("%25", "_", "zzz"):
        assert "2 (30)" not in desk.open(office.admin, f"/ledger/{campaign_id}?q={nothing}")


def test_problems_with_open_places_are_shown_alone(desk, office, guarded_db, campaign_id):
    with guarded_db.reading(SYSTEM) as session:
        named = select(PlaceCandidate.problem_id)
        bare = session.scalars(select(Problem).where(Problem.problem_id.not_in(named))).first()
    assert f'id="problem-{bare.problem_id}"' in desk.open(office.admin, f"/ledger/{campaign_id}")
    text = desk.open(office.admin, f"/ledger/{campaign_id}?places=open")
    assert f'id="problem-{bare.problem_id}"' not in text


def test_an_unknown_campaign_is_404_and_a_made_up_cursor_400(desk, office, campaign_id):
    desk.open(office.planner, f"/ledger/{NOBODY}", status=404)
    desk.open(office.planner, f"/ledger/{campaign_id}?after=xx", status=400)


def test_other_units_see_no_row_of_a_ledger_that_is_not_theirs(desk, office, campaign_id):
    text = desk.open(office.stranger, f"/ledger/{campaign_id}")
    assert "1 (12)" not in text


# places


def test_a_place_is_put_on_the_map_once(desk, office, guarded_db, candidate):
    text = desk.open(office.admin, place_path(candidate))
    assert f"<mark>{candidate.name}</mark>" in text
    desk.send(office.admin, place_path(candidate), **PLACE)
    placed = now_of(guarded_db, candidate)
    assert placed.status is CandidateStatus.PLACED
    with guarded_db.reading(SYSTEM) as session:
        linked = session.scalars(select(ProblemPoint)).one()
        assert linked.point_id == placed.point_id
        assert session.get_one(Point, placed.point_id).state is State.REPORTED
    desk.send(office.admin, place_path(candidate), 409, **PLACE)
    assert f"/points/{placed.point_id}" in desk.open(office.admin, place_path(candidate))


def test_a_place_without_position_is_422_and_keeps_the_words(desk, office, candidate):
    wrong = PLACE | {"lat": "", "address": "海塘路 3 号"}
    assert "海塘路 3 号" in desk.send(office.admin, place_path(candidate), 422, **wrong)


def test_a_place_outside_the_region_wants_a_word(desk, office, guarded_db, candidate):
    far = PLACE | {"lon": "116.4", "lat": "39.9"}
    desk.send(office.admin, place_path(candidate), 422, **far)
    assert now_of(guarded_db, candidate).status is CandidateStatus.OPEN


def test_a_name_can_mean_a_point_that_is_there_already(desk, office, guarded_db, candidate, point):
    path = place_path(candidate, "/links")
    desk.send(office.admin, path, 404, code="NO-1")
    desk.send(office.admin, path, code=f" {point.code} ")
    assert now_of(guarded_db, candidate).point_id == point.point_id
    desk.send(office.admin, path, 409, code=point.code)


def test_a_dismissed_name_stays_readable_with_its_reason(
    desk, office, guarded_db, campaign_id, candidate
):
    path = place_path(candidate, "/dismissals")
    desk.send(office.admin, path, 422, reason=" ")
    desk.send(office.admin, path, reason="仅为泛指，不是地点")
    text = desk.open(office.admin, f"/ledger/{campaign_id}")
    assert "仅为泛指，不是地点" in text
    desk.send(office.admin, path, 409, reason="再次")
    assert now_of(guarded_db, candidate).dismissed_reason == "仅为泛指，不是地点"


def test_places_are_for_keepers_of_the_ledger(desk, office, candidate, adviser):
    for actor in (office.worker, office.inspector, adviser):
        desk.open(actor, place_path(candidate), status=403)
        desk.send(actor, place_path(candidate, "/dismissals"), 403, reason="x")
        desk.send(actor, place_path(candidate, "/links"), 403, code="x")
    desk.open(office.admin, f"/ledger/places/{NOBODY}", status=404)


def test_a_form_without_token_is_400(desk, office, candidate, point):
    client = desk.client(office.admin)
    for path in (place_path(candidate, "/dismissals"), f"/points/{point.point_id}/measures"):
        answer = client.post(path, data={"reason": "x"}, headers=HTML)
        assert answer.status_code == 400
        assert "web.form_expired" in answer.text


# measures


def measures_path(point, tail=""):
    return f"/points/{point.point_id}/measures{tail}"


def test_a_measure_keeps_the_words_of_its_deadline(desk, office, guarded_db, point):
    desk.send(office.worker, measures_path(point), description="清运渣土", due_text="长期坚持")
    (measure,) = measures_of(guarded_db)
    assert (measure.due_text, measure.deadline_kind) == ("长期坚持", DeadlineKind.ONGOING)
    text = desk.open(office.worker, f"/points/{point.point_id}")
    assert "清运渣土" in text


def test_the_earliest_open_measure_moves_the_lamp(desk, office, guarded_db, point):
    path = measures_path(point)
    desk.send(office.worker, path, description="第一步", due_text=in_days(5))
    desk.send(office.worker, path, description="第二步", due_text=in_days(50))
    assert node_of(guarded_db, point) == in_days(5)
    first = measures_of(guarded_db)[0]
    desk.send(office.worker, f"{path}/{first.measure_id}/completions", note="现场核实")
    assert node_of(guarded_db, point) == in_days(50)


def node_of(db, point):
    with db.reading(SYSTEM) as session:
        return session.get_one(Point, point.point_id).node_due_on.isoformat()


def test_measures_are_written_by_the_unit_and_the_keeper_only(
    desk, office, guarded_db, point, adviser
):
    given = {"description": "清运渣土", "due_text": "长期坚持"}
    for actor in (adviser, office.inspector, office.acceptor):
        desk.send(actor, measures_path(point), 403, **given)
    desk.send(office.stranger, measures_path(point), 404, **given)
    assert not measures_of(guarded_db)
    desk.send(office.planner, measures_path(point), **given)
    assert len(measures_of(guarded_db)) == 1


def test_a_measure_needs_words_and_is_finished_with_a_note(
    desk, office, guarded_db, point, adviser
):
    path = measures_path(point)
    desk.send(office.worker, path, 422, description=" ", due_text="长期坚持")
    desk.send(office.worker, path, description="清运渣土", due_text=in_days(5))
    (measure,) = measures_of(guarded_db)
    done = f"{path}/{measure.measure_id}/completions"
    assert "登记完成须说明依据" in desk.send(office.worker, done, 422, note=" ")
    desk.send(adviser, done, 403, note="x")
    desk.send(office.stranger, done, 404, note="x")
    desk.send(office.worker, f"{path}/{NOBODY}/completions", 404, note="x")
    assert measures_of(guarded_db)[0].done_at is None
    desk.send(office.worker, done, note="现场核实")
    assert measures_of(guarded_db)[0].done_note == "现场核实"


# the way of a point


def state_of(db, point):
    with db.reading(SYSTEM) as session:
        return session.get_one(Point, point.point_id).state


def test_a_point_goes_from_plan_to_completion_only_with_its_evidence(
    desk, office, guarded_db, point
):
    page, moves = f"/points/{point.point_id}", f"/points/{point.point_id}/moves"
    assert "每条有责任单位和时限" in desk.open(office.worker, page)
    desk.send(office.worker, moves, 422, verb="plan")
    given = {"description": "清运渣土", "due_text": in_days(20)}
    desk.send(office.worker, measures_path(point), **given)
    desk.send(office.worker, moves, verb="plan")
    assert state_of(guarded_db, point) is State.PLANNED

    desk.send(office.worker, moves, verb="start")
    assert state_of(guarded_db, point) is State.PLANNED  # the acceptor has to agree
    text = desk.open(office.acceptor, page)
    decision = text.split("/proposals/")[1].split('"')[0]
    desk.send(office.acceptor, f"{page}/proposals/{decision}", decision="confirm")
    assert state_of(guarded_db, point) is State.RECTIFYING

    desk.send(office.worker, moves, verb="record_progress", reason="清运过半", progress_pct="60")
    assert "<dd>60%</dd>" in desk.open(office.planner, page)

    text = desk.send(office.worker, moves, 422, verb="complete")
    refusal = text.split('id="move-complete"')[1].split("</details>")[0]
    assert "全部整改措施已完成" in refusal
    assert "至少 2 张整改后照片" in refusal
    assert state_of(guarded_db, point) is State.RECTIFYING


def test_overdue_measures_are_marked_on_the_point(desk, office, guarded_db, point):
    desk.send(office.worker, measures_path(point), description="清运渣土", due_text=in_days(1))
    with guarded_db.transaction(SYSTEM) as session:
        measure = session.scalars(select(Measure)).one()
        measure.due_on = shanghai_day(datetime.now(UTC)).replace(year=2025)
    assert "已逾期" in desk.open(office.worker, f"/points/{point.point_id}")
