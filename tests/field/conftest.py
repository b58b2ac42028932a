import pytest

from geoapp.core.settings import Settings
from geoapp.points import ports
from tests.support.database import RolledBack
from tests.support.field_site import HOOKS, build_app, build_site, token_for


@pytest.fixture(autouse=True)
def unplugged_afterwards():
    """What this app plugs into points stays in this test."""
    yield
    ports.plug_in(())


@pytest.fixture
def guarded_db(database_engine):
    """The database of one test with the hooks of the app; nothing stays."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=HOOKS)
        everything.rollback()


@pytest.fixture
def site(guarded_db):
    return build_site(guarded_db)


@pytest.fixture
def app(guarded_db, tmp_path, site):
    return build_app(guarded_db, Settings(data=tmp_path, upload_mb=5))


@pytest.fixture
def client_of(app, guarded_db):
    """client_of(actor): a browser without a window, signed in as that person."""

    def signed_in(actor):
        client = app.test_client()
        client.set_cookie("geoapp", token_for(guarded_db, actor))
        return client

    return signed_in


@pytest.fixture
def client(client_of, site):
    """The inspector's."""
    return client_of(site.office.inspector)
