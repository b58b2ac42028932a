"""Working days: the calendar as the rules see it, and counting on it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from geoapp.core.errors import Refused
from geoapp.core.i18n import N_

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
MONTHS_A_YEAR = 12
DECEMBER = 12


class DayStatus(StrEnum):
    """How sure a calendar day is."""

    OFFICIAL = "official"
    PREDICTED = "predicted"


class LimitUnit(StrEnum):
    """In what a time limit is counted."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"


class CalendarEnds(Refused):
    """A working day was asked for that lies behind the last day of the calendar."""

    code = "deadlines.calendar_ends"
    message = N_("The working calendar ends on %(last_on)s, too early for this limit.")
    hint = N_("Add the following year to the working calendar, or give the date itself.")


class Calendar(Protocol):
    """The working days that rules count on; days outside count as its first or last day."""

    def workday_no(self, day: date) -> int:
        """Count the working days from the first calendar day up to and including *day*."""

    def nth_workday(self, number: int) -> date:
        """Return the day whose working-day number is *number*; CalendarEnds behind the end."""

    def is_official(self, day: date) -> bool:
        """Tell whether the State Council's notice covers *day*."""


@dataclass(frozen=True, slots=True)
class DayTable:
    """A calendar without gaps, held in memory: 0.1 MB for ten years.

    Args:
        first_on: the first day.
        numbers: the working-day number of each day from *first_on* on, never falling.
        official: for each day, whether it comes from a notice.
    """

    first_on: date
    numbers: Sequence[int]
    official: Sequence[bool]

    @property
    def last_on(self) -> date:
        """The last day of the calendar."""
        return self.first_on + timedelta(days=len(self.numbers) - 1)

    def _place(self, day: date) -> int:
        return min(max((day - self.first_on).days, 0), len(self.numbers) - 1)

    def workday_no(self, day: date) -> int:
        """Count the working days from the first calendar day up to and including *day*."""
        return self.numbers[self._place(day)]

    def nth_workday(self, number: int) -> date:
        """Return the day whose working-day number is *number*; CalendarEnds behind the end."""
        place = bisect_left(self.numbers, number)
        if place == len(self.numbers):
            raise CalendarEnds(last_on=self.last_on.isoformat())
        return self.first_on + timedelta(days=place)

    def is_official(self, day: date) -> bool:
        """Tell whether the State Council's notice covers *day*."""
        return self.first_on <= day <= self.last_on and self.official[self._place(day)]


def shanghai_day(at: datetime) -> date:
    """Return the day in Shanghai on which the instant *at* falls."""
    return at.astimezone(SHANGHAI).date()


def is_workday(calendar: Calendar, day: date) -> bool:
    """Tell whether *day* is worked, make-up days included."""
    return calendar.workday_no(day) > calendar.workday_no(day - ONE_DAY)


def workdays_between(calendar: Calendar, start_on: date, end_on: date) -> int:
    """Count the working days after *start_on* up to and including *end_on*; negative backwards."""
    return calendar.workday_no(end_on) - calendar.workday_no(start_on)


def workday_after(calendar: Calendar, start_on: date, count: int) -> date:
    """Return the *count*-th working day after *start_on*; that day itself does not count.

    The day on which a period begins is not counted (Civil Code of the PRC, art. 201).
    """
    if count == 0:
        return start_on
    return calendar.nth_workday(calendar.workday_no(start_on) + count)


def workday_period_end(calendar: Calendar, first_on: date, count: int) -> date:
    """Return the last day of *count* working days of which *first_on* may be the first.

    For periods written as "from ... on", such as public notices.
    """
    return workday_after(calendar, first_on - ONE_DAY, count)


def next_workday(calendar: Calendar, day: date) -> date:
    """Return *day* if it is worked, else the first working day behind it."""
    return workday_period_end(calendar, day, 1)


def rests_on_prediction(calendar: Calendar, start_on: date, end_on: date) -> bool:
    """Tell whether one of the days up to *end_on* is only predicted: shown with a "≈"."""
    span = (end_on - start_on).days
    return not all(calendar.is_official(start_on + timedelta(days=n)) for n in range(span + 1))


def months_after(day: date, count: int) -> date:
    """Return the same day *count* months on, or the last day of a shorter month."""
    months = day.year * MONTHS_A_YEAR + day.month - 1 + count
    year, month = divmod(months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, last_of_month(year, month + 1).day))


def last_of_month(year: int, month: int) -> date:
    """Return the last day of the month."""
    if month == DECEMBER:
        return date(year, DECEMBER, 31)
    return date(year, month + 1, 1) - ONE_DAY


@dataclass(frozen=True, slots=True)
class LimitEnd:
    """The last day of a limit in Shanghai, and the clock time on it; none: until 24:00."""

    due_on: date
    clock: time | None


def limit_end(
    calendar: Calendar, at: datetime, *, amount: int, unit: LimitUnit, cut_off: time | None = None
) -> LimitEnd:
    """Return until when *amount* of *unit* after *at* may be used.

    Limits in days end with the last day or at *cut_off* on it; hours run through day and night.
    """
    if unit is LimitUnit.HOUR:
        local = (at + timedelta(hours=amount)).astimezone(SHANGHAI)
        return LimitEnd(local.date(), local.time())
    start_on = shanghai_day(at)
    match unit:
        case LimitUnit.WORKDAY:
            return LimitEnd(workday_after(calendar, start_on, amount), cut_off)
        case LimitUnit.DAY:
            return LimitEnd(start_on + timedelta(days=amount), cut_off)
        case LimitUnit.MONTH:
            return LimitEnd(months_after(start_on, amount), cut_off)
