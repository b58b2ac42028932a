"""The tree of units: who stands under whom. Every change lands in the audit log."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.queries import units_below
from geoapp.accounts.rules import ROOT_KINDS, UnitKind
from geoapp.accounts.tables import Unit
from geoapp.core.errors import Conflict, NotFound, Refused
from geoapp.core.i18n import N_


class UnitMissing(NotFound):
    """There is no such unit."""

    code = "accounts.unit_missing"
    message = N_("There is no such unit.")


class UnitNameTaken(Conflict):
    """Two units under one parent cannot have one name."""

    code = "accounts.unit_name_taken"
    message = N_("There is already a unit %(name)s at this place.")


class UnitMisplaced(Refused):
    """The tree has one root, of a kind that can lead, and no circles."""

    code = "accounts.unit_misplaced"
    message = N_("The unit %(name)s cannot stand there in the tree.")
    hint = N_(
        "There is one unit at the top: an inspection office, a town or a department;"
        " no unit stands below itself."
    )


def find_unit(session: Session, unit_id: uuid.UUID) -> Unit:
    """The unit, or UnitMissing."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise UnitMissing
    return unit


def create_unit(  # noqa: PLR0913 - what the register of units asks for
    session: Session,
    *,
    name: str,
    kind: UnitKind,
    parent_id: uuid.UUID | None = None,
    short_name: str = "",
    area_code: str | None = None,
    liaison_name: str = "",
    liaison_phone: str = "",
    unit_id: uuid.UUID | None = None,
) -> Unit:
    """Add a unit under *parent_id*; None: as the root, if there is none yet."""
    unit = Unit(unit_id=unit_id or uuid.uuid4(), kind=kind, name=name.strip())
    _place_unit(session, unit, parent_id=parent_id)
    unit.short_name, unit.area_code = short_name.strip(), area_code or None
    unit.liaison_name, unit.liaison_phone = liaison_name.strip(), liaison_phone.strip()
    session.add(unit)
    session.flush()
    return unit


def change_unit(  # noqa: PLR0913 - what the register of units asks for
    session: Session,
    unit_id: uuid.UUID,
    *,
    name: str,
    kind: UnitKind,
    parent_id: uuid.UUID | None,
    short_name: str = "",
    area_code: str | None = None,
    liaison_name: str = "",
    liaison_phone: str = "",
    is_active: bool = True,
) -> Unit:
    """Change a unit, or move it under another parent."""
    unit = find_unit(session, unit_id)
    unit.name, unit.kind = name.strip(), kind
    _place_unit(session, unit, parent_id=parent_id)
    unit.short_name, unit.area_code = short_name.strip(), area_code or None
    unit.liaison_name, unit.liaison_phone = liaison_name.strip(), liaison_phone.strip()
    unit.is_active = is_active
    session.flush()
    return unit


def _place_unit(session: Session, unit: Unit, *, parent_id: uuid.UUID | None) -> None:
    """Check place and name; the database checks both again."""
    with session.no_autoflush:
        siblings = select(Unit.unit_id).where(
            Unit.parent_id.is_not_distinct_from(parent_id), Unit.unit_id != unit.unit_id
        )
        if session.scalar(siblings.where(Unit.name == unit.name)):
            raise UnitNameTaken(name=unit.name)
        if parent_id is None:
            misplaced = unit.kind not in ROOT_KINDS or session.scalar(siblings) is not None
        else:
            find_unit(session, parent_id)
            misplaced = parent_id in units_below(session, unit.unit_id)
    if misplaced or not unit.name:
        raise UnitMisplaced(name=unit.name)
    unit.parent_id = parent_id
