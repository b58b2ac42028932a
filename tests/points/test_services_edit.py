import uuid

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM, NotAllowed
from geoapp.points.queries import get_point, history
from geoapp.points.rules import Category, LocationMethod, RiskGrade
from geoapp.points.rules_refusals import (
    CommentWrong,
    FieldUnknown,
    PersonNeeded,
    PointChanged,
    ShapeInvalid,
    ShapeWrong,
)
from geoapp.points.services import comment_point, edit_point, relocate_point
from geoapp.points.tables import PointGeometry
from tests.points.support import DAY
from tests.support.factories import LAT, LON, NOON, make_area, make_point


@pytest.fixture
def point(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        return make_point(
            session,
            territorial_unit_id=office.town.unit_id,
            responsible_unit_id=office.works.unit_id,
        )


def edit(db, actor, point, *, version=1, **changes):
    with db.transaction(actor) as session:
        return edit_point(
            session, point.point_id, base_version=version, changes=changes, now=NOON + DAY
        )


def relocate(db, actor, point, shape, *, version=1):
    with db.transaction(actor) as session:
        return relocate_point(
            session,
            point.point_id,
            base_version=version,
            shape=shape,
            location_method=LocationMethod.MAP_CLICK,
            reason="原位置偏差",
            now=NOON + DAY,
        )


def test_words_and_grades_can_be_edited(guarded_db, office, point):
    edited = edit(
        guarded_db, office.planner, point, name="新名称", risk_grade=RiskGrade.RED, is_urgent=True
    )
    assert (edited.name, edited.risk_grade, edited.is_urgent) == ("新名称", RiskGrade.RED, True)
    assert (edited.updated_at, edited.row_version) == (NOON + DAY, 2)


@pytest.mark.parametrize("name", ["state", "due_on", "geom", "responsible_unit_id", "code", "nix"])
def test_what_belongs_to_moves_cannot_be_edited(guarded_db, office, point, name):
    with pytest.raises(FieldUnknown):
        edit(guarded_db, office.planner, point, **{name: None})


def test_an_edit_of_an_old_version_is_a_conflict(guarded_db, office, point):
    edit(guarded_db, office.planner, point, name="甲")
    with pytest.raises(PointChanged):
        edit(guarded_db, office.planner, point, name="乙")


def test_who_may_not_edit_is_told_so(guarded_db, office, point):
    with pytest.raises(NotAllowed):
        edit(guarded_db, office.worker, point, name="甲")


def test_a_category_that_does_not_fit_the_shape_is_refused(guarded_db, office, point):
    with pytest.raises(ShapeWrong):
        edit(guarded_db, office.planner, point, category=Category.RIVER_SEGMENT)
    assert edit(guarded_db, office.planner, point, category=Category.DUST)


def test_a_relocated_point_keeps_its_old_position_with_its_dates(guarded_db, office, point):
    with guarded_db.transaction(SYSTEM) as session:
        area = make_area(session, "合庆镇", unit_id=office.other_town.unit_id)
    outline = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    moved = relocate(guarded_db, office.planner, point, outline)
    assert moved.area_m2 == pytest.approx(95.5 * 110.9, rel=0.01)
    assert (moved.area_id, moved.territorial_unit_id) == (area.area_id, office.other_town.unit_id)
    with guarded_db.reading(SYSTEM) as session:
        query = select(PointGeometry).order_by(PointGeometry.valid_from)
        old, new = session.scalars(query).all()
    assert (old.valid_to, new.valid_from, new.valid_to) == (NOON + DAY, NOON + DAY, None)
    assert new.reason == "原位置偏差"
    assert to_shape(old.geom).equals(shapely.Point(LON, LAT))


def test_a_position_put_right_at_the_same_instant_leaves_no_empty_past(guarded_db, office, point):
    relocate(guarded_db, office.planner, point, shapely.Point(LON, LAT + 0.001))
    relocate(guarded_db, office.planner, point, shapely.Point(LON, LAT + 0.002), version=2)
    with guarded_db.reading(SYSTEM) as session:
        query = select(PointGeometry).order_by(PointGeometry.valid_from)
        old, new = session.scalars(query).all()
    assert to_shape(old.geom).y == LAT
    assert to_shape(new.geom).y == LAT + 0.002


def test_a_point_cannot_be_relocated_to_a_shape_of_another_kind(guarded_db, office, point):
    with pytest.raises(ShapeWrong):
        relocate(guarded_db, office.planner, point, shapely.LineString([(LON, LAT), (LON, 31.2)]))


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon([(LON, LAT), (LON + 1, LAT + 1), (LON + 1, LAT), (LON, LAT + 1)]),
        shapely.Point(LAT, LON),
        shapely.Polygon(),
    ],
    ids=["crossing itself", "swapped axes", "empty"],
)
def test_a_shape_that_no_map_can_show_is_refused(guarded_db, office, point, shape):
    with pytest.raises(ShapeInvalid):
        relocate(guarded_db, office.planner, point, shape)


def test_advice_stands_in_the_history_under_its_author(guarded_db, office, point):
    comment_id = uuid.uuid4()
    with guarded_db.transaction(office.worker) as session:
        comment_point(session, point.point_id, body=" 已联系物业 ", now=NOON, comment_id=comment_id)
    with guarded_db.reading(office.planner) as session:
        line = history(session, point.point_id)[0]
        assert get_point(session, point.point_id).row_version == 1
    assert (line.body, line.actor_name, line.entry_id) == ("已联系物业", "Worker", comment_id)


@pytest.mark.parametrize("body", ["", "  ", "长" * 4001])
def test_a_comment_without_words_or_without_end_is_refused(guarded_db, office, point, body):
    with guarded_db.transaction(office.worker) as session, pytest.raises(CommentWrong):
        comment_point(session, point.point_id, body=body, now=NOON)


def test_the_program_itself_does_not_comment(guarded_db, office, point):
    with guarded_db.transaction(SYSTEM) as session, pytest.raises(PersonNeeded):
        comment_point(session, point.point_id, body="x", now=NOON)
