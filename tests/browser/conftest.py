import pytest

from geoapp.app import HOOKS, create_app
from geoapp.core.blobs import open_store
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from tests.support.server import serving


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path)


@pytest.fixture
def live_database(own_database_url):
    """The database behind live_server; migrated, empty, its own."""
    database = Database(own_database_url, hooks=HOOKS)
    yield database
    database.close()


@pytest.fixture
def live_server(settings, live_database):
    """The whole app behind its real web server; its address."""
    app = create_app(settings, database=live_database, blobs=open_store(settings))
    with serving(app) as address:
        yield address
