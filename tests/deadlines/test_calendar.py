from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import chinese_calendar
import pytest

from geoapp.deadlines.readers import shipped_calendar, shipped_days, shipped_limits
from geoapp.deadlines.rules import (
    CalendarEnds,
    DayStatus,
    LimitUnit,
    is_workday,
    limit_end,
    months_after,
    next_workday,
    rests_on_prediction,
    workday_after,
    workday_period_end,
    workdays_between,
)
from geoapp.points.lifecycle import MOVES

CALENDAR = shipped_calendar()


def test_every_official_day_agrees_with_an_independent_calendar():
    official = [day for day in shipped_days() if day.status is DayStatus.OFFICIAL]
    assert (official[0].day, official[-1].day) == (date(2023, 1, 1), date(2026, 12, 31))
    wrong = [day.day for day in official if day.is_workday != chinese_calendar.is_workday(day.day)]
    assert wrong == []


def test_the_shipped_calendar_has_no_gap_and_counts_upwards():
    days = shipped_days()
    for before, after in pairwise(days):
        assert after.day - before.day == timedelta(days=1)
        assert after.workday_no == before.workday_no + after.is_workday


def test_days_without_a_notice_are_predicted_with_fixed_holidays_only():
    by_day = {day.day: day for day in shipped_days()}
    national = by_day[date(2027, 10, 1)]
    assert (national.is_workday, national.name, national.status) == (
        False,
        "国庆节",
        DayStatus.PREDICTED,
    )
    assert by_day[date(2027, 10, 8)].is_workday
    assert not by_day[date(2027, 10, 9)].is_workday, "no make-up day is invented"


def test_named_days_carry_their_holiday_and_notice():
    day = next(day for day in shipped_days() if day.day == date(2024, 9, 29))
    assert (day.is_workday, day.name, day.source) == (True, "国庆节", "国办发明电〔2023〕7号")


def test_ten_workdays_from_29_september_2024_end_on_16_october():
    assert workday_period_end(CALENDAR, date(2024, 9, 29), 10) == date(2024, 10, 16)


def test_the_notice_that_says_ten_workdays_until_9_october_2024_has_only_four():
    before = date(2024, 9, 28)
    assert workdays_between(CALENDAR, before, date(2024, 10, 9)) == 4


def test_a_limit_does_not_count_the_day_of_its_event():
    assert workday_after(CALENDAR, date(2024, 9, 29), 10) == date(2024, 10, 17)
    assert workday_after(CALENDAR, date(2024, 9, 29), 0) == date(2024, 9, 29)


def test_a_period_that_starts_on_a_day_off_counts_from_the_next_workday():
    assert workday_period_end(CALENDAR, date(2024, 10, 1), 1) == date(2024, 10, 8)
    assert next_workday(CALENDAR, date(2024, 10, 1)) == date(2024, 10, 8)
    assert next_workday(CALENDAR, date(2024, 9, 29)) == date(2024, 9, 29)


def test_wednesday_4_october_2023_is_a_day_off():
    assert not is_workday(CALENDAR, date(2023, 10, 4))
    assert is_workday(CALENDAR, date(2023, 10, 7)), "a make-up Saturday"


def test_counting_backwards_is_negative():
    assert workdays_between(CALENDAR, date(2024, 10, 9), date(2024, 9, 28)) == -4


def test_days_outside_the_calendar_count_as_its_first_or_last():
    assert CALENDAR.workday_no(date(1999, 1, 1)) == 0
    assert CALENDAR.workday_no(date(2099, 1, 1)) == CALENDAR.workday_no(date(2035, 12, 31))


def test_a_workday_behind_the_end_is_refused_by_name():
    with pytest.raises(CalendarEnds) as refused:
        workday_after(CALENDAR, date(2035, 12, 1), 100)
    assert refused.value.data == {"last_on": "2035-12-31"}


def test_a_span_over_an_unannounced_day_rests_on_prediction():
    assert not rests_on_prediction(CALENDAR, date(2026, 12, 1), date(2026, 12, 31))
    assert rests_on_prediction(CALENDAR, date(2026, 12, 31), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 11, 15), 1, date(2024, 12, 15)),
        (date(2024, 12, 15), 12, date(2025, 12, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(start, months, end):
    assert months_after(start, months) == end


@pytest.mark.parametrize(
    ("amount", "unit", "due_on", "clock"),
    [
        (5, LimitUnit.WORKDAY, date(2024, 10, 11), None),
        (7, LimitUnit.DAY, date(2024, 10, 6), None),
        (6, LimitUnit.MONTH, date(2025, 3, 29), None),
        (24, LimitUnit.HOUR, date(2024, 9, 30), time(9, 30)),
    ],
)
def test_a_limit_ends_on_a_day_in_shanghai(amount, unit, due_on, clock):
    at = datetime(2024, 9, 29, 1, 30, tzinfo=UTC)
    end = limit_end(CALENDAR, at, amount=amount, unit=unit)
    assert (end.due_on, end.clock) == (due_on, clock)


def test_late_evening_in_utc_is_the_next_day_in_shanghai():
    at = datetime(2024, 9, 29, 17, 0, tzinfo=UTC)
    end = limit_end(CALENDAR, at, amount=1, unit=LimitUnit.DAY, cut_off=time(15))
    assert (end.due_on, end.clock) == (date(2024, 10, 1), time(15))


def test_every_clock_of_the_lifecycle_has_a_shipped_limit():
    events = {limit.event for limit in shipped_limits()}
    assert {move.clock for move in MOVES if move.clock} <= events
