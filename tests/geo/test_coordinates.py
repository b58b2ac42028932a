from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.geo.coordinates import (
    AxesSwapped,
    Axis,
    CoordinateOutOfRange,
    CoordinateUnreadable,
    DecimalComma,
    parse_angle,
    parse_lon_lat,
    parse_metres,
    parse_pair,
)

LON = 121 + 30 / 60 + 15.2 / 3600
LAT = 31 + 14 / 60 + 20 / 3600


@pytest.mark.parametrize(
    "text",
    [
        "121°30′15.2″E",
        "121°30'15.2\"E",
        "121º30’15.2” E",
        "121° 30′ 15.2″ e",
        "E121°30'15.2''",
        "东经121度30分15.2秒",
        "东经：121°30′15.2″",
        "经度121度30分15.2秒",
        "121d30m15.2s E",
        "１２１°３０′１５．２″Ｅ",
        "121:30:15.2 E",
        "E 121 30 15.2",
        "\ufeff121°30′15.2″E",
    ],
)
def test_one_longitude_is_read_in_every_usual_spelling(text):
    angle = parse_angle(text)
    assert angle.degrees == pytest.approx(LON, abs=1e-12)
    assert angle.axis is Axis.LON


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("121.4954", 121.4954),
        (" -118.25 ", -118.25),
        ("−118.25", -118.25),
        ("118.25W", -118.25),
        ("西经118.25度", -118.25),
        ("南纬33.9", -33.9),
        ("N31°14'", 31 + 14 / 60),
        ("31°14.5′", 31 + 14.5 / 60),
        ("31°14", 31 + 14 / 60),
        ("121°30′15", 121 + 30 / 60 + 15 / 3600),
        ("12 S", -12.0),
        ("-0°30′", -0.5),
    ],
)
def test_decimals_signs_and_short_forms_are_read(text, degrees):
    assert parse_angle(text).degrees == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize("text", ["121,4954", "31，2417", "121,5E"])
def test_a_decimal_comma_is_refused_not_guessed(text):
    with pytest.raises(DecimalComma):
        parse_angle(text)


@pytest.mark.parametrize("text", ["181", "31°60′", "31°14′60″", "N91", "1213015.2", "3455000"])
def test_what_no_globe_holds_is_out_of_range(text):
    with pytest.raises(CoordinateOutOfRange):
        parse_angle(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "inf",
        "1e3",
        "1_0",
        "E",
        "-121E",
        "121E N",
        "N经度31",
        "31.5°14′",
        "朝航路",
        "1" * 999,
    ],
)
def test_other_texts_are_no_coordinate(text):
    with pytest.raises(CoordinateUnreadable):
        parse_angle(text)


@pytest.mark.parametrize(
    "text",
    [
        "E121°30′15.2″ N31°14′20″",
        "N31°14′20″E121°30′15.2″",
        "121°30′15.2″E31°14′20″N",
        "31°14′20″N，121°30′15.2″E",
        "东经121度30分15.2秒北纬31度14分20秒",
        "北纬31°14′20″、东经121°30′15.2″",
        "121°30′15.2″ 31°14′20″",
        "121 30 15.2, 31 14 20",
        "经度：121°30′15.2″ 纬度：31°14′20″",
    ],
)
def test_a_pair_in_one_cell_is_read_longitude_first_or_as_it_says(text):
    assert parse_pair(text) == pytest.approx((LON, LAT), abs=1e-12)


@pytest.mark.parametrize("text", ["121.4954,31.2417", "(121.4954，31.2417)", "121.4954 31.2417"])
def test_a_decimal_pair_is_read(text):
    assert parse_pair(text) == (121.4954, 31.2417)


@pytest.mark.parametrize(
    ("lon", "lat"), [("31.24", "121.49"), ("31.24N", "121.49E"), ("31.24N", "12"), ("31", "12E")]
)
def test_swapped_axes_are_refused_with_a_hint(lon, lat):
    with pytest.raises(AxesSwapped) as caught:
        parse_lon_lat(lon, lat)
    assert caught.value.data == {"lon": lon, "lat": lat}
    assert caught.value.advice()


@pytest.mark.parametrize("text", ["31.2417,121.4954", "31.2417 121.4954"])
def test_a_swapped_pair_is_refused(text):
    with pytest.raises(AxesSwapped):
        parse_pair(text)


@pytest.mark.parametrize("text", ["121.4954", "121.4", "1,2,3", "", "121,4954 31,2417", "a b"])
def test_what_is_no_pair_is_refused(text):
    with pytest.raises((CoordinateUnreadable, DecimalComma)):
        parse_pair(text)


def test_metres_of_a_grid_are_plain_decimals():
    assert parse_metres(" 40547000.25 ") == 40547000.25
    assert parse_metres("-3500 m") == -3500
    with pytest.raises(DecimalComma):
        parse_metres("547000,5")
    with pytest.raises(CoordinateUnreadable):
        parse_metres("121°30′")


@given(st.floats(-180, 180, allow_nan=False))
def test_what_is_written_as_degrees_minutes_seconds_reads_back(degrees):
    milliseconds = round(abs(degrees) * 3_600_000)
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{seconds // 3600}°{seconds // 60 % 60}′{seconds % 60}.{rest:03d}″"
    side = "E" if degrees >= 0 else "W"
    expected = milliseconds / 3_600_000 * (1 if degrees >= 0 else -1)
    assert parse_angle(text + side).degrees == pytest.approx(expected, abs=1e-9)


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_with_a_known_error(text):
    for read in (parse_angle, parse_pair, parse_metres):
        with suppress(CoordinateUnreadable, CoordinateOutOfRange, DecimalComma, AxesSwapped):
            read(text)
