"""The lamp of a point: grey, green, yellow, red or blue, computed at reading time, never stored."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from geoapp.core.i18n import N_
from geoapp.deadlines.rules_days import (
    SHANGHAI,
    Calendar,
    rests_on_prediction,
    shanghai_day,
    workdays_between,
)


class Lamp(StrEnum):
    """The progress light."""

    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"


class StateGroup(StrEnum):
    """What the lamp needs to know of a state."""

    OPEN = "open"
    ONGOING = "ongoing"
    ENDED = "ended"
    """Closed, unfounded, merged or referred."""


class LampReason(StrEnum):
    """Why the lamp is not green."""

    ENDED = "ended"
    OVERDUE = "overdue"
    RELAPSED = "relapsed"
    CRITICISED = "criticised"
    DUE_SOON = "due_soon"
    BEHIND = "behind"
    NODE_MISSED = "node_missed"
    STALE = "stale"
    PROOF_IN_DATE = "proof_in_date"
    PROOF_MISSING = "proof_missing"


LAMP_NAMES = {
    Lamp.GREY: N_("Grey lamp"),
    Lamp.GREEN: N_("Green lamp"),
    Lamp.YELLOW: N_("Yellow lamp"),
    Lamp.RED: N_("Red lamp"),
    Lamp.BLUE: N_("Blue lamp"),
}
REASON_TEXTS = {
    LampReason.ENDED: N_("Closed or ended"),
    LampReason.OVERDUE: N_("The deadline has passed"),
    LampReason.RELAPSED: N_("The problem is back"),
    LampReason.CRITICISED: N_("Criticised by the upper level"),
    LampReason.DUE_SOON: N_("The deadline is near"),
    LampReason.BEHIND: N_("Progress is slower than time"),
    LampReason.NODE_MISSED: N_("A measure missed its own deadline"),
    LampReason.STALE: N_("No update for a long time"),
    LampReason.PROOF_IN_DATE: N_("Ongoing, with proof in date"),
    LampReason.PROOF_MISSING: N_("Ongoing, but the periodic proof is missing"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLimits:
    """The thresholds; an office may set its own."""

    near_workdays: int = 3
    near_percent: int = 20  # of all working days between start and deadline
    slack_percent: int = 10  # by which progress may lag behind time
    stale_workdays: int = 10  # without any update


@dataclass(frozen=True, slots=True, kw_only=True)
class LampFacts:
    """What is known of one point; progress is 0–100 percent."""

    group: StateGroup
    due_on: date | None = None
    due_clock: time | None = None
    started_on: date | None = None
    last_update_at: datetime | None = None
    relapsed_at: datetime | None = None
    criticised_at: datetime | None = None
    proof_due_on: date | None = None
    node_due_on: date | None = None
    """The earliest deadline among the measures that are not done."""
    progress: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LampReading:
    """The lamp with its reasons, the strongest first."""

    lamp: Lamp
    reasons: tuple[LampReason, ...]
    workdays_left: int | None
    """Negative: working days behind the deadline; none: no deadline."""
    workdays_total: int | None
    is_predicted: bool
    """Counted on days that no notice covers yet: shown with a "≈"."""


DEFAULT_LIMITS = LampLimits()


def read_lamp(
    facts: LampFacts, calendar: Calendar, *, now: datetime, limits: LampLimits = DEFAULT_LIMITS
) -> LampReading:
    """Compute the lamp of one point at the instant *now*."""
    today = shanghai_day(now)
    left = total = None
    is_predicted = False
    if facts.due_on is not None:
        left = workdays_between(calendar, today, facts.due_on)
        is_predicted = rests_on_prediction(calendar, today, facts.due_on)
        if facts.started_on is not None:
            total = workdays_between(calendar, facts.started_on, facts.due_on)
    reasons = _reasons(facts, calendar, now, limits)
    return LampReading(
        lamp=_lamp_of(reasons),
        reasons=reasons,
        workdays_left=left,
        workdays_total=total,
        is_predicted=is_predicted,
    )


_RED = frozenset({LampReason.OVERDUE, LampReason.RELAPSED, LampReason.CRITICISED})


def _lamp_of(reasons: tuple[LampReason, ...]) -> Lamp:
    if not reasons:
        return Lamp.GREEN
    if reasons[0] is LampReason.ENDED:
        return Lamp.GREY
    if reasons[0] in _RED:
        return Lamp.RED
    return Lamp.BLUE if reasons[0] is LampReason.PROOF_IN_DATE else Lamp.YELLOW


def _reasons(
    facts: LampFacts, calendar: Calendar, now: datetime, limits: LampLimits
) -> tuple[LampReason, ...]:
    today = shanghai_day(now)
    if facts.group is StateGroup.ENDED:
        return (LampReason.ENDED,)
    incidents = {
        LampReason.RELAPSED: facts.relapsed_at is not None,
        LampReason.CRITICISED: facts.criticised_at is not None,
    }
    if facts.group is StateGroup.ONGOING:
        in_date = facts.proof_due_on is not None and facts.proof_due_on >= today
        found = incidents | {
            LampReason.PROOF_IN_DATE: in_date,
            LampReason.PROOF_MISSING: not in_date,
        }
    else:
        found = (
            {LampReason.OVERDUE: _overdue(facts, now)}
            | incidents
            | {
                LampReason.DUE_SOON: _due_soon(facts, calendar, today, limits),
                LampReason.BEHIND: _behind(facts, calendar, today, limits),
                LampReason.NODE_MISSED: (
                    facts.node_due_on is not None and facts.node_due_on < today
                ),
                LampReason.STALE: _stale(facts, calendar, today, limits),
            }
        )
    return tuple(reason for reason, holds in found.items() if holds)


def _overdue(facts: LampFacts, now: datetime) -> bool:
    if facts.due_on is None:
        return False
    local = now.astimezone(SHANGHAI)
    if facts.due_on == local.date():
        return facts.due_clock is not None and local.time() >= facts.due_clock
    return facts.due_on < local.date()


def _due_soon(facts: LampFacts, calendar: Calendar, today: date, limits: LampLimits) -> bool:
    if facts.due_on is None or facts.due_on < today:
        return False
    left = workdays_between(calendar, today, facts.due_on)
    if left <= limits.near_workdays:
        return True
    if facts.started_on is None:
        return False
    total = workdays_between(calendar, facts.started_on, facts.due_on)
    return 100 * left <= limits.near_percent * total


def _behind(facts: LampFacts, calendar: Calendar, today: date, limits: LampLimits) -> bool:
    """Progress % < elapsed % − slack, in whole numbers, so that SQL computes the same."""
    if facts.due_on is None or facts.started_on is None:
        return False
    total = workdays_between(calendar, facts.started_on, facts.due_on)
    elapsed = workdays_between(calendar, facts.started_on, today)
    return facts.progress * total < 100 * elapsed - limits.slack_percent * total


def _stale(facts: LampFacts, calendar: Calendar, today: date, limits: LampLimits) -> bool:
    if facts.last_update_at is not None:
        seen_on = shanghai_day(facts.last_update_at)
    elif facts.started_on is not None:
        seen_on = facts.started_on
    else:
        return False
    return workdays_between(calendar, seen_on, today) >= limits.stale_workdays
