"""Reading accounts: who a token belongs to, people and their roles, the tree of units."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Select, bindparam, or_, select, text
from sqlalchemy.orm import Session, joinedload

from geoapp.accounts.protocol import hash_token
from geoapp.accounts.rules import (
    GRANTS,
    OVERSEEING,
    TOP_ONLY,
    Actor,
    Permission,
    Role,
    UnitKind,
)
from geoapp.accounts.tables import Person, RoleGrant, SignIn, Unit

ACTOR_BY_TOKEN = text(
    """
    WITH RECURSIVE me AS (
        SELECT sign_in.sign_in_id, sign_in.last_seen_at, sign_in.address_prefix, sign_in.device,
            person.person_id, person.name, person.unit_id, person.language,
            person.must_change_password
        FROM sign_in JOIN person USING (person_id)
        WHERE sign_in.token_hash = :token_hash AND sign_in.revoked_at IS NULL
            AND sign_in.expires_at > :now AND person.is_active
    ), reach (role, unit_id, is_top) AS (
        SELECT role_grant.role, unit.unit_id,
            unit.parent_id IS NULL OR unit.kind = 'inspection_office'
        FROM me JOIN role_grant USING (person_id)
            JOIN unit ON unit.unit_id = role_grant.unit_id
        WHERE role_grant.valid_from <= :now
            AND (role_grant.valid_to IS NULL OR role_grant.valid_to > :now)
        UNION
        SELECT reach.role, unit.unit_id, reach.is_top
        FROM reach JOIN unit ON unit.parent_id = reach.unit_id
    )
    SELECT me.*, roles.role, roles.unit_ids, roles.is_top
    FROM me LEFT JOIN (
        SELECT role, array_agg(DISTINCT unit_id) AS unit_ids, bool_or(is_top) AS is_top
        FROM reach GROUP BY role
    ) AS roles ON true
    """
).bindparams(bindparam("token_hash", type_=LargeBinary), bindparam("now", type_=DateTime(True)))
"""The person, the roles and every unit they cover, in one round trip."""


def actor_for(session: Session, token: str, now: datetime, *, source: str = "web") -> Actor | None:
    """The actor whose browser holds *token*; None: unknown, ended, revoked, or deactivated."""
    rows = session.execute(ACTOR_BY_TOKEN, {"token_hash": hash_token(token), "now": now}).all()
    if not rows:
        return None
    me = rows[0]
    reach = {Role(row.role): frozenset(row.unit_ids) for row in rows if row.role}
    top = frozenset(Role(row.role) for row in rows if row.is_top)
    return Actor(
        person_id=me.person_id,
        name=me.name,
        unit_id=me.unit_id,
        source=source,
        roles=frozenset(reach),
        scope_unit_ids=frozenset().union(*reach.values()),
        sees_all=bool(top & OVERSEEING) or bool(TOP_ONLY & reach.keys()),
        sees_secret=any(Permission.SECRET_READ in GRANTS[role] for role in reach),
        language=me.language,
        reach=reach,
        must_change_password=me.must_change_password,
        sign_in_id=me.sign_in_id,
        last_seen_at=me.last_seen_at,
        address_prefix=me.address_prefix,
        device_id=me.device,
    )


def valid_grants(now: datetime) -> Select[RoleGrant]:
    """Grants that hold at *now*, with their units."""
    return (
        select(RoleGrant)
        .options(joinedload(RoleGrant.unit))
        .where(
            RoleGrant.valid_from <= now,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > now),
        )
        .order_by(RoleGrant.role, RoleGrant.valid_from)
    )


def grants_of(
    session: Session, person_ids: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, list[RoleGrant]]:
    """The grants that hold at *now* of each of *person_ids*, in one query."""
    found: dict[uuid.UUID, list[RoleGrant]] = defaultdict(list)
    for grant in session.scalars(valid_grants(now).where(RoleGrant.person_id.in_(person_ids))):
        found[grant.person_id].append(grant)
    return found


def people(search: str = "", *, unit_id: uuid.UUID | None = None) -> Select[Person]:
    """People whose name, login or telephone contains *search*, of *unit_id* if given."""
    query = select(Person).options(joinedload(Person.unit))
    if unit_id is not None:
        query = query.where(Person.unit_id == unit_id)
    if search:
        query = query.where(
            or_(
                Person.name.icontains(search, autoescape=True),
                Person.login.icontains(search, autoescape=True),
                Person.phone.contains(search, autoescape=True),
            )
        )
    return query


def person_by_login(login: str) -> Select[Person]:
    """The person of this login name."""
    return select(Person).where(Person.login == login)


def open_sign_ins(person_id: uuid.UUID | None, now: datetime) -> Select[SignIn]:
    """Where *person_id* is signed in at *now*, last used first."""
    return (
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.last_seen_at.desc(), SignIn.sign_in_id)
    )


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A unit at its place in the tree: *depth* 0 is the root."""

    unit: Unit
    depth: int

    @property
    def indented(self) -> str:
        """The name behind as many full-width spaces as it is deep (for a select)."""
        return "\u3000" * self.depth + self.unit.name


KIND_ORDER = {kind: index for index, kind in enumerate(UnitKind)}


def unit_tree(session: Session, *, active_only: bool = False) -> list[UnitRow]:
    """All units, each under its parent; siblings by kind, then by name."""
    below: dict[uuid.UUID | None, list[Unit]] = defaultdict(list)
    for unit in session.scalars(select(Unit)):
        if unit.is_active or not active_only:
            below[unit.parent_id].append(unit)
    rows: list[UnitRow] = []

    def walk(parent_id: uuid.UUID | None, depth: int) -> None:
        for unit in sorted(below[parent_id], key=lambda item: (KIND_ORDER[item.kind], item.name)):
            rows.append(UnitRow(unit=unit, depth=depth))
            walk(unit.unit_id, depth + 1)

    walk(None, 0)
    return rows


SUBTREE = text(
    """
    WITH RECURSIVE below AS (
        SELECT unit_id FROM unit WHERE unit_id = :unit_id
        UNION
        SELECT unit.unit_id FROM unit JOIN below ON unit.parent_id = below.unit_id
    )
    SELECT unit_id FROM below
    """
)


def units_below(session: Session, unit_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """*unit_id* and every unit below it."""
    rows: Any = session.execute(SUBTREE, {"unit_id": unit_id}).scalars()
    return frozenset(rows)
