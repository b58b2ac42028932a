"""What is known of a point when a move is asked for; plain Python."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from geoapp.points.rules import Category, LocationMethod, RiskGrade, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFact:
    """One photo of the point; *role*: before, during, after, overview or other."""

    evidence_id: uuid.UUID
    role: str
    taken_at: datetime | None
    """By the camera; None when the file does not say."""
    uploaded_at: datetime
    distance_m: float | None
    """From where it was taken to the point; None when the file does not say."""
    uploaded_by: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFact:
    """One visit of the point."""

    inspector_id: uuid.UUID
    ended_at: datetime
    is_on_site: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFact:
    """One measure of the point; a deadline is a day, or the words for "no end"."""

    has_unit: bool
    has_deadline: bool
    is_finished: bool
    """Done, or ongoing without an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectifier:
    """Somebody who took part in the rectification, and the unit they did it for."""

    person_id: uuid.UUID | None
    unit_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The point, its past and its evidence, seen by the one who wants to move it.

    *photos*, *visits*, *measures* and *has_case_plan* come from upper floors.
    """

    point_id: uuid.UUID
    now: datetime
    today: date
    """The day of *now* in Shanghai."""
    actor_id: uuid.UUID | None
    actor_unit_id: uuid.UUID | None

    has_geometry: bool = True
    location_method: LocationMethod | None = None
    accuracy_m: float | None = None
    category: Category | None = None
    description: str = ""
    has_document: bool = False
    """It came out of a file or ledger, which stands for the photo of the finding."""
    risk_grade: RiskGrade | None = None
    is_punished: bool = False
    case_no: str = ""
    responsible_unit_id: uuid.UUID | None = None
    accepting_unit_id: uuid.UUID | None = None
    progress_pct: int = 0
    due_on: date | None = None
    first_due_on: date | None = None
    closed_at: datetime | None = None

    main_state: State | None = None
    """State of the main point that the form names; None: no such point."""
    state_since: datetime | None = None
    rectifying_since: datetime | None = None
    """The last time that rectification began, by the clock of the device if it was offline."""
    previous_state: State | None = None
    """The state from which the present one was reached."""
    rectifiers: tuple[Rectifier, ...] = ()
    returns: int = 0
    extensions: int = 0
    notice_ends_on: date | None = None
    notice_url: str = ""

    photos: tuple[PhotoFact, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    measures: tuple[MeasureFact, ...] = ()
    has_case_plan: bool = False
