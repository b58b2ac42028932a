"""Static files: read once, addressed by content, sent compressed, kept by browsers for ever.

The address carries one hash over the whole folder (``/static/1f0c…/shell.js``), so that the
relative imports of modules and the images of style sheets are as immutable as the page's own links.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, request
from flask_compress import Compress
from werkzeug.exceptions import NotFound

from geoapp.core.resources import PACKAGE_DIR

STATIC_DIR = PACKAGE_DIR / "static"
KEPT = "public, max-age=31536000, immutable"
LEFT_OUT = frozenset({"node_modules", "package.json", "package-lock.json", ".npmrc"})
SMALLEST = 512  # bytes; below this a compressed body is no smaller on the wire
TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
TEXTUAL = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
DYNAMIC = [
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "text/javascript",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/vnd.mapbox-vector-tile",
    "image/svg+xml",
]


@dataclass(frozen=True)
class StaticFile:
    """One file, ready to be sent."""

    body: bytes
    etag: str
    content_type: str

    @property
    def textual(self) -> bool:
        """Whether compression is worth its time."""
        return self.content_type.startswith(TEXTUAL) and len(self.body) >= SMALLEST


@dataclass(frozen=True)
class StaticFiles:
    """All files of the folder, and the hash over them."""

    version: str
    files: dict[str, StaticFile]


def _load(path: Path) -> StaticFile:
    body = path.read_bytes()
    guessed = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    kind = guessed or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return StaticFile(body, hashlib.sha256(body).hexdigest()[:20], kind)


def read_folder(folder: Path) -> StaticFiles:
    """Read every file of *folder* that may be sent."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not LEFT_OUT.intersection(name.parts):
            files[name.as_posix()] = _load(path)
    whole = hashlib.sha256("".join(f"{n}{f.etag}" for n, f in files.items()).encode())
    return StaticFiles(whole.hexdigest()[:12], files)


@cache
def static_files() -> StaticFiles:
    """Return the files of geoapp/static as they were when this process started."""
    return read_folder(STATIC_DIR)


@cache
def _packed(name: str, how: str) -> bytes:
    body = static_files().files[name].body
    return bytes(brotli.compress(body, quality=9)) if how == "br" else gzip.compress(body, 9)


def send_static(version: str, filename: str) -> Response:
    """Send a file of geoapp/static, for ever when the address carries the current hash."""
    file = static_files().files.get(filename)
    if file is None:
        raise NotFound
    how = request.accept_encodings.best_match(["br", "gzip"]) if file.textual else None
    response = Response(_packed(filename, how) if how else file.body)
    response.content_type = file.content_type
    response.set_etag(f"{file.etag}-{how}" if how else file.etag)
    response.cache_control.no_cache = version != static_files().version or None
    if version == static_files().version:
        response.headers["Cache-Control"] = KEPT
    if how:
        response.content_encoding = how
    if file.textual:
        response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response


send_static.permission = "public"  # type: ignore[attr-defined]  # read by accounts.guard


def static_text(filename: str) -> str:
    """Return the text of one static file (a service worker is sent under an address of its own)."""
    return static_files().files[filename].body.decode()


def install(app: Flask) -> None:
    """Serve the static files of *app*, and compress its answers."""

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", static_files().version)

    app.url_defaults(add_version)
    app.add_url_rule("/static/<version>/<path:filename>", "static", send_static)
    app.config.update(
        COMPRESS_MIMETYPES=DYNAMIC,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=SMALLEST,
        COMPRESS_STREAMS=False,
    )
    Compress(app)
