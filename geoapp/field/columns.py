"""What the phone pages show and take: list lines, a chosen move, a result; plain Python."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from geoapp.core.i18n import N_
from geoapp.points.columns import PointRow


class Chip(StrEnum):
    """Which points a phone's list holds."""

    MINE = "mine"
    RED = "red"
    RETURNED = "returned"
    ALL = "all"


CHIP_NAMES: dict[Chip, str] = {
    Chip.MINE: N_("Mine"),
    Chip.RED: N_("Red lamp"),
    Chip.RETURNED: N_("Sent back"),
    Chip.ALL: N_("All"),
}


@dataclass(frozen=True, slots=True)
class Here:
    """Where the phone is, degrees, WGS 84."""

    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asks of the list; *after* is the cursor, *shown* the lines already there."""

    chip: Chip = Chip.MINE
    q: str = ""
    here: Here | None = None
    after: str | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One point in the list; *bearing_deg* leads from the phone to it, clockwise from north."""

    row: PointRow
    bearing_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """One page of the list and how to ask for the next one (arguments of its address)."""

    lines: tuple[Line, ...]
    more: Mapping[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call about a point."""

    unit_name: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """An existing point close to a new one; it may be the same, or the old one come back."""

    point_id: uuid.UUID
    code: str | None
    name: str
    state: str
    distance_m: float
