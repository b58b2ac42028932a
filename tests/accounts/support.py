"""A small office: one town with two villages, and people in them."""

import hashlib
import uuid
from datetime import timedelta

from geoapp.accounts.rules import GRANTS, Actor, Permission, Role, UnitKind
from geoapp.accounts.tables import Person, SignIn, Unit


def make_unit(session, name="祝桥镇", *, kind=UnitKind.TOWN, parent=None):
    unit = Unit(name=name, kind=kind, parent_id=parent.unit_id if parent else None)
    session.add(unit)
    session.flush()
    return unit


def make_person(session, login, *, unit):
    person = Person(login=login, name=login.title(), unit_id=unit.unit_id)
    session.add(person)
    session.flush()
    return person


def make_sign_in(session, person, *, at):
    row = SignIn(
        token_hash=hashlib.sha256(uuid.uuid4().bytes).digest(),
        person_id=person.person_id,
        created_at=at,
        last_seen_at=at,
        expires_at=at + timedelta(hours=12),
        device=f"phone of {person.login}",
    )
    session.add(row)
    session.flush()
    return row


def actor_for_test(*roles: Role, person=None, units=(), sees_all=False, reach=None):
    return Actor(
        person_id=person.person_id if person else uuid.uuid4(),
        name="test",
        unit_id=None,
        source="web",
        roles=frozenset(roles),
        scope_unit_ids=frozenset(unit.unit_id for unit in units),
        sees_all=sees_all,
        reach=reach or {},
        sees_secret=any(Permission.SECRET_READ in GRANTS[role] for role in roles),
    )
