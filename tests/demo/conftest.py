"""One load for all tests of the story: it takes some 15 s, so nobody may change it."""

import pytest

from geoapp.accounts import scope
from geoapp.accounts.rules import SYSTEM
from geoapp.audit import hooks
from geoapp.core.blobs import DiskStore
from geoapp.core.database import Database
from geoapp.core.settings import read_settings
from geoapp.deadlines.services import seed
from geoapp.demo.services import load_demo
from geoapp.ledger import plugs as ledger
from geoapp.points import ports
from geoapp.visits import plugs as visits
from tests.demo.support import Story
from tests.support.database import cloned_database
from tests.support.factories import NOON


@pytest.fixture(scope="package")
def story(cluster, tmp_path_factory):
    """The example district, loaded on NOON into a database of its own."""
    blobs = DiskStore(tmp_path_factory.mktemp("blobs"))
    settings = read_settings({}, data=tmp_path_factory.mktemp("data"))
    with cloned_database(cluster) as url:
        database = Database(url, hooks=(scope.install, hooks.install))
        seed(database)
        ports.plug_in((ledger.PLUG, visits.PLUG))
        with database.transaction(SYSTEM) as session:
            loaded = load_demo(session, blobs=blobs, settings=settings, now=NOON)
        ports.plug_in(())
        yield Story(database=database, blobs=blobs, settings=settings, loaded=loaded)
        database.close()


@pytest.fixture
def told(story):
    """A session that reads the story."""
    with story.database.reading(SYSTEM) as session:
        yield session
