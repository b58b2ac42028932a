"""Reading what cameras write; no process, no file."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from PIL.TiffImagePlugin import IFDRational

from geoapp.visits.photos_exif import (
    bearing,
    best_instant,
    camera,
    describe,
    gps_time,
    local_time,
    position,
    read_words,
    utc_offset,
)
from tests.support.photos import CAMERA, GPS, TAKEN, encoded, exif, picture

CLOCK = datetime(2024, 10, 8, 9, 5, 31)  # noqa: DTZ001 - a camera's clock has no zone
FIX = datetime(2024, 10, 8, 1, 5, 30, tzinfo=UTC)


def test_the_cameras_clock_with_its_zone_is_the_shutter() -> None:
    taken_at, source = best_instant(CLOCK, timedelta(hours=8), FIX)
    assert (taken_at, source) == (datetime(2024, 10, 8, 1, 5, 31, tzinfo=UTC), "offset")


def test_without_a_zone_the_gps_fix_tells_the_time() -> None:
    assert best_instant(CLOCK, None, FIX) == (FIX, "gps")


def test_a_clock_without_zone_and_fix_is_taken_for_shanghai_and_says_so() -> None:
    taken_at, source = best_instant(CLOCK, None, None)
    assert (taken_at, source) == (datetime(2024, 10, 8, 1, 5, 31, tzinfo=UTC), "assumed")


def test_a_photo_that_says_nothing_has_no_instant() -> None:
    assert best_instant(None, timedelta(0), None) == (None, "")


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:01 00:00:00", "", None, 7]
)
def test_a_clock_that_was_never_set_is_no_time(text: object) -> None:
    assert local_time(text) is None


def test_the_clock_is_read_with_trailing_rubbish() -> None:
    assert local_time(b"2024:10:08 09:05:31\x00\x00") == CLOCK


@pytest.mark.parametrize(
    ("text", "hours"),
    [("+08:00", 8), ("-0330", -3.5), ("+00:00", 0), ("Z", None), ("+99:00", None)],
)
def test_offsets_are_read_or_absent(text: str, hours: float | None) -> None:
    assert utc_offset(text) == (None if hours is None else timedelta(hours=hours))


def test_the_gps_time_is_utc() -> None:
    assert gps_time(GPS) == FIX


@pytest.mark.parametrize(
    "words",
    [
        {"GPSDateStamp": "2024:10:08"},
        {"GPSTimeStamp": (1.0, 5.0, 30.0)},
        {"GPSDateStamp": "2024:10:08", "GPSTimeStamp": (1.0, 5.0)},
        {"GPSDateStamp": "2024:10:08", "GPSTimeStamp": (math.nan, 5.0, 3.0)},
        {"GPSDateStamp": "2024:10:08", "GPSTimeStamp": (1e300, 5.0, 3.0)},
    ],
)
def test_half_a_gps_time_is_none(words: dict) -> None:
    assert gps_time(words) is None


def test_the_position_is_lon_lat_in_degrees() -> None:
    assert position(GPS) == (121.474, 31.23)


def test_south_and_west_are_negative() -> None:
    assert position(GPS | {"GPSLatitudeRef": "S", "GPSLongitudeRef": b"w\x00"}) == (
        -121.474,
        -31.23,
    )


def test_minutes_with_decimals_are_read_too() -> None:
    words = GPS | {"GPSLatitude": (31.0, 13.8, 0.0), "GPSLongitude": (121.474,)}
    assert position(words) == (121.474, 31.23)


@pytest.mark.parametrize(
    "wrong",
    [
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0)},
        {"GPSLatitude": (91.0, 0.0, 0.0)},
        {"GPSLatitude": (-31.0, 0.0, 0.0)},
        {"GPSLatitude": (IFDRational(31, 0), IFDRational(0, 1), IFDRational(0, 1))},
        {"GPSLatitude": "31.23"},
        {"GPSLatitude": None},
        {"GPSLatitudeRef": "X"},
        {"GPSLatitudeRef": None},
        {"GPSLongitude": (1.0, 2.0, 3.0, 4.0)},
    ],
)
def test_a_position_that_cannot_be_is_none(wrong: dict) -> None:
    assert position(GPS | wrong) == (None, None)


@pytest.mark.parametrize(
    ("value", "degrees"),
    [
        (271.5, 271.5),
        (360.0, 0.0),
        (0.0, 0.0),
        (-1.0, None),
        (720.0, None),
        (None, None),
        ("N", None),
    ],
)
def test_a_direction_lies_on_the_circle_or_is_absent(value: object, degrees: float | None) -> None:
    assert bearing({"GPSImgDirection": value}) == degrees


def test_the_maker_is_not_said_twice() -> None:
    assert camera({"Make": "Canon", "Model": "Canon EOS 40D"}) == "Canon EOS 40D"
    assert camera(CAMERA) == "HUAWEI P60"
    assert camera({}) == ""


def test_words_are_cleaned_of_control_characters_and_cut() -> None:
    made = exif({"Make": "A\x00\x1bB", "Software": "x" * 5000}, TAKEN, GPS)
    image = picture()
    image.getexif().update(made)
    said = describe(image)
    assert said["exif"]["Make"] == "A  B"
    assert len(said["exif"]["Software"]) == 200


def test_broken_metadata_are_no_metadata() -> None:
    image = picture()
    image.info["exif"] = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01"
    assert read_words(image) == ({}, {}, {})
    assert describe(image)["taken_at"] is None
    assert encoded(image)
