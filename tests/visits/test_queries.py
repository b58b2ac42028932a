"""What the rules of moves, and readers of a point, learn from its visits."""

import threading

import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.core.database import Database
from geoapp.points.rules import State
from geoapp.visits.queries import before_and_after, facts, get_evidence, photos_of
from geoapp.visits.rules import EvidenceRole, VisitMethod
from geoapp.visits.rules_refusals import EvidenceNotFound
from geoapp.visits.services import record_visit
from tests.support.factories import NOON, make_calendar, make_office, make_point
from tests.support.field_site import HOOKS
from tests.support.visits import photo_upload, visit_draft


@pytest.fixture
def record(guarded_db, office, blobs):
    def recorded(draft, photos=()):
        with guarded_db.transaction(office.inspector) as session:
            return record_visit(session, draft=draft, photos=photos, now=NOON, blobs=blobs)

    return recorded


@pytest.fixture
def known(guarded_db, office, brickworks):
    def facts_now():
        with guarded_db.reading(office.planner) as session:
            return facts(session, brickworks, office.planner, NOON)

    return facts_now


def test_facts_name_each_photo_with_role_time_and_distance(record, known, brickworks, office):
    photo = photo_upload(EvidenceRole.AFTER)
    record(visit_draft(brickworks), [photo])
    (fact,) = known()["photos"]
    assert (fact.evidence_id, fact.role) == (photo.evidence_id, "after")
    assert fact.taken_at is not None
    assert fact.distance_m == pytest.approx(0, abs=1)
    assert (fact.uploaded_at, fact.uploaded_by) == (NOON, office.inspector.person_id)


def test_only_a_visit_in_person_near_the_point_is_on_site(record, known, brickworks):
    record(visit_draft(brickworks))
    record(visit_draft(brickworks, method=VisitMethod.DOCUMENTS))
    record(visit_draft(brickworks, fix=None, off_site_reason="定位故障"))
    assert sorted(visit.is_on_site for visit in known()["visits"]) == [False, False, True]


def test_before_and_after_are_the_oldest_and_the_newest(record, guarded_db, brickworks):
    old, late = photo_upload(EvidenceRole.BEFORE), photo_upload(colour=(1, 2, 3))
    record(visit_draft(brickworks), [old])
    record(visit_draft(brickworks), [late])
    with guarded_db.reading(SYSTEM) as session:
        photos = photos_of(session, brickworks.point_id)
    pair = before_and_after(photos)
    assert [photo.evidence.evidence_id for photo in pair] == [old.evidence_id, late.evidence_id]
    assert before_and_after(photos[:1]) is None


def test_evidence_of_another_unit_is_not_there(record, guarded_db, office, brickworks):
    photo = photo_upload()
    record(visit_draft(brickworks), [photo])
    with guarded_db.reading(office.stranger) as session, pytest.raises(EvidenceNotFound):
        get_evidence(session, photo.evidence_id)


def test_the_same_visit_sent_eight_times_at_once_is_one_visit(own_database_url, blobs):
    database = Database(own_database_url, hooks=HOOKS)
    with database.transaction(SYSTEM) as session:
        make_calendar(session)
        office = make_office(session)
        point = make_point(session, state=State.ASSIGNED, territorial_unit_id=office.town.unit_id)
    draft, photo = visit_draft(point), photo_upload()
    payload = photo.stream.read()
    got = []

    def send():
        mine = photo_upload(evidence_id=photo.evidence_id, payload=payload)
        with database.transaction(office.inspector) as session:
            visit = record_visit(session, draft=draft, photos=[mine], now=NOON, blobs=blobs)
            got.append((visit.visit_id, visit.payload_sha256))

    threads = [threading.Thread(target=send) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading(SYSTEM) as session:
        assert len(photos_of(session, point.point_id)) == 1
    database.close()
    assert len(got) == 8
    assert len(set(got)) == 1
