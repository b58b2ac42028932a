"""Photos of visits on real PostGIS, with the real photo workers and a real store."""

import dataclasses
from datetime import timedelta

import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.visits.photos import NotAPhoto
from geoapp.visits.queries import get_visit
from geoapp.visits.rules import EvidenceRole
from geoapp.visits.rules_refusals import (
    PhotoAlreadyFiled,
    PhotoTwice,
    TooManyPhotos,
)
from geoapp.visits.rules_warnings import PhotoWarning
from geoapp.visits.services import add_photos
from geoapp.visits.tables import Evidence, Visit
from tests.support.factories import LAT, LON, NOON, make_point
from tests.support.site_photos import site_photo
from tests.support.visits import BEGAN, north, photo_upload, visit_draft


def test_a_photo_keeps_its_bytes_and_gets_two_copies(record, brickworks, guarded_db, blobs):
    payload = site_photo(taken_at=BEGAN, lon=LON, lat=LAT, size=(2000, 1500))
    visit = record(visit_draft(brickworks), [photo_upload(payload=payload)])
    with guarded_db.reading(SYSTEM) as session:
        (photo,) = get_visit(session, visit.visit_id).photos
    evidence = photo.evidence
    with blobs.open(evidence.sha256) as original:
        assert original.read() == payload
    assert blobs.exists(evidence.web_sha256)
    assert blobs.exists(evidence.thumb_sha256)
    assert (evidence.width_px, evidence.height_px, evidence.media_type) == (
        2000,
        1500,
        "image/jpeg",
    )
    assert (evidence.role, evidence.taken_at) == (EvidenceRole.AFTER, BEGAN)
    assert evidence.taken_distance_m == pytest.approx(0, abs=1)
    assert photo.warnings == ()


def test_a_photo_without_a_position_takes_the_phones_if_just_taken(record, brickworks, guarded_db):
    at = BEGAN + timedelta(minutes=3)
    fresh = photo_upload(payload=site_photo(taken_at=at), fix=north(10), added_at=at)
    old = photo_upload(
        payload=site_photo(taken_at=at - timedelta(days=3)), fix=north(10), added_at=at
    )
    visit = record(visit_draft(brickworks), [fresh, old])
    with guarded_db.reading(SYSTEM) as session:
        photos = {
            photo.evidence.evidence_id: photo for photo in get_visit(session, visit.visit_id).photos
        }
    assert photos[fresh.evidence_id].place_from == "phone"
    assert photos[fresh.evidence_id].evidence.taken_distance_m == pytest.approx(10, rel=0.02)
    assert photos[old.evidence_id].warnings == (PhotoWarning.OLD, PhotoWarning.NO_POSITION)


def test_doubtful_photos_are_taken_and_marked(record, brickworks, guarded_db, office):
    far = site_photo(taken_at=BEGAN, lon=LON + 0.01, lat=LAT)
    with guarded_db.transaction(SYSTEM) as session:
        other = make_point(session, "另一处", territorial_unit_id=office.other_town.unit_id)
    record(visit_draft(other), [photo_upload(payload=far)], actor=_everywhere(office))
    visit = record(visit_draft(brickworks), [photo_upload(payload=far)])
    with guarded_db.reading(office.inspector) as session:
        (photo,) = get_visit(session, visit.visit_id).photos
    assert photo.warnings == (PhotoWarning.FAR, PhotoWarning.REUSED)


def _everywhere(office):
    return dataclasses.replace(office.inspector, sees_all=True)


def test_two_equal_photos_in_one_visit_are_refused_by_number(record, brickworks, count):
    with pytest.raises(PhotoTwice) as refusal:
        record(visit_draft(brickworks), [photo_upload(), photo_upload()])
    assert refusal.value.data["number"] == 2
    assert count(Visit) == 0


def test_a_photo_of_an_earlier_visit_is_refused(record, brickworks, count):
    record(visit_draft(brickworks), [photo_upload()])
    with pytest.raises(PhotoAlreadyFiled):
        record(visit_draft(brickworks), [photo_upload()])
    assert count(Visit) == 1


def test_a_file_that_is_no_photo_names_its_place_and_stores_nothing(
    record, brickworks, blobs, count
):
    good, bad = photo_upload(), photo_upload(payload=b"MZ no photo at all")
    with pytest.raises(NotAPhoto) as refusal:
        record(visit_draft(brickworks), [good, bad])
    assert refusal.value.data == {"number": 2, "field": f"photo-{bad.evidence_id}"}
    assert list(blobs.iterate()) == []
    assert (count(Visit), count(Evidence)) == (0, 0)


def test_thirty_one_photos_are_too_many(record, brickworks):
    photos = [photo_upload(payload=bytes([number])) for number in range(31)]
    with pytest.raises(TooManyPhotos):
        record(visit_draft(brickworks), photos)


def test_photos_of_a_new_find_need_no_visit(guarded_db, office, brickworks, blobs, count):
    with guarded_db.transaction(office.inspector) as session:
        add_photos(
            session, point_id=brickworks.point_id, photos=[photo_upload()], now=NOON, blobs=blobs
        )
    assert (count(Visit), count(Evidence)) == (0, 1)
