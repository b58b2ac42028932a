"""Visits: what somebody saw at a point, with photos; received once, however often it is sent."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from geoapp.accounts.rules import Actor, NotSignedIn, Permission, may, require
from geoapp.accounts.scope import SCOPE_GIVEN
from geoapp.core.blobs import BlobStore
from geoapp.points.queries import get_point
from geoapp.points.queries_facts import actor_in
from geoapp.points.tables import Point
from geoapp.visits.protocol import PhotoUpload, VisitDraft, payload_sha256
from geoapp.visits.readers import shipped_checklists
from geoapp.visits.rules import COARSE_FIX_M, PRESENCE, off_site_limit_m
from geoapp.visits.rules_refusals import (
    FindingsMissing,
    OffSiteReasonMissing,
    PositionCoarse,
    PositionReasonMissing,
    VisitIdTaken,
)
from geoapp.visits.tables import Evidence, Visit
from geoapp.visits.writers import (
    check_fix,
    distance_m,
    file_photos,
    keep_photos,
    load_photos,
    new_photos,
    refuse_filed,
    stored,
)

CLOCK_SLACK = timedelta(minutes=2)  # phones that set their clock by the network are this good


def record_visit(
    session: Session,
    *,
    draft: VisitDraft,
    photos: Sequence[PhotoUpload] = (),
    now: datetime,
    blobs: BlobStore,
) -> Visit:
    """Record the visit with its photos; a repeat of the same visit returns the first one.

    Raises:
        PointMissing: the point is not the actor's to see.
        VisitIdTaken: the id came before with other content.
        FindingsMissing, OffSiteReasonMissing, PositionCoarse, PositionReasonMissing, PositionWrong,
        ChecklistItemUnknown, ChecklistAnswerUnknown: what is told does not do.
        TooManyPhotos, PhotoTwice, PhotoAlreadyFiled, and what ``photos.take_photo`` raises.
    """
    actor = _inspector(session)
    loaded = load_photos(photos)
    digest = payload_sha256(draft, [(photo.upload, photo.sha256) for photo in loaded])
    earlier = _earlier(session, draft.visit_id)
    if earlier is not None:
        if earlier.payload_sha256 != digest or earlier.inspector_id != actor.person_id:
            raise VisitIdTaken(visit_id=str(draft.visit_id))
        return earlier
    point = get_point(session, draft.point_id)
    visit = _visit(session, point, draft, actor=actor, now=now)
    visit.payload_sha256 = digest
    refuse_filed(session, point, loaded)
    kept = keep_photos(loaded, blobs)
    session.add(visit)
    session.flush()
    uploaded_by = visit.inspector_id
    file_photos(session, point, kept, visit_id=visit.visit_id, uploaded_by=uploaded_by, now=now)
    _touch(session, point, now)
    return visit


def add_photos(
    session: Session,
    *,
    point_id: uuid.UUID,
    photos: Sequence[PhotoUpload],
    now: datetime,
    blobs: BlobStore,
) -> list[Evidence]:
    """File photos with a point outside of any visit, such as those of a new find.

    Photos that came before under the same ids are passed over; the new rows are returned.

    Raises:
        PointMissing, TooManyPhotos, PhotoTwice, PhotoAlreadyFiled, and what
        ``photos.take_photo`` raises.
    """
    actor = actor_in(session)
    if not may(actor, Permission.POINT_CREATE):
        require(actor, Permission.VISIT_RECORD)
    if actor.person_id is None:
        raise NotSignedIn
    point = get_point(session, point_id)
    loaded = new_photos(session, point, load_photos(photos))
    refuse_filed(session, point, loaded)
    kept = keep_photos(loaded, blobs)
    rows = file_photos(session, point, kept, visit_id=None, uploaded_by=actor.person_id, now=now)
    _touch(session, point, now)
    return rows


def _inspector(session: Session) -> Actor:
    actor = actor_in(session)
    require(actor, Permission.VISIT_RECORD)
    if actor.person_id is None:
        raise NotSignedIn
    return actor


def _earlier(session: Session, visit_id: uuid.UUID) -> Visit | None:
    """Return the visit of that id; of several sendings at once, all but one wait here."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(visit_id), 0))))
    query = select(Visit).where(Visit.visit_id == visit_id)
    return session.scalars(query, execution_options={SCOPE_GIVEN: True}).one_or_none()


def _visit(
    session: Session, point: Point, draft: VisitDraft, *, actor: Actor, now: datetime
) -> Visit:
    if not draft.findings.strip():
        raise FindingsMissing(field="findings")
    started_at, ended_at = corrected_times(draft, now)
    metres = _measured(session, point, draft)
    fix = draft.fix
    return Visit(
        visit_id=draft.visit_id,
        point_id=point.point_id,
        method=draft.method,
        inspector_id=actor.person_id,
        inspector_name=actor.name,
        unit_id=actor.unit_id,
        started_at=started_at,
        ended_at=ended_at,
        device_at=draft.device_at,
        received_at=now,
        pos=stored(fix.lon, fix.lat) if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        pos_age_s=fix.age_s if fix else None,
        pos_samples=fix.samples if fix else None,
        pos_source=fix.source if fix else "",
        distance_m=metres,
        off_site_reason=draft.off_site_reason.strip(),
        findings=draft.findings.strip(),
        checklist=shipped_checklists().read(draft.checklist),
        weather=draft.weather.strip(),
        accompanied_by=draft.accompanied_by.strip(),
    )


def corrected_times(draft: VisitDraft, now: datetime) -> tuple[datetime, datetime]:
    """Start and end by the server's clock; neither lies in the future.

    A phone whose clock is wrong by more than CLOCK_SLACK is put right by the difference that it
    showed while sending.
    """
    shift = now - draft.device_at if draft.device_at else timedelta(0)
    shift = shift if abs(shift) > CLOCK_SLACK else timedelta(0)
    started_at = min(draft.started_at + shift, now)
    ended_at = min(draft.ended_at + shift, now) if draft.ended_at else now
    return started_at, max(started_at, ended_at)


def _measured(session: Session, point: Point, draft: VisitDraft) -> float | None:
    """Return the distance to the point; a visit in person away from it needs a reason."""
    has_reason = bool(draft.off_site_reason.strip()) or draft.method not in PRESENCE
    if draft.fix is None:
        if not has_reason:
            raise PositionReasonMissing(field="off_site_reason")
        return None
    check_fix(draft.fix)
    metres = distance_m(session, point, draft.fix.lon, draft.fix.lat)
    accuracy_m = draft.fix.accuracy_m
    if accuracy_m is not None and accuracy_m > COARSE_FIX_M and not has_reason:
        raise PositionCoarse(accuracy_m=round(accuracy_m), field="off_site_reason")
    limit_m = off_site_limit_m(accuracy_m)
    if metres > limit_m and not has_reason:
        raise OffSiteReasonMissing(
            distance_m=round(metres), limit_m=round(limit_m), field="off_site_reason"
        )
    return metres


def _touch(session: Session, point: Point, now: datetime) -> None:
    """Note that something happened; no new version, so that nobody's edit of it is refused."""
    session.execute(
        update(Point)
        .where(Point.point_id == point.point_id)
        .values(updated_at=now)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(point, "updated_at", now)
