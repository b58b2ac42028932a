from datetime import UTC, datetime

import pytest

from geoapp.accounts import scope
from geoapp.audit import hooks
from tests.support.database import RolledBack

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def guarded_db(database_engine):
    """The database of one test with the hooks of the app: row scope and audit; nothing stays."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=(scope.install, hooks.install))
        everything.rollback()
