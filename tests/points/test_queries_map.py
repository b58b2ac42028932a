import orjson
import pytest
import shapely

from geoapp.accounts.rules import SYSTEM
from geoapp.deadlines.rules import Lamp
from geoapp.points.columns import PointFilter
from geoapp.points.queries import list_points, map_columns, map_shapes
from geoapp.points.rules import Category, State
from tests.support.factories import LAT, LON, NOON, make_point


@pytest.fixture
def shapes(guarded_db, office):
    """A place, a bent river and an area like a horseshoe."""
    river = shapely.LineString([(LON, LAT), (LON, LAT + 0.01), (LON + 0.01, LAT + 0.01)])
    horseshoe = shapely.box(LON, LAT, LON + 0.03, LAT + 0.03) - shapely.box(
        LON + 0.01, LAT + 0.01, LON + 0.03, LAT + 0.02
    )
    town = office.town.unit_id
    with guarded_db.transaction(SYSTEM) as session:
        make_point(session, "点", lon=121.12345678, lat=31.98765432, territorial_unit_id=town)
        make_point(
            session,
            "河",
            shape=river,
            category=Category.RIVER_SEGMENT,
            state=State.CLOSED,
            territorial_unit_id=town,
        )
        make_point(session, "面", shape=horseshoe, territorial_unit_id=town)
    return {"河": river, "面": horseshoe}


def test_columns_have_one_length_and_six_decimals(guarded_db, office, shapes):
    with guarded_db.reading(office.planner) as session:
        columns = orjson.loads(map_columns(session, now=NOON))
        rows = {str(row.point_id): row for row in list_points(session, now=NOON).rows}
    assert set(columns) == {"ids", "lon", "lat", "state", "lamp", "category", "urgent"}
    assert {len(column) for column in columns.values()} == {3}
    assert 121.123457 in columns["lon"]
    assert 31.987654 in columns["lat"]
    for point_id, state, lamp in zip(
        columns["ids"], columns["state"], columns["lamp"], strict=True
    ):
        assert (state, lamp) == (rows[point_id].state, rows[point_id].lamp)


def test_the_symbol_of_a_line_or_area_lies_on_it(guarded_db, office, shapes):
    with guarded_db.reading(office.planner) as session:
        columns = orjson.loads(map_columns(session, now=NOON))
        names = {str(row.point_id): row.name for row in list_points(session, now=NOON).rows}
    for point_id, lon, lat in zip(columns["ids"], columns["lon"], columns["lat"], strict=True):
        shape = shapes.get(names[point_id])
        if shape is not None:
            assert shape.distance(shapely.Point(lon, lat)) < 2e-6


def test_only_lines_and_areas_are_shapes(guarded_db, office, shapes):
    with guarded_db.reading(office.planner) as session:
        collection = orjson.loads(map_shapes(session, now=NOON))
    assert collection["type"] == "FeatureCollection"
    features = {one["properties"]["name"]: one for one in collection["features"]}
    assert set(features) == {"河", "面"}
    assert features["河"]["geometry"]["type"] == "LineString"
    assert features["河"]["properties"]["lamp"] == "grey"
    assert features["面"]["properties"]["state"] == "reported"
    assert features["面"]["id"] == features["面"]["properties"]["id"]


def test_a_map_of_nothing_is_empty_and_still_readable(guarded_db, office):
    with guarded_db.reading(office.planner) as session:
        columns = orjson.loads(map_columns(session, now=NOON))
        collection = orjson.loads(map_shapes(session, now=NOON))
    assert columns["ids"] == columns["lamp"] == collection["features"] == []


def test_the_filter_of_the_list_filters_the_map_alike(guarded_db, office, shapes):
    wanted = PointFilter(lamps=frozenset({Lamp.GREY}))
    with guarded_db.reading(office.planner) as session:
        assert orjson.loads(map_columns(session, now=NOON, filter=wanted))["lamp"] == ["grey"]
        found = orjson.loads(map_shapes(session, now=NOON, filter=wanted))["features"]
    assert [one["properties"]["name"] for one in found] == ["河"]
