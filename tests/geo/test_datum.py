import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.geo.datum import (
    BD09,
    CGCS2000,
    CHINA_BOX,
    GCJ02,
    WGS84,
    DatumSecret,
    DatumUnknown,
    bd09_to_wgs84,
    datum_of_crs,
    from_wgs84,
    gcj02_to_wgs84,
    parse_datum,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from geoapp.geo.measure import distances_m

WEST, SOUTH, EAST, NORTH = CHINA_BOX
EDGE = 0.05  # degrees: a position this near the edge of the box may share its shifted numbers
inland = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


def apart_m(pair, lon, lat):
    return float(np.max(distances_m(pair[0], pair[1], to_lon=lon, to_lat=lat)))


@pytest.mark.parametrize(
    ("lon", "lat", "lon_gcj", "lat_gcj"),
    [
        pytest.param(121.4954, 31.2417, 121.4998, 31.2397, id="oriental-pearl"),
        pytest.param(117.227, 31.821, 117.232482, 31.819001, id="hefei"),
    ],
)
def test_golden_positions_shift_to_gcj02_as_published(lon, lat, lon_gcj, lat_gcj):
    digits = 6 if lon_gcj == 117.232482 else 4
    x, y = wgs84_to_gcj02(lon, lat)
    assert (round(float(x), digits), round(float(y), digits)) == (lon_gcj, lat_gcj)
    assert apart_m(gcj02_to_wgs84(lon_gcj, lat_gcj), lon, lat) < 6  # four digits are 5 m


def test_a_shanghai_border_vertex_of_amap_lands_where_the_survey_has_it():
    # 黄浦区, first vertex of AMap's border; the shift in Shanghai is 456 to 500 m
    lon, lat = gcj02_to_wgs84(121.470387, 31.191271)
    assert (round(float(lon), 5), round(float(lat), 5)) == (121.46584, 31.19321)
    assert 456 < apart_m((lon, lat), 121.470387, 31.191271) < 500


@given(inland)
def test_gcj02_there_and_back_stays_within_a_millimetre(place):
    lon, lat = place
    assert apart_m(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), lon, lat) < 0.001


@given(inland)
def test_bd09_there_and_back_stays_within_a_millimetre(place):
    lon, lat = place
    assert apart_m(bd09_to_wgs84(*wgs84_to_bd09(lon, lat)), lon, lat) < 0.001


@given(anywhere)
def test_nothing_moves_outside_china(place):
    lon, lat = place
    outside = not (WEST - EDGE < lon < EAST + EDGE and SOUTH - EDGE < lat < NORTH + EDGE)
    for datum in (GCJ02, BD09):
        for convert in (to_wgs84, from_wgs84):
            moved = convert(lon, lat, datum=datum)
            assert not outside or (float(moved[0]), float(moved[1])) == (lon, lat)


def test_a_grid_of_positions_over_china_comes_back_within_a_micrometre():
    lon, lat = (part.ravel() for part in np.meshgrid(np.linspace(73, 137, 500), np.linspace(1, 55)))
    assert apart_m(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), lon, lat) < 1e-6
    assert apart_m(bd09_to_wgs84(*wgs84_to_bd09(lon, lat)), lon, lat) < 1e-6


def test_cgcs2000_keeps_its_numbers():
    lon, lat = to_wgs84([121.5, 118.0], [31.2, 30.1], datum=CGCS2000)
    assert lon.tolist() == [121.5, 118.0]
    assert lat.tolist() == [31.2, 30.1]


@pytest.mark.parametrize("name", ["EPSG:4549", "EPSG:4550", "EPSG:32651", "EPSG:3857"])
def test_a_grid_there_and_back_stays_within_a_millimetre(name):
    datum = parse_datum(name)
    lon, lat = np.array([121.4, 121.6]), np.array([31.1, 31.3])
    assert not datum.in_degrees
    assert apart_m(to_wgs84(*from_wgs84(lon, lat, datum=datum), datum=datum), lon, lat) < 0.001


def test_metres_that_a_grid_cannot_hold_come_back_as_nan():
    lon, lat = to_wgs84([500_000, 1e30], [3_455_000, 1e30], datum=parse_datum("EPSG:4549"))
    assert round(float(lon[0]), 6) == 120.0
    assert np.isnan(lon[1])
    assert np.isnan(lat[1])


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf, 1e300])
def test_strange_numbers_pass_through_without_noise(strange):
    for datum in (WGS84, CGCS2000, GCJ02, BD09):
        lon, _lat = to_wgs84(strange, 31.0, datum=datum)
        assert float(lon) == strange or np.isnan(lon)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WGS-84", "wgs84"),
        ("epsg:4326", "wgs84"),
        ("CGCS 2000", "cgcs2000"),
        ("国家2000坐标系", "cgcs2000"),
        ("EPSG:4490", "cgcs2000"),
        ("高德", "gcj02"),
        ("GCJ-02", "gcj02"),
        ("百度", "bd09"),
        ("bd09", "bd09"),
        ("epsg 4549", "EPSG:4549"),
    ],
)
def test_a_datum_is_known_in_its_usual_spellings(text, name):
    assert parse_datum(text).name == name


@pytest.mark.parametrize("text", ["", "mars", "EPSG:999999", "EPSG:5705", "EPSG:4978", "EPSG:12"])
def test_other_names_are_refused_with_the_accepted_ones(text):
    with pytest.raises(DatumUnknown) as caught:
        parse_datum(text)
    assert "gcj02" in caught.value.advice()


@pytest.mark.parametrize("text", ["EPSG:4610", "EPSG:2437", "EPSG:4214"])
def test_old_systems_without_a_public_shift_are_refused(text):
    with pytest.raises(DatumSecret):
        parse_datum(text)


def test_a_projection_file_names_its_datum():
    assert datum_of_crs("EPSG:4326") == WGS84
    assert datum_of_crs("EPSG:32651") == parse_datum("EPSG:32651")
    assert datum_of_crs('LOCAL_CS["上海城市坐标"]') is None
    assert datum_of_crs("nonsense") is None
