"""What a photo says about itself: when, where, in which direction, by which camera.

Nothing here is believed: the words are read, cleaned and kept beside what the phone and the server
say; rules compare them later. Cameras are wrong in many ways (local time without a zone, GPS date
a day ahead, directions without a value), so a word that cannot be read is simply absent.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from numbers import Real
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
EXIF, GPS = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
LONGEST_WORD = 200  # characters
CIRCLE_DEG = 360.0
KEPT = ("Make", "Model", "Software", "DateTime")
KEPT_EXIF = (
    "DateTimeOriginal",
    "OffsetTimeOriginal",
    "SubsecTimeOriginal",
    "DateTimeDigitized",
    "OffsetTime",
    "FocalLength",
    "FocalLengthIn35mmFilm",
    "ExposureTime",
    "FNumber",
    "ISOSpeedRatings",
    "Flash",
)
KEPT_GPS = (
    "GPSDateStamp",
    "GPSTimeStamp",
    "GPSMapDatum",
    "GPSImgDirectionRef",
    "GPSHPositioningError",
    "GPSDOP",
    "GPSAltitude",
    "GPSProcessingMethod",
)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")

Words = dict[str, Any]


def read_words(image: Image.Image) -> tuple[Words, Words, Words]:
    """Read the main, Exif and GPS words of *image* by name; unreadable metadata are no words."""
    try:
        exif = image.getexif()
        return (
            _named(exif, ExifTags.TAGS),
            _named(exif.get_ifd(EXIF), ExifTags.TAGS),
            _named(exif.get_ifd(GPS), ExifTags.GPSTAGS),
        )
    except Exception:  # noqa: BLE001 - broken metadata must not refuse a good photo
        return {}, {}, {}


def _named(raw: Mapping[int, Any], names: Mapping[int, str]) -> Words:
    return {names[tag]: value for tag, value in raw.items() if tag in names}


def describe(image: Image.Image) -> Words:
    """Say everything we keep of the metadata of *image*, as plain JSON."""
    main, exif, gps = read_words(image)
    lon, lat = position(gps)
    taken = local_time(exif.get("DateTimeOriginal") or exif.get("DateTimeDigitized"))
    offset = utc_offset(exif.get("OffsetTimeOriginal") or exif.get("OffsetTime"))
    gps_at = gps_time(gps)
    taken_at, taken_from = best_instant(taken, offset, gps_at)
    return {
        "taken_at": taken_at and taken_at.isoformat(),
        "taken_from": taken_from,
        "taken_local": taken and taken.isoformat(),
        "gps_at": gps_at and gps_at.isoformat(),
        "taken_lon": lon,
        "taken_lat": lat,
        "gps_accuracy_m": _positive(gps.get("GPSHPositioningError")),
        "bearing_deg": bearing(gps),
        "bearing_ref": {"T": "true", "M": "magnetic"}.get(_word(gps.get("GPSImgDirectionRef")), ""),
        "camera": camera(main),
        "exif": {
            name: kept
            for words, names in ((main, KEPT), (exif, KEPT_EXIF), (gps, KEPT_GPS))
            for name in names
            if (kept := _plain(words.get(name))) not in {None, ""}
        },
    }


def best_instant(
    taken: datetime | None, offset: timedelta | None, gps_at: datetime | None
) -> tuple[datetime | None, str]:
    """Choose the instant of the shot (UTC), and say what it rests on.

    The camera's clock with its own offset is the shutter; the GPS time is that of the last fix,
    which may be older; a clock without a zone is taken for Asia/Shanghai only when all else fails.
    """
    if taken and offset is not None:
        return taken.replace(tzinfo=timezone(offset)).astimezone(UTC), "offset"
    if gps_at:
        return gps_at, "gps"
    if taken:
        return taken.replace(tzinfo=OFFICE_ZONE).astimezone(UTC), "assumed"
    return None, ""


def local_time(value: Any) -> datetime | None:
    """Read ``2024:10:08 09:05:00`` as the camera's own clock, without a zone."""
    try:
        return datetime.strptime(_word(value)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - it has none
    except ValueError:
        return None


def utc_offset(value: Any) -> timedelta | None:
    """Read ``+08:00``."""
    match = OFFSET.fullmatch(_word(value))
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return None if offset >= timedelta(days=1) else (-offset if match[1] == "-" else offset)


def gps_time(gps: Words) -> datetime | None:
    """Read the UTC date and time of the GPS fix."""
    day = _word(gps.get("GPSDateStamp")).replace("-", ":")
    parts = _numbers(gps.get("GPSTimeStamp"), 3)
    try:
        start = datetime.strptime(day, "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = parts
        return start + timedelta(hours=hours, minutes=minutes, seconds=round(seconds, 3))
    except (ValueError, OverflowError):
        return None


def position(gps: Words) -> tuple[float | None, float | None]:
    """Read lon, lat in degrees (WGS 84 by the EXIF standard); (0, 0) is a fix that never came."""
    lon = _degrees(gps.get("GPSLongitude"), _word(gps.get("GPSLongitudeRef")), "EW", 180.0)
    lat = _degrees(gps.get("GPSLatitude"), _word(gps.get("GPSLatitudeRef")), "NS", 90.0)
    if lon is None or lat is None or (lon == 0 and lat == 0):
        return None, None
    return lon, lat


def _degrees(value: Any, ref: str, refs: str, limit: float) -> float | None:
    parts = _numbers(value, 3)
    if not parts or ref[:1].upper() not in tuple(refs):
        return None
    size = sum(part / 60**power for power, part in enumerate(parts))
    if not 0 <= size <= limit:
        return None
    sign = -1 if ref[:1].upper() == refs[1] else 1
    return round(sign * float(size), 8)


def bearing(gps: Words) -> float | None:
    """Read the direction of the lens in degrees from north, clockwise."""
    parts = _numbers(gps.get("GPSImgDirection"), 1)
    return round(parts[0] % CIRCLE_DEG, 2) if parts and 0 <= parts[0] <= CIRCLE_DEG else None


def camera(main: Words) -> str:
    """Name maker and model, without saying the maker twice."""
    make, model = _word(main.get("Make")), _word(main.get("Model"))
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def _word(value: Any) -> str:
    """Clean text: no control characters (PostgreSQL refuses NUL), no endless lines."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    printable = "".join(mark if mark.isprintable() else " " for mark in value)
    return printable.strip()[:LONGEST_WORD].strip()


def _numbers(value: Any, most: int) -> list[float]:
    """Read one or several rationals; anything else, or a zero below the line, is nothing."""
    given = value if isinstance(value, tuple | list) else [value]
    if not all(isinstance(part, Real) for part in given):
        return []
    try:
        parts = [float(part) for part in given]
    except (ZeroDivisionError, OverflowError):
        return []
    return parts if 0 < len(parts) <= most and all(map(math.isfinite, parts)) else []


def _positive(value: Any) -> float | None:
    parts = _numbers(value, 1)
    return round(parts[0], 2) if parts and parts[0] > 0 else None


def _plain(value: Any) -> str | float | None:
    if isinstance(value, str | bytes):
        return _word(value)
    parts = _numbers(value, 3)
    if len(parts) > 1:
        return ":".join(f"{part:g}" for part in parts)
    return round(parts[0], 6) if parts else None
