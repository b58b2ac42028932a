"""A new point from the phone: its place, its photos, what lies around it."""

import io
import re
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.points.rules import LocationMethod, State
from geoapp.points.tables import Point
from geoapp.visits.tables import Evidence
from tests.support.factories import LAT, LON, make_area, make_point
from tests.support.field_forms import HTML, JSON, token_of
from tests.support.site_photos import site_photo

NEAR = {"lon": f"{LON + 0.001}", "lat": f"{LAT}"}


def new_fields(**changes):
    return {
        "point_id": str(uuid.uuid4()),
        "name": "川南奉公路东侧渣土堆",
        "category": "illegal_dumping",
        "description": "路东侧新增渣土堆，约二十立方米，未覆盖。",
        "location_method": "gnss",
        "accuracy_m": "7",
        "photo-1-id": str(uuid.uuid4()),
        **NEAR,
    } | changes


@pytest.fixture
def report(client):
    """report(fields, headers): send the form with its token and a photo."""

    def sent(fields, *, headers=JSON, with_photo=True, client=client):
        data = {"csrf_token": token_of(client, "/field/new"), **fields}
        if with_photo:
            payload = site_photo(taken_at=datetime(2026, 3, 4, 4, tzinfo=UTC), lon=LON, lat=LAT)
            data["photo-1-file"] = (io.BytesIO(payload), "IMG_1.jpg")
        return client.post("/field/points", data=data, headers=headers)

    return sent


@pytest.fixture
def found(guarded_db):
    def one(fields):
        with guarded_db.reading(SYSTEM) as session:
            return session.get(Point, uuid.UUID(fields["point_id"]))

    return one


def test_a_new_point_gets_its_number_its_area_and_its_photo(report, found, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_area(session, unit_id=site.office.town.unit_id)
    fields = new_fields()
    answer = report(fields)
    assert answer.status_code == 201, answer.text
    point = found(fields)
    assert re.fullmatch(r"PDZQ-\d{4}-DMP-0001", answer.get_json()["code"])
    assert (point.state, point.location_method) == (State.REPORTED, LocationMethod.GNSS)
    assert point.accuracy_m == 7
    assert point.territorial_unit_id == site.office.town.unit_id
    with guarded_db.reading(SYSTEM) as session:
        evidence = session.scalars(select(Evidence)).one()
    assert str(evidence.evidence_id) == fields["photo-1-id"]
    assert evidence.visit_id is None


def test_a_second_sending_makes_no_second_point(report, guarded_db):
    fields = new_fields(started_at="2026-03-04T04:00:00+00:00")
    assert [report(fields).status_code for _time in range(2)] == [201, 201]
    with guarded_db.reading(SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 1


def test_numbers_from_a_map_app_are_turned_into_wgs84(report, found):
    fields = new_fields(location_method="typed", datum="gcj02")
    assert report(fields).status_code == 201
    point = found(fields)
    assert (point.datum, point.raw_x) == ("gcj02", pytest.approx(LON + 0.001))
    assert point.accuracy_m is None


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"name": " "}, "name", 422),
        ({"description": "太短"}, "description", 422),
        ({"lon": ""}, "position", 422),
        ({"category": "river_segment"}, "category", 400),
        ({"category": "volcano"}, "category", 400),
        ({"location_method": "telepathy"}, "location_method", 400),
        ({"location_method": "typed", "datum": "moon"}, "datum", 400),
        ({"point_id": "1"}, "point_id", 400),
    ],
)
def test_what_does_not_do_is_named_by_its_field(report, found, changes, field, status):
    answer = report(new_fields(**changes))
    assert answer.status_code == status
    assert answer.get_json()["data"]["field"] == field


def test_a_new_point_needs_a_photo(report):
    answer = report(new_fields(), with_photo=False)
    assert answer.get_json()["code"] == "field.photo_needed"


def test_a_place_outside_the_region_has_to_be_confirmed(report, found):
    fields = new_fields(lon="110.5", lat="25.1")
    answer = report(fields)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "point.outside_region"
    assert report(fields | {"outside_confirmed": "1"}).status_code == 201


def test_without_scripts_the_refused_form_comes_back_filled_in(report):
    answer = report(new_fields(description="太短"), headers=HTML)
    assert answer.status_code == 422
    assert 'value="川南奉公路东侧渣土堆"' in answer.text


def test_without_scripts_the_new_point_is_shown_with_its_number(report, client):
    answer = report(new_fields(), headers=HTML)
    assert answer.status_code == 303
    assert "点位已登记，编号" in client.get(answer.location, headers=HTML).text


def test_points_close_by_are_told_with_their_state(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            "已销号渣土堆",
            lon=LON + 0.001,
            state=State.CLOSED,
            territorial_unit_id=site.office.town.unit_id,
        )
    page = client.get(f"/field/nearby?near={NEAR['lon']},{NEAR['lat']}", headers=HTML).text
    assert "已销号渣土堆" in page
    assert site.brickworks.name in page
    assert "反弹" in page
    far = client.get(f"/field/nearby?near={LON + 0.1},{LAT}", headers=HTML).text
    assert "list-item" not in far
    assert "list-item" not in client.get("/field/nearby?near=here", headers=HTML).text


def test_who_may_not_report_points_gets_no_form(client_of, site):
    worker = client_of(site.office.worker)
    assert worker.get("/field/new", headers=HTML).status_code == 403
