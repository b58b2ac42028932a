"""What of a row goes into the log: changed columns only, in plain words, without secrets."""

import hashlib
from collections.abc import Iterator
from typing import Any

import shapely
from geoalchemy2 import WKBElement, WKTElement
from geoalchemy2.shape import to_shape
from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE
from sqlalchemy.sql import ClauseElement

from geoapp.audit.rules import WITHHELD, plain
from geoapp.core.model import Base

UNCHANGING = frozenset({"created_at", "created_by"})  # the entry says who and when itself
COUNTERS = frozenset({"row_version"})
COMPUTED = "[computed]"
"""Stands for a value that the database made of an expression."""
HIDDEN = (WITHHELD, COMPUTED)
WKT_DECIMALS = 7  # 1 cm
LONGEST_WKT = 600  # characters; larger geometries are named by kind, size and hash

Changes = tuple[dict[str, Any] | None, dict[str, Any] | None]


def entity_of(row: Base) -> tuple[str, str]:
    """The table of *row* and its primary key as text, parts joined by a slash."""
    state: InstanceState[Base] = inspect(row)
    key = state.mapper.primary_key_from_instance(row)
    return row.__tablename__, "/".join(str(part) for part in key)


def inserted(row: Base) -> Changes:
    """Nothing before; after: what is not empty."""
    state: InstanceState[Base] = inspect(row)
    after = {
        key: _value(row, key, state.dict[key])
        for key in _keys(state)
        if state.dict.get(key) is not None and key not in UNCHANGING
    }
    return None, after


def deleted(row: Base) -> Changes:
    """Before: what was not empty; nothing after."""
    state: InstanceState[Base] = inspect(row)
    before = {
        key: _value(row, key, state.dict[key])
        for key in _keys(state)
        if state.dict.get(key) is not None
    }
    return before, None


def computed_keys(row: Base) -> frozenset[str]:
    """Columns that the coming flush sets by an SQL expression; afterwards nothing shows it."""
    values = inspect(row).dict
    return frozenset(key for key in values if isinstance(values[key], ClauseElement))


def updated(row: Base, computed: frozenset[str] = frozenset()) -> Changes | None:
    """Before and after of the columns that really changed; None: none did."""
    state: InstanceState[Base] = inspect(row)
    changes: dict[str, tuple[Any, Any]] = dict.fromkeys(sorted(computed), (None, COMPUTED))
    for key in _keys(state):
        history = state.get_history(key, PASSIVE_NO_INITIALIZE)
        if history.has_changes():
            old = _value(row, key, next(iter(history.deleted or ()), None))
            new = _value(row, key, next(iter(history.added or ()), None))
            if old != new or new in HIDDEN:  # the same place may come as WKB and as WKT
                changes[key] = old, new
    if not changes:
        return None
    return (
        {key: old for key, (old, _new) in changes.items()},
        {key: new for key, (_old, new) in changes.items()},
    )


def _keys(state: InstanceState[Base]) -> Iterator[str]:
    for attribute in state.mapper.column_attrs:
        if attribute.key not in COUNTERS:
            yield attribute.key


def _value(row: Base, key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in type(row).__unaudited_columns__:
        return WITHHELD
    if isinstance(value, WKBElement | WKTElement):
        return _geometry(value)
    if isinstance(value, ClauseElement):
        return COMPUTED
    return plain(value)


def _geometry(element: WKBElement | WKTElement) -> str:
    shape = to_shape(element)
    words = shapely.to_wkt(shape, rounding_precision=WKT_DECIMALS)
    if len(words) <= LONGEST_WKT:
        return words
    digest = hashlib.sha256(shapely.to_wkb(shape, byte_order=1)).hexdigest()
    return f"{shape.geom_type} ({shapely.get_num_coordinates(shape)}) sha256:{digest}"
