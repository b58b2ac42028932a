from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.points import ports
from tests.support.browser import PHONE
from tests.support.factories import LAT, LON
from tests.support.field_site import HOOKS, Site, build_app, build_site, token_for
from tests.support.server import serving
from tests.support.site_photos import site_photo

PHONE_OPTIONS = {
    "viewport": PHONE,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass(frozen=True)
class Place:
    """A running server with the brick factory in its database."""

    address: str
    database: Database
    site: Site

    @property
    def point_url(self) -> str:
        return f"{self.address}/field/points/{self.site.brickworks.point_id}"


@pytest.fixture
def place(own_database_url, tmp_path):
    database = Database(own_database_url, hooks=HOOKS)
    site = build_site(database)
    app = build_app(database, Settings(data=tmp_path / "data", upload_mb=5))
    with serving(app) as address:
        yield Place(address, database, site)
    database.close()
    ports.plug_in(())


@pytest.fixture
def phone_of(place, open_page):  # in this order: pages close before their server
    """phone_of(actor, lon, lat): a phone signed in as *actor*; without lon it has no position."""

    def one(actor: Any, *, lon: float | None = LON, lat: float = LAT, **options: Any):
        if lon is not None:
            options |= {
                "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 8},
                "permissions": ["geolocation"],
            }
        page = open_page(**PHONE_OPTIONS, **options)
        cookie = {"name": "geoapp", "value": token_for(place.database, actor)}
        page.context.add_cookies([{**cookie, "url": place.address}])
        return page

    return one


@pytest.fixture
def photo_files(tmp_path):
    """photo_files(n): *n* photos of the phone's camera, taken at the place minutes ago."""

    def made(count: int, **changes: Any) -> list[str]:
        paths = []
        for number in range(count):
            taken = datetime.now(UTC) - timedelta(minutes=5 - number)
            honest = {"taken_at": taken, "lon": LON, "lat": LAT}
            path = tmp_path / f"IMG_{number}.jpg"
            path.write_bytes(site_photo(**honest | changes, colour=(90, 80 + 20 * number, 70)))
            paths.append(str(path))
        return paths

    return made
