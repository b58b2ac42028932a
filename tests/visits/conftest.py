import pytest
from sqlalchemy import func, select

from geoapp.accounts import scope
from geoapp.accounts.rules import SYSTEM
from geoapp.audit import hooks
from geoapp.core.blobs import DiskStore
from geoapp.points.rules import State
from geoapp.visits.services import record_visit
from tests.support.database import RolledBack
from tests.support.factories import NOON, make_calendar, make_office, make_point


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def blobs(tmp_path):
    return DiskStore(tmp_path / "blobs")


@pytest.fixture
def guarded_db(database_engine):
    """The database of one test with the hooks of the app: row scope and audit; nothing stays."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=(scope.install, hooks.install))
        everything.rollback()


@pytest.fixture
def office(guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        make_calendar(session)
        return make_office(session)


@pytest.fixture
def brickworks(guarded_db, office):
    """A brick factory that the works rectify; the inspector has it on the list."""
    with guarded_db.transaction(SYSTEM) as session:
        return make_point(
            session,
            state=State.RECTIFYING,
            responsible_unit_id=office.works.unit_id,
            accepting_unit_id=office.office.unit_id,
            territorial_unit_id=office.town.unit_id,
            inspector_id=office.inspector.person_id,
        )


@pytest.fixture
def record(guarded_db, office, blobs, now):
    """record(draft, photos) by the inspector; *actor* and *at* may differ."""

    def recorded(draft, photos=(), *, actor=office.inspector, at=now):
        with guarded_db.transaction(actor) as session:
            return record_visit(session, draft=draft, photos=photos, now=at, blobs=blobs)

    return recorded


@pytest.fixture
def count(guarded_db):
    def counted(mapped):
        with guarded_db.reading(SYSTEM) as session:
            return session.scalar(select(func.count()).select_from(mapped))

    return counted
