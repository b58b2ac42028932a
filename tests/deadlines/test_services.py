from datetime import date

import pytest
from sqlalchemy import func, select, update

from geoapp.deadlines.queries import load_calendar
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import DayStatus, LimitUnit, is_workday
from geoapp.deadlines.services import (
    DayNotInCalendar,
    Holiday,
    NoticeWrong,
    announce_year,
    seed_calendar,
    seed_limits,
    set_day,
)
from geoapp.deadlines.tables import CalendarDay, DeadlineRule


def test_seeding_twice_changes_nothing(session):
    first = seed_calendar(session)
    assert (first.added, first.changed) == (4748, 0)
    again = seed_calendar(session)
    assert (again.added, again.changed) == (0, 0)


def test_a_day_set_by_hand_moves_all_later_counts_and_survives_seeding(session):
    seed_calendar(session)
    day = date(2027, 2, 8)
    set_day(session, day=day, is_workday=False, name="春节", source="通知")
    calendar = load_calendar(session)
    assert not is_workday(calendar, day)
    assert calendar.is_official(day)
    later = date(2028, 1, 3)
    assert calendar.workday_no(later) == shipped_calendar().workday_no(later) - 1
    seed_calendar(session)
    assert load_calendar(session) == calendar


def test_a_day_that_was_predicted_becomes_official_with_its_notice(session):
    seed_calendar(session)
    day = date(2026, 10, 10)
    session.execute(
        update(CalendarDay)
        .where(CalendarDay.day == day)
        .values(status=DayStatus.PREDICTED, is_workday=False, source="")
    )
    assert seed_calendar(session).changed == 1
    assert load_calendar(session) == shipped_calendar()


def test_a_notice_makes_its_whole_year_official(session):
    seed_calendar(session)
    announce_year(
        session,
        year=2027,
        source="国办发明电〔2026〕1号",
        holidays=[
            Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3)),
            Holiday("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 2, 14),)),
        ],
    )
    calendar = load_calendar(session)
    assert is_workday(calendar, date(2027, 2, 14))
    assert not is_workday(calendar, date(2027, 2, 8))
    assert is_workday(calendar, date(2027, 10, 1)), "only the notice counts now"
    statuses = select(func.count()).where(
        func.extract("year", CalendarDay.day) == 2027, CalendarDay.status == DayStatus.PREDICTED
    )
    assert session.scalar(statuses) == 0
    worked = session.get(CalendarDay, date(2027, 2, 14))
    assert (worked.name, worked.source) == ("春节", "国办发明电〔2026〕1号")


def test_a_notice_that_names_a_day_twice_is_refused(session):
    seed_calendar(session)
    twice = Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3), (date(2027, 1, 2),))
    with pytest.raises(NoticeWrong):
        announce_year(session, year=2027, source="通知", holidays=[twice])


def test_a_day_behind_the_calendar_is_not_found(session):
    seed_calendar(session)
    with pytest.raises(DayNotInCalendar):
        set_day(session, day=date(2050, 1, 1), is_workday=True, name="", source="")


def test_limits_are_seeded_once_and_an_edited_one_stays(session):
    assert seed_limits(session).added > 15
    notice = session.get(DeadlineRule, "notice")
    assert (notice.amount, notice.unit) == (10, LimitUnit.WORKDAY)
    notice.amount, notice.unit = 7, LimitUnit.DAY
    session.flush()
    assert seed_limits(session).added == 0
    assert session.get(DeadlineRule, "notice").amount == 7
