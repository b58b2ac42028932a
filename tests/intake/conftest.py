"""An office whose planner uses the pages of the imports."""

import pytest

from geoapp.accounts.rules import SYSTEM, Role, UnitKind
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.tables import Unit
from geoapp.app import HOOKS, create_app
from geoapp.core.blobs import DiskStore
from geoapp.core.settings import Settings
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.services import seed_calendar, seed_limits
from geoapp.intake.readers_ledger import LedgerOptions, read_ledger
from tests.accounts.conftest import NOON, build_office
from tests.accounts.pages import enter
from tests.support.database import RolledBack
from tests.support.ledgers import FULL, write_docx, write_xlsx


@pytest.fixture
def office_db(dated_engine):
    """The database of one test with the hooks of the app and the calendar; nothing stays."""
    with dated_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=HOOKS)
        everything.rollback()


@pytest.fixture
def office(office_db):
    with office_db.transaction(SYSTEM) as session:
        seed_calendar(session)
        seed_limits(session)
        office = build_office(session, NOON)
        for login, role in (("planner", Role.PLANNER), ("clerk", Role.PLANNER)):
            person = create_person(
                session,
                login=login,
                name=login,
                unit_id=office.root.unit_id,
                must_change_password=False,
            )
            grant_role(session, person.person_id, role=role, unit_id=office.root.unit_id, now=NOON)
    return office


@pytest.fixture
def app(office_db, office, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    settings = Settings(data=data, upload_mb=1)
    return create_app(settings, database=office_db, blobs=DiskStore(data / "blobs"))


@pytest.fixture
def as_person(app, office_db):
    """Give a browser in which the person with this login is signed in."""

    def enter_as(login):
        from sqlalchemy import select

        from geoapp.accounts.tables import Person

        with office_db.transaction(SYSTEM) as session:
            person = session.scalar(select(Person).where(Person.login == login))
        return enter(app.test_client(), office_db, person)

    return enter_as


@pytest.fixture
def planner(as_person):
    return as_person("planner")


@pytest.fixture
def read_table(tmp_path):
    def read_one(table=FULL, kind="xlsx", *, year=2024, may_split=True):
        writer = {"xlsx": write_xlsx, "docx": write_docx}[kind]
        path = writer(table, tmp_path / f"ledger.{kind}")
        options = LedgerOptions(year=year, may_split=may_split)
        return read_ledger(path, options=options, calendar=shipped_calendar())

    return read_one


@pytest.fixture
def named_units(session):
    """The units that the table names, but for one."""
    root = Unit(name="示范区督察办", kind=UnitKind.INSPECTION_OFFICE)
    session.add(root)
    session.flush()
    names = {
        "市容管理科": UnitKind.DEPARTMENT,
        "督察科": UnitKind.DEPARTMENT,
        "城管中队": UnitKind.DEPARTMENT,
        "东滩镇": UnitKind.TOWN,
    }
    units = {
        name: Unit(name=name, kind=kind, parent_id=root.unit_id) for name, kind in names.items()
    }
    session.add_all(units.values())
    session.flush()
    return {name: unit.unit_id for name, unit in units.items()}
