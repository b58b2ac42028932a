"""One photo as it comes in: what it is, what it says about itself, and two copies safe to show.

The original is kept byte for byte as evidence and never shown inline. All looking is done by
worker processes (``photos_pool``), so a hostile file can end a worker but not the app.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoapp.core.blobs import Readable
from geoapp.core.errors import BadInput, TooLarge, Unavailable
from geoapp.core.i18n import N_
from geoapp.visits.photos_pool import POOL, AllBusy, Told, WorkerDied, Workers

MAX_BYTES = 20_000_000  # the largest phone photos in use have 15 MB
MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heif": "image/heic",
}
COPY_MEDIA_TYPE = "image/jpeg"


class PhotoTooHeavy(TooLarge):
    """More bytes than allowed."""

    code = "photo.too_many_bytes"
    message = N_("The photo is larger than %(limit_mb)s MB.")
    hint = N_("Send it in the phone's normal quality instead of the original.")


class PhotoTooWide(TooLarge):
    """More pixels than allowed."""

    code = "photo.too_many_pixels"
    message = N_("The photo has more than 60 million pixels.")
    hint = N_("Take it with a lower resolution; panoramas can be sent in parts.")


class NotAPhoto(BadInput):
    """The bytes are no picture in a format that we read."""

    code = "photo.not_an_image"
    message = N_("The file is not a photo that can be read.")
    hint = N_("Send a JPEG, PNG, WebP or HEIC file.")


class PhotoDamaged(BadInput):
    """The picture begins well and does not end."""

    code = "photo.damaged"
    message = N_("The photo is damaged or was cut off on its way.")
    hint = N_("Send it again; if that does not help, take it again.")


class PhotoCarriesMore(BadInput):
    """The same bytes are also an archive or a document."""

    code = "photo.carries_more"
    message = N_("The photo has another file hidden in it.")
    hint = N_("Send the photo as the camera made it.")


class PhotoTooHard(BadInput):
    """Reading the picture took more memory or time than any photo needs."""

    code = "photo.too_hard"
    message = N_("The photo could not be read with reasonable effort.")
    hint = N_("Save it as JPEG and send that.")


class PhotosBusy(Unavailable):
    """Too many photos at once."""

    code = "photo.busy"
    message = N_("Too many photos are being read at the moment.")
    hint = N_("Try again in a minute; nothing is lost.")


REFUSALS: dict[str, type[BadInput | TooLarge]] = {
    "not_an_image": NotAPhoto,
    "too_many_pixels": PhotoTooWide,
    "damaged": PhotoDamaged,
    "carries_more": PhotoCarriesMore,
    "too_hard": PhotoTooHard,
}


@dataclass(frozen=True, kw_only=True)
class PhotoFacts:
    """What a photo is and says; nothing of what it says is believed by itself.

    *width*, *height*: pixels as seen upright. *taken_at* is UTC and rests on *taken_from*:
    ``offset`` (camera clock with its zone), ``gps`` (last fix), ``assumed`` (camera clock taken
    for Asia/Shanghai) or nothing. *taken_local* is the camera clock as written. Position: WGS 84,
    degrees. *bearing_deg*: from north, clockwise; *bearing_ref* ``true`` or ``magnetic``.
    """

    sha256: str
    size: int
    format: str
    width: int
    height: int
    orientation: int
    taken_at: datetime | None
    taken_from: str
    taken_local: str | None
    gps_at: datetime | None
    taken_lon: float | None
    taken_lat: float | None
    gps_accuracy_m: float | None
    bearing_deg: float | None
    bearing_ref: str
    camera: str
    exif: dict[str, Any]

    @property
    def media_type(self) -> str:
        """The media type of the original."""
        return MEDIA_TYPES[self.format]


@dataclass(frozen=True)
class PhotoCopies:
    """Two JPEG files drawn anew: upright, sRGB, without metadata; long edges 1600 and 320 px."""

    web: bytes
    thumb: bytes


def read_photo(
    stream: Readable, *, max_bytes: int = MAX_BYTES, workers: Workers = POOL
) -> PhotoFacts:
    """Read what a photo is and says; proves that it can be decoded to its end.

    Raises:
        PhotoTooHeavy, PhotoTooWide, NotAPhoto, PhotoDamaged, PhotoCarriesMore, PhotoTooHard:
            the photo is refused. PhotosBusy: try later.
    """
    payload = _read(stream, max_bytes)
    return _facts(payload, _ask(workers, "facts", payload))


def make_copies(
    stream: Readable, *, max_bytes: int = MAX_BYTES, workers: Workers = POOL
) -> PhotoCopies:
    """Draw the copies that pages show; raises what :func:`read_photo` raises."""
    return PhotoCopies(*_ask(workers, "copies", _read(stream, max_bytes)).copies)


def take_photo(
    stream: Readable, *, max_bytes: int = MAX_BYTES, workers: Workers = POOL
) -> tuple[PhotoFacts, PhotoCopies]:
    """Do both while decoding only once; raises what :func:`read_photo` raises."""
    payload = _read(stream, max_bytes)
    told = _ask(workers, "both", payload)
    return _facts(payload, told), PhotoCopies(*told.copies)


def _read(stream: Readable, max_bytes: int) -> bytes:
    payload = stream.read(max_bytes + 1)
    if len(payload) > max_bytes:
        raise PhotoTooHeavy(limit_mb=max_bytes // 1_000_000)
    return payload


def _ask(workers: Workers, task: str, payload: bytes) -> Told:
    try:
        told = workers.ask(task, payload)
    except WorkerDied:
        raise PhotoTooHard from None
    except AllBusy:
        raise PhotosBusy from None
    if refusal := told.words.get("error"):
        raise REFUSALS[refusal]
    return told


def _facts(payload: bytes, told: Told) -> PhotoFacts:
    words = dict(told.words)
    for name in ("taken_at", "gps_at"):
        words[name] = datetime.fromisoformat(words[name]) if words[name] else None
    return PhotoFacts(sha256=hashlib.sha256(payload).hexdigest(), size=len(payload), **words)
