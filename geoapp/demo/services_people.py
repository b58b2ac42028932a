"""The offices and people of the demo story."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import make_password
from geoapp.accounts.queries import units_below
from geoapp.accounts.rules import (
    GRANTS,
    OVERSEEING,
    TOP_ONLY,
    Actor,
    Permission,
    UnitKind,
)
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.services_units import create_unit
from geoapp.accounts.tables import Person, Unit
from geoapp.demo.columns import NewLogin, PersonRow, demo_id
from geoapp.demo.readers import person_rows, unit_rows

IN_OFFICE_SINCE = timedelta(days=400)  # longer than the oldest point of the story
ROOT = "root"


def unit_ids(session: Session) -> dict[str, uuid.UUID]:
    """Map the keys of units.csv to units; an office's own top unit stands in for ours."""
    top = session.scalar(select(Unit.unit_id).where(Unit.parent_id.is_(None)))
    ids = {row.key: demo_id("unit", row.key) for row in unit_rows()}
    return ids | ({ROOT: top} if top else {})


def add_units(session: Session) -> int:
    """Add the units that are missing; returns how many."""
    ids = unit_ids(session)
    known = set(session.scalars(select(Unit.unit_id)))
    fresh = [row for row in unit_rows() if ids[row.key] not in known]
    for row in fresh:
        create_unit(
            session,
            unit_id=ids[row.key],
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            parent_id=ids[row.parent] if row.parent else None,
        )
    return len(fresh)


def add_people(session: Session, *, now: datetime) -> tuple[int, list[NewLogin]]:
    """Add the people that are missing; returns how many, and the sign-ins of those who get one."""
    ids = unit_ids(session)
    known = set(session.scalars(select(Person.person_id)))
    taken = set(session.scalars(select(Person.login)))
    fresh = [row for row in person_rows() if demo_id("person", row.login) not in known]
    logins = []
    for row in fresh:
        login = f"demo-{row.login}" if row.login in taken else row.login
        secret = make_password() if row.signs_in else None
        person = create_person(
            session,
            person_id=demo_id("person", row.login),
            login=login,
            name=row.name,
            unit_id=ids[row.unit],
            password=secret,
            must_change_password=False,
        )
        grant_role(
            session,
            person.person_id,
            role=row.role,
            unit_id=ids[row.grant_unit],
            now=now - IN_OFFICE_SINCE,
        )
        if secret:
            logins.append(NewLogin(row.role, login, secret))
    return len(fresh), logins


def demo_actors(session: Session) -> Mapping[str, Actor]:
    """Return everybody of people.csv as the actor that their sign-in would give."""
    ids = unit_ids(session)
    kinds = {row.key: row.kind for row in unit_rows()}
    below = {key: units_below(session, ids[key]) for key in {r.grant_unit for r in person_rows()}}
    return {
        row.login: _actor(row, ids, below[row.grant_unit], kinds[row.grant_unit])
        for row in person_rows()
    }


def _actor(
    row: PersonRow, ids: Mapping[str, uuid.UUID], covered: frozenset[uuid.UUID], kind: UnitKind
) -> Actor:
    is_top = kind is UnitKind.INSPECTION_OFFICE
    return Actor(
        person_id=demo_id("person", row.login),
        name=row.name,
        unit_id=ids[row.unit],
        source="cli",
        roles=frozenset({row.role}),
        scope_unit_ids=covered,
        sees_all=row.role in TOP_ONLY or (is_top and row.role in OVERSEEING),
        sees_secret=Permission.SECRET_READ in GRANTS[row.role],
        reach={row.role: covered},
    )
