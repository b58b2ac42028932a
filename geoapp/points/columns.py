"""What goes into points and what comes out of them: filters, drafts, rows; plain Python."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shapely import Geometry

from geoapp.core.i18n import N_
from geoapp.deadlines.rules import Lamp
from geoapp.points.rules import (
    Category,
    LocationMethod,
    RiskGrade,
    Secrecy,
    State,
    Substantiation,
)


class PointSort(StrEnum):
    """In which order a list of points is read."""

    NEWEST = "newest"
    DUE = "due"
    CODE = "code"
    LAMP = "lamp"
    NAME = "name"


SORT_NAMES: dict[PointSort, str] = {
    PointSort.NEWEST: N_("Latest change first"),
    PointSort.DUE: N_("Earliest deadline first"),
    PointSort.CODE: N_("By number"),
    PointSort.LAMP: N_("Red lamps first"),
    PointSort.NAME: N_("By name"),
}


@dataclass(frozen=True, kw_only=True)
class PointFilter:
    """Which points are wanted; empty means no limit.

    *unit_id*: the responsible unit; *area_id*: the area or any area inside it; *bbox*: west,
    south, east, north in degrees, WGS 84; *narrow*: filters of upper floors, by their name.
    """

    q: str = ""
    states: frozenset[State] = frozenset()
    lamps: frozenset[Lamp] = frozenset()
    categories: frozenset[Category] = frozenset()
    risk_grades: frozenset[RiskGrade] = frozenset()
    unit_id: uuid.UUID | None = None
    area_id: uuid.UUID | None = None
    inspector_id: uuid.UUID | None = None
    bbox: tuple[float, float, float, float] | None = None
    narrow: Mapping[str, str] = field(default_factory=dict)


ALL_POINTS = PointFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One line of a list of points."""

    point_id: uuid.UUID
    code: str | None
    upstream_no: str
    name: str
    category: Category
    state: State
    lamp: Lamp
    risk_grade: RiskGrade | None
    due_on: date | None
    due_text: str
    workdays_left: int | None
    """Negative: working days behind the deadline; None: no deadline, or closed."""
    progress_pct: int
    is_urgent: bool
    responsible_unit_id: uuid.UUID | None
    responsible_unit_name: str | None
    area_name: str | None
    inspector_id: uuid.UUID | None
    updated_at: datetime
    lon: float
    lat: float
    distance_m: float | None = None
    """Only in lists around a place: geodesic metres to the nearest part of the point."""


@dataclass(frozen=True, slots=True)
class Strip:
    """How many points there are of each lamp and each state; both add up to *total*."""

    lamps: dict[Lamp, int]
    states: dict[State, int]
    total: int


@dataclass(frozen=True, kw_only=True)
class PointDraft:
    """A new point as somebody reports it.

    *shape* is in degrees, WGS 84 (lon, lat); *raw_x* and *raw_y* are the numbers as they came in
    *datum*. *point_id* is made by the client, so that sending twice makes one point.
    *evidence_ids* names photos that follow under these ids as soon as the point exists.
    *source_name* and *source_id* name the file row that it comes from. *outside_confirmed*: the
    person was asked about a position outside the region and said yes.
    """

    name: str
    category: Category
    shape: Geometry
    location_method: LocationMethod
    point_id: uuid.UUID = field(default_factory=uuid.uuid4)
    description: str = ""
    accuracy_m: float | None = None
    datum: str = "wgs84"
    raw_x: float | None = None
    raw_y: float | None = None
    entry: Geometry | None = None
    address: str = ""
    upstream_no: str = ""
    pollution_types: tuple[str, ...] = ()
    risk_grade: RiskGrade | None = None
    liable_party: str = ""
    land_owner: str = ""
    case_no: str = ""
    secrecy: Secrecy = Secrecy.OPEN
    substantiation: Substantiation | None = None
    is_urgent: bool = False
    is_punished: bool = False
    responsible_unit_id: uuid.UUID | None = None
    accepting_unit_id: uuid.UUID | None = None
    inspector_id: uuid.UUID | None = None
    found_at: datetime | None = None
    device_at: datetime | None = None
    evidence_ids: tuple[uuid.UUID, ...] = ()
    source_name: str | None = None
    source_id: str | None = None
    outside_confirmed: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedNearby:
    """A closed point so near to a new one that the new one may be its relapse."""

    point_id: uuid.UUID
    code: str | None
    name: str
    distance_m: float
    closed_at: datetime | None


class HistoryKind(StrEnum):
    """What a line of a point's history is."""

    MOVE = "move"
    PROPOSAL = "proposal"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One line of a point's history; what does not apply is empty.

    *decision*: of a proposal: empty while it waits, then confirmed, declined or withdrawn.
    """

    kind: HistoryKind
    entry_id: uuid.UUID
    at: datetime
    seq: int = 0
    """Order of moves that share an instant."""
    actor_id: uuid.UUID | None
    actor_name: str
    verb: str = ""
    source: str = ""
    target: str = ""
    role: str = ""
    body: str = ""
    """The reason of a move or proposal, the words of a comment."""
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence_ids: tuple[str, ...] = ()
    due_on: date | None = None
    device_at: datetime | None = None
    confirmed_by: uuid.UUID | None = None
    """Who agreed to a move, or decided a proposal."""
    confirmed_name: str = ""
    decision: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
