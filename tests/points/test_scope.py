"""Nobody sees, by any door, points of units that are not theirs."""

from dataclasses import dataclass

import orjson
import pytest
import shapely

from geoapp.accounts.rules import ANONYMOUS, SYSTEM
from geoapp.points.protocol import Verb
from geoapp.points.queries import (
    PointMissing,
    closed_nearby,
    count_strip,
    find_by_code,
    get_point,
    history,
    list_points,
    map_columns,
    map_shapes,
    nearest,
    point_row,
)
from geoapp.points.rules import Category, Secrecy, State
from geoapp.points.rules_form import MoveForm
from geoapp.points.services import comment_point, edit_point, move_point
from geoapp.points.tables import Point
from tests.support.factories import LAT, LON, NOON, make_point, make_transition


@dataclass(frozen=True)
class World:
    mine: Point
    theirs: Point
    secret: Point


@pytest.fixture
def world(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        mine = make_point(session, "我们的", code="A", responsible_unit_id=office.works.unit_id)
        theirs = make_point(
            session, "他们的", code="B", responsible_unit_id=office.other_town.unit_id
        )
        secret = make_point(
            session,
            "涉密",
            code="C",
            responsible_unit_id=office.works.unit_id,
            secrecy=Secrecy.SECRET,
        )
        for point in (mine, theirs, secret):
            make_transition(
                session, point, source=State.DRAFT, target=State.REPORTED, verb=Verb.REPORT
            )
    return World(mine, theirs, secret)


def seen_by_every_door(session):
    columns = orjson.loads(map_columns(session, now=NOON))
    lists = [
        {row.name for row in list_points(session, now=NOON).rows},
        {row.name for row in nearest(session, lon=LON, lat=LAT, now=NOON)},
        {get_point(session, point_id).name for point_id in columns["ids"]},
    ]
    assert all(names == lists[0] for names in lists)
    assert count_strip(session, now=NOON).total == len(lists[0])
    return lists[0]


def test_every_door_shows_exactly_the_points_of_ones_units(guarded_db, office, world):
    seen = {}
    for name in ("worker", "stranger", "planner", "inspector", "admin"):
        with guarded_db.reading(getattr(office, name)) as session:
            seen[name] = seen_by_every_door(session)
    assert seen == {
        "worker": {"我们的"},
        "inspector": {"我们的"},
        "stranger": {"他们的"},
        "planner": {"我们的", "涉密"},
        "admin": {"我们的", "他们的", "涉密"},
    }


def test_who_is_not_signed_in_sees_nothing(guarded_db, office, world):
    with guarded_db.reading(ANONYMOUS) as session:
        assert seen_by_every_door(session) == set()


@pytest.mark.parametrize("hidden", ["theirs", "secret"])
def test_a_hidden_point_cannot_be_opened_read_moved_or_spoken_about(
    guarded_db, office, world, hidden
):
    point = getattr(world, hidden)
    asks = [
        lambda session: get_point(session, point.point_id),
        lambda session: point_row(session, point.point_id, now=NOON),
        lambda session: comment_point(session, point.point_id, body="哦", now=NOON),
        lambda session: edit_point(
            session, point.point_id, base_version=1, changes={"name": "x"}, now=NOON
        ),
        lambda session: move_point(
            session, point.point_id, verb=Verb.ASSIGN, form=MoveForm(), now=NOON
        ),
    ]
    for ask in asks:
        with guarded_db.transaction(office.inspector) as session, pytest.raises(PointMissing):
            ask(session)
    with guarded_db.reading(office.inspector) as session:
        assert find_by_code(session, point.code) is None
        assert history(session, point.point_id) == []


def test_shapes_and_closed_neighbours_keep_to_the_scope(guarded_db, office):
    line = shapely.LineString([(LON, LAT), (LON + 0.001, LAT)])
    unit = office.other_town.unit_id
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            shape=line,
            category=Category.RIVER_SEGMENT,
            state=State.CLOSED,
            responsible_unit_id=unit,
        )
    answers = {}
    for name in ("worker", "stranger"):
        with guarded_db.reading(getattr(office, name)) as session:
            shapes = orjson.loads(map_shapes(session, now=NOON))["features"]
            answers[name] = (len(shapes), len(closed_nearby(session, lon=LON, lat=LAT)))
    assert answers == {"worker": (0, 0), "stranger": (1, 1)}


def test_an_inspector_sees_the_points_on_the_own_list_wherever_they_lie(guarded_db, office, world):
    with guarded_db.transaction(SYSTEM) as session:
        get_point(session, world.theirs.point_id).inspector_id = office.inspector.person_id
    with guarded_db.reading(office.inspector) as session:
        assert seen_by_every_door(session) == {"我们的", "他们的"}
