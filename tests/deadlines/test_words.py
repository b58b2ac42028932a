from datetime import date, time

import pytest

from geoapp.core.i18n import use_language
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import (
    KIND_NAMES,
    DeadlineKind,
    LimitUnit,
    parse_deadline,
)

BASE = date(2023, 8, 29)
CALENDAR = shipped_calendar()


def parse(text, base_on=BASE, calendar=CALENDAR):
    return parse_deadline(text, base_on=base_on, calendar=calendar)


@pytest.mark.parametrize(
    ("text", "due_on"),
    [
        ("2023年9月28日前", date(2023, 9, 28)),
        ("9月28日", date(2023, 9, 28)),
        ("9月28日以前完成整改", date(2023, 9, 28)),
        ("９ 月 ２８ 日前", date(2023, 9, 28)),
        ("9月28号", date(2023, 9, 28)),
        ("9月28前", date(2023, 9, 28)),
        ("二〇二三年九月二十八日", date(2023, 9, 28)),
        ("2023-09-28", date(2023, 9, 28)),
        ("2023/9/28", date(2023, 9, 28)),
        ("2023.9.28", date(2023, 9, 28)),
        ("20230928", date(2023, 9, 28)),
        ("9.28", date(2023, 9, 28)),
        ("23年9月28日", date(2023, 9, 28)),
        ("预计明年3月5日前完成", date(2024, 3, 5)),
        ("2月29日", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_however_it_is_written(text, due_on):
    found = parse(text)
    assert (found.kind, found.due_on, found.text) == (DeadlineKind.DATE, due_on, text)
    assert "more_words" not in found.codes


@pytest.mark.parametrize(
    ("text", "start_on", "due_on"),
    [
        ("9月底", date(2023, 9, 21), date(2023, 9, 30)),
        ("9月底前", date(2023, 9, 21), date(2023, 9, 30)),
        ("九月末", date(2023, 9, 21), date(2023, 9, 30)),
        ("9月初", date(2023, 9, 1), date(2023, 9, 10)),
        ("9月上旬", date(2023, 9, 1), date(2023, 9, 10)),
        ("9月中旬", date(2023, 9, 11), date(2023, 9, 20)),
        ("9月下旬", date(2023, 9, 21), date(2023, 9, 30)),
        ("9月份", date(2023, 9, 1), date(2023, 9, 30)),
        ("9月前", None, date(2023, 8, 31)),
        ("3月底", date(2024, 3, 21), date(2024, 3, 31)),
        ("年底前", date(2023, 12, 1), date(2023, 12, 31)),
        ("2024年底", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024年", date(2024, 1, 1), date(2024, 12, 31)),
        ("第四季度", date(2023, 10, 1), date(2023, 12, 31)),
        ("2024年上半年", date(2024, 1, 1), date(2024, 6, 30)),
        ("本月底", date(2023, 8, 21), date(2023, 8, 31)),
        ("下月中旬", date(2023, 9, 11), date(2023, 9, 20)),
    ],
)
def test_a_part_of_a_month_or_year_ends_on_its_last_day(text, start_on, due_on):
    found = parse(text)
    assert found.kind is DeadlineKind.MONTH_PART
    assert (found.start_on, found.due_on) == (start_on, due_on)
    assert "part_end" in found.codes


def test_next_month_in_december_is_january():
    found = parse("下月底", base_on=date(2023, 12, 20))
    assert found.due_on == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("text", "start_on", "due_on"),
    [
        ("自9月7日起至8日", date(2023, 9, 7), date(2023, 9, 8)),
        ("自9月15日起至26日", date(2023, 9, 15), date(2023, 9, 26)),
        ("9月7日至9月26日", date(2023, 9, 7), date(2023, 9, 26)),
        ("9月7日—9月26日", date(2023, 9, 7), date(2023, 9, 26)),
        ("9月7-26日", date(2023, 9, 7), date(2023, 9, 26)),
        ("９月７日～２６日", date(2023, 9, 7), date(2023, 9, 26)),
        ("2023年9月7日到2024年1月5日", date(2023, 9, 7), date(2024, 1, 5)),
        ("2023年12月1日至1月31日", date(2023, 12, 1), date(2024, 1, 31)),
        ("自12月1日至1月31日", date(2023, 12, 1), date(2024, 1, 31)),
        ("9月上旬至中旬", date(2023, 9, 1), date(2023, 9, 20)),
        ("9月7日至10月底", date(2023, 9, 7), date(2023, 10, 31)),
    ],
)
def test_a_range_may_borrow_month_and_year(text, start_on, due_on):
    found = parse(text)
    assert (found.kind, found.start_on, found.due_on) == (DeadlineKind.RANGE, start_on, due_on)
    assert "more_words" not in found.codes


@pytest.mark.parametrize(
    ("text", "count", "unit", "due_on"),
    [
        ("2 天内", 2, LimitUnit.DAY, date(2023, 8, 31)),
        ("三日内", 3, LimitUnit.DAY, date(2023, 9, 1)),
        ("两周内", 14, LimitUnit.DAY, date(2023, 9, 12)),
        ("半个月内", 15, LimitUnit.DAY, date(2023, 9, 13)),
        ("2 个工作日内", 2, LimitUnit.WORKDAY, date(2023, 8, 31)),
        ("３０个工作日", 30, LimitUnit.WORKDAY, date(2023, 10, 16)),
        ("十五个工作日内完成", 15, LimitUnit.WORKDAY, date(2023, 9, 19)),
        ("6个月内", 6, LimitUnit.MONTH, date(2024, 2, 29)),
        ("半年内", 6, LimitUnit.MONTH, date(2024, 2, 29)),
        ("一年内", 12, LimitUnit.MONTH, date(2024, 8, 29)),
        ("24小时内", 24, LimitUnit.HOUR, date(2023, 8, 30)),
        ("立即整改", 0, LimitUnit.DAY, BASE),
        ("立行立改", 0, LimitUnit.DAY, BASE),
        ("即知即改", 0, LimitUnit.DAY, BASE),
    ],
)
def test_a_span_counts_from_the_base_day(text, count, unit, due_on):
    found = parse(text)
    assert found.kind is DeadlineKind.RELATIVE
    assert (found.days, found.day_kind, found.due_on) == (count, unit, due_on)


def test_a_span_may_name_its_own_first_day():
    found = parse("自9月7日起5个工作日内")
    assert (found.start_on, found.due_on) == (date(2023, 9, 7), date(2023, 9, 13))
    assert "counted_with" in found.codes


def test_an_event_whose_day_is_not_known_is_said():
    found = parse("督察反馈后6个月内")
    assert found.codes == ("event_assumed", "counted_from")
    assert found.note[0].data == {"words": "督察反馈", "base": BASE}


def test_workdays_without_a_calendar_have_no_last_day_yet():
    found = parse("30个工作日", calendar=None)
    assert (found.kind, found.due_on) == (DeadlineKind.RELATIVE, None)
    assert "calendar_missing" in found.codes


def test_a_span_without_a_base_day_is_understood_but_open():
    found = parse("2天内", base_on=None)
    assert (found.kind, found.days, found.due_on) == (DeadlineKind.RELATIVE, 2, None)
    assert found.codes == ("base_missing",)


def test_workdays_behind_the_calendar_are_said():
    assert "calendar_ends" in parse("30个工作日", base_on=date(2035, 12, 20)).codes


def test_workdays_over_unannounced_days_are_marked():
    assert "predicted" in parse("5个工作日内", base_on=date(2026, 12, 30)).codes
    assert "predicted" not in parse("5个工作日内").codes


@pytest.mark.parametrize(
    "text",
    ["已完成", "已完成整改。该点位已立案,立案号: 20230500011。", "完成", "已整改到位", "已办结"],
)
def test_what_is_done_is_done(text):
    assert parse(text).kind is DeadlineKind.DONE


@pytest.mark.parametrize("text", ["9月20日已完成", "已于9月20日完成整改", "2023年9月20日已办结"])
def test_the_day_on_which_it_was_done_is_kept(text):
    found = parse(text)
    assert (found.kind, found.done_on, found.due_on) == (DeadlineKind.DONE, date(2023, 9, 20), None)


def test_done_and_kept_up_is_done_with_a_remark():
    found = parse("已完成，并长期坚持")
    assert (found.kind, found.codes) == (DeadlineKind.DONE, ("also_ongoing",))


def test_a_finished_step_does_not_finish_the_measure():
    found = parse("已完成方案编制，9月底前完成整改")
    assert (found.kind, found.due_on) == (DeadlineKind.MONTH_PART, date(2023, 9, 30))
    assert "more_words" in found.codes


@pytest.mark.parametrize(
    "text", ["长期坚持", "长期", "持续推进", "常态化开展", "立行立改，长期坚持"]
)
def test_work_without_an_end_is_ongoing(text):
    found = parse(text)
    assert (found.kind, found.due_on) == (DeadlineKind.ONGOING, None)


def test_a_date_that_also_goes_on_keeps_its_date():
    found = parse("9月底前完成，长期坚持")
    assert (found.kind, found.due_on) == (DeadlineKind.MONTH_PART, date(2023, 9, 30))
    assert "also_ongoing" in found.codes


def test_a_weekly_report_has_a_weekday_and_a_clock():
    found = parse("每周三 15 时前（节假日除外）")
    assert found.kind is DeadlineKind.ONGOING
    assert (found.days, found.day_kind, found.clock) == (7, LimitUnit.DAY, time(15))
    assert found.codes == ("weekly", "holidays_left_out")


@pytest.mark.parametrize(("text", "months"), [("每月底前", 1), ("每季度末", 3), ("每月5日前", 1)])
def test_periodic_work_names_its_months(text, months):
    found = parse(text)
    assert (found.kind, found.days, found.day_kind) == (
        DeadlineKind.ONGOING,
        months,
        LimitUnit.MONTH,
    )


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9月28日17时前", time(17)),
        ("9月28日下午3点半", time(15, 30)),
        ("2023-09-28 17:05", time(17, 5)),
        ("9月28日24时", None),
        ("9月28日上午9时30分前", time(9, 30)),
    ],
)
def test_a_clock_time_on_the_last_day_is_kept(text, clock):
    found = parse(text)
    assert (found.kind, found.due_on, found.clock) == (
        DeadlineKind.DATE,
        date(2023, 9, 28),
        clock,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" / ", "empty"),
        ("无", "empty"),
        ("尽快", "not_understood"),
        ("28日前", "not_understood"),
        ("9月31日", "impossible_day"),
        ("13月底", "impossible_day"),
        ("0月1日", "impossible_day"),
        ("2023年2月29日", "impossible_day"),
        ("8月15日", "year_ambiguous"),
        ("自9月27日起至3日", "end_before_start"),
        ("2023年9月8日至2023年9月7日", "end_before_start"),
        ("9月10日前完成方案，12月底前完成整改", "several"),
        ("自9月1日起", "only_start"),
        ("正在推进", "partly_done"),
        ("基本完成", "partly_done"),
        ("未完成", "partly_done"),
        ("已完成50%", "partly_done"),
    ],
)
def test_what_cannot_be_known_is_unclear_with_its_reason(text, code):
    found = parse(text)
    assert (found.kind, found.due_on, found.codes) == (DeadlineKind.UNCLEAR, None, (code,))
    assert found.text == text


def test_without_a_base_day_no_year_is_guessed():
    assert parse("9月底", base_on=None).codes == ("year_missing",)
    assert parse("2023年9月底", base_on=None).due_on == date(2023, 9, 30)


def test_a_year_that_was_not_written_is_marked():
    assert "year_inferred" in parse("9月底").codes
    assert "year_inferred" not in parse("2023年9月底").codes


def test_a_last_day_in_the_holidays_names_the_next_workday():
    note = next(note for note in parse("9月底").note if note.code == "day_off")
    assert note.data == {"due": date(2023, 9, 30), "next": date(2023, 10, 7)}


def test_words_that_were_not_used_are_shown():
    note = next(note for note in parse("9月底前报区委").note if note.code == "more_words")
    assert note.data == {"words": "报区委"}


def test_the_explanation_speaks_the_readers_language():
    found = parse("9月底")
    assert "2023年9月30日" in found.explanation
    with use_language("en"):
        assert "up to and including 2023-09-30" in found.explanation


def test_every_kind_has_a_name():
    assert set(KIND_NAMES) == set(DeadlineKind)
