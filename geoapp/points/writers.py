"""Rows that several services write: numbers, the log of moves, geometries over time."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from shapely import Geometry
from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Role
from geoapp.audit.writers import notebook
from geoapp.deadlines.queries import load_calendar
from geoapp.deadlines.rules import LimitUnit, limit_end, months_after, workday_period_end
from geoapp.deadlines.tables import DeadlineRule
from geoapp.points.lifecycle import Move
from geoapp.points.protocol import Verb
from geoapp.points.rules import CATEGORY_CODES, Category, format_code
from geoapp.points.rules_form import MoveForm
from geoapp.points.tables import AdminArea, CodeCounter, Point, PointGeometry
from geoapp.points.tables_moves import Transition

LEVELS = ("grid", "village", "town", "district")  # from the smallest to the largest
EPSG = 4326


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The areas around a place: the smallest one, the unit that answers, the town's letters."""

    area_id: uuid.UUID | None = None
    territorial_unit_id: uuid.UUID | None = None
    short_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who makes a move: the person, in which role, and who agreed to it."""

    person_id: uuid.UUID | None
    name: str
    unit_id: uuid.UUID | None
    role: Role
    confirmed_by: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """When and where a move is made."""

    now: datetime
    lon: float | None = None
    lat: float | None = None
    device_at: datetime | None = None


def stored(shape: Geometry) -> WKBElement:
    """Return *shape* (degrees, WGS 84) as a column value."""
    return WKBElement(shapely.to_wkb(shape), srid=EPSG)


def shape_of(point: Point) -> Geometry:
    """Return where *point* lies, in degrees, WGS 84."""
    shape: Geometry = to_shape(point.geom)
    return shape


def locate(session: Session, shape: Geometry) -> Located:
    """Find the areas that contain *shape* (for lines and areas: a place on it)."""
    place = func.ST_PointOnSurface(stored(shape))
    rank = case({level: rank for rank, level in enumerate(LEVELS)}, value=AdminArea.level)
    rows = session.execute(
        select(AdminArea.area_id, AdminArea.unit_id, AdminArea.level, AdminArea.short_code)
        .where(func.ST_Covers(AdminArea.geom, place))
        .order_by(rank, AdminArea.code)
    ).all()
    codes = [row.short_code for row in rows if row.level == "town" and row.short_code]
    return Located(
        area_id=rows[0].area_id if rows else None,
        territorial_unit_id=next((row.unit_id for row in rows if row.unit_id), None),
        short_code=codes[0] if codes else "",
    )


def take_numbers(session: Session, series: str, *, count: int = 1) -> range:
    """Take *count* numbers of *series* for good; whoever comes at the same time waits."""
    row = insert(CodeCounter).values(series=series, last_number=count)
    taken = row.on_conflict_do_update(
        index_elements=[CodeCounter.series],
        set_={"last_number": CodeCounter.last_number + row.excluded.last_number},
    ).returning(CodeCounter.last_number)
    last: int = session.execute(taken).scalar_one()
    return range(last - count + 1, last + 1)


def give_code(
    session: Session, *, prefix: str, short_code: str, year: int, category: Category
) -> str:
    """Give the next number of ours, ``PDZQ-2023-BRK-0001``."""
    series = f"{prefix}{short_code}-{year}-{CATEGORY_CODES[category]}"
    return format_code(prefix, short_code, year, category, take_numbers(session, series)[0])


@contextmanager
def because(session: Session, reason: str, device_at: datetime | None = None) -> Iterator[None]:
    """Let the audit log say why, and when by the device, the changes inside are made."""
    book = notebook(session)
    before = book.reason, book.device_at
    book.reason, book.device_at = reason or book.reason, device_at or book.device_at
    yield
    session.flush()
    book.reason, book.device_at = before


def lay(session: Session, point: Point, *, at: datetime, reason: str = "") -> None:
    """Note that *point* lies from *at* on where its geometry says; the row before ends."""
    before = session.scalars(
        select(PointGeometry).where(
            PointGeometry.point_id == point.point_id, PointGeometry.valid_to.is_(None)
        )
    ).one_or_none()
    if before is not None and before.valid_from >= at:  # put right at once: it never lay there
        before.geom, before.reason = point.geom, reason
        return
    if before is not None:
        before.valid_to = at
        session.flush()
    session.add(
        PointGeometry(point_id=point.point_id, geom=point.geom, valid_from=at, reason=reason)
    )


def log_move(  # noqa: PLR0913 - what a move is made of
    session: Session,
    *,
    point: Point,
    move: Move,
    form: MoveForm,
    signed: Signed,
    when: Circumstances,
    details: Mapping[str, Any] | None = None,
) -> Transition:
    """Append *move* to the log, with the clock that it starts; the point is written before."""
    row = Transition(
        point_id=point.point_id,
        source=move.source.value,
        target=move.target.value,
        verb=move.verb.value,
        role=signed.role.value,
        actor_id=signed.person_id,
        actor_name=signed.name,
        unit_id=signed.unit_id,
        confirmed_by=signed.confirmed_by,
        at=when.now,
        device_at=when.device_at,
        pos=_place(when),
        evidence_ids=[str(evidence_id) for evidence_id in form.evidence_ids],
        reason=form.reason,
        details=form.details() | _clock(session, move, when.now) | dict(details or {}),
        due_on=point.due_on,
    )
    if move.verb is Verb.PUBLISH_NOTICE:
        row.details |= _notice_end(session, form)
    session.add(row)
    session.flush()
    return row


def _place(when: Circumstances) -> WKBElement | None:
    if when.lon is None or when.lat is None:
        return None
    return stored(shapely.Point(when.lon, when.lat))


def _clock(session: Session, move: Move, now: datetime) -> dict[str, Any]:
    """Say until when the next step is due, if the office has a limit for it."""
    rule = session.get(DeadlineRule, move.clock) if move.clock else None
    if rule is None:
        return {}
    end = limit_end(
        load_calendar(session), now, amount=rule.amount, unit=rule.unit, cut_off=rule.cut_off
    )
    clock = {"clock": move.clock, "clock_due_on": end.due_on.isoformat()}
    return clock | ({"clock_due_at": end.clock.isoformat("minutes")} if end.clock else {})


def _notice_end(session: Session, form: MoveForm) -> dict[str, Any]:
    """Compute the last day of the notice; its first day is one of them."""
    if form.notice_start_on is None or form.notice_days is None:
        return {}
    match form.notice_unit:
        case LimitUnit.WORKDAY:
            calendar = load_calendar(session)
            last = workday_period_end(calendar, form.notice_start_on, form.notice_days)
        case LimitUnit.MONTH:
            last = months_after(form.notice_start_on, form.notice_days) - timedelta(days=1)
        case _:
            last = form.notice_start_on + timedelta(days=form.notice_days - 1)
    return {"notice_ends_on": last.isoformat()}
