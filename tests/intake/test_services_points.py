from datetime import UTC, date, datetime

import pytest
import shapely
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM, Actor, NotAllowed, Role, UnitKind
from geoapp.accounts.tables import Unit
from geoapp.audit.tables import AuditEntry
from geoapp.intake.readers_points import PointFileOptions
from geoapp.intake.services_points import import_points
from geoapp.points.rules import Category, LocationMethod, State
from geoapp.points.tables import AdminArea, Point, PointGeometry
from tests.support.factories import stored
from tests.support.point_files import BRICKS, DUMP, HEADINGS, write_csv, write_layer

TOWN = shapely.box(121.7, 31.0, 121.9, 31.3)
NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)
WIDE = [*HEADINGS, "编号", "责任单位", "验收单位", "时限", "发现日期"]


def codes(done):
    return sorted({one.code for one in done.problems})


def bring(session, path, *, datum="wgs84", source="", **options):
    return import_points(
        session,
        path,
        options=PointFileOptions(datum=datum, **options),
        prefix="PD",
        now=NOW,
        source=source,
    )


def count(session, table=Point):
    return session.scalar(select(func.count()).select_from(table))


def wide(path, *rows):
    return write_csv(path, [[*BRICKS, *rest] for rest in rows], headings=WIDE)


def test_points_come_in_with_number_town_unit_and_geometry(session, tmp_path):
    unit = Unit(name="祝桥镇", kind=UnitKind.TOWN)
    session.add(unit)
    session.flush()
    area = AdminArea(
        code="310115139000", short_code="ZQ", name="祝桥镇", level="town", unit_id=unit.unit_id
    )
    area.geom = stored(shapely.MultiPolygon([TOWN]))
    session.add(area)
    session.flush()
    path = wide(tmp_path / "a.csv", ["", "祝桥镇", "", "9月底", "2025-08-29 08:00"])
    done = bring(session, path)
    assert (done.read, done.added, done.refused) == (1, 1, False)
    assert done.states == {State.RECTIFYING: 1}
    assert done.categories == {Category.BRICK_FACTORY: 1}
    point = session.scalars(select(Point)).one()
    assert point.code == "PDZQ-2025-BRK-0001"
    assert (point.area_id, point.territorial_unit_id) == (area.area_id, unit.unit_id)
    assert point.responsible_unit_id == unit.unit_id
    assert (point.due_on, point.due_text) == (date(2025, 9, 30), "9月底")
    assert point.location_method is LocationMethod.IMPORTED
    assert point.found_at == datetime(2025, 8, 29, tzinfo=UTC)
    assert count(session, PointGeometry) == 1


def test_the_same_file_again_changes_nothing(session, tmp_path):
    path = write_csv(tmp_path / "a.csv", [BRICKS, DUMP, DUMP])
    bring(session, path)
    entries = count(session, AuditEntry)
    again = bring(session, path)
    assert (again.added, again.unchanged, again.refused) == (0, 3, False)
    assert (count(session), count(session, PointGeometry)) == (3, 3)
    assert count(session, AuditEntry) == entries


def test_rows_that_are_new_are_added_beside_those_that_are_known(session, tmp_path):
    bring(session, write_csv(tmp_path / "a.csv", [BRICKS]))
    done = bring(session, write_csv(tmp_path / "a.csv", [DUMP, BRICKS]))
    assert (done.added, done.unchanged) == (1, 1)


def test_a_known_number_with_other_content_is_told_and_left_alone(session, tmp_path):
    bring(session, wide(tmp_path / "a.csv", ["A-1", "", "", "", ""]))
    done = bring(session, wide(tmp_path / "a.csv", ["A-1", "", "", "9月底", ""]))
    assert (done.added, done.different, done.refused) == (0, 1, False)
    assert "intake.row_different" in codes(done)
    assert session.scalars(select(Point.due_text)).one() == ""


def test_one_bad_row_keeps_the_whole_file_out(session, tmp_path):
    before = count(session, AuditEntry)
    bad = ["点", "制砖厂", "321.7", "31.1", "整改中"]
    done = bring(session, write_csv(tmp_path / "a.csv", [BRICKS, bad, DUMP]))
    assert done.refused
    assert [one.row for one in done.problems if one.severity == "error"] == [3]
    assert (count(session), count(session, AuditEntry)) == (0, before)


def test_a_number_that_stands_twice_is_refused(session, tmp_path):
    twice = wide(tmp_path / "a.csv", ["A-1", "", "", "", ""], ["A-1", "", "", "9月底", ""])
    done = bring(session, twice)
    assert done.refused
    assert "intake.id_twice" in codes(done)
    assert count(session) == 0


def test_a_number_that_another_point_has_is_refused(session, tmp_path):
    bring(session, wide(tmp_path / "a.csv", ["A-1", "", "", "", ""]), source="first")
    taken = bring(session, wide(tmp_path / "b.csv", ["A-1", "", "", "", ""]), source="second")
    assert taken.refused
    assert "intake.code_taken" in codes(taken)


def test_unknown_units_are_kept_in_words_and_told_once(session, tmp_path):
    path = wide(tmp_path / "a.csv", ["", "某村", "", "", ""], ["", "某村", "", "", "2025-08-01"])
    done = bring(session, path)
    assert [one.row for one in done.problems if one.code == "intake.unit_unknown"] == [2]
    assert {extra["responsible_unit"] for extra in session.scalars(select(Point.extra))} == {"某村"}


def test_nobody_accepts_the_own_work(session, tmp_path):
    session.add(Unit(name="祝桥镇", kind=UnitKind.TOWN))
    session.flush()
    done = bring(session, wide(tmp_path / "a.csv", ["", "祝桥镇", "祝桥镇", "", ""]))
    assert "intake.units_same" in codes(done)
    assert session.scalars(select(Point.accepting_unit_id)).one() is None


def test_a_layer_of_a_file_comes_in_as_points(session, tmp_path):
    path = write_layer(
        tmp_path / "a.gpkg", {"name": ["湿地", "林地"], "type": ["林地"] * 2}, [TOWN] * 2
    )
    done = bring(session, path)
    assert (done.added, done.mapping) == (2, {"a": {"name": "name", "category": "type"}})
    assert set(session.scalars(select(func.ST_GeometryType(Point.geom)))) == {"ST_Polygon"}


def test_numbers_of_a_series_go_on_over_imports(session, tmp_path):
    bring(session, write_csv(tmp_path / "a.csv", [BRICKS]))
    bring(session, write_csv(tmp_path / "b.csv", [[*BRICKS[:2], "121.6", *BRICKS[3:]]]))
    found = sorted(session.scalars(select(Point.code)))
    assert found == ["PD-2026-BRK-0001", "PD-2026-BRK-0002"]


def test_who_may_not_import_is_refused(session, tmp_path):
    session.info["actor"] = Actor(
        person_id=None, name="", unit_id=None, source="web", roles=frozenset({Role.INSPECTOR})
    )
    with pytest.raises(NotAllowed):
        bring(session, write_csv(tmp_path / "a.csv", [BRICKS]))
    session.info["actor"] = SYSTEM
