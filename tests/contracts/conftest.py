import pytest

from geoapp.app import HOOKS
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from tests.support.database import cloned_database
from tests.support.house import furnish, open_house


@pytest.fixture(scope="session")
def furnished(cluster, tmp_path_factory):
    """The whole product with a full database; tests only look at it, or are refused."""
    with cloned_database(cluster) as url:
        database = Database(url, hooks=HOOKS)
        yield furnish(Settings(data=tmp_path_factory.mktemp("house")), database)
        database.close()


@pytest.fixture
def house(furnished):
    return open_house(furnished)
