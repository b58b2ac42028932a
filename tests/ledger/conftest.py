import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.app import HOOKS
from geoapp.points import ports
from tests.support.database import RolledBack
from tests.support.desk import Desk
from tests.support.factories import make_office


@pytest.fixture
def guarded_db(dated_engine):
    """The database of one test with the hooks of the app: row scope and audit; nothing stays."""
    with dated_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=HOOKS)
        everything.rollback()


@pytest.fixture
def office(guarded_db):
    """Units and people."""
    with guarded_db.transaction(SYSTEM) as session:
        return make_office(session)


@pytest.fixture
def desk(guarded_db, office, tmp_path):
    yield Desk(guarded_db, tmp_path)
    ports.plug_in(())
