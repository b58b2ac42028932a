"""Questions about visits and their evidence; all inside the row scope of the point."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor
from geoapp.accounts.scope import SCOPE_GIVEN
from geoapp.core.i18n import language
from geoapp.points.rules_facts import PhotoFact, VisitFact
from geoapp.points.tables import Point
from geoapp.visits.readers import shipped_checklists
from geoapp.visits.rules import PRESENCE, EvidenceKind, EvidenceRole, off_site_limit_m
from geoapp.visits.rules_checklist import Answer
from geoapp.visits.rules_refusals import EvidenceNotFound, VisitMissing
from geoapp.visits.rules_warnings import PhotoWarning, photo_warnings
from geoapp.visits.tables import Evidence, Visit


@dataclass(frozen=True, kw_only=True)
class PhotoView:
    """A photo as pages show it; *lon*, *lat*: where it was taken, degrees, WGS 84."""

    evidence: Evidence
    lon: float | None
    lat: float | None
    place_from: str
    warnings: tuple[PhotoWarning, ...]


@dataclass(frozen=True, kw_only=True)
class VisitView:
    """A visit as pages show it, with its photos in the order in which they came."""

    visit: Visit
    lon: float | None
    lat: float | None
    is_off_site: bool
    photos: tuple[PhotoView, ...]
    answers: tuple[tuple[str, Answer], ...]
    """Each item of the checklist in the reader's language, with what was said."""


def get_visit(session: Session, visit_id: uuid.UUID) -> VisitView:
    """Return one visit with its photos.

    Raises:
        VisitMissing: it does not exist, or its point lies outside the row scope.
    """
    found = _views(session, Visit.visit_id == visit_id)
    if not found:
        raise VisitMissing
    return found[0]


def visits_of(session: Session, point_id: uuid.UUID, *, limit: int = 200) -> list[VisitView]:
    """Return the visits of a point, newest first; three statements."""
    return _views(session, Visit.point_id == point_id, limit=limit)


def photos_of(session: Session, point_id: uuid.UUID, *, limit: int = 500) -> list[PhotoView]:
    """Return the photos of a point, newest first, with or without a visit."""
    statement = (
        _photos()
        .outerjoin(Visit, Visit.visit_id == Evidence.visit_id)
        .add_columns(Visit.started_at, Visit.ended_at)
        .where(Evidence.point_id == point_id, Evidence.kind == EvidenceKind.PHOTO)
        .order_by(_shown_at().desc(), Evidence.evidence_id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    reused = _reused(session, [row.Evidence for row in rows])
    return [
        _photo_view(
            row,
            started_at=row.started_at or row.Evidence.uploaded_at,
            ended_at=row.ended_at or row.Evidence.uploaded_at,
            reused=reused,
        )
        for row in rows
    ]


def get_evidence(session: Session, evidence_id: uuid.UUID) -> Evidence:
    """Return one photo or file.

    Raises:
        EvidenceNotFound: it does not exist, or its point lies outside the row scope.
    """
    found = session.scalars(select(Evidence).where(Evidence.evidence_id == evidence_id))
    evidence = found.one_or_none()
    if evidence is None:
        raise EvidenceNotFound
    return evidence


def before_and_after(photos: Iterable[PhotoView]) -> tuple[PhotoView, PhotoView] | None:
    """Return the oldest photo from before and the newest from after, where there are both."""
    shown = sorted(photos, key=lambda photo: photo.evidence.taken_at or photo.evidence.uploaded_at)
    before = [photo for photo in shown if photo.evidence.role is EvidenceRole.BEFORE]
    after = [photo for photo in shown if photo.evidence.role is EvidenceRole.AFTER]
    return (before[0], after[-1]) if before and after else None


def facts(session: Session, point: Point, actor: Actor, now: datetime) -> dict[str, Any]:  # noqa: ARG001 - the signature of a FactSource
    """Return the photos and visits of *point* for the rules of its moves; two statements."""
    photos = session.execute(
        select(
            Evidence.evidence_id,
            Evidence.role,
            Evidence.taken_at,
            Evidence.uploaded_at,
            Evidence.taken_distance_m.label("distance_m"),
            Evidence.uploaded_by,
        ).where(Evidence.point_id == point.point_id, Evidence.kind == EvidenceKind.PHOTO)
    )
    visits = session.execute(
        select(
            Visit.inspector_id, Visit.ended_at, Visit.method, Visit.distance_m, Visit.accuracy_m
        ).where(Visit.point_id == point.point_id)
    )
    return {
        "photos": tuple(PhotoFact(**row._asdict()) for row in photos),
        "visits": tuple(
            VisitFact(
                inspector_id=row.inspector_id,
                ended_at=row.ended_at,
                is_on_site=row.method in PRESENCE and not _off_site(row),
            )
            for row in visits
        ),
    }


def _off_site(visit: Any) -> bool:
    """Whether a visit was made too far away to count as on site; unknown is too far."""
    return visit.distance_m is None or visit.distance_m > off_site_limit_m(visit.accuracy_m)


def _shown_at() -> Any:
    return func.coalesce(Evidence.taken_at, Evidence.uploaded_at)


def _photos() -> Select[Any]:
    lon, lat = func.ST_X(Evidence.taken_pos).label("lon"), func.ST_Y(Evidence.taken_pos)
    return select(Evidence, lon, lat.label("lat"))


def _views(session: Session, wanted: Any, *, limit: int = 1) -> list[VisitView]:
    lon, lat = func.ST_X(Visit.pos).label("lon"), func.ST_Y(Visit.pos).label("lat")
    order = Visit.started_at.desc(), Visit.visit_id
    rows = session.execute(
        select(Visit, lon, lat).where(wanted).order_by(*order).limit(limit)
    ).all()
    photos = session.execute(
        _photos()
        .where(Evidence.visit_id.in_([row.Visit.visit_id for row in rows]))
        .order_by(_shown_at(), Evidence.evidence_id)
    ).all()
    reused = _reused(session, [row.Evidence for row in photos])
    return [_visit_view(row, photos, reused) for row in rows]


def _visit_view(row: Any, photos: Sequence[Any], reused: frozenset[str]) -> VisitView:
    visit: Visit = row.Visit
    items = shipped_checklists().items
    return VisitView(
        visit=visit,
        lon=row.lon,
        lat=row.lat,
        is_off_site=visit.method in PRESENCE and _off_site(visit),
        photos=tuple(
            _photo_view(photo, started_at=visit.started_at, ended_at=visit.ended_at, reused=reused)
            for photo in photos
            if photo.Evidence.visit_id == visit.visit_id
        ),
        answers=tuple(
            (items[key].text(language()), Answer(value))
            for key, value in visit.checklist.items()
            if key in items
        ),
    )


def _photo_view(
    row: Any, *, started_at: datetime, ended_at: datetime, reused: frozenset[str]
) -> PhotoView:
    evidence: Evidence = row.Evidence
    return PhotoView(
        evidence=evidence,
        lon=row.lon,
        lat=row.lat,
        place_from=evidence.exif.get("place_from", ""),
        warnings=photo_warnings(
            taken_at=evidence.taken_at,
            started_at=started_at,
            ended_at=ended_at,
            distance_m=evidence.taken_distance_m,
            is_reused=evidence.sha256 in reused,
        ),
    )


def _reused(session: Session, photos: Sequence[Evidence]) -> frozenset[str]:
    """Which of *photos* another point has too; asked past the scope, which point is not told."""
    if not photos:
        return frozenset()
    hashes = {photo.sha256 for photo in photos}
    points = {photo.point_id for photo in photos}
    statement = select(Evidence.sha256).where(
        Evidence.sha256.in_(hashes), Evidence.point_id.not_in(points)
    )
    return frozenset(session.scalars(statement, execution_options={SCOPE_GIVEN: True}))
