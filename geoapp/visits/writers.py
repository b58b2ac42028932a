"""Photos on their way in: looked at, kept with two copies, filed as evidence."""

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geoalchemy2 import Geography, WKBElement
from geoalchemy2.shape import from_shape
from shapely import Point as ShapelyPoint
from sqlalchemy import cast, func, select
from sqlalchemy.orm import Session

from geoapp.core.blobs import BlobStore
from geoapp.core.errors import DomainError
from geoapp.points.tables import Point
from geoapp.visits.photos import PhotoCopies, PhotoFacts, take_photo
from geoapp.visits.protocol import Fix, PhotoUpload
from geoapp.visits.rules import EvidenceKind
from geoapp.visits.rules_refusals import (
    PhotoAlreadyFiled,
    PhotoTwice,
    PositionWrong,
    TooManyPhotos,
)
from geoapp.visits.tables import Evidence

EPSG = 4326
MAX_PHOTOS = 30  # a grid that a reader still looks through
JUST_TAKEN = timedelta(minutes=10)  # the phone has hardly moved since the shutter
EAST, NORTH = 180.0, 90.0


@dataclass(frozen=True)
class LoadedPhoto:
    """One photo in memory, with the hash of its bytes."""

    upload: PhotoUpload
    payload: bytes
    sha256: str


@dataclass(frozen=True)
class KeptPhoto:
    """One photo whose bytes and copies lie in the store."""

    loaded: LoadedPhoto
    facts: PhotoFacts
    web_sha256: str
    thumb_sha256: str


def field_of(photo: PhotoUpload) -> str:
    """Return the name of the photo's place in a form."""
    return f"photo-{photo.evidence_id}"


def load_photos(photos: Sequence[PhotoUpload]) -> list[LoadedPhoto]:
    """Read the bytes of *photos* and refuse doubles.

    Raises:
        TooManyPhotos, PhotoTwice.
    """
    if len(photos) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS, field="photos")
    loaded: list[LoadedPhoto] = []
    for number, upload in enumerate(photos, 1):
        payload = b"".join(iter(lambda stream=upload.stream: stream.read(1 << 20), b""))  # type: ignore[misc]
        sha256 = hashlib.sha256(payload).hexdigest()
        if any(sha256 == other.sha256 for other in loaded):
            raise PhotoTwice(number=number, field=field_of(upload))
        loaded.append(LoadedPhoto(upload, payload, sha256))
    return loaded


def keep_photos(loaded: Sequence[LoadedPhoto], blobs: BlobStore) -> list[KeptPhoto]:
    """Look at all photos first, then store originals and copies; a refusal stores nothing.

    Raises:
        what ``photos.take_photo`` raises, with *number* and *field* of the photo.
    """
    looked = [_look(number, photo) for number, photo in enumerate(loaded, 1)]
    kept = []
    for photo, (facts, copies) in zip(loaded, looked, strict=True):
        blobs.put(io.BytesIO(photo.payload))
        web, thumb = blobs.put(io.BytesIO(copies.web)), blobs.put(io.BytesIO(copies.thumb))
        kept.append(KeptPhoto(photo, facts, web.sha256, thumb.sha256))
    return kept


def _look(number: int, photo: LoadedPhoto) -> tuple[PhotoFacts, PhotoCopies]:
    try:
        return take_photo(io.BytesIO(photo.payload))
    except DomainError as refusal:
        refusal.data |= {"number": number, "field": field_of(photo.upload)}
        raise


def new_photos(session: Session, point: Point, photos: Sequence[LoadedPhoto]) -> list[LoadedPhoto]:
    """Leave out what *point* already has under the same id with the same bytes: a repeat."""
    rows = session.execute(
        select(Evidence.evidence_id, Evidence.sha256).where(Evidence.point_id == point.point_id)
    )
    known = {(row.evidence_id, row.sha256) for row in rows}
    return [photo for photo in photos if (photo.upload.evidence_id, photo.sha256) not in known]


def refuse_filed(session: Session, point: Point, photos: Sequence[LoadedPhoto]) -> None:
    """Raise PhotoAlreadyFiled when the point has one of *photos* already."""
    hashes = [photo.sha256 for photo in photos]
    known = set(
        session.scalars(
            select(Evidence.sha256).where(
                Evidence.point_id == point.point_id, Evidence.sha256.in_(hashes)
            )
        )
    )
    for number, photo in enumerate(photos, 1):
        if photo.sha256 in known:
            raise PhotoAlreadyFiled(number=number, field=field_of(photo.upload))


def file_photos(  # noqa: PLR0913 - what a photo is filed with
    session: Session,
    point: Point,
    photos: Sequence[KeptPhoto],
    *,
    visit_id: uuid.UUID | None,
    uploaded_by: uuid.UUID,
    now: datetime,
) -> list[Evidence]:
    """Append *photos* to the evidence of *point*."""
    rows = []
    for photo in photos:
        facts, upload = photo.facts, photo.loaded.upload
        place, place_from = _place(facts, upload)
        row = Evidence(
            evidence_id=upload.evidence_id,
            point_id=point.point_id,
            visit_id=visit_id,
            kind=EvidenceKind.PHOTO,
            role=upload.role,
            sha256=facts.sha256,
            size_bytes=facts.size,
            media_type=facts.media_type,
            file_name=upload.file_name[-200:],
            width_px=facts.width,
            height_px=facts.height,
            web_sha256=photo.web_sha256,
            thumb_sha256=photo.thumb_sha256,
            taken_at=facts.taken_at,
            taken_pos=stored(*place) if place else None,
            taken_distance_m=distance_m(session, point, *place) if place else None,
            bearing_deg=facts.bearing_deg,
            exif=_told(facts) | {"place_from": place_from},
            caption=upload.caption.strip(),
            uploaded_by=uploaded_by,
            uploaded_at=now,
        )
        session.add(row)
        rows.append(row)
    return rows


def _place(facts: PhotoFacts, upload: PhotoUpload) -> tuple[tuple[float, float] | None, str]:
    """Where the photo was taken: as it says itself, else where the phone was if just taken."""
    if facts.taken_lon is not None and facts.taken_lat is not None:
        return (facts.taken_lon, facts.taken_lat), "photo"
    if upload.fix is None or upload.added_at is None or facts.taken_at is None:
        return None, ""
    if abs(upload.added_at - facts.taken_at) > JUST_TAKEN:
        return None, ""
    check_fix(upload.fix)
    return (upload.fix.lon, upload.fix.lat), "phone"


def _told(facts: PhotoFacts) -> dict[str, Any]:
    return {
        "taken_from": facts.taken_from,
        "taken_local": facts.taken_local,
        "gps_at": facts.gps_at.isoformat() if facts.gps_at else None,
        "gps_accuracy_m": facts.gps_accuracy_m,
        "bearing_ref": facts.bearing_ref,
        "camera": facts.camera,
        "words": facts.exif,
    }


def check_fix(fix: Fix) -> None:
    """Raise PositionWrong unless *fix* is a place on the globe."""
    on_globe = -EAST <= fix.lon <= EAST and -NORTH <= fix.lat <= NORTH  # False for NaN too
    if not on_globe or not (fix.accuracy_m is None or fix.accuracy_m >= 0):
        raise PositionWrong(lon=fix.lon, lat=fix.lat, field="position")


def stored(lon: float, lat: float) -> WKBElement:
    """Return lon, lat (degrees, WGS 84) as a column value."""
    return from_shape(ShapelyPoint(lon, lat), srid=EPSG)


def distance_m(session: Session, point: Point, lon: float, lat: float) -> float:
    """Metres (geodesic, WGS 84) from lon, lat to the nearest part of *point*; 0 inside."""
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), EPSG)
    metres = func.ST_Distance(cast(Point.geom, Geography), cast(here, Geography))
    return float(session.scalars(select(metres).where(Point.point_id == point.point_id)).one())
