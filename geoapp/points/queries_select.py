"""The parts that every question about points is made of: lamp, filters, orders."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    Text,
    case,
    cast,
    collate,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.deadlines.queries import LampColumns, lamp_expression, workdays_left
from geoapp.deadlines.rules import Lamp, StateGroup
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.ports import NARROWERS
from geoapp.points.rules import TERMINAL_STATES, State
from geoapp.points.tables import AdminArea, Point
from geoapp.web.paging import Key

NEVER: ColumnElement[date] = literal_column("DATE '9999-12-31'", Date)
"""Sorts what has no deadline behind everything that has one."""
LAMP_ORDER = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.BLUE, Lamp.GREY)
CHINESE_ORDER = "zh-x-icu"  # by pinyin, as a register is read


class FilterUnknown(BadInput):
    """An address names a filter that nothing here knows."""

    code = "point.filter_unknown"
    message = N_("There is no filter “%(name)s”.")
    hint = N_("Open the list again and choose from its filters.")


def lamp_of(now: datetime) -> ColumnElement[Lamp]:
    """Return the lamp of a point as SQL."""
    group = case(
        (Point.state.in_(TERMINAL_STATES), literal(StateGroup.ENDED.value, Text)),
        (Point.state == State.ONGOING, literal(StateGroup.ONGOING.value, Text)),
        else_=literal(StateGroup.OPEN.value, Text),
    )
    columns = LampColumns(
        group=group,
        due_on=Point.due_on,
        started_on=Point.started_on,
        last_update_at=Point.updated_at,
        relapsed_at=Point.relapsed_at,
        criticised_at=Point.criticised_at,
        proof_due_on=Point.proof_due_on,
        progress=Point.progress_pct,
        node_due_on=Point.node_due_on,
    )
    return lamp_expression(columns, now=now)


def days_left_of(now: datetime) -> ColumnElement[int]:
    """Return the working days left of an open point as SQL; null where nothing is due."""
    return case((Point.state.not_in(TERMINAL_STATES), workdays_left(Point.due_on, now=now)))


def place_of() -> ColumnElement[Any]:
    """Return where the symbol of a point stands: on the line, inside the area."""
    simple = func.GeometryType(Point.geom) == "POINT"
    return case((simple, Point.geom), else_=func.ST_PointOnSurface(Point.geom))


def escape_like(words: str) -> str:
    r"""Return *words* so that LIKE takes ``%``, ``_`` and ``\`` as they are."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def conditions(wanted: PointFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a point must be like to pass *wanted*.

    Raises:
        FilterUnknown: no floor has plugged in a filter of that name.
    """
    found: list[ColumnElement[bool]] = [
        Point.searched.like(f"%{escape_like(word)}%", escape="\\")
        for word in wanted.q.lower().split()
    ]
    choices: tuple[tuple[Any, frozenset[Any]], ...] = (
        (Point.state, wanted.states),
        (Point.category, wanted.categories),
        (Point.risk_grade, wanted.risk_grades),
    )
    found += [column.in_(sorted(chosen)) for column, chosen in choices if chosen]
    if wanted.lamps:
        found.append(lamp_of(now).in_(sorted(wanted.lamps)))
    if wanted.unit_id:
        found.append(Point.responsible_unit_id == wanted.unit_id)
    if wanted.inspector_id:
        found.append(Point.inspector_id == wanted.inspector_id)
    if wanted.area_id:
        found.append(Point.area_id.in_(areas_inside(wanted.area_id)))
    if wanted.bbox:
        box = func.ST_MakeEnvelope(*wanted.bbox, 4326)
        found.append(Point.geom.op("&&")(box))
    return found + [_narrow(name, value) for name, value in sorted(wanted.narrow.items())]


def areas_inside(area_id: uuid.UUID) -> Select[tuple[uuid.UUID]]:
    """Select the ids of an area and of every area below it."""
    below = select(AdminArea.area_id).where(AdminArea.area_id == area_id).cte(recursive=True)
    child = aliased(AdminArea)
    below = below.union_all(select(child.area_id).join(below, child.parent_id == below.c.area_id))
    return select(below.c.area_id)


def _narrow(name: str, value: str) -> ColumnElement[bool]:
    if name not in NARROWERS:
        raise FilterUnknown(name=name)
    return NARROWERS[name](value)


def order_of(sort: PointSort, now: datetime) -> tuple[Key, ...]:
    """Return the keys of *sort*: never null, the last one unique."""
    due: ColumnElement[Any] = func.coalesce(Point.due_on, NEVER)  # as index ix_point_due has it
    last = Key(_plain(Point.point_id))
    match sort:
        case PointSort.NEWEST:
            return Key(_plain(Point.updated_at), descending=True), Key(last.column, descending=True)
        case PointSort.DUE:
            return Key(due), last
        case PointSort.CODE:
            return Key(func.coalesce(Point.code, "")), last
        case PointSort.NAME:
            return Key(collate(_plain(Point.name), CHINESE_ORDER)), last
        case PointSort.LAMP:
            rank = case(
                {lamp.value: place for place, lamp in enumerate(LAMP_ORDER)},
                value=cast(lamp_of(now), String),
            )
            return Key(rank), Key(due), last


def _plain(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    return column  # type: ignore[return-value]  # a mapped column is one
