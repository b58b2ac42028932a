"""Photos made on the spot: with or without EXIF, whole or broken."""

import io
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()

GPS = {
    "GPSLatitudeRef": "N",
    "GPSLatitude": (31.0, 13.0, 48.0),
    "GPSLongitudeRef": "E",
    "GPSLongitude": (121.0, 28.0, 26.4),
    "GPSDateStamp": "2024:10:08",
    "GPSTimeStamp": (1.0, 5.0, 30.0),
    "GPSMapDatum": "WGS-84",
    "GPSImgDirectionRef": "T",
    "GPSImgDirection": 271.5,
    "GPSHPositioningError": 4.8,
}
TAKEN = {"DateTimeOriginal": "2024:10:08 09:05:31", "OffsetTimeOriginal": "+08:00"}
CAMERA = {"Make": "HUAWEI", "Model": "P60"}
TAGS = {name: number for number, name in ExifTags.TAGS.items()}
GPS_TAGS = {name: number for number, name in ExifTags.GPSTAGS.items()}


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Red on top, blue below: what is up can be seen."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (0, height // 2, width, height))
    return image.convert(mode)


def exif(
    main: dict[str, Any] | None = None,
    taken: dict[str, Any] | None = None,
    gps: dict[str, Any] | None = None,
    orientation: int = 1,
) -> Image.Exif:
    """EXIF words by name."""
    made = Image.Exif()
    made[TAGS["Orientation"]] = orientation
    for name, value in (main or {}).items():
        made[TAGS[name]] = value
    made.get_ifd(ExifTags.IFD.Exif).update({TAGS[k]: v for k, v in (taken or {}).items()})
    made.get_ifd(ExifTags.IFD.GPSInfo).update({GPS_TAGS[k]: v for k, v in (gps or {}).items()})
    return made


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def field_photo(kind: str = "JPEG", width: int = 64, height: int = 48) -> bytes:
    """What an honest phone sends: time with zone, position with accuracy, direction."""
    return encoded(picture(width, height), kind, exif=exif(CAMERA, TAKEN, GPS))
