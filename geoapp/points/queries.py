"""Questions about points: lists, counts, one point, what is near; all inside the row scope."""

import uuid
from dataclasses import fields
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import Row, Select, cast, func, select
from sqlalchemy.orm import Session

from geoapp.accounts.tables import Unit
from geoapp.core.errors import NotFound
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import Lamp
from geoapp.points.columns import (
    ALL_POINTS,
    ClosedNearby,
    PointFilter,
    PointRow,
    PointSort,
    Strip,
)
from geoapp.points.queries_history import history
from geoapp.points.queries_map import map_columns, map_shapes
from geoapp.points.queries_select import conditions, days_left_of, lamp_of, order_of, place_of
from geoapp.points.rules import State
from geoapp.points.tables import AdminArea, Point
from geoapp.web.paging import PAGE_SIZE, Page, read_page

__all__ = [
    "PointMissing",
    "closed_nearby",
    "count_strip",
    "find_by_code",
    "get_point",
    "history",
    "list_points",
    "map_columns",
    "map_shapes",
    "nearest",
    "point_row",
]

RELAPSE_RADIUS_M = 300  # a heap pushed over the road is the same heap; two villages apart is not
NEAREST_LIMIT = 50


class PointMissing(NotFound):
    """There is no such point, or this person may not see it."""

    code = "point.missing"
    message = N_("There is no such point, or it is not yours to see.")
    hint = N_("Check the number, or look for it in the list.")


def get_point(session: Session, point_id: uuid.UUID, *, lock: bool = False) -> Point:
    """Return the point; with *lock*: as it is now, held until the transaction ends.

    Raises:
        PointMissing: it does not exist, or lies outside the row scope.
    """
    query = select(Point).where(Point.point_id == point_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise PointMissing
    return found


def find_by_code(session: Session, code: str) -> Point | None:
    """Return the point of that number of ours."""
    return session.scalars(select(Point).where(Point.code == code.strip())).one_or_none()


def _rows(now: datetime) -> Select[Any]:
    """Select what a line of a list shows, in one statement.

    Names come by subqueries, not joins: so PostgreSQL sorts the points alone, keeps the page's
    rows only, and looks names, lamps and places up for those.
    """
    place = place_of()
    unit_name = select(Unit.name).where(Unit.unit_id == Point.responsible_unit_id)
    area_name = select(AdminArea.name).where(AdminArea.area_id == Point.area_id)
    statement: Any = select(
        Point.point_id,
        Point.code,
        Point.upstream_no,
        Point.name,
        Point.category,
        Point.state,
        lamp_of(now).label("lamp"),
        Point.risk_grade,
        Point.due_on,
        Point.due_text,
        days_left_of(now).label("workdays_left"),
        Point.progress_pct,
        Point.is_urgent,
        Point.responsible_unit_id,
        unit_name.correlate(Point).scalar_subquery().label("responsible_unit_name"),
        area_name.correlate(Point).scalar_subquery().label("area_name"),
        Point.inspector_id,
        Point.updated_at,
        func.ST_X(place).label("lon"),
        func.ST_Y(place).label("lat"),
    )
    return statement  # type: ignore[no-any-return]


_NAMES = frozenset(item.name for item in fields(PointRow))


def _point_row(row: Row[Any]) -> PointRow:
    return PointRow(**{name: value for name, value in row._asdict().items() if name in _NAMES})


def list_points(  # noqa: PLR0913 - the ways into a list
    session: Session,
    *,
    now: datetime,
    filter: PointFilter = ALL_POINTS,  # noqa: A002 - the word of the field
    sort: PointSort = PointSort.NEWEST,
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """Return one page of the points that pass *filter*, as ``PointRow``."""
    statement = _rows(now).where(*conditions(filter, now))
    keys = order_of(sort, now)
    page = read_page(session, statement, keys=keys, after=after, before=before, limit=limit)
    rows = [_point_row(row) for row in page.rows]
    return Page(rows=rows, before=page.before, after=page.after)


def point_row(session: Session, point_id: uuid.UUID, *, now: datetime) -> PointRow:
    """Return the line of one point, with its lamp and names.

    Raises:
        PointMissing: it does not exist, or lies outside the row scope.
    """
    row = session.execute(_rows(now).where(Point.point_id == point_id)).one_or_none()
    if row is None:
        raise PointMissing
    return _point_row(row)


def count_strip(
    session: Session,
    *,
    now: datetime,
    filter: PointFilter = ALL_POINTS,  # noqa: A002 - the word of the field
) -> Strip:
    """Count the points that pass *filter* by lamp and by state, in one statement."""
    lamp = lamp_of(now).label("lamp")
    statement = select(lamp, Point.state, func.count()).where(*conditions(filter, now))
    lamps, states = dict.fromkeys(Lamp, 0), dict.fromkeys(State, 0)
    for of_lamp, of_state, count in session.execute(statement.group_by(lamp, Point.state)):
        lamps[of_lamp] += count
        states[of_state] += count
    return Strip(lamps=lamps, states=states, total=sum(lamps.values()))


def nearest(  # noqa: PLR0913 - a place, a clock, a filter, a length
    session: Session,
    *,
    lon: float,
    lat: float,
    now: datetime,
    filter: PointFilter = ALL_POINTS,  # noqa: A002 - the word of the field
    limit: int = NEAREST_LIMIT,
) -> list[PointRow]:
    """Return the points nearest to lon, lat (degrees, WGS 84) with their geodesic distances."""
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    metres = func.ST_Distance(cast(Point.geom, Geography), cast(here, Geography))
    flat = Point.geom.op("<->")(here)
    query = _rows(now).add_columns(metres.label("distance_m")).where(*conditions(filter, now))
    # the index sorts by degrees, which shrink eastwards by cos(latitude): look at more, then
    # sort by metres
    rows = session.execute(query.order_by(flat).limit(2 * limit)).all()
    found = [_point_row(row) for row in rows]
    return sorted(found, key=lambda row: row.distance_m or 0.0)[:limit]


def closed_nearby(
    session: Session, *, lon: float, lat: float, radius_m: float = RELAPSE_RADIUS_M
) -> list[ClosedNearby]:
    """Return the closed and ongoing points around a place: a new find may be their relapse."""
    here = cast(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326), Geography)
    ground = cast(Point.geom, Geography)
    box = func.ST_Expand(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326), radius_m / 50_000)
    metres = func.ST_Distance(ground, here).label("distance_m")
    query = (
        select(Point.point_id, Point.code, Point.name, metres, Point.closed_at)
        .where(Point.state.in_([State.CLOSED, State.ONGOING]))
        .where(Point.geom.op("&&")(box), func.ST_DWithin(ground, here, radius_m))
        .order_by(metres, Point.point_id)
    )
    return [ClosedNearby(**row._asdict()) for row in session.execute(query)]
