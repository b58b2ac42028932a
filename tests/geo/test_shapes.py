import numpy as np
import pytest
import shapely

from geoapp.geo.datum import GCJ02
from geoapp.geo.measure import LonLat, distance_m
from geoapp.geo.shapes import (
    Box,
    ShapeUnreadable,
    flatten,
    read_wkbs,
    read_wkt,
    repair,
    shapes_from_wgs84,
    shapes_to_wgs84,
    swap_axes,
    within,
)

PUDONG = Box(121.0, 30.6, 122.3, 31.9)


def row(*shapes):
    return np.array([*shapes, None], dtype=object)[:-1]


def test_a_line_moves_to_another_datum_and_back():
    line = shapely.LineString([(121.5, 31.2), (121.6, 31.3)])
    shifted = shapes_from_wgs84(row(line), datum=GCJ02)
    gap = distance_m(LonLat(121.5, 31.2), LonLat(*shapely.get_coordinates(shifted)[0]))
    back = shapes_to_wgs84(shifted, datum=GCJ02)
    assert 300 < gap < 700
    assert shapely.equals_exact(back[0], line, tolerance=1e-9)


def test_heights_fall_away():
    assert not shapely.has_z(flatten(row(shapely.Point(121.5, 31.2, 4.0))))[0]


def test_only_what_lies_wholly_in_the_region_is_within_it():
    crossing = shapely.LineString([(121.5, 31.2), (123.0, 31.2)])
    shapes = row(shapely.Point(121.5, 31.2), shapely.Point(31.2, 121.5), crossing, shapely.Point())
    assert within(shapes, box=PUDONG).tolist() == [True, False, False, False]
    assert within(swap_axes(shapes), box=PUDONG).tolist() == [False, True, False, False]


def test_a_valid_shape_is_left_alone():
    square = shapely.box(121.5, 31.2, 121.6, 31.3)
    assert repair(square).geometry is square
    assert repair(square).reason == ""


def test_a_self_crossing_outline_becomes_its_parts_and_says_why():
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    repaired = repair(bow)
    assert shapely.is_valid(repaired.geometry)
    assert shapely.area(repaired.geometry) == 2
    assert "Self-intersection" in repaired.reason


def test_a_collapsed_outline_becomes_nothing():
    assert shapely.is_empty(repair(shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])).geometry)


def test_broken_bytes_and_texts_are_refused():
    good = shapely.to_wkb(shapely.Point(1, 2))
    read = read_wkbs(np.array([good, good[:7], None], dtype=object))
    assert read[0] == shapely.Point(1, 2)
    assert read[1] is None
    assert read[2] is None
    for text in ("POINT (1", "hello", "POLYGON EMPTY"):
        with pytest.raises(ShapeUnreadable):
            read_wkt(text)
    assert read_wkt("LINESTRING (1 2, 3 4)") == shapely.LineString([(1, 2), (3, 4)])
