"""Whatever stands in a deadline cell, the reading keeps its promises."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import (
    DeadlineKind,
    LimitUnit,
    limits_within,
    parse_deadline,
)

BASE = date(2023, 8, 29)
CALENDAR = shipped_calendar()


def parse(text, base_on=BASE):
    return parse_deadline(text, base_on=base_on, calendar=CALENDAR)


def test_limits_inside_a_sentence_are_found():
    text = "由执法中队督促企业 2 天内拆除设备，30个工作日内完成复绿，涉及3个点位。"
    found = limits_within(text, base_on=BASE, calendar=CALENDAR)
    assert [(one.days, one.day_kind) for one in found] == [
        (2, LimitUnit.DAY),
        (30, LimitUnit.WORKDAY),
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text):
    found = parse(text)
    assert found.text == text
    assert found.explanation or found.kind is not DeadlineKind.UNCLEAR


PHRASES = st.lists(
    st.sampled_from(list("0123456789年月日底中旬前至起自内天个工作每周已完成长期坚持，。 ")),
    max_size=16,
).map("".join)


@given(PHRASES)
def test_any_mixture_of_the_usual_words_keeps_the_rules_of_its_kind(text):
    found = parse(text)
    if found.kind in {DeadlineKind.DATE, DeadlineKind.RANGE, DeadlineKind.MONTH_PART}:
        assert found.due_on is not None
    if found.kind in {DeadlineKind.ONGOING, DeadlineKind.DONE, DeadlineKind.UNCLEAR}:
        assert found.due_on is None
    if found.due_on and found.start_on:
        assert found.start_on <= found.due_on


@given(st.dates(date(2023, 1, 1), date(2034, 12, 31)), st.integers(0, 200))
def test_a_day_written_without_its_year_comes_back(base_on, ahead):
    day = base_on + timedelta(days=ahead)
    found = parse(f"{day.month}月{day.day}日", base_on=base_on)
    assert found.due_on == day
