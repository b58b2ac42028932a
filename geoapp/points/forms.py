"""The filters of a list, read out of an address and written back into one."""

import uuid
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import Lamp
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.ports import NARROWERS
from geoapp.points.rules import Category, RiskGrade, State

LONGEST_SEARCH = 100  # characters; nobody types more, and every word costs an index search
LONGEST_TEXT = 4000  # characters of one field
BOX_NUMBERS = 4
LON_LIMIT, LAT_LIMIT = 180.0, 90.0
Kind = TypeVar("Kind", bound=StrEnum)
Values = MultiDict[str, str]


class ValueWrong(BadInput):
    """A value in an address or form cannot be read."""

    code = "point.value_wrong"
    message = N_("“%(value)s” cannot be the value of “%(name)s”.")
    hint = N_("Correct it, or open the list again and choose from its filters.")


def filter_from_args(args: Values) -> PointFilter:
    """Read the filter of a list out of an address; lists as ``state=a&state=b`` or ``a,b``.

    Raises:
        ValueWrong: a value is not one of those that the filter offers.
    """
    return PointFilter(
        q=_text(args, "q")[:LONGEST_SEARCH],
        states=_kinds(args, "state", State),
        lamps=_kinds(args, "lamp", Lamp),
        categories=_kinds(args, "category", Category),
        risk_grades=_kinds(args, "risk", RiskGrade),
        unit_id=_id(args, "unit"),
        area_id=_id(args, "area"),
        inspector_id=_id(args, "inspector"),
        bbox=_box(args),
        narrow={name: value for name in NARROWERS if (value := _text(args, name))},
    )


def sort_from_args(args: Values, default: PointSort = PointSort.NEWEST) -> PointSort:
    """Read the order of a list out of an address."""
    return _kind(args, "sort", PointSort) or default


def filter_to_args(filter: PointFilter) -> dict[str, str]:  # noqa: A002 - the word of the field
    """Write *filter* as arguments of an address; what does not limit is left out."""
    given = {
        "q": filter.q,
        "state": _joined(filter.states),
        "lamp": _joined(filter.lamps),
        "category": _joined(filter.categories),
        "risk": _joined(filter.risk_grades),
        "unit": str(filter.unit_id or ""),
        "area": str(filter.area_id or ""),
        "inspector": str(filter.inspector_id or ""),
        "bbox": ",".join(f"{edge:.6g}" for edge in filter.bbox) if filter.bbox else "",
        **filter.narrow,
    }
    return {name: value for name, value in given.items() if value}


def _text(args: Values, name: str) -> str:
    value = args.get(name, "").strip()
    if len(value) > LONGEST_TEXT or "\x00" in value:
        raise ValueWrong(name=name, value=value[:20].replace("\x00", "?"))
    return value


def _read(name: str, value: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(value)
    except ValueError:
        raise ValueWrong(name=name, value=value[:40]) from None


def _optional(args: Values, name: str, read: Callable[[str], Any]) -> Any:
    value = _text(args, name)
    return _read(name, value, read) if value else None


def _id(args: Values, name: str) -> Any:
    return _optional(args, name, uuid.UUID)


def _kind(args: Values, name: str, kind: type[Kind]) -> Kind | None:
    found: Kind | None = _optional(args, name, kind)
    return found


def _kinds(args: Values, name: str, kind: type[Kind]) -> frozenset[Kind]:
    words = [word for value in args.getlist(name) for word in value.split(",") if word.strip()]
    return frozenset(_read(name, word.strip(), kind) for word in words)


def _box(args: Values) -> tuple[float, float, float, float] | None:
    value = _text(args, "bbox")
    if not value:
        return None
    edges = tuple(_read("bbox", edge, float) for edge in value.split(","))
    if len(edges) != BOX_NUMBERS or not _is_box(*edges):
        raise ValueWrong(name="bbox", value=value[:60])
    west, south, east, north = edges
    return west, south, east, north


def _is_box(west: float, south: float, east: float, north: float) -> bool:
    return -LON_LIMIT <= west <= east <= LON_LIMIT and -LAT_LIMIT <= south <= north <= LAT_LIMIT


def _joined(chosen: Iterable[StrEnum]) -> str:
    return ",".join(sorted(member.value for member in chosen))
