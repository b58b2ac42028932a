"""Keyset paging: the next page starts behind the last row, however many rows there are."""

import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_

PAGE_SIZE = 50
LARGEST_PAGE = 200


class CursorWrong(BadInput):
    """The place in the list does not fit this list."""

    code = "web.cursor_wrong"
    message = N_("This place in the list does not exist.")
    hint = N_("Open the list again from its beginning.")


@dataclass(frozen=True)
class Key:
    """One column of the order; its values are never NULL (coalesce them), the last is unique."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the pages around them; None: no such page."""

    rows: Sequence[Any]
    before: str | None
    after: str | None
    total: int | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """Pack the key values of a row into a word for an address."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values), default=str)).decode().rstrip("=")


def _typed(value: Any, kind: type) -> Any:
    if kind in (uuid.UUID, float, int):
        return kind(value)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value)


def decode_cursor(cursor: str, keys: Sequence[Key]) -> list[Any]:
    """Unpack *cursor* into values of the types of *keys*.

    Raises:
        CursorWrong: it was not made for this order.
    """
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        pairs = zip(raw, keys, strict=True)
        return [_typed(value, key.column.type.python_type) for value, key in pairs]
    except (ValueError, TypeError, AttributeError, binascii.Error, NotImplementedError) as error:
        raise CursorWrong from error


def behind(keys: Sequence[Key], values: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """Return the condition "comes after *values* in this order" (before, when *backwards*)."""
    choices = []
    for index, key in enumerate(keys):
        same = [keys[i].column == values[i] for i in range(index)]
        down = key.descending != backwards
        further = key.column < values[index] if down else key.column > values[index]
        choices.append(and_(*same, further))
    return or_(*choices)


def read_page(  # noqa: PLR0913 - the ways into a list
    session: Session,
    statement: Select[Any],
    *,
    keys: Sequence[Key],
    after: str | None = None,
    before: str | None = None,
    limit: int = PAGE_SIZE,
    total: int | None = None,
) -> Page:
    """Read the page of *statement* behind *after* (or in front of *before*) in the order of *keys*.

    A statement that selects one thing gives that thing a row; others give database rows, with the
    key columns at their end.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    backwards = before is not None and after is None
    cursor = before if backwards else after
    single = len(statement.column_descriptions) == 1
    query = statement.add_columns(*(key.column.label(f"_k{i}") for i, key in enumerate(keys)))
    if cursor:
        query = query.where(behind(keys, decode_cursor(cursor, keys), backwards=backwards))
    order = [key.column.desc() if key.descending != backwards else key.column.asc() for key in keys]
    found = list(session.execute(query.order_by(None).order_by(*order).limit(limit + 1)))
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found = found[::-1]
    cursors = [encode_cursor(row[-len(keys) :]) for row in (found[:1] + found[-1:])]
    has_before = more if backwards else bool(cursor)
    has_after = bool(cursor) if backwards else more
    return Page(
        rows=[row[0] for row in found] if single else found,
        before=cursors[0] if cursors and has_before else None,
        after=cursors[-1] if cursors and has_after else None,
        total=total,
    )
