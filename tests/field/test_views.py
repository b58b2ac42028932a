"""A visit over the wire: the form, what it takes, what it refuses, its receipt."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.visits.tables import Evidence, Visit
from tests.support.factories import LAT
from tests.support.field_forms import (
    FINDINGS,
    HTML,
    JSON,
    photo,
    photo_fields,
    read,
    token_of,
    visit_fields,
)


@pytest.fixture
def post(client):
    """post(path, page, headers, fields): send a form with the token of its page."""

    def sent(path, fields, *, page, headers=JSON, client=client):
        data = {"csrf_token": token_of(client, page), **fields}
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
