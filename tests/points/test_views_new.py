"""Points are registered and edited at the desk."""

import uuid

import pytest
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.points.rules import RiskGrade, State
from geoapp.points.tables import Point
from tests.points.pages import page_of, stored
from tests.support.factories import (
    LAT,
    LON,
    make_area,
)

NOBODY = uuid.UUID(int=5)
TYPED = {
    "name": "江东路堆土点",
    "category": "other",
    "description": "路边堆放渣土约二百立方米，未覆盖。",
    "lon": str(LON),
    "lat": str(LAT),
    "datum": "wgs84",
    "source": "区信访转办单 3 号",
}


def test_a_new_point_is_registered_once_however_often_it_is_sent(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        make_area(session)
    number = str(uuid.uuid4())
    for _twice in range(2):
        desk.send(office.planner, "/points/new", point_id=number, **TYPED)
    with guarded_db.reading(SYSTEM) as session:
        found = session.scalars(select(Point)).one()
    assert (str(found.point_id), found.state, found.name) == (number, State.REPORTED, TYPED["name"])


def test_a_new_point_in_another_datum_is_moved_to_wgs84(desk, office, guarded_db):
    number = str(uuid.uuid4())
    desk.send(office.planner, "/points/new", point_id=number, **TYPED | {"datum": "gcj02"})
    with guarded_db.reading(SYSTEM) as session:
        lon = session.scalar(select(func.ST_X(Point.geom)))
    assert 0.001 < LON - lon < 0.01


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"description": "太短"},
        {"lon": str(LAT), "lat": str(LON)},
        {"lon": "here"},
        {"category": "volcano"},
        {"source": ""},
    ],
)
def test_a_wrong_field_is_422_and_keeps_what_was_typed(desk, office, guarded_db, wrong):
    typed = {"point_id": str(uuid.uuid4()), "address": "江东路 7 号", **TYPED, **wrong}
    text = desk.send(office.planner, "/points/new", status=422, **typed)
    assert 'value="江东路 7 号"' in text
    assert "This field" not in text
    with guarded_db.reading(SYSTEM) as session:
        assert session.scalar(select(func.count(Point.point_id))) == 0


def test_a_place_outside_the_region_wants_a_word(desk, office):
    far = {"point_id": str(uuid.uuid4()), **TYPED, "lon": "116.4", "lat": "39.9"}
    answer = desk.send(office.planner, "/points/new", status=422, **far)
    assert "不在本辖区范围内" in answer
    desk.send(office.planner, "/points/new", outside_confirmed="1", **far)


def test_a_point_is_edited(desk, office, guarded_db, point):
    desk.send(
        office.planner,
        page_of(point, "/edit"),
        base_version=point.row_version,
        name="新名称",
        category="other",
        risk_grade="red",
        description=point.description,
    )
    changed = stored(guarded_db, point)
    assert (changed.name, changed.risk_grade) == ("新名称", RiskGrade.RED)


def test_two_editors_do_not_overwrite_each_other_unseen(desk, office, guarded_db, point):
    typed = {"category": "other", "description": point.description}
    version = point.row_version
    path = page_of(point, "/edit")
    desk.send(office.planner, path, base_version=version, name="第一个", **typed)
    text = desk.send(office.admin, path, 409, base_version=version, name="第二个", **typed)
    assert 'value="第二个"' in text
    assert "<dd>第一个</dd>" in text
    assert stored(guarded_db, point).name == "第一个"


def test_editing_is_for_those_with_the_right_and_the_point(desk, office, point):
    desk.open(office.worker, page_of(point, "/edit"), status=403)
    desk.open(office.planner, f"/points/{NOBODY}/edit", status=404)
