"""Photos of a visit: taken then and there, each of another colour so that no two are the same."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PIL import Image

from tests.support.photos import CAMERA, encoded, exif

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _degrees(value: float) -> tuple[float, float, float]:
    degrees, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return degrees, minutes, round(rest * 60, 4)


def site_photo(
    *,
    taken_at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    colour: tuple[int, int, int] = (120, 110, 90),
    size: tuple[int, int] = (640, 480),
) -> bytes:
    """A JPEG with what is given in its EXIF; another *colour* makes another photo."""
    taken, gps = {}, {}
    if taken_at is not None:
        local = taken_at.astimezone(SHANGHAI)
        taken = {"DateTimeOriginal": f"{local:%Y:%m:%d %H:%M:%S}", "OffsetTimeOriginal": "+08:00"}
    if lon is not None and lat is not None:
        gps = {
            "GPSLatitudeRef": "N",
            "GPSLatitude": _degrees(lat),
            "GPSLongitudeRef": "E",
            "GPSLongitude": _degrees(lon),
        }
    image = Image.new("RGB", size, colour)
    return encoded(image, quality=80, exif=exif(CAMERA, taken, gps))
