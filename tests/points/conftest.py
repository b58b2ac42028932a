import pytest

from geoapp.accounts import scope
from geoapp.accounts.rules import SYSTEM
from geoapp.audit import hooks
from geoapp.core.database import Database
from geoapp.points import ports
from tests.points.pages import put
from tests.support.database import RolledBack
from tests.support.desk import Desk
from tests.support.factories import NOON, make_calendar, make_office

HOOKS = (scope.install, hooks.install)


@pytest.fixture(autouse=True)
def nothing_plugged():
    """No upper floor adds anything unless the test says so."""
    ports.plug_in(())
    yield
    ports.plug_in(())


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def guarded_db(dated_engine):
    """The database of one test with the hooks of the app: row scope and audit; nothing stays."""
    with dated_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=HOOKS)
        everything.rollback()


@pytest.fixture
def committing_db(own_database_url):
    """A database of this test alone with the hooks of the app, which really commits."""
    database = Database(own_database_url, hooks=HOOKS)
    with database.transaction(SYSTEM) as session:
        make_calendar(session)
    yield database
    database.close()


@pytest.fixture
def office(guarded_db):
    """Units and people."""
    with guarded_db.transaction(SYSTEM) as session:
        return make_office(session)


@pytest.fixture
def desk(guarded_db, office, tmp_path):
    """The desk pages of the office."""
    return Desk(guarded_db, tmp_path)


@pytest.fixture
def point(guarded_db, office):
    """A point of the town, just reported."""
    with guarded_db.transaction(SYSTEM) as session:
        return put(session, office)
