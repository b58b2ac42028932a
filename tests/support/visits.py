"""What phones hand in: an honest visit at the brick factory, and its photos."""

import io
import uuid
from datetime import timedelta

from geoapp.visits.protocol import Fix, PhotoUpload, VisitDraft
from geoapp.visits.rules import EvidenceRole, VisitMethod
from tests.support.factories import LAT, LON, NOON
from tests.support.site_photos import site_photo

BEGAN = NOON - timedelta(minutes=20)
METRE_NORTH = 1 / 110_900  # degrees of latitude at 31° N


def north(metres, *, accuracy_m=5.0):
    """A fix so many metres north of the place."""
    return Fix(lon=LON, lat=LAT + metres * METRE_NORTH, accuracy_m=accuracy_m)


def visit_draft(point, **changes):
    """Twenty minutes at the place, with a good fix."""
    honest = {
        "visit_id": uuid.uuid4(),
        "point_id": point.point_id,
        "method": VisitMethod.ON_SITE,
        "findings": "设备已拆除，东侧仍有约十立方米砖渣未清。",
        "started_at": BEGAN,
        "ended_at": NOON,
        "fix": Fix(lon=LON, lat=LAT, accuracy_m=6.0, age_s=1.0, samples=8),
        "checklist": {"equipment_removed": "yes", "material_covered": "no"},
    }
    return VisitDraft(**honest | changes)


def photo_upload(role=EvidenceRole.AFTER, *, payload=None, colour=(120, 110, 90), **changes):
    """A photo of the visit, taken at the place while it lasted."""
    if payload is None:
        payload = site_photo(taken_at=BEGAN + timedelta(minutes=5), lon=LON, lat=LAT, colour=colour)
    honest = {"evidence_id": uuid.uuid4(), "stream": io.BytesIO(payload), "role": role}
    return PhotoUpload(**honest | changes)


def sent_again(photo):
    """The same photo from its first byte on, as a repeat of the request brings it."""
    photo.stream.seek(0)
    return photo
