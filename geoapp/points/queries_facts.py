"""Facts for a move: from the point, from its log, and from the floors above."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor
from geoapp.deadlines.rules import shanghai_day
from geoapp.points.ports import FACT_SOURCES
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.points.rules_facts import Facts, Rectifier
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_reach import Holders
from geoapp.points.tables import Point
from geoapp.points.tables_moves import Transition

RECTIFYING_VERBS = frozenset(
    {Verb.PLAN, Verb.FIX_AT_ONCE, Verb.START, Verb.RECORD_PROGRESS, Verb.COMPLETE}
)
"""Moves 7 to 11 of the office's table: whoever made one of them may not accept."""


def actor_in(session: Session) -> Actor:
    """Return who acts in *session*."""
    actor: Actor = session.info["actor"]
    return actor


def holders_of(point: Point) -> Holders:
    """Return the units and the inspector that *point* belongs to."""
    return Holders(
        responsible_unit_id=point.responsible_unit_id,
        accepting_unit_id=point.accepting_unit_id,
        territorial_unit_id=point.territorial_unit_id,
        reporting_unit_id=point.reporting_unit_id,
        inspector_id=point.inspector_id,
    )


def gather_facts(
    session: Session, point: Point, actor: Actor, *, now: datetime, form: MoveForm | None = None
) -> Facts:
    """Return everything that the rules of a move want to know."""
    plugged: dict[str, Any] = {}
    for source in FACT_SOURCES:
        plugged |= source(session, point, actor, now)
    return Facts(
        point_id=point.point_id,
        now=now,
        today=shanghai_day(now),
        actor_id=actor.person_id,
        actor_unit_id=actor.unit_id,
        main_state=_main_state(session, form),
        **_present(point),
        **_past(session, point),
        **plugged,
    )


def _present(point: Point) -> dict[str, Any]:
    return {
        "location_method": point.location_method,
        "accuracy_m": point.accuracy_m,
        "category": point.category,
        "description": point.description,
        "has_document": point.source_name is not None,
        "risk_grade": point.risk_grade,
        "is_punished": point.is_punished,
        "case_no": point.case_no,
        "responsible_unit_id": point.responsible_unit_id,
        "accepting_unit_id": point.accepting_unit_id,
        "progress_pct": point.progress_pct,
        "due_on": point.due_on,
        "first_due_on": point.first_due_on,
        "closed_at": point.closed_at,
    }


def _main_state(session: Session, form: MoveForm | None) -> State | None:
    if form is None or form.main_point_id is None:
        return None
    return session.scalar(select(Point.state).where(Point.point_id == form.main_point_id))


def _past(session: Session, point: Point) -> dict[str, Any]:
    log = session.execute(
        select(
            Transition.source,
            Transition.target,
            Transition.verb,
            Transition.actor_id,
            Transition.unit_id,
            Transition.at,
            Transition.device_at,
            Transition.details,
        )
        .where(Transition.point_id == point.point_id)
        .order_by(Transition.seq)
    ).all()
    steps = [row for row in log if row.source != row.target]
    last = steps[-1] if steps and steps[-1].target == point.state.value else None
    starts = [row for row in steps if row.target == State.RECTIFYING.value]
    return {
        "state_since": last.at if last else None,
        "previous_state": State(last.source) if last else None,
        "rectifying_since": _began_at(starts[-1]) if starts else None,
        "rectifiers": tuple(
            Rectifier(person_id=row.actor_id, unit_id=row.unit_id)
            for row in log
            if row.verb in RECTIFYING_VERBS
        ),
        "returns": sum(row.verb == Verb.RETURN_ASSIGNMENT for row in log),
        "extensions": sum(row.verb == Verb.EXTEND for row in log),
        **_last_notice(log),
    }


def _began_at(row: Row[Any]) -> datetime:
    """By the device if it was offline; never later than the server heard of it."""
    at: datetime = row.at
    return min(at, row.device_at) if row.device_at else at


def _last_notice(log: Sequence[Row[Any]]) -> dict[str, Any]:
    notices = [row.details for row in log if row.verb == Verb.PUBLISH_NOTICE]
    if not notices:
        return {}
    ends_on = notices[-1].get("notice_ends_on")
    return {
        "notice_ends_on": date.fromisoformat(ends_on) if ends_on else None,
        "notice_url": notices[-1].get("notice_url", ""),
    }
