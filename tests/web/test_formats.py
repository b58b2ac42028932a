from datetime import UTC, date, datetime, timedelta

import pytest

from geoapp.core.i18n import use_language
from geoapp.web import formats

NOON = datetime(2026, 11, 22, 7, 4, tzinfo=UTC)


def test_instants_are_told_in_shanghai_time():
    assert formats.moment(NOON) == "2026年11月22日 15:04"
    assert formats.day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == "2026年11月23日"
    assert formats.clock(NOON) == "15:04"


def test_days_have_a_long_a_short_and_a_sortable_form():
    day = date(2023, 9, 8)
    assert formats.day(day) == "2023年9月8日"
    assert formats.day(day, "short") == "9月8日"
    assert formats.day(day, "iso") == "2023-09-08"


def test_english_readers_get_english_forms():
    with use_language("en"):
        assert formats.moment(NOON) == "22 Nov 2026 15:04"
        assert formats.day(date(2023, 9, 8), "short") == "8 Sep"
        assert formats.area(1240) == "1,240 m² (1.86 mu)"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=3), "3 分钟前"),
        (timedelta(hours=5), "5 小时前"),
        (timedelta(days=2), "2 天前"),
        (timedelta(days=60), "2026年9月23日"),
    ],
)
def test_how_long_ago_is_told_in_the_fitting_unit(passed, said):
    assert formats.ago(NOON - passed, NOON) == said


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "0 米"), (38.4, "38 米"), (999, "999 米"), (1234, "1.2 公里"), (12345, "12 公里")],
)
def test_distances_turn_to_kilometres(metres, said):
    assert formats.distance(metres) == said


def test_areas_carry_mu_beside_square_metres():
    assert formats.area(1240) == "1,240 m²（1.86 亩）"
    assert formats.area(2_000_000) == "2,000,000 m²（3,000 亩）"


def test_numbers_are_grouped_and_shares_are_percentages():
    assert formats.number(28230) == "28,230"
    assert formats.number(3.14159, 2) == "3.14"
    assert formats.percent(0.256) == "26%"


@pytest.mark.parametrize(
    ("count", "said"), [(512, "512 B"), (1234, "1.2 KB"), (45_600_000, "46 MB"), (5e12, "5000 GB")]
)
def test_sizes_of_files_are_short(count, said):
    assert formats.size(count) == said


def test_positions_say_longitude_first():
    assert formats.position(121.765432, 31.109871) == "121.76543, 31.10987"


def test_what_is_missing_is_a_dash_everywhere():
    for said in formats.FILTERS.values():
        assert said(None) == "—"
    assert formats.position(None, 31.1) == "—"
