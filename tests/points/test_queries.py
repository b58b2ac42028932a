import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from geoapp.accounts.rules import SYSTEM
from geoapp.deadlines.rules import Lamp
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.queries import (
    count_strip,
    list_points,
    point_row,
)
from geoapp.points.rules import Category, RiskGrade, State
from tests.support.factories import LAT, LON, NOON, make_area, make_point

TODAY = date(2026, 3, 4)
MANY = 47


@pytest.fixture
def crowd(guarded_db, office):
    """Points of every state, lamp and unit, some of them alike in what lists sort by."""
    states = list(State)
    with guarded_db.transaction(SYSTEM) as session:
        area = make_area(session, unit_id=office.town.unit_id)
        main = make_point(session, "主点位", code="MAIN", territorial_unit_id=office.town.unit_id)
        for number in range(MANY - 1):
            state = states[number % len(states)]
            make_point(
                session,
                f"点位{number % 7}",
                lon=LON + number / 1000,
                code=f"PD-{number:03d}" if number % 3 else None,
                state=state,
                main_point_id=main.point_id if state is State.MERGED else None,
                updated_at=NOON - timedelta(hours=number // 4),
                started_on=TODAY - timedelta(days=20),
                due_on=TODAY + timedelta(days=3 * (number % 11) - 10) if number % 5 else None,
                proof_due_on=TODAY if number % 2 else None,
                progress_pct=number,
                area_id=area.area_id,
                responsible_unit_id=office.works.unit_id if number % 2 else None,
                territorial_unit_id=office.town.unit_id,
            )
    return area


def all_pages(session, **asked):
    rows, after = [], None
    while True:
        page = list_points(session, now=NOON, after=after, limit=7, **asked)
        rows += page.rows
        after = page.after
        if after is None:
            return rows


@pytest.mark.parametrize("sort", list(PointSort))
def test_pages_follow_each_other_in_every_order_without_gap_or_repeat(
    guarded_db, office, crowd, sort
):
    with guarded_db.reading(office.planner) as session:
        whole = list_points(session, now=NOON, sort=sort, limit=200).rows
        paged = all_pages(session, sort=sort)
    assert [row.point_id for row in paged] == [row.point_id for row in whole]
    assert len({row.point_id for row in paged}) == MANY


@pytest.mark.parametrize("sort", list(PointSort))
def test_the_page_before_is_the_page_one_came_from(guarded_db, office, crowd, sort):
    with guarded_db.reading(office.planner) as session:
        first = list_points(session, now=NOON, sort=sort, limit=10)
        second = list_points(session, now=NOON, sort=sort, limit=10, after=first.after)
        back = list_points(session, now=NOON, sort=sort, limit=10, before=second.before)
    assert [row.point_id for row in back.rows] == [row.point_id for row in first.rows]
    assert first.before is None


@pytest.mark.parametrize("sort", list(PointSort))
def test_points_made_while_one_reads_neither_repeat_nor_hide_others(
    guarded_db, office, crowd, sort
):
    with guarded_db.reading(office.planner) as session:
        before = {row.point_id for row in list_points(session, now=NOON, limit=200).rows}
    seen, after = [], None
    for turn in range(20):
        with guarded_db.transaction(SYSTEM) as session:
            for place in (1, 2):
                make_point(
                    session,
                    f"新点位{turn}-{place}",
                    code=f"NEW-{turn:02d}-{place}",
                    updated_at=NOON + timedelta(minutes=turn) if place == 1 else NOON,
                    due_on=TODAY + timedelta(days=turn),
                    territorial_unit_id=office.town.unit_id,
                )
        with guarded_db.reading(office.planner) as session:
            page = list_points(session, now=NOON, sort=sort, after=after, limit=7)
        seen += [row.point_id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_orders_are_what_they_say(guarded_db, office, crowd):
    with guarded_db.reading(office.planner) as session:
        newest = list_points(session, now=NOON, limit=200).rows
        due = list_points(session, now=NOON, sort=PointSort.DUE, limit=200).rows
        lamps = list_points(session, now=NOON, sort=PointSort.LAMP, limit=200).rows
        codes = list_points(session, now=NOON, sort=PointSort.CODE, limit=200).rows
    assert [row.updated_at for row in newest] == sorted(
        (row.updated_at for row in newest), reverse=True
    )
    days = [row.due_on or date.max for row in due]
    assert days == sorted(days)
    rank = [Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.BLUE, Lamp.GREY]
    places = [rank.index(row.lamp) for row in lamps]
    assert places == sorted(places)
    assert len(set(places)) >= 4
    numbers = [row.code or "" for row in codes]
    assert numbers == sorted(numbers)


def test_chinese_names_are_sorted_by_their_sound(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        for name in ("张江河", "北蔡堆场", "川沙工地", "曹路海塘"):
            make_point(session, name, territorial_unit_id=office.town.unit_id)
    with guarded_db.reading(office.planner) as session:
        rows = list_points(session, now=NOON, sort=PointSort.NAME).rows
    assert [row.name for row in rows] == ["北蔡堆场", "曹路海塘", "川沙工地", "张江河"]


def test_a_line_of_the_list_has_names_lamp_days_and_place(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        area = make_area(session)
        made = make_point(
            session,
            state=State.RECTIFYING,
            due_on=date(2026, 3, 9),
            due_text="3月9日前",
            responsible_unit_id=office.works.unit_id,
            territorial_unit_id=office.town.unit_id,
            area_id=area.area_id,
            risk_grade=RiskGrade.RED,
        )
    with guarded_db.reading(office.worker) as session:
        row = point_row(session, made.point_id, now=NOON)
    assert (row.responsible_unit_name, row.area_name) == ("市容环卫处", "祝桥镇")
    assert (row.lamp, row.workdays_left) == (Lamp.YELLOW, 3)
    assert (row.lon, row.lat) == (LON, LAT)
    assert (row.state, row.risk_grade, row.category) == (
        State.RECTIFYING,
        RiskGrade.RED,
        Category.BRICK_FACTORY,
    )
    assert row.distance_m is None


def test_nothing_is_counted_down_on_a_closed_point(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        made = make_point(session, state=State.CLOSED, due_on=date(2026, 2, 2))
    with guarded_db.reading(office.admin) as session:
        row = point_row(session, made.point_id, now=NOON)
    assert (row.lamp, row.workdays_left) == (Lamp.GREY, None)


FILTERS = {
    "none": PointFilter(),
    "states": PointFilter(states=frozenset({State.CLOSED, State.RECTIFYING})),
    "lamps": PointFilter(lamps=frozenset({Lamp.RED, Lamp.BLUE})),
    "words": PointFilter(q="点位3"),
    "place": PointFilter(bbox=(LON - 1, LAT - 1, LON + 0.0105, LAT + 1)),
    "nothing": PointFilter(q="没有这个"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_strip_counts_exactly_what_the_list_shows(guarded_db, office, crowd, name):
    wanted = FILTERS[name]
    with guarded_db.reading(office.planner) as session:
        rows = all_pages(session, filter=wanted)
        strip = count_strip(session, now=NOON, filter=wanted)
    assert strip.total == len(rows) == sum(strip.lamps.values()) == sum(strip.states.values())
    assert strip.lamps == {lamp: sum(row.lamp is lamp for row in rows) for lamp in Lamp}
    assert strip.states == {state: sum(row.state is state for row in rows) for state in State}


def test_filters_keep_what_they_name(guarded_db, office, crowd):
    area_id, unit_id = crowd.area_id, office.works.unit_id

    def found(**limits):
        with guarded_db.reading(office.planner) as session:
            return list_points(session, now=NOON, filter=PointFilter(**limits), limit=200).rows

    assert {row.state for row in found(states=frozenset({State.ONGOING}))} == {State.ONGOING}
    assert {row.lamp for row in found(lamps=frozenset({Lamp.RED}))} == {Lamp.RED}
    assert {row.responsible_unit_id for row in found(unit_id=unit_id)} == {unit_id}
    assert len(found(area_id=area_id)) == MANY - 1
    assert found(categories=frozenset({Category.NOISE})) == []
    assert found(risk_grades=frozenset({RiskGrade.RED})) == []
    assert found(inspector_id=uuid.uuid4()) == []
    assert len(found(bbox=(LON, LAT, LON + 0.0015, LAT))) == 3


def test_an_area_includes_the_areas_inside_it(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        district = make_area(session, "浦东新区", code="310115000000", level="district")
        town = make_area(session, parent_id=district.area_id)
        village = make_area(session, "亭东村", code="V", level="village", parent_id=town.area_id)
        make_point(session, area_id=village.area_id)
        make_point(session, area_id=district.area_id)
    with guarded_db.reading(office.admin) as session:
        counts = [
            count_strip(session, now=NOON, filter=PointFilter(area_id=area.area_id)).total
            for area in (district, town, village)
        ]
    assert counts == [2, 1, 1]


def test_lists_ask_the_same_number_of_questions_however_long_they_are(guarded_db, office, crowd):
    asked = []
    engine = guarded_db.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts = []
    with guarded_db.reading(office.planner) as session:
        for limit in (1, 40):
            asked.clear()
            list_points(session, now=NOON, limit=limit)
            counts.append(len(asked))
    assert counts == [1, 1]
