"""Tables: the working-day calendar of the State Council, and the time limits that hang on it."""

from datetime import date, time

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.model import Base, Versioned
from geoapp.deadlines.rules_days import DayStatus, LimitUnit


class CalendarDay(Base):
    """One day of the working calendar; days follow each other without a gap.

    *workday_no* counts the working days from the first calendar day up to and including this
    one, so that the working days between two days are one subtraction.
    """

    __tablename__ = "calendar_day"
    __table_args__ = (
        CheckConstraint("workday_no >= 0", name="workday_no_not_negative"),
        # the n-th working day is found backwards, from its number to its day
        Index("ix_calendar_day_workday_no", "workday_no"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    workday_no: Mapped[int]
    name: Mapped[str] = mapped_column(default="", server_default="")
    """The holiday, or the holiday that a make-up day pays for; empty on plain days."""
    status: Mapped[DayStatus]
    source: Mapped[str] = mapped_column(default="", server_default="")
    """The notice, such as 国办发明电〔2023〕7号; empty for predicted days."""


class DeadlineRule(Versioned, Base):
    """How much time an event starts: 30 workdays for a plan, 7 days for a petition..."""

    __tablename__ = "deadline_rule"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("event <> ''", name="event_named"),
    )

    event: Mapped[str] = mapped_column(primary_key=True)
    """What starts the clock, such as ``point.assigned`` or ``notice.started``."""
    amount: Mapped[int]
    unit: Mapped[LimitUnit]
    cut_off: Mapped[time | None]
    """Clock time in Asia/Shanghai on the last day; none: the end of that day."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    """Where the limit comes from, in words."""
