from math import radians, sin

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoapp.geo.measure import LonLat, area_m2, bearing_deg, destination, distance_m, length_m

PEARL = LonLat(121.4954, 31.2417)


def test_one_degree_of_latitude_at_shanghai_is_110_878_metres():
    # radius of the meridian of WGS 84 at 31.5°, Snyder (1987) eq. 4-18, times one degree
    radius_m = 6_378_137 * (1 - 0.00669438) / (1 - 0.00669438 * sin(radians(31.5)) ** 2) ** 1.5
    arc_m = radius_m * radians(1)
    assert arc_m == pytest.approx(110_878, abs=1)
    assert distance_m(LonLat(121.5, 31), LonLat(121.5, 32)) == pytest.approx(arc_m, abs=0.5)
    assert bearing_deg(LonLat(121.5, 31), LonLat(121.5, 32)) == pytest.approx(0)
    assert bearing_deg(LonLat(121.5, 31), LonLat(121.4, 31)) == pytest.approx(270, abs=0.1)


@given(st.floats(0, 359.9), st.floats(1, 100_000))
def test_going_somewhere_is_as_far_as_the_distance_says(bearing, metres):
    there = destination(PEARL, bearing=bearing, distance=metres)
    assert distance_m(PEARL, there) == pytest.approx(metres, abs=1e-6)
    assert (bearing_deg(PEARL, there) - bearing + 180) % 360 == pytest.approx(180, abs=1e-3)


def hectare():
    """100 m × 100 m at Pudong, drawn by walking its edge."""
    corners = [PEARL]
    for bearing in (90, 0, 270):
        corners.append(destination(corners[-1], bearing=bearing, distance=100))
    return shapely.Polygon(corners)


def test_a_walked_hectare_measures_one_hectare():
    assert area_m2(hectare()) == pytest.approx(10_000, rel=1e-4)
    assert length_m(hectare()) == pytest.approx(400, rel=1e-4)


def test_the_direction_of_the_outline_does_not_matter():
    assert area_m2(shapely.reverse(hectare())) == pytest.approx(area_m2(hectare()))


def test_holes_are_taken_off_whichever_way_they_run():
    outer = shapely.box(121.5, 31.2, 121.51, 31.21)
    inner = shapely.box(121.502, 31.202, 121.504, 31.204)
    for hole in (inner.exterior, shapely.reverse(inner.exterior)):
        with_hole = shapely.Polygon(outer.exterior, [hole])
        assert area_m2(with_hole) == pytest.approx(area_m2(outer) - area_m2(inner), rel=1e-9)


def test_parts_add_up_in_collections_inside_collections():
    one = hectare()
    both = shapely.GeometryCollection([one, shapely.Point(PEARL), shapely.MultiPolygon([one])])
    assert area_m2(both) == pytest.approx(2 * area_m2(one))


def test_points_have_no_length_and_lines_no_area():
    line = shapely.LineString([(121.5, 31), (121.5, 31.001)])
    assert length_m(shapely.Point(PEARL)) == 0
    assert area_m2(shapely.Point(PEARL)) == 0
    assert area_m2(line) == 0
    assert length_m(line) == pytest.approx(110.86, abs=0.1)
    assert length_m(shapely.LineString()) == 0
    assert area_m2(shapely.Polygon()) == 0
