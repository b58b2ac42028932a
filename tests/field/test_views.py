"""The phone's pages without a window: what they show, what they take, what they refuse."""

import io
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.points.protocol import Verb
from geoapp.points.rules import Category, State
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.visits.tables import Evidence, Visit
from tests.support.factories import LAT, LON, make_point, make_transition
from tests.support.site_photos import site_photo

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/problem+json, application/json"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FINDINGS = "设备已拆除，东侧仍有约十立方米砖渣未清。"


def read(client, path, status=200):
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def photo_fields(*photos, role="after"):
    """Fields of photos as a phone sends them; each a new colour, taken here five minutes ago."""
    fields = {}
    for number, payload in enumerate(photos, 1):
        fields[f"photo-{number}-id"] = str(uuid.uuid4())
        fields[f"photo-{number}-role"] = role
        fields[f"photo-{number}-file"] = (io.BytesIO(payload), f"IMG_{number}.jpg")
    return fields


def photo(colour=(90, 80, 70)):
    return site_photo(
        taken_at=datetime.now(UTC) - timedelta(minutes=5), lon=LON, lat=LAT, colour=colour
    )


def visit_fields(**changes):
    now = datetime.now(UTC)
    honest = {
        "visit_id": str(uuid.uuid4()),
        "started_at": (now - timedelta(minutes=9)).isoformat(),
        "ended_at": now.isoformat(),
        "method": "on_site",
        "findings": FINDINGS,
        "lon": str(LON),
        "lat": str(LAT),
        "accuracy_m": "8.0",
        "samples": "5",
        "pos_source": "gnss",
        "check-equipment_removed": "yes",
    }
    return honest | changes


@pytest.fixture
def post(client):
    """post(path, page, headers, fields): send a form with the token of its page."""

    def sent(path, fields, *, page, headers=JSON, client=client):
        token = TOKEN.search(client.get(page, headers=HTML).text)
        data = {"csrf_token": token[1], **fields}
        return client.post(path, data=data, headers=headers, content_type="multipart/form-data")

    return sent


@pytest.fixture
def send_visit(post, site):
    def sent(fields, **options):
        base = f"/field/points/{site.brickworks.point_id}"
        return post(f"{base}/visits", fields, page=f"{base}/visit", **options)

    return sent


@pytest.fixture
def count(guarded_db):
    def counted(mapped):
        with guarded_db.reading(SYSTEM) as session:
            return session.scalar(select(func.count()).select_from(mapped))

    return counted


def test_a_stranger_is_led_to_the_sign_in(app):
    answer = app.test_client().get("/field", headers=HTML)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_the_list_shows_lamp_state_and_deadline(client, site):
    page = read(client, "/field")
    assert site.brickworks.name in page
    assert 'data-lamp="green"' in page
    assert "整改中" in page
    assert "到期" in page


def test_the_list_is_nearest_first_once_it_knows_where(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            "近处排口",
            lon=LON + 0.001,
            category=Category.WATER_OUTFALL,
            territorial_unit_id=site.office.town.unit_id,
        )
    page = read(client, f"/field/items?near={LON + 0.001},{LAT}")
    assert page.index("近处排口") < page.index(site.brickworks.name)
    assert "95 米" in page
    assert 'transform="rotate(270 12 12)"' in page


def test_the_next_lines_of_a_near_list_follow_the_first(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        for number in range(24):
            make_point(
                session,
                f"点位{number:02}",
                lon=LON + 0.001 * number,
                territorial_unit_id=site.office.town.unit_id,
            )
    first = read(client, f"/field/items?near={LON},{LAT}")
    assert first.count("list-item") == 20
    rest = read(client, f"/field/items?near={LON},{LAT}&shown=20")
    assert rest.count("list-item") == 5
    assert "点位23" in rest
    by_deadline = read(client, "/field")
    after = re.search(r"after=([^&\"]+)", by_deadline)[1]
    assert read(client, f"/field?after={after}").count("list-item") == 5


def test_mine_are_the_points_on_my_list_and_those_of_my_area_on_nobodys(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        town = {"territorial_unit_id": site.office.town.unit_id}
        make_point(session, "无人认领", **town)
        make_point(session, "同事的点位", inspector_id=site.office.planner.person_id, **town)
        make_point(session, "已销号点位", state=State.CLOSED, **town)
        make_point(session, "外镇点位", territorial_unit_id=site.office.other_town.unit_id)
    mine = read(client, "/field")
    assert "无人认领" in mine
    assert not any(name in mine for name in ("同事的点位", "已销号点位", "外镇点位"))
    everything = read(client, "/field?chip=all")
    assert all(name in everything for name in ("无人认领", "同事的点位", "已销号点位"))
    assert "外镇点位" not in everything


def test_a_responsible_unit_sees_what_it_has_to_rectify(client_of, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        own = {"responsible_unit_id": site.office.works.unit_id}
        make_point(session, "等待验收", state=State.COMPLETED, **own)
    page = read(client_of(site.office.worker), "/field")
    assert site.brickworks.name in page
    assert "等待验收" not in page


def test_sent_back_are_the_points_that_an_acceptance_refused(client, guarded_db, site):
    assert site.brickworks.name not in read(client, "/field?chip=returned")
    with guarded_db.transaction(SYSTEM) as session:
        make_transition(
            session,
            site.brickworks,
            source=State.COMPLETED,
            target=State.RECTIFYING,
            verb=Verb.REJECT,
            actor=site.office.acceptor,
            at=datetime.now(UTC),
        )
    assert site.brickworks.name in read(client, "/field?chip=returned")


def test_red_are_the_overdue_ones(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            "逾期点位",
            state=State.ASSIGNED,
            due_on=datetime.now(UTC).date() - timedelta(days=9),
            inspector_id=site.office.inspector.person_id,
        )
    page = read(client, "/field?chip=red")
    assert "逾期点位" in page
    assert site.brickworks.name not in page


def test_the_search_looks_at_name_number_and_address(client, site):
    assert site.brickworks.name in read(client, "/field?q=朝航路")
    assert site.brickworks.name in read(client, "/field?q=BRK-0001")
    assert "没有符合条件的点位" in read(client, "/field?q=没有这样的点")


@pytest.mark.parametrize(
    "query", ["near=x", "near=200,31", "shown=-3", "chip=what", "shown=9999999"]
)
def test_nonsense_in_the_address_means_the_usual_list(client, site, query):
    assert site.brickworks.name in read(client, f"/field?{query}") or "shown" in query


def test_the_point_page_leads_there_and_calls_the_contact(client, site):
    page = read(client, f"/field/points/{site.brickworks.point_id}")
    assert f'href="geo:{LAT:.6f},{LON:.6f}' in page
    assert 'href="tel:021-55550000"' in page
    assert f"/field/points/{site.brickworks.point_id}/visit" in page


def test_a_point_of_another_town_is_not_there(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        far = make_point(session, territorial_unit_id=site.office.other_town.unit_id)
    for path in ("", "/visit"):
        read(client, f"/field/points/{far.point_id}{path}", 404)


def test_the_visit_form_offers_the_moves_of_the_place_with_what_they_lack(client, site):
    page = read(client, f"/field/points/{site.brickworks.point_id}/visit")
    assert 'value="record_progress:rectifying"' in page
    assert 'data-need="fields progress_pct"' in page
    assert "生产设备已拆除" in page
    assert "complete:completed" not in page  # that is the responsible unit's


def test_a_visit_is_received_with_photos_and_move(send_visit, guarded_db, site, count):
    fields = visit_fields(
        move="record_progress:rectifying", **{"record_progress-progress_pct": "60"}
    )
    answer = send_visit(fields | photo_fields(photo(), photo((1, 2, 3))))
    assert answer.status_code == 201, answer.text
    receipt = answer.get_json()
    assert receipt["visit_id"] == fields["visit_id"]
    assert len(receipt["photos"]) == 2
    assert receipt["receipt_url"] == f"/field/receipts/{fields['visit_id']}"
    with guarded_db.reading(SYSTEM) as session:
        assert session.get_one(Point, site.brickworks.point_id).progress_pct == 60
        move = session.scalars(
            select(Transition).where(Transition.verb == Verb.RECORD_PROGRESS)
        ).one()
    assert move.reason == FINDINGS
    assert len(move.evidence_ids) == 2
    assert count(Evidence) == 2


def test_a_second_sending_is_answered_alike_and_changes_nothing(send_visit, count):
    first, fields = (
        photo(),
        visit_fields(move="record_progress:rectifying", **{"record_progress-progress_pct": "30"}),
    )
    ids = photo_fields(first)
    answers = []
    for _time in range(2):
        files = ids | {"photo-1-file": (io.BytesIO(first), "IMG_1.jpg")}
        answers.append(send_visit(fields | files))
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].get_json() == answers[1].get_json()
    assert (count(Visit), count(Evidence)) == (1, 1)


def test_a_refused_move_takes_the_visit_back_and_names_what_lacks(
    send_visit, count, client_of, site
):
    worker = client_of(site.office.worker)
    fields = visit_fields(move="complete:completed")
    answer = send_visit(fields | photo_fields(photo()), client=worker)
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["code"] == "point.evidence_missing"
    assert "after_photos" in problem["data"]["needs"]
    assert (count(Visit), count(Evidence)) == (0, 0)
    again = send_visit(fields | photo_fields(photo(), photo((9, 9, 9))), client=worker)
    assert again.status_code == 201, again.text


def test_an_acceptance_takes_its_five_standards_from_the_checklist(
    send_visit, client_of, guarded_db, site, count
):
    with guarded_db.transaction(SYSTEM) as session:
        session.get_one(Point, site.brickworks.point_id).state = State.COMPLETED
    standards = (
        "all_measures_done",
        "offence_punished",
        "effect_meets",
        "similar_mended",
        "lasting_control",
    )
    answers = {f"check-{key}": "yes" for key in standards}
    fields = visit_fields(method="acceptance", move="accept:accepted", **{"accept-signature": "周"})
    acceptor = client_of(site.office.acceptor)
    refused = send_visit(fields | answers | {"check-effect_meets": "no"}, client=acceptor)
    assert "five_checks" in refused.get_json()["data"]["needs"]
    accepted = send_visit(fields | answers, client=acceptor)
    assert accepted.status_code == 201, accepted.text
    with guarded_db.reading(SYSTEM) as session:
        assert session.get_one(Point, site.brickworks.point_id).state is State.ACCEPTED


def test_a_proposal_waits_and_the_receipt_says_so(send_visit, client, guarded_db, site, count):
    with guarded_db.transaction(SYSTEM) as session:
        point = session.get_one(Point, site.brickworks.point_id)
        point.state, point.closed_at = State.CLOSED, datetime.now(UTC) - timedelta(days=30)
    fields = visit_fields(method="look_back", move="report_relapse:assigned")
    answer = send_visit(fields | photo_fields(photo()))
    assert answer.status_code == 201, answer.text
    assert count(MoveProposal) == 1
    assert "须经第二人确认" in read(client, answer.get_json()["receipt_url"])


def test_off_site_without_a_reason_is_refused_beside_its_field(send_visit, count):
    answer = send_visit(visit_fields(lat=str(LAT + 0.01)))
    assert answer.status_code == 422
    assert answer.get_json()["data"]["field"] == "off_site_reason"
    assert count(Visit) == 0


def test_without_scripts_the_refused_form_comes_back_filled_in(send_visit):
    answer = send_visit(visit_fields(lat=str(LAT + 0.01), weather="小雨"), headers=HTML)
    assert answer.status_code == 422
    assert FINDINGS in answer.text
    assert 'value="小雨"' in answer.text
    assert re.search(r'id="off_site_reason-error"[^>]*>[^<]*您距点位', answer.text)


def test_without_scripts_a_received_visit_leads_to_its_receipt(send_visit, client):
    fields = visit_fields()
    answer = send_visit(fields | photo_fields(photo()), headers=HTML)
    assert answer.status_code == 303
    page = read(client, answer.location)
    assert "现场核查已接收" in page
    assert FINDINGS in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visit_id", "no-uuid"),
        ("method", "telepathy"),
        ("lon", "east"),
        ("lat", "nan"),
        ("started_at", "yesterday"),
        ("started_at", "2026-01-01T00:00:00"),
        ("samples", "1e999"),
        ("move", "explode:closed"),
        ("photo-1-role", "selfie"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(send_visit, name, value):
    answer = send_visit(visit_fields() | photo_fields(photo()) | {name: value})
    assert answer.status_code == 400
    assert answer.get_json()["data"]["field"] == name


def test_a_photo_that_is_none_is_named_by_its_id(send_visit):
    fields = visit_fields() | photo_fields(b"GIF89a nothing")
    answer = send_visit(fields)
    assert answer.status_code == 400
    assert answer.get_json()["data"]["field"] == f"photo-{fields['photo-1-id']}"


def test_more_bytes_than_allowed_are_413(client, site, count):
    answer = client.post(
        f"/field/points/{site.brickworks.point_id}/visits",
        data=bytes(7_000_000),
        headers=JSON,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "web.body_too_large"
    assert count(Visit) == 0


def test_who_may_not_record_visits_gets_no_form(client_of, site):
    planner = client_of(site.office.planner)
    read(planner, f"/field/points/{site.brickworks.point_id}/visit", 403)
    assert "现场核查" not in read(planner, f"/field/points/{site.brickworks.point_id}")
