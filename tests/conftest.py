import logging

import pytest
import structlog
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from geoapp.accounts.rules import SYSTEM
from geoapp.core.database import Database
from geoapp.deadlines.services import seed
from tests.support.database import RolledBack, cloned_database, empty_database, shared_cluster

pytest_plugins = ["tests.support.browser"]


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session")
def cluster():
    """The running PostGIS server of the tests."""
    server = shared_cluster()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_url(cluster):
    """A migrated database for this whole test process; leave nothing behind in it."""
    with cloned_database(cluster) as url:
        yield url


@pytest.fixture
def own_database_url(cluster):
    """A migrated database for this test alone: for commits, threads and servers."""
    with cloned_database(cluster) as url:
        yield url


@pytest.fixture
def empty_database_url(cluster):
    """A database without schema."""
    with empty_database(cluster) as url:
        yield url


@pytest.fixture(scope="session")
def database_engine(database_url):
    engine = create_engine(database_url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def dated_engine(cluster):
    """An engine on a database that knows the working calendar; leave nothing more behind in it.

    Filling the calendar anew in every test and rolling it back leaves millions of dead rows, on
    which PostgreSQL then chooses plans that take minutes.
    """
    with cloned_database(cluster) as url:
        database = Database(url)
        seed(database)
        database.close()
        engine = create_engine(url, poolclass=NullPool)
        yield engine
        engine.dispose()


@pytest.fixture
def db(database_engine):
    """The database of one test in one thread: commits are savepoints, rolled back at the end."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection)
        everything.rollback()


@pytest.fixture
def own_db(own_database_url):
    """The database of one test that really commits, for several threads or connections."""
    database = Database(own_database_url)
    yield database
    database.close()


@pytest.fixture
def session(db):
    """A session of SYSTEM; nothing stays."""
    with db.transaction(SYSTEM) as opened:
        yield opened
