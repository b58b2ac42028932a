"""What a phone hands in: the visit, its position fix, its photos; and the hash over all of it."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from geoapp.core.blobs import Readable
from geoapp.visits.rules import EvidenceRole, VisitMethod

SENDING_TIME = "device_at"  # the phone's clock while sending differs at every repeat


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A position as it was measured, WGS 84; *source* says how (gnss, map_click, typed)."""

    lon: float
    lat: float
    accuracy_m: float | None = None
    age_s: float | None = None
    samples: int | None = None
    source: str = "gnss"


@dataclass(frozen=True, kw_only=True)
class VisitDraft:
    """A visit as the phone tells it; *visit_id* is made by the phone, so a repeat is harmless.

    *device_at* is the phone's clock at the moment of sending; with it the server puts right the
    times of a phone whose clock is wrong.
    """

    visit_id: uuid.UUID
    point_id: uuid.UUID
    method: VisitMethod
    findings: str
    started_at: datetime
    ended_at: datetime | None = None
    device_at: datetime | None = None
    fix: Fix | None = None
    off_site_reason: str = ""
    checklist: Mapping[str, str] = field(default_factory=dict)
    weather: str = ""
    accompanied_by: str = ""


@dataclass(frozen=True, kw_only=True)
class PhotoUpload:
    """One photo, as the phone sends it.

    Many phones take the position out of a photo before a page gets it; *fix* is where the phone
    itself was when the photo was added, at *added_at*.
    """

    evidence_id: uuid.UUID
    stream: Readable
    role: EvidenceRole = EvidenceRole.OVERVIEW
    caption: str = ""
    file_name: str = ""
    fix: Fix | None = None
    added_at: datetime | None = None

    def told(self) -> list[Any]:
        """What the phone says about the photo, as plain JSON."""
        fix = asdict(self.fix) if self.fix else None
        return [str(self.evidence_id), self.role.value, self.caption, fix, self.added_at]


def payload_sha256(draft: VisitDraft, photos: Iterable[tuple[PhotoUpload, str]]) -> str:
    """Hash of what was handed in: the same for every repeat of the same visit.

    *photos* come with the SHA-256 of their bytes; their order does not count.
    """
    told: dict[str, Any] = asdict(draft)
    told.pop(SENDING_TIME)
    told["photos"] = sorted(
        ([*photo.told(), sha256] for photo, sha256 in photos), key=lambda photo: photo[0]
    )
    text = json.dumps(told, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
