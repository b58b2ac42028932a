import uuid

import pytest
import shapely

from geoapp.accounts.rules import SYSTEM
from geoapp.points import ports
from geoapp.points.columns import PointFilter
from geoapp.points.queries import PointMissing, find_by_code, get_point, list_points, nearest
from geoapp.points.queries_select import FilterUnknown
from geoapp.points.tables import Point
from tests.support.factories import LAT, LON, NOON, make_point


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("渣土", {"渣土点"}),
        ("50%", {"50%完成"}),
        ("_", {"a_b"}),
        ("\\", {"back\\slash"}),
        ("%_\\", set()),
        ("ABC", {"Abc工业"}),
        ("abc 工业", {"Abc工业"}),
        ("号 朝航", {"渣土点"}),
        ("20230414049", {"Abc工业"}),
        ("21'; DROP TABLE point", set()),
        ("   ", {"渣土点", "50%完成", "a_b", "back\\slash", "Abc工业"}),
    ],
)
def test_the_search_finds_substrings_and_takes_wildcards_as_they_are(
    guarded_db, office, words, found
):
    plain = {"description": "", "territorial_unit_id": office.town.unit_id}
    with guarded_db.transaction(SYSTEM) as session:
        make_point(session, "渣土点", address="朝航路89号", **plain)
        make_point(session, "50%完成", **plain)
        make_point(session, "a_b", **plain)
        make_point(session, "back\\slash", **plain)
        make_point(session, "Abc工业", case_no="20230414049", **plain)
    with guarded_db.reading(office.planner) as session:
        rows = list_points(session, now=NOON, filter=PointFilter(q=words)).rows
    assert {row.name for row in rows} == found


def test_upper_floors_narrow_a_list_and_an_unknown_filter_is_refused(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        for name in ("甲", "乙"):
            make_point(session, name)
    ports.plug_in([ports.Plug(narrowers={"called": lambda value: Point.name == value})])
    with guarded_db.reading(office.admin) as session:
        rows = list_points(session, now=NOON, filter=PointFilter(narrow={"called": "乙"})).rows
        assert [row.name for row in rows] == ["乙"]
        with pytest.raises(FilterUnknown):
            list_points(session, now=NOON, filter=PointFilter(narrow={"colour": "red"}))


def test_points_come_nearest_first_with_metres_on_the_ground(guarded_db, office):
    east, north = (LON + 0.0010, LAT), (LON, LAT + 0.0009)  # 95 m east, 100 m north
    with guarded_db.transaction(SYSTEM) as session:
        make_point(session, "北", lon=north[0], lat=north[1])
        make_point(session, "东", lon=east[0], lat=east[1])
        make_point(session, "远", lon=LON + 1)
        area = shapely.box(LON - 0.002, LAT - 0.002, LON - 0.0001, LAT + 0.002)
        make_point(session, "面", shape=area)
    with guarded_db.reading(office.admin) as session:
        rows = nearest(session, lon=LON, lat=LAT, now=NOON, limit=3)
    assert [row.name for row in rows] == ["面", "东", "北"]
    assert [round(row.distance_m) for row in rows] == [10, 95, 100]


def test_a_point_is_found_by_id_and_by_number(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        made = make_point(session, code="PDZQ-2026-BRK-0001")
    with guarded_db.reading(office.admin) as session:
        assert get_point(session, made.point_id).name == made.name
        assert find_by_code(session, " PDZQ-2026-BRK-0001 ").point_id == made.point_id
        assert find_by_code(session, "PDZQ-2026-BRK-0002") is None
        with pytest.raises(PointMissing):
            get_point(session, uuid.uuid4())
