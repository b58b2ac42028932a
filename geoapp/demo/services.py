"""What fills an empty database: one administrator, or a whole district with its story."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import make_password
from geoapp.accounts.rules import SYSTEM, Role, UnitKind
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.services_units import create_unit
from geoapp.accounts.tables import Person, Unit
from geoapp.core.blobs import BlobStore
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.demo.columns import NewLogin
from geoapp.demo.services_people import add_people, add_units

__all__ = ["NewLogin", "prepare_empty"]

FIRST_UNIT = "生态环境保护督察办公室"
FIRST_PERSON = "管理员"


def prepare_empty(
    database: Database,
    *,
    blobs: BlobStore,  # noqa: ARG001
    settings: Settings,  # noqa: ARG001
    with_demo: bool,
    now: datetime,
) -> list[NewLogin]:
    """Let somebody sign in to an empty database; returns the sign-ins made, none if it is not.

    Opens its own transaction: it runs before there is anybody to ask.
    """
    with database.transaction(SYSTEM) as session:
        if session.scalar(select(Person.person_id).limit(1)) is not None:
            return []
        if not with_demo:
            return [_first_administrator(session, now=now)]
        add_units(session)
        return add_people(session, now=now)[1]


def _first_administrator(session: Session, *, now: datetime) -> NewLogin:
    unit_id = session.scalar(select(Unit.unit_id).where(Unit.parent_id.is_(None)))
    if unit_id is None:
        unit = create_unit(session, name=FIRST_UNIT, kind=UnitKind.INSPECTION_OFFICE)
        unit_id = unit.unit_id
    secret = make_password()
    person = create_person(
        session, login="admin", name=FIRST_PERSON, unit_id=unit_id, password=secret
    )
    grant_role(session, person.person_id, role=Role.ADMIN, unit_id=unit_id, now=now)
    return NewLogin(Role.ADMIN, person.login, secret)
