"""What of a row is written into the log."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from geoalchemy2 import WKTElement
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from sqlalchemy import func

import geoapp.visits.tables  # noqa: F401 - maps every table below it
from geoapp.accounts.rules import UnitKind
from geoapp.audit.columns import COMPUTED
from geoapp.audit.rules import LONGEST_TEXT, WITHHELD, plain
from geoapp.core.model import Base
from geoapp.points.tables import AdminArea
from tests.audit.support import entries, make_unit

SQUARE = Polygon([(121.5, 31.0), (121.6, 31.0), (121.6, 31.1), (121.5, 31.0)])


def add_area(session, geom):
    area = AdminArea(code="310115", name="浦东新区", level="district", geom=geom)
    session.add(area)
    session.commit()
    return area


def test_a_place_is_written_as_text_to_one_centimetre(audited):
    add_area(audited, from_shape(MultiPolygon([SQUARE]), srid=4326))
    assert entries(audited)[-1].after["geom"] == (
        "MULTIPOLYGON (((121.5 31, 121.6 31, 121.6 31.1, 121.5 31)))"
    )


def test_a_large_outline_is_named_by_size_and_hash(audited):
    ring = [(121 + n / 1000, 31 + (n % 2) / 1000) for n in range(200)]
    add_area(audited, from_shape(MultiPolygon([Polygon([*ring, (121.1, 31.5)])]), srid=4326))
    words = entries(audited)[-1].after["geom"]
    assert words.startswith("MultiPolygon (202) sha256:")
    assert len(words) < 100


def test_the_same_place_in_another_form_is_no_change(audited):
    area = add_area(audited, from_shape(MultiPolygon([SQUARE]), srid=4326))
    area.geom = WKTElement(MultiPolygon([SQUARE]).wkt, srid=4326)
    audited.commit()
    assert len(entries(audited)) == 1


def test_a_value_that_the_database_computes_is_marked(audited):
    area = add_area(audited, from_shape(MultiPolygon([SQUARE]), srid=4326))
    area.name = func.upper("pudong")
    audited.commit()
    assert entries(audited)[-1].after == {"name": COMPUTED}


def test_counting_versions_is_no_change_of_its_own(audited):
    unit = make_unit(audited)
    audited.commit()
    unit.kind = UnitKind.DEPARTMENT
    audited.commit()
    assert entries(audited)[-1].after == {"kind": "department"}
    assert unit.row_version == 2


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**60, str(2**60)),
        (0.1, "0.1"),
        (float("nan"), "nan"),
        (Decimal("1.50"), "1.50"),
        (UnitKind.TOWN, "town"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 4, tzinfo=UTC), "2026-03-02T04:00:00.000000Z"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("a\x00b\ud800", "ab?"),
        (b"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ({"b": [1, {2, 1}], 3: ("x",)}, {"b": [1, [1, 2]], "3": ["x"]}),
    ],
)
def test_every_value_is_written_so_that_all_readers_agree(value, written):
    assert plain(value) == written


def test_an_overlong_text_is_cut_and_named_by_its_hash():
    words = plain("长" * (LONGEST_TEXT + 1))
    assert words.startswith("长" * LONGEST_TEXT + "… (4001 sha256:")


def test_no_link_table_is_without_a_class_of_its_own():
    """A relationship over a bare table would change rows past the audit log."""
    bare = [
        str(relation)
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.secondary is not None
    ]
    assert bare == []


def test_every_withheld_column_exists():
    for mapper in Base.registry.mappers:
        assert mapper.class_.__unaudited_columns__ <= set(mapper.column_attrs.keys())
    assert WITHHELD not in plain({"a": "b"})
