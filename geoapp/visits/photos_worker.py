"""The program that looks into photos: a process of its own that may die without harm.

It reads ``{"task": ..., "size": ...}`` and that many bytes from stdin, and answers with one JSON
line and the copies on stdout. It has no environment, no database and no network code; it may not
write a file, nor take more memory or time than its limits. It imports nothing of the app but the
reading of metadata, so that it starts in a blink.
"""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import warnings
import zipfile
from typing import IO, Any

import pillow_heif
from PIL import (
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from geoapp.visits.photos_exif import describe

FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "heif"}
MAX_PIXELS = 60_000_000  # the largest phone sensors in use give 50 million in one shot
SCALABLE = ("JPEG", "MPO")
FULL_BLOCK_PX = 200  # small enough for the smallest scale that JPEG offers, an eighth
WEB_PX, THUMB_PX = 1600, 320  # long edge: a desk screen; a list on a phone
WEB_QUALITY, THUMB_QUALITY = 82, 75
TASK_S = 30  # a 12-megapixel HEIC takes 1 s
EXPECTED_FILES = 32
FRONT = 1024  # bytes in which PDF readers look for their mark
OPENED = ("JPEG", "PNG", "WEBP", "HEIF")  # MPO, several JPEG in one file, is found by JPEG
PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)  # loaded beforehand
ORIENTATION, UPRIGHT, LYING = 0x0112, 1, range(5, 9)  # EXIF: 1 to 4 stand, 5 to 8 lie
INDEXED = ("P", "PA", "1")  # modes whose numbers are no colours
DEEP = ("I", "F")  # modes with more than 8 bits

Answer = tuple[dict[str, Any], list[bytes]]


class Refusal(Exception):
    """The photo is not taken, for the reason named."""


def answer(task: str, payload: bytes) -> Answer:
    """Do *task* (facts, copies or both) on the bytes of one photo."""
    try:
        image = _open(payload)
        size = _load(image, small=task == "facts")
        said = {} if task == "copies" else _facts(image, size)
        return said, [] if task == "facts" else _copies(image)
    except Refusal as refusal:
        return {"error": str(refusal)}, []
    except MemoryError:
        return {"error": "too_hard"}, []
    except Exception:  # noqa: BLE001 - decoders raise anything on damaged bytes
        return {"error": "damaged"}, []


def _open(payload: bytes) -> Image.Image:
    if b"%PDF-" in payload[:FRONT] or _is_archive(payload):
        raise Refusal("carries_more")
    try:
        return Image.open(io.BytesIO(payload), formats=OPENED)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels") from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise anything on hostile bytes
        raise Refusal("not_an_image") from None


def _is_archive(payload: bytes) -> bool:
    """Tell whether the same bytes also open as a ZIP (JAR, DOCX, APK...) with something in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            return bool(archive.namelist())
    except Exception:  # noqa: BLE001 - whatever it is, it is no archive
        return False


def _facts(image: Image.Image, size: tuple[int, int]) -> dict[str, Any]:
    turned = image.info.get("original_orientation")  # HEIC comes turned already
    orientation = _orientation(turned or image.getexif().get(ORIENTATION))
    width, height = size
    if orientation in LYING and not turned:
        width, height = height, width
    return {
        "format": FORMATS[str(image.format)],
        "width": width,
        "height": height,
        "orientation": orientation,
        **describe(image),
    }


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= max(LYING) else UPRIGHT


def _load(image: Image.Image, *, small: bool) -> tuple[int, int]:
    """Read to the last byte (a cut upload shows only then); return the full size in pixels.

    JPEG can be decoded smaller than it is, which is several times faster.
    """
    full = image.size
    edge = (FULL_BLOCK_PX if small else 2 * WEB_PX) if image.format in SCALABLE else 0
    if edge:
        image.draft(None, _box(full, edge))
    try:
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels") from None
    return full if edge else image.size  # HEIC knows its size for sure when it is decoded


def _copies(image: Image.Image) -> list[bytes]:
    """Draw two small copies anew: upright, sRGB, nothing of the original's metadata."""
    web = _flat(_scaled(_true(image), WEB_PX))
    web = _upright(_srgb(web, image.info.get("icc_profile")), image)
    return [_jpeg(web, WEB_QUALITY), _jpeg(_scaled(web, THUMB_PX), THUMB_QUALITY)]


def _box(size: tuple[int, int], edge: int) -> tuple[int, int]:
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _scaled(image: Image.Image, edge: int) -> Image.Image:
    small = _box(image.size, edge)
    return image.resize(small, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _true(image: Image.Image) -> Image.Image:
    """Numbers that can be averaged: eight bits, no palette."""
    if image.mode.startswith(DEEP):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in INDEXED:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Three colours, white where it was transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Turn the wide colours of newer phones into what every screen shows; else leave them."""
    with contextlib.suppress(Exception):
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
            return turned or image
    return image


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    carrier = image.copy()
    carrier.getexif()[ORIENTATION] = _orientation(original.getexif().get(ORIENTATION))
    return ImageOps.exif_transpose(carrier)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    clean = Image.new("RGB", image.size)  # carries no comment, profile or EXIF over
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def confine(memory_bytes: int) -> None:
    """Give up every right that looking at a photo does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (EXPECTED_FILES, EXPECTED_FILES))
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))
    os.nice(5)  # requests come before pictures


def prepare() -> None:
    """Set the decoders' own limits."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer until nobody asks any more."""
    while line := source.readline():
        request = json.loads(line)
        signal.alarm(TASK_S)  # kills this process, whatever the decoder is doing
        said, copies = answer(request["task"], source.read(request["size"]))
        signal.alarm(0)
        target.write(json.dumps({"sizes": list(map(len, copies)), **said}).encode() + b"\n")
        target.writelines(copies)
        target.flush()


def main() -> None:
    """Run as ``python -m geoapp.visits.photos_worker MEMORY_BYTES``."""
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints cannot spoil an answer
    prepare()
    confine(int(sys.argv[1]))
    serve(sys.stdin.buffer, target)


if __name__ == "__main__":
    main()
