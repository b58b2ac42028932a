"""Rows of the demo files, and what a load gives back; plain Python."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from shapely import Geometry

from geoapp.accounts.rules import Role, UnitKind
from geoapp.points.rules import Category, RiskGrade

NAMESPACE = uuid.UUID("5d1a8c52-6f0e-4c8b-9a57-2f8f4f1f7b21")


def demo_id(*parts: str) -> uuid.UUID:
    """Return the id of one demo row: the same at every load, on every machine."""
    return uuid.uuid5(NAMESPACE, "/".join(parts))


@dataclass(frozen=True)
class NewLogin:
    """A sign-in that has just been made; the password stands nowhere else."""

    role: Role
    login: str
    password: str


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A line of units.csv; *parent* is the key of another line."""

    key: str
    name: str
    short_name: str
    kind: UnitKind
    parent: str


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """A line of people.csv: whose home is *unit*, with *role* in *grant_unit* and below."""

    login: str
    name: str
    role: Role
    unit: str
    grant_unit: str
    signs_in: bool


@dataclass(frozen=True, kw_only=True)
class PointRow:
    """A line of points.csv; *unit* rectifies it, *arc* names what happens to it (arcs.toml)."""

    key: str
    town: str
    category: Category
    arc: str
    is_from_ledger: bool
    unit: str
    name: str
    lon: float
    lat: float
    shape: Geometry
    address: str
    liable_party: str
    risk: RiskGrade
    description: str

    @property
    def point_id(self) -> uuid.UUID:
        """The id of its point."""
        return demo_id("point", self.key)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens to a point, *ago* days before the load."""

    ago: int
    what: str
    value: int | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step of one point at its instant; *number* is its place in the arc."""

    at: datetime
    row: PointRow
    step: Step
    number: int


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said of a category: what is seen, what is to be done, how it is known."""

    seen: str
    measures: tuple[str, ...]
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many rows a load has added; all zero: everything was there already."""

    units: int
    people: int
    areas: int
    points: int
    moves: int
    problems: int
    visits: int
    photos: int
    logins: tuple[NewLogin, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return the figures by name."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "logins"}
