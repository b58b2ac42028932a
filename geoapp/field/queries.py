"""Questions that only the phone asks: its list, whom to call, what lies around a new find."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geoapp.accounts.tables import Unit
from geoapp.deadlines.rules import Lamp
from geoapp.field.columns import Chip, Contact, Here, Line, Lines, Nearby, Wanted
from geoapp.field.plugs import holders
from geoapp.geo.measure import LonLat, bearing_deg
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.protocol import Verb
from geoapp.points.queries import list_points, nearest
from geoapp.points.queries_facts import actor_in
from geoapp.points.services import MoveOffer, offers
from geoapp.points.tables import Point

PAGE = 20  # lines; what a thumb scrolls through before it searches
MOST_LINES = 200  # nobody walks to the 200th nearest point
NEARBY_M = 300  # a heap pushed over the road is the same heap
NEARBY_LINES = 5
SHAPE_TOLERANCE_DEG = 0.00001  # one metre: finer than any phone measures
SHAPE_DIGITS = 6

FIELD_VERBS = (
    Verb.RECORD_PROGRESS,
    Verb.FIX_AT_ONCE,
    Verb.START,
    Verb.COMPLETE,
    Verb.ACCEPT,
    Verb.REJECT,
    Verb.FIND_UNFOUNDED,
    Verb.REPORT_RELAPSE,
)
"""Moves that are made standing at the place; the others need a desk and its papers."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a point lies, for the phone's own measuring: a place on it and its shape."""

    lon: float
    lat: float
    shape: dict[str, Any]


def list_lines(session: Session, *, wanted: Wanted, now: datetime) -> Lines:
    """Return one page of the phone's list: nearest first if it knows where it is, else by due."""
    chosen = _filter(session, wanted)
    if wanted.here is None:
        page = list_points(
            session, now=now, filter=chosen, sort=PointSort.DUE, after=wanted.after, limit=PAGE
        )
        more = {"after": page.after} if page.after else None
        return Lines(lines=tuple(Line(row=row) for row in page.rows), more=more)
    shown = min(max(wanted.shown, 0), MOST_LINES - PAGE)
    here = wanted.here
    limit = shown + PAGE + 1
    rows = nearest(session, lon=here.lon, lat=here.lat, now=now, filter=chosen, limit=limit)
    start = LonLat(here.lon, here.lat)
    lines = tuple(
        Line(row=row, bearing_deg=bearing_deg(start, LonLat(row.lon, row.lat)))
        for row in rows[shown : shown + PAGE]
    )
    is_more = len(rows) == limit and shown + PAGE < MOST_LINES
    return Lines(lines=lines, more={"shown": str(shown + PAGE)} if is_more else None)


def _filter(session: Session, wanted: Wanted) -> PointFilter:
    narrow = {} if wanted.chip is Chip.ALL else {"held": holders(actor_in(session))}
    if wanted.chip is Chip.RETURNED:
        narrow["sent_back"] = "yes"
    lamps = frozenset({Lamp.RED}) if wanted.chip is Chip.RED else frozenset()
    return PointFilter(q=wanted.q, lamps=lamps, narrow=narrow)


def contacts_of(session: Session, point: Point) -> list[Contact]:
    """Return the liaisons with a telephone of the units that answer for the point."""
    ids = [point.responsible_unit_id, point.territorial_unit_id]
    wanted = [unit_id for unit_id in dict.fromkeys(ids) if unit_id]
    rows = session.scalars(select(Unit).where(Unit.unit_id.in_(wanted), Unit.liaison_phone != ""))
    units = sorted(rows, key=lambda unit: wanted.index(unit.unit_id))
    return [
        Contact(unit_name=unit.name, name=unit.liaison_name, phone=unit.liaison_phone)
        for unit in units
    ]


def spot_of(session: Session, point: Point) -> Spot:
    """Return where the point lies, simplified to a metre, as GeoJSON in degrees, WGS 84."""
    place = func.ST_PointOnSurface(Point.geom)
    simple = func.ST_SimplifyPreserveTopology(Point.geom, SHAPE_TOLERANCE_DEG)
    row = session.execute(
        select(
            func.ST_X(place).label("lon"),
            func.ST_Y(place).label("lat"),
            func.ST_AsGeoJSON(simple, SHAPE_DIGITS).label("shape"),
        ).where(Point.point_id == point.point_id)
    ).one()
    return Spot(lon=row.lon, lat=row.lat, shape=orjson.loads(row.shape))


def around(session: Session, *, here: Here, now: datetime) -> list[Nearby]:
    """Return the points within NEARBY_M of a place, nearest first, open or closed."""
    rows = nearest(session, lon=here.lon, lat=here.lat, now=now, limit=NEARBY_LINES)
    return [
        Nearby(
            point_id=row.point_id,
            code=row.code,
            name=row.name,
            state=row.state.value,
            distance_m=row.distance_m or 0.0,
        )
        for row in rows
        if row.distance_m is not None and row.distance_m <= NEARBY_M
    ]


def field_offers(session: Session, point: Point, *, now: datetime) -> list[MoveOffer]:
    """Return the moves that this person may make at the place, in the order of FIELD_VERBS."""
    allowed = [
        offer
        for offer in offers(session, point, now)
        if offer.allowed and offer.move.verb in FIELD_VERBS
    ]
    return sorted(allowed, key=lambda offer: FIELD_VERBS.index(offer.move.verb))
