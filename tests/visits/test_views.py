"""Photos and visits over the wire: only to who may see the point, copies only inline."""

import io

import pytest
from PIL import Image

from geoapp.core.blobs import open_store
from geoapp.core.settings import Settings
from geoapp.points import ports
from geoapp.visits.services import record_visit
from tests.support.factories import LAT, LON, NOON
from tests.support.field_site import build_app, token_for
from tests.support.site_photos import site_photo
from tests.support.visits import BEGAN, photo_upload, visit_draft

HTML = {"Accept": "text/html"}


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path)


@pytest.fixture
def payload():
    return site_photo(taken_at=BEGAN, lon=LON, lat=LAT, size=(2400, 1800))


@pytest.fixture
def photo(guarded_db, office, brickworks, settings, payload):
    """A photo that the inspector has filed; its upload."""
    upload = photo_upload(payload=payload)
    with guarded_db.transaction(office.inspector) as session:
        record_visit(
            session,
            draft=visit_draft(brickworks, visit_id=upload.evidence_id),
            photos=[upload],
            now=NOON,
            blobs=open_store(settings),
        )
    return upload


@pytest.fixture
def client_of(guarded_db, settings):
    app = build_app(guarded_db, settings)

    def signed_in(actor):
        client = app.test_client()
        client.set_cookie("geoapp", token_for(guarded_db, actor))
        return client

    yield signed_in
    ports.plug_in(())


def test_a_copy_is_small_and_says_nothing_of_its_camera(client_of, office, photo):
    answer = client_of(office.inspector).get(f"/evidence/{photo.evidence_id}/web")
    image = Image.open(io.BytesIO(answer.data))
    assert (answer.content_type, image.size) == ("image/jpeg", (1600, 1200))
    assert dict(image.getexif()) == {}
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    thumb = client_of(office.inspector).get(f"/evidence/{photo.evidence_id}/thumb")
    assert Image.open(io.BytesIO(thumb.data)).size == (320, 240)


def test_a_copy_asked_for_again_is_only_confirmed(client_of, office, photo):
    client = client_of(office.inspector)
    first = client.get(f"/evidence/{photo.evidence_id}/web")
    again = client.get(
        f"/evidence/{photo.evidence_id}/web", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_the_original_comes_byte_for_byte_to_be_saved(client_of, office, photo, payload):
    answer = client_of(office.inspector).get(f"/evidence/{photo.evidence_id}/original")
    assert answer.data == payload
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=after-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize("which", ["thumb", "web", "original"])
def test_nobody_outside_the_points_units_gets_a_photo(client_of, office, photo, which):
    answer = client_of(office.stranger).get(f"/evidence/{photo.evidence_id}/{which}", headers=HTML)
    assert answer.status_code == 404


def test_a_visit_is_shown_with_its_photo_its_answers_and_its_doubts(client_of, office, photo):
    page = client_of(office.planner).get(f"/visits/{photo.evidence_id}", headers=HTML).text
    assert "设备已拆除，东侧仍有约十立方米砖渣未清。" in page
    assert f"/evidence/{photo.evidence_id}/thumb" in page
    assert "物料已覆盖或清空" in page
    stranger = client_of(office.stranger).get(f"/visits/{photo.evidence_id}", headers=HTML)
    assert stranger.status_code == 404


def test_the_point_page_of_the_phone_shows_photo_and_visit(client_of, office, photo, brickworks):
    page = client_of(office.worker).get(f"/field/points/{brickworks.point_id}", headers=HTML).text
    assert f"/evidence/{photo.evidence_id}/thumb" in page
    assert "实地查看" in page
    assert "不符合项：" in page
    assert page.count("物料已覆盖或清空") == 1
