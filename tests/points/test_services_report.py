import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import shapely
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM, NotAllowed, Role
from geoapp.geo.shapes import Box
from geoapp.points.queries import history
from geoapp.points.rules import Category, State
from geoapp.points.rules_refusals import (
    EvidenceMissing,
    OutsideRegion,
    PointIdTaken,
    ShapeWrong,
)
from geoapp.points.services import report_point
from geoapp.points.tables import Point, PointGeometry
from geoapp.points.tables_moves import Transition
from tests.support.factories import (
    LAT,
    LON,
    NOON,
    actor_with,
    make_area,
    make_office,
    make_point,
    make_unit,
    point_draft,
)

PUDONG = Box(120.8, 30.6, 122.3, 31.95)


def test_a_report_gives_number_areas_units_history_and_one_logged_move(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        make_area(session, unit_id=office.town.unit_id)
        village = make_area(
            session,
            "亭东村",
            code="310115131201",
            level="village",
            short_code="",
            box=(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01),
        )
    draft = point_draft()
    with guarded_db.transaction(office.inspector) as session:
        point = report_point(session, draft=draft, now=NOON)
    assert point.code == "PDZQ-2026-BRK-0001"
    assert point.state is State.REPORTED
    assert (point.area_id, point.territorial_unit_id) == (village.area_id, office.town.unit_id)
    assert point.reporting_unit_id == office.inspector.unit_id
    with guarded_db.reading(office.inspector) as session:
        move = session.scalars(select(Transition)).one()
        assert (move.source, move.target, move.verb) == ("draft", "reported", "report")
        assert (move.actor_id, move.role) == (office.inspector.person_id, "inspector")
        assert move.evidence_ids == [str(draft.evidence_ids[0])]
        assert move.details["clock_due_on"] == "2026-03-05"  # one workday to verify
        assert [line.verb for line in history(session, point.point_id)] == ["report"]
        assert session.scalars(select(PointGeometry)).one().valid_to is None


def test_numbers_of_a_series_follow_each_other_and_series_are_apart(guarded_db, office):
    with guarded_db.transaction(office.inspector) as session:
        codes = [
            report_point(session, draft=point_draft(category=kind), now=NOON, prefix="SJ").code
            for kind in (Category.DUST, Category.DUST, Category.NOISE, Category.DUST)
        ]
    assert codes == ["SJ-2026-DST-0001", "SJ-2026-DST-0002", "SJ-2026-NOI-0001", "SJ-2026-DST-0003"]


def test_the_same_draft_sent_again_gives_the_same_point(guarded_db, office):
    draft = point_draft()
    for _again in range(3):
        with guarded_db.transaction(office.inspector) as session:
            point = report_point(session, draft=draft, now=NOON)
    assert point.code == "PD-2026-BRK-0001"
    with guarded_db.reading(office.inspector) as session:
        assert session.scalars(select(Point.point_id)).all() == [draft.point_id]
        assert len(session.scalars(select(Transition)).all()) == 1


def test_another_draft_under_the_same_id_is_a_conflict(guarded_db, office):
    draft = point_draft()
    with guarded_db.transaction(office.inspector) as session:
        report_point(session, draft=draft, now=NOON)
    for actor in (office.inspector, office.admin):
        with guarded_db.transaction(actor) as session, pytest.raises(PointIdTaken):
            report_point(session, draft=replace(draft, name="别处"), now=NOON)


def test_an_id_that_lies_outside_the_scope_is_a_conflict_and_tells_nothing(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        hidden = make_point(session, responsible_unit_id=office.other_town.unit_id)
    draft = point_draft(point_id=hidden.point_id)
    with guarded_db.transaction(office.inspector) as session, pytest.raises(PointIdTaken):
        report_point(session, draft=draft, now=NOON)


@pytest.mark.parametrize(
    ("change", "need"),
    [
        ({"description": "太短了"}, "text"),
        ({"evidence_ids": ()}, "photo"),
        ({"accuracy_m": None}, "geometry"),
    ],
)
def test_a_report_without_its_evidence_names_what_it_lacks(guarded_db, office, change, need):
    with guarded_db.transaction(office.inspector) as session:
        with pytest.raises(EvidenceMissing) as refusal:
            report_point(session, draft=point_draft(**change), now=NOON)
        assert session.scalars(select(Point)).all() == []
    assert refusal.value.data["needs"] == [need]


def test_a_point_out_of_a_ledger_needs_no_photo(guarded_db, office):
    draft = point_draft(evidence_ids=(), source_name="annex1", source_id="1 (21)")
    with guarded_db.transaction(office.planner) as session:
        assert report_point(session, draft=draft, now=NOON).state is State.REPORTED


def test_a_position_outside_the_region_is_refused_until_a_person_confirms_it(guarded_db, office):
    draft = point_draft(shape=shapely.Point(116.4, 39.9))
    with guarded_db.transaction(office.inspector) as session:
        with pytest.raises(OutsideRegion):
            report_point(session, draft=draft, now=NOON, region=PUDONG)
        sure = replace(draft, outside_confirmed=True)
        assert report_point(session, draft=sure, now=NOON, region=PUDONG).code


def test_rivers_are_lines_and_nothing_else_is(guarded_db, office):
    line = shapely.LineString([(LON, LAT), (LON + 0.01, LAT + 0.01)])
    with guarded_db.transaction(office.inspector) as session:
        with pytest.raises(ShapeWrong):
            report_point(session, draft=point_draft(shape=line), now=NOON)
        with pytest.raises(ShapeWrong):
            report_point(session, draft=point_draft(category=Category.RIVER_SEGMENT), now=NOON)
        river = point_draft(category=Category.RIVER_SEGMENT, shape=line)
        point = report_point(session, draft=river, now=NOON)
        session.refresh(point)
    assert 1400 < point.length_m < 1600


def test_closed_points_nearby_are_hinted_as_a_possible_relapse(guarded_db, office):
    unit = office.town.unit_id
    with guarded_db.transaction(SYSTEM) as session:
        near = make_point(
            session,
            lat=LAT + 0.001,
            code="PDZQ-2025-BRK-0031",
            state=State.CLOSED,
            territorial_unit_id=unit,
        )
        make_point(session, lat=LAT + 0.001, state=State.CLOSED)  # of no unit of theirs
        make_point(session, lat=LAT + 0.1, state=State.CLOSED, territorial_unit_id=unit)
        make_point(session, state=State.RECTIFYING, territorial_unit_id=unit)
    with guarded_db.transaction(office.inspector) as session:
        point = report_point(session, draft=point_draft(), now=NOON)
    hints = point.extra["relapse_hint"]
    assert [hint["point_id"] for hint in hints] == [str(near.point_id)]
    assert 100 < hints[0]["distance_m"] < 120


def test_who_may_not_create_points_may_not_report_one(guarded_db, office):
    with guarded_db.transaction(office.worker) as session, pytest.raises(NotAllowed):
        report_point(session, draft=point_draft(), now=NOON)


def test_many_reports_at_once_get_different_numbers(committing_db):
    with committing_db.transaction(SYSTEM) as session:
        inspector = actor_with(session, Role.INSPECTOR, unit=make_unit(session))

    def report(_turn):
        with committing_db.transaction(inspector) as session:
            return report_point(session, draft=point_draft(), now=NOON).code

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(report, range(12)))
    assert sorted(codes) == [f"PD-2026-BRK-{number:04d}" for number in range(1, 13)]


def test_one_draft_sent_by_many_threads_at_once_makes_one_point(committing_db):
    with committing_db.transaction(SYSTEM) as session:
        inspector = make_office(session).inspector
    draft = point_draft(point_id=uuid.uuid4())

    def report(_turn):
        with committing_db.transaction(inspector) as session:
            return report_point(session, draft=draft, now=NOON).code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(report, range(4))) == {"PD-2026-BRK-0001"}
