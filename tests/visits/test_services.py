"""Recording visits on real PostGIS, with the real photo workers and a real store."""

import dataclasses
import uuid
from datetime import timedelta

import pytest
import shapely
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM, NotAllowed
from geoapp.audit.tables import AuditEntry
from geoapp.points.queries import PointMissing, get_point
from geoapp.visits.protocol import Fix
from geoapp.visits.queries import visits_of
from geoapp.visits.rules import VisitMethod
from geoapp.visits.rules_refusals import (
    FindingsMissing,
    OffSiteReasonMissing,
    PositionCoarse,
    PositionReasonMissing,
    PositionWrong,
    VisitIdTaken,
)
from geoapp.visits.tables import Evidence, Visit
from tests.support.factories import LAT, LON, make_point
from tests.support.visits import BEGAN, METRE_NORTH, north, photo_upload, sent_again, visit_draft


def test_a_visit_keeps_who_when_where_and_what(record, brickworks, office, now):
    visit = record(visit_draft(brickworks, weather="小雨", accompanied_by="村委会 张"))
    assert (visit.inspector_id, visit.unit_id) == (
        office.inspector.person_id,
        office.town.unit_id,
    )
    assert (visit.started_at, visit.ended_at, visit.received_at) == (BEGAN, now, now)
    assert visit.distance_m == pytest.approx(0, abs=0.01)
    assert (visit.accuracy_m, visit.pos_samples, visit.pos_source) == (6.0, 8, "gnss")
    assert visit.checklist == {"equipment_removed": "yes", "material_covered": "no"}
    assert (visit.weather, visit.accompanied_by) == ("小雨", "村委会 张")


def test_the_same_visit_sent_again_is_one_visit(record, brickworks, count):
    draft, photo = visit_draft(brickworks), photo_upload()
    first = record(draft, [photo])
    again = record(draft, [sent_again(photo)])
    assert again.visit_id == first.visit_id
    assert (count(Visit), count(Evidence)) == (1, 1)


def test_a_repeat_may_show_another_sending_time(record, brickworks, count, now):
    draft = visit_draft(brickworks, device_at=now)
    record(draft)
    record(dataclasses.replace(draft, device_at=now + timedelta(hours=1)))
    assert count(Visit) == 1


def test_the_same_id_with_other_words_is_a_conflict_and_changes_nothing(record, brickworks, count):
    draft = visit_draft(brickworks)
    record(draft)
    with pytest.raises(VisitIdTaken):
        record(dataclasses.replace(draft, findings="另一段文字"))
    assert count(Visit) == 1


def test_the_same_id_with_another_photo_is_a_conflict(record, brickworks, count):
    draft = visit_draft(brickworks)
    record(draft, [photo_upload()])
    with pytest.raises(VisitIdTaken):
        record(draft, [photo_upload(colour=(1, 2, 3))])
    assert count(Evidence) == 1


def test_nobody_takes_over_the_id_of_another_persons_visit(record, brickworks, office):
    draft = visit_draft(brickworks)
    record(draft)
    with pytest.raises(VisitIdTaken):
        record(draft, actor=office.worker)


def test_distance_is_metres_on_the_ellipsoid(record, brickworks):
    visit = record(visit_draft(brickworks, fix=north(40)))
    assert visit.distance_m == pytest.approx(40, rel=0.01)


def test_inside_an_area_the_distance_is_nothing(record, guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        yard = make_point(
            session,
            shape=shapely.box(LON, LAT, LON + 0.01, LAT + 0.01),
            territorial_unit_id=office.town.unit_id,
        )
    inside = Fix(lon=LON + 0.005, lat=LAT + 0.005, accuracy_m=5)
    beside = Fix(lon=LON + 0.005, lat=LAT - 30 * METRE_NORTH, accuracy_m=5)
    assert record(visit_draft(yard, fix=inside)).distance_m == 0
    assert record(visit_draft(yard, fix=beside)).distance_m == pytest.approx(30, rel=0.02)


def test_off_site_needs_a_reason(record, brickworks):
    with pytest.raises(OffSiteReasonMissing) as refusal:
        record(visit_draft(brickworks, fix=north(60)))
    assert refusal.value.data["field"] == "off_site_reason"
    assert refusal.value.data["limit_m"] == 50
    visit = record(visit_draft(brickworks, fix=north(60), off_site_reason="厂门上锁，在路对面查看"))
    assert visit.off_site_reason == "厂门上锁，在路对面查看"


def test_a_poor_fix_widens_the_limit(record, brickworks):
    assert record(visit_draft(brickworks, fix=north(60, accuracy_m=31))).off_site_reason == ""


def test_a_fix_that_shows_only_the_town_needs_a_reason(record, brickworks):
    with pytest.raises(PositionCoarse):
        record(visit_draft(brickworks, fix=north(400, accuracy_m=2000)))


def test_a_visit_in_person_without_a_position_needs_a_reason(record, brickworks):
    with pytest.raises(PositionReasonMissing):
        record(visit_draft(brickworks, fix=None))
    visit = record(visit_draft(brickworks, fix=None, off_site_reason="手机定位已关闭"))
    assert visit.distance_m is None


def test_documents_are_read_anywhere(record, brickworks):
    record(visit_draft(brickworks, fix=None, method=VisitMethod.DOCUMENTS))
    record(visit_draft(brickworks, fix=north(5000), method=VisitMethod.TALK))


@pytest.mark.parametrize(("lon", "lat"), [(200, 31), (121, 95), (float("nan"), 31)])
def test_a_place_that_is_not_on_the_globe_is_refused(record, brickworks, lon, lat):
    with pytest.raises(PositionWrong):
        record(visit_draft(brickworks, fix=Fix(lon=lon, lat=lat, accuracy_m=5)))


def test_a_visit_says_what_was_seen(record, brickworks):
    with pytest.raises(FindingsMissing):
        record(visit_draft(brickworks, findings="  \n"))


def test_a_phone_with_a_wrong_clock_is_put_right(record, brickworks, now):
    wrong = now + timedelta(days=1)
    visit = record(
        visit_draft(
            brickworks, started_at=wrong - timedelta(minutes=9), ended_at=wrong, device_at=wrong
        )
    )
    assert (visit.started_at, visit.ended_at) == (now - timedelta(minutes=9), now)
    assert visit.device_at == wrong


def test_no_visit_lies_in_the_future(record, brickworks, now):
    later = now + timedelta(days=3)
    visit = record(visit_draft(brickworks, started_at=later, ended_at=later))
    assert (visit.started_at, visit.ended_at) == (now, now)


def test_a_visit_shows_that_something_happens_and_disturbs_no_editor(
    record, brickworks, guarded_db, now
):
    version = brickworks.row_version
    record(visit_draft(brickworks), at=now + timedelta(hours=2))
    with guarded_db.reading(SYSTEM) as session:
        point = get_point(session, brickworks.point_id)
        assert (point.updated_at, point.row_version) == (now + timedelta(hours=2), version)


def test_a_point_of_another_town_is_not_there(record, guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        far = make_point(session, "合庆点位", territorial_unit_id=office.other_town.unit_id)
    with pytest.raises(PointMissing):
        record(visit_draft(far))


def test_a_planner_records_no_visit(record, brickworks, office):
    with pytest.raises(NotAllowed):
        record(visit_draft(brickworks), actor=office.planner)


def test_the_audit_log_names_visit_and_photo(record, brickworks, guarded_db):
    record(visit_draft(brickworks), [photo_upload()])
    with guarded_db.reading(SYSTEM) as session:
        entities = set(session.scalars(select(AuditEntry.entity)))
    assert {"visit", "evidence"} <= entities


def test_visits_are_read_newest_first(record, brickworks, guarded_db, office, now):
    first = record(visit_draft(brickworks), at=now)
    later = now + timedelta(days=2)
    second = record(visit_draft(brickworks, started_at=later, ended_at=later), at=later)
    with guarded_db.reading(office.worker) as session:
        found = [view.visit.visit_id for view in visits_of(session, brickworks.point_id)]
    assert found == [second.visit_id, first.visit_id]


def test_an_unknown_point_is_missing(record, brickworks):
    draft = dataclasses.replace(visit_draft(brickworks), point_id=uuid.uuid4())
    with pytest.raises(PointMissing):
        record(draft)


def test_the_database_itself_keeps_visits_unchanged(record, brickworks, guarded_db):
    visit = record(visit_draft(brickworks))
    with (
        pytest.raises(Exception, match="append-only"),
        guarded_db.transaction(SYSTEM) as session,
    ):
        session.get(Visit, visit.visit_id).findings = "改写"
