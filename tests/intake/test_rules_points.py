from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from geoapp.intake.rules_points import (
    IMPORTABLE_STATES,
    accepted_categories,
    accepted_states,
    category_of,
    read_instant,
    state_of,
)
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category, State

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("已销号", State.CLOSED),
        ("整改中", State.RECTIFYING),
        (" 公示中 ", State.IN_NOTICE),
        ("长期坚持", State.ONGOING),
        ("Open", State.REPORTED),
        ("Closed", State.CLOSED),
        ("Pending", State.ASSIGNED),
        ("Cancelled", State.UNFOUNDED),
        ("Referred Out", State.REFERRED),
        ("in_notice", State.IN_NOTICE),
    ],
)
def test_usual_status_words_are_states(word, state):
    assert state_of(word, given={}) is state


def test_every_importable_state_is_known_by_code_and_chinese_name():
    from geoapp.core.i18n import gettext

    for state in IMPORTABLE_STATES:
        assert state_of(state.value, given={}) is state
        assert state_of(gettext(STATE_NAMES[state]), given={}) is state


def test_every_category_is_known_by_code_and_by_its_names():
    from geoapp.core.i18n import gettext

    for category in Category:
        assert category_of(category.value, given={}) is category
        assert category_of(CATEGORY_NAMES[category], given={}) is category
        assert category_of(gettext(CATEGORY_NAMES[category]), given={}) is category


@pytest.mark.parametrize("word", ["draft", "merged", "并案", "差不多了", ""])
def test_other_words_are_no_state(word):
    assert state_of(word, given={}) is None


def test_given_words_win():
    assert state_of("Closed", given={"CLOSED": State.COMPLETED}) is State.COMPLETED
    assert category_of("Bulky Items", given={"bulky-items": Category.WASTE_DUMP}) is (
        Category.WASTE_DUMP
    )


def test_the_accepted_words_are_listed_with_their_codes():
    assert "已销号 (closed)" in accepted_states()
    assert "draft" not in accepted_states()
    assert "制砖厂 (brick_factory)" in accepted_categories()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-09-01", datetime(2023, 8, 31, 16, tzinfo=UTC)),
        ("2023/9/1", datetime(2023, 8, 31, 16, tzinfo=UTC)),
        ("2023年9月1日 8时30分", datetime(2023, 9, 1, 0, 30, tzinfo=UTC)),
        ("20230901", datetime(2023, 8, 31, 16, tzinfo=UTC)),
        ("２０２３．９．１", datetime(2023, 8, 31, 16, tzinfo=UTC)),
        ("2018-12-31T23:55:30", datetime(2018, 12, 31, 15, 55, 30, tzinfo=UTC)),
        ("2023-09-01T08:30:15Z", datetime(2023, 9, 1, 8, 30, 15, tzinfo=UTC)),
        ("2023-09-01 08:30:15.25+02:00", datetime(2023, 9, 1, 6, 30, 15, tzinfo=UTC)),
        (date(2023, 9, 1), datetime(2023, 8, 31, 16, tzinfo=UTC)),
        (datetime(2023, 9, 1, 8), datetime(2023, 9, 1, 0, tzinfo=UTC)),  # noqa: DTZ001 - a sheet's cell
    ],
)
def test_times_are_read_as_local_unless_they_name_a_zone(text, instant):
    assert read_instant(text, zone=SHANGHAI) == instant


@pytest.mark.parametrize(
    "text",
    ["9月底", "长期坚持", "2023-13-01", "2023-02-30", "12", "0000-01-01", "2023-09-01T25:00"],
)
def test_what_is_no_time_is_none(text):
    assert read_instant(text, zone=SHANGHAI) is None
