"""Changes of the working calendar and of the time limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Integer, cast, func, insert, select, update
from sqlalchemy.orm import Session

from geoapp.accounts.rules import SYSTEM
from geoapp.core.database import Database
from geoapp.core.errors import NotFound, Refused
from geoapp.core.i18n import N_
from geoapp.deadlines.queries import KEPT
from geoapp.deadlines.readers import shipped_days, shipped_limits
from geoapp.deadlines.rules import DayStatus
from geoapp.deadlines.tables import CalendarDay, DeadlineRule

SATURDAY = 5
BATCH = 1000  # rows a statement


class DayNotInCalendar(NotFound):
    """A day was named that lies outside the working calendar."""

    code = "deadlines.day_not_in_calendar"
    message = N_("%(day)s is not in the working calendar (%(first_on)s to %(last_on)s).")
    hint = N_("Check the year.")


class NoticeWrong(Refused):
    """A holiday notice that contradicts itself."""

    code = "deadlines.notice_wrong"
    message = N_("The holiday notice cannot be right: %(day)s is named twice.")
    hint = N_("Compare the days off and the make-up days with the notice.")


@dataclass(frozen=True, slots=True)
class SeedResult:
    """How many rows a seeding touched."""

    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of a notice: its days off, and the weekend days worked in exchange."""

    name: str
    first_on: date
    last_on: date
    worked: tuple[date, ...] = ()


def seed(database: Database) -> None:
    """Load what every office needs before the first deadline, at start-up and after a migration.

    The one service that opens its own transaction: it runs before there is anybody to ask.
    """
    with database.transaction(SYSTEM) as session:
        seed_calendar(session)
        seed_limits(session)


def seed_calendar(session: Session) -> SeedResult:
    """Load the shipped calendar; days that an office has edited stay as they are.

    A day that was only predicted becomes official when a newer program ships its notice.
    """
    known = {
        row.day: row.status for row in session.execute(select(CalendarDay.day, CalendarDay.status))
    }
    days = shipped_days()
    fresh = [day for day in days if day.day not in known]
    grown = [
        day
        for day in days
        if day.status is DayStatus.OFFICIAL and known.get(day.day) is DayStatus.PREDICTED
    ]
    rows = [
        {
            "day": day.day,
            "is_workday": day.is_workday,
            "workday_no": day.workday_no,
            "name": day.name,
            "status": day.status,
            "source": day.source,
        }
        for day in (*fresh, *grown)
    ]
    for start in range(0, len(fresh), BATCH):
        session.execute(insert(CalendarDay), rows[start : min(start + BATCH, len(fresh))])
    if grown:
        session.execute(update(CalendarDay), rows[len(fresh) :])
    if rows and known:  # an empty calendar is filled with days that carry their numbers
        _number_workdays(session)
    return SeedResult(added=len(fresh), changed=len(grown))


def seed_limits(session: Session) -> SeedResult:
    """Load the shipped time limits that are missing; edited ones stay as they are."""
    known = set(session.scalars(select(DeadlineRule.event)))
    fresh = [limit for limit in shipped_limits() if limit.event not in known]
    for limit in fresh:
        session.add(
            DeadlineRule(
                event=limit.event,
                amount=limit.amount,
                unit=limit.unit,
                cut_off=limit.cut_off,
                note=limit.note,
            )
        )
    session.flush()
    return SeedResult(added=len(fresh), changed=0)


def set_day(session: Session, *, day: date, is_workday: bool, name: str, source: str) -> None:
    """Correct one day by hand, citing the *source*; it counts as official from then on.

    Raises:
        DayNotInCalendar: the calendar does not reach there.
    """
    row = _find_day(session, day)
    row.is_workday, row.name, row.source = is_workday, name, source
    row.status = DayStatus.OFFICIAL
    session.flush()
    _number_workdays(session)


def announce_year(
    session: Session, *, year: int, source: str, holidays: Sequence[Holiday]
) -> SeedResult:
    """Enter the State Council's notice for *year*: every day of it becomes official.

    Raises:
        DayNotInCalendar: the calendar does not reach there.
        NoticeWrong: a day is both off and worked, or off twice.
    """
    named = _named_days(holidays)
    whole_year = [
        date(year, 1, 1) + timedelta(days=place)
        for place in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    changed = 0
    for day in sorted({*whole_year, *named}):
        row = _find_day(session, day)
        plain = (day.weekday() < SATURDAY, "")
        row.is_workday, row.name = named.get(day, plain)
        row.source = source if day in named else ""
        row.status = DayStatus.OFFICIAL
        changed += session.is_modified(row)
    session.flush()
    _number_workdays(session)
    return SeedResult(added=0, changed=changed)


def _named_days(holidays: Sequence[Holiday]) -> dict[date, tuple[bool, str]]:
    named: dict[date, tuple[bool, str]] = {}
    for holiday in holidays:
        off = [
            holiday.first_on + timedelta(days=place)
            for place in range((holiday.last_on - holiday.first_on).days + 1)
        ]
        for day, is_workday in [(day, False) for day in off] + [
            (day, True) for day in holiday.worked
        ]:
            if day in named:
                raise NoticeWrong(day=day.isoformat())
            named[day] = (is_workday, holiday.name)
    return named


def _find_day(session: Session, day: date) -> CalendarDay:
    row = session.get(CalendarDay, day)
    if row is None:
        first_on, last_on = session.execute(
            select(func.min(CalendarDay.day), func.max(CalendarDay.day))
        ).one()
        raise DayNotInCalendar(day=day.isoformat(), first_on=first_on, last_on=last_on)
    return row


def _number_workdays(session: Session) -> None:
    """Count the working days anew, from the first day of the calendar on."""
    session.info.pop(KEPT, None)
    counted = select(
        CalendarDay.day,
        func.sum(cast(CalendarDay.is_workday, Integer))
        .over(order_by=CalendarDay.day)
        .label("workday_no"),
    ).subquery()
    session.execute(
        update(CalendarDay)
        .where(CalendarDay.day == counted.c.day, CalendarDay.workday_no != counted.c.workday_no)
        .values(workday_no=counted.c.workday_no)
        .execution_options(synchronize_session=False)
    )
    for row in session.identity_map.values():
        if isinstance(row, CalendarDay):
            session.expire(row, ["workday_no"])
