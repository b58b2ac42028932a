from datetime import UTC, datetime, timedelta

import pytest

from geoapp.visits.rules_warnings import PhotoWarning, photo_warnings

START = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
GOOD = {
    "taken_at": START,
    "started_at": START,
    "ended_at": START + timedelta(minutes=20),
    "distance_m": 12.0,
    "is_reused": False,
}


def warned(**changes):
    return photo_warnings(**(GOOD | changes))


def test_a_photo_of_the_visit_at_the_place_warns_of_nothing():
    assert warned() == ()


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"taken_at": START - timedelta(hours=48, seconds=1)}, PhotoWarning.OLD),
        ({"taken_at": START + timedelta(hours=3)}, PhotoWarning.AFTER_VISIT),
        ({"taken_at": None}, PhotoWarning.NO_TIME),
        ({"distance_m": 100.5}, PhotoWarning.FAR),
        ({"distance_m": None}, PhotoWarning.NO_POSITION),
        ({"is_reused": True}, PhotoWarning.REUSED),
    ],
)
def test_each_doubt_has_its_own_warning(changes, warning):
    assert warned(**changes) == (warning,)


def test_a_photo_of_the_day_before_is_no_doubt():
    assert warned(taken_at=START - timedelta(hours=47)) == ()


def test_several_doubts_are_all_told():
    assert warned(taken_at=None, distance_m=None, is_reused=True) == (
        PhotoWarning.NO_TIME,
        PhotoWarning.NO_POSITION,
        PhotoWarning.REUSED,
    )
