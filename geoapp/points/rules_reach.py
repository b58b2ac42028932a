"""Which role of a person reaches a point; plain Python."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from geoapp.accounts.rules import SYSTEM, Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """The units and the inspector that a point belongs to."""

    responsible_unit_id: uuid.UUID | None = None
    accepting_unit_id: uuid.UUID | None = None
    territorial_unit_id: uuid.UUID | None = None
    reporting_unit_id: uuid.UUID | None = None
    inspector_id: uuid.UUID | None = None


def units_for(role: Role, holders: Holders) -> frozenset[uuid.UUID]:
    """Return the units of the point through which *role* reaches it."""
    place = {holders.territorial_unit_id, holders.reporting_unit_id}
    match role:
        case Role.RESPONSIBLE:
            units = {holders.responsible_unit_id}
        case Role.ACCEPTOR:
            # before it is assigned there is no accepting unit: then the leaders of the place
            units = {holders.accepting_unit_id} if holders.accepting_unit_id else place
        case Role.ADMIN:
            units = place | {holders.responsible_unit_id, holders.accepting_unit_id}
        case _:
            units = place | {holders.responsible_unit_id}
    return frozenset(unit for unit in units if unit)


def covers(actor: Actor, role: Role, holders: Holders) -> bool:
    """Tell whether *actor* has *role* where the point is."""
    if role not in actor.roles:
        return False
    if actor.source == SYSTEM.source:
        return True
    if role is Role.INSPECTOR and actor.person_id and holders.inspector_id == actor.person_id:
        return True
    units = units_for(role, holders)
    if not units:
        return actor.sees_all and role is not Role.RESPONSIBLE
    return not units.isdisjoint(actor.reach.get(role, actor.scope_unit_ids))


def role_for(actor: Actor, roles: Iterable[Role], holders: Holders) -> Role | None:
    """Return the role out of *roles* by which *actor* may act on the point; None: by none."""
    wanted = set(roles)
    return next((role for role in Role if role in wanted and covers(actor, role, holders)), None)
