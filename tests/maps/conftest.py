import pytest

from tests.maps.site import Content, build_site
from tests.support.judge import wait_until
from tests.support.server import serving


@pytest.fixture
def content():
    """What the map of this test shows; change it before the page opens."""
    return Content()


@pytest.fixture
def client(content, tmp_path):
    return build_site(content, tmp_path).test_client()


@pytest.fixture
def map_site(content, tmp_path):
    """The address of a page with table and map behind a real web server."""
    with serving(build_site(content, tmp_path)) as address:
        yield address


@pytest.fixture
def open_map(page, map_site):
    """A function that opens the page and returns the frame of its ready map."""

    def open_one(address="/", *, on=page):
        on.goto(map_site + address)
        frame = on.frame_locator("iframe[data-map]").owner.element_handle().content_frame()
        wait_until(frame, "window.map_main && map_main.geo.ready && map_main.geo.points.index")
        return frame

    return open_one
