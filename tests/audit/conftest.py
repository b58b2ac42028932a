import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.audit import hooks
from geoapp.core.database import Database
from tests.support.database import RolledBack


@pytest.fixture
def audited_db(database_engine):
    """The database of one test with the audit hook; nothing stays."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=(hooks.install,))
        everything.rollback()


@pytest.fixture
def committing_db(own_database_url):
    """A database of this test alone with the audit hook, which really commits."""
    database = Database(own_database_url, hooks=(hooks.install,))
    yield database
    database.close()


@pytest.fixture
def audited(audited_db):
    """A session of SYSTEM with the audit hook, whose commit() is a savepoint."""
    session = audited_db._open(SYSTEM)
    yield session
    session.close()
