"""Why the lamp of a point burns as it does, and from which day on the calendar is a forecast."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geoapp.deadlines.queries import load_calendar
from geoapp.deadlines.rules import (
    DayStatus,
    LampFacts,
    LampReading,
    StateGroup,
    read_lamp,
    shanghai_day,
)
from geoapp.deadlines.tables import CalendarDay
from geoapp.points.rules import TERMINAL_STATES, State
from geoapp.points.tables import Point


def lamp_reading(session: Session, point: Point, *, now: datetime) -> LampReading:
    """Return the lamp of one point with its reasons, the strongest first."""
    return read_lamp(_facts(point), load_calendar(session), now=now)


def _facts(point: Point) -> LampFacts:
    group = StateGroup.OPEN
    if point.state in TERMINAL_STATES:
        group = StateGroup.ENDED
    elif point.state is State.ONGOING:
        group = StateGroup.ONGOING
    return LampFacts(
        group=group,
        due_on=point.due_on,
        started_on=point.started_on,
        last_update_at=point.updated_at,
        relapsed_at=point.relapsed_at,
        criticised_at=point.criticised_at,
        proof_due_on=point.proof_due_on,
        node_due_on=point.node_due_on,
        progress=point.progress_pct,
    )


def first_predicted_day(session: Session, *, now: datetime) -> date | None:
    """Return the first day from today on that no notice covers: later deadlines carry a "≈"."""
    return session.scalar(
        select(func.min(CalendarDay.day)).where(
            CalendarDay.day >= shanghai_day(now), CalendarDay.status == DayStatus.PREDICTED
        )
    )
