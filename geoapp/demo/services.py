"""What fills an empty database: one administrator, or a whole district with its story."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import make_password
from geoapp.accounts.rules import SYSTEM, Role, UnitKind
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.services_units import create_unit
from geoapp.accounts.tables import Person, Unit
from geoapp.core.blobs import BlobStore
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.demo.columns import Loaded, NewLogin
from geoapp.demo.services_field import BEFORE_MOVES
from geoapp.demo.services_ledger import add_ledger
from geoapp.demo.services_moves import DO
from geoapp.demo.services_people import add_people, add_units
from geoapp.demo.services_places import add_areas
from geoapp.demo.services_story import Stage, events, fresh_rows
from geoapp.points.tables_moves import Transition
from geoapp.visits.tables import Evidence, Visit

__all__ = ["Loaded", "NewLogin", "load_demo", "prepare_empty"]

FIRST_UNIT = "生态环境保护督察办公室"
FIRST_PERSON = "管理员"


def prepare_empty(
    database: Database, *, blobs: BlobStore, settings: Settings, with_demo: bool, now: datetime
) -> list[NewLogin]:
    """Let somebody sign in to an empty database; returns the sign-ins made, none if it is not.

    Opens its own transaction: it runs before there is anybody to ask.
    """
    with database.transaction(SYSTEM) as session:
        if session.scalar(select(Person.person_id).limit(1)) is not None:
            return []
        if not with_demo:
            return [_first_administrator(session, now=now)]
        return list(load_demo(session, blobs=blobs, settings=settings, now=now).logins)


def load_demo(session: Session, *, blobs: BlobStore, settings: Settings, now: datetime) -> Loaded:
    """Add what is missing of the example district; a second load adds nothing.

    *now* is the day on which its story ends. The session is that of SYSTEM.
    """
    units = add_units(session)
    people, logins = add_people(session, now=now)
    areas = add_areas(session)
    problems = add_ledger(session, now=now)
    before = _figures(session)
    rows = fresh_rows(session)
    stage = Stage(session, blobs=blobs, prefix=settings.code_prefix, now=now)
    for event in events(rows, now=now):
        what = event.step.what
        for do in (*BEFORE_MOVES.get(what, ()), *DO.get(what, ())):
            do(stage, event)
    after = _figures(session)
    return Loaded(
        units=units,
        people=people,
        areas=areas,
        points=len(rows),
        problems=problems,
        logins=tuple(logins),
        **{name: after[name] - before[name] for name in after},
    )


def _figures(session: Session) -> dict[str, int]:
    tables = {"moves": Transition, "visits": Visit, "photos": Evidence}
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


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
