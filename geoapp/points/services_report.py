"""A new point: from a draft on a phone or a desk to one that waits for verification."""

import hashlib
from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson
import shapely
from shapely import Geometry
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor, Permission, Role, require
from geoapp.accounts.scope import SCOPE_GIVEN
from geoapp.deadlines.rules import shanghai_day
from geoapp.geo.shapes import Box
from geoapp.points.columns import PointDraft
from geoapp.points.lifecycle import Move, find_move
from geoapp.points.protocol import Verb
from geoapp.points.queries import closed_nearby, get_point
from geoapp.points.queries_facts import actor_in, gather_facts, holders_of
from geoapp.points.rules import State
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_needs import missing
from geoapp.points.rules_reach import role_for
from geoapp.points.rules_refusals import (
    OutsideRegion,
    PointIdTaken,
    evidence_missing,
)
from geoapp.points.rules_shapes import check_shape, place_on
from geoapp.points.tables import Point
from geoapp.points.tables_moves import Transition
from geoapp.points.writers import (
    Circumstances,
    Signed,
    because,
    give_code,
    lay,
    locate,
    log_move,
    stored,
)

DIGEST = "payload_sha256"  # in the details of the first move: it never changes
LOCK_ID = text("SELECT pg_advisory_xact_lock(hashtextextended(:point_id, 0))")
_NOT_COLUMNS = frozenset(
    {"shape", "entry", "evidence_ids", "found_at", "device_at", "outside_confirmed", "extra"}
)


def report_point(
    session: Session,
    *,
    draft: PointDraft,
    now: datetime,
    prefix: str = "PD",
    region: Box | None = None,
) -> Point:
    """Make a point out of *draft*, give it its number, and log it as reported.

    The same draft sent again gives the same point. Closed points around it are noted in
    ``extra["relapse_hint"]``: the new find may be one of them come back. *prefix* is the
    district's part of our numbers (``settings.code_prefix``); outside *region* the draft must
    say that a person agreed to the position.

    Raises:
        NotAllowed, EvidenceMissing, ShapeWrong, ShapeInvalid, OutsideRegion.
        PointIdTaken: another draft came under this id.
    """
    actor = actor_in(session)
    require(actor, Permission.POINT_CREATE)
    digest = payload_digest(draft)
    session.execute(LOCK_ID, {"point_id": str(draft.point_id)})
    if _came_before(session, draft, digest):
        return get_point(session, draft.point_id)
    _check_place(draft, region)
    point = _build(session, draft, now)
    move = _report_move()
    form = MoveForm(evidence_ids=draft.evidence_ids)
    lacks = missing(move, gather_facts(session, point, actor, now=now), form)
    if lacks:
        raise evidence_missing(move.verb, lacks)
    _give_place_and_number(session, point, draft, prefix=prefix)
    with because(session, "", draft.device_at):
        session.add(point)
        session.flush()
        lay(session, point, at=now)
    log_move(
        session,
        point=point,
        move=move,
        form=form,
        signed=_sign(actor, point, move),
        when=Circumstances(now=now, device_at=draft.device_at),
        details={DIGEST: digest},
    )
    return point


def _give_place_and_number(
    session: Session, point: Point, draft: PointDraft, *, prefix: str
) -> None:
    located = locate(session, draft.shape)
    point.area_id, point.territorial_unit_id = located.area_id, located.territorial_unit_id
    point.code = give_code(
        session,
        prefix=prefix,
        short_code=located.short_code,
        year=shanghai_day(point.found_at).year,
        category=draft.category,
    )
    point.extra = dict(draft.extra) | _relapse_hint(session, draft.shape)


def _sign(actor: Actor, point: Point, move: Move) -> Signed:
    return Signed(
        person_id=actor.person_id,
        name=actor.name,
        unit_id=actor.unit_id,
        role=role_for(actor, move.roles, holders_of(point)) or min(move.roles & actor.roles),
    )


def payload_digest(draft: PointDraft) -> str:
    """Return the SHA-256 of everything in *draft*: the same draft, the same digest."""
    values = {
        item.name: _plain(getattr(draft, item.name))
        for item in fields(draft)
        if item.name != "device_at"
    }
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Geometry):
        return shapely.to_wkb(value, hex=True)
    return dict(value) if isinstance(value, dict) else value


def _came_before(session: Session, draft: PointDraft, digest: str) -> bool:
    """Tell whether *draft* has been here; the id counts whoever may see the point."""
    known = session.execute(
        select(Point.point_id, Transition.details)
        .outerjoin(
            Transition,
            (Transition.point_id == Point.point_id) & (Transition.verb == Verb.REPORT.value),
        )
        .where(Point.point_id == draft.point_id)
        .execution_options(**{SCOPE_GIVEN: True})
    ).first()
    if known is None:
        return False
    if (known.details or {}).get(DIGEST) != digest:
        raise PointIdTaken
    return True


def _check_place(draft: PointDraft, region: Box | None) -> None:
    check_shape(draft.category, draft.shape)
    if region is None or draft.outside_confirmed:
        return
    if not shapely.box(*region).covers(draft.shape):
        place = place_on(draft.shape)
        raise OutsideRegion(lon=round(place.lon, 5), lat=round(place.lat, 5))


def _build(session: Session, draft: PointDraft, now: datetime) -> Point:
    values = {
        item.name: getattr(draft, item.name)
        for item in fields(draft)
        if item.name not in _NOT_COLUMNS
    }
    values["pollution_types"] = list(draft.pollution_types)
    actor = actor_in(session)
    if values["inspector_id"] is None and Role.INSPECTOR in actor.roles:
        values["inspector_id"] = actor.person_id  # the finder keeps it until it is assigned
    return Point(
        **values,
        geom=stored(draft.shape),
        entry=stored(draft.entry) if draft.entry else None,
        found_at=draft.found_at or now,
        updated_at=now,
        state=State.REPORTED,
        reporting_unit_id=actor.unit_id,
    )


def _report_move() -> Move:
    move = find_move(State.DRAFT, Verb.REPORT)
    if move is None:  # the table of moves begins with it
        raise LookupError(Verb.REPORT)
    return move


def _relapse_hint(session: Session, shape: Geometry) -> dict[str, Any]:
    place = place_on(shape)
    near = closed_nearby(session, lon=place.lon, lat=place.lat)
    if not near:
        return {}
    return {
        "relapse_hint": [
            {
                "point_id": str(found.point_id),
                "code": found.code,
                "distance_m": round(found.distance_m, 1),
            }
            for found in near
        ]
    }
