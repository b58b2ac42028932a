"""Rows of the demo files, and what a load gives back; plain Python."""

import uuid
from dataclasses import dataclass

from geoapp.accounts.rules import Role, UnitKind

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
