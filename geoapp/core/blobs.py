"""Photos and documents by content: the SHA-256 of the bytes is the name, so nothing is twice."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from geoapp.core.disk import PIECE, plain_disk_errors, settle_folder
from geoapp.core.errors import NotFound, Unavailable
from geoapp.core.i18n import N_
from geoapp.core.settings import Settings

SHA256 = re.compile(r"[0-9a-f]{64}")
STALE_S = 86_400  # a half-written file older than a day belongs to a process that died


class BlobMissing(NotFound):
    """No bytes with this hash are stored."""

    code = "blob.missing"
    message = N_("The stored file %(sha256)s is missing.")
    hint = N_("Bring it back from a backup: geoapp backup restore.")


class BlobDamaged(Unavailable):
    """The stored bytes no longer have the hash that names them."""

    code = "blob.damaged"
    message = N_("The stored file %(sha256)s is damaged: its content has changed.")
    hint = N_("Bring it back from a backup and have the disk checked.")


@dataclass(frozen=True, slots=True)
class Blob:
    """One stored content: its hash in lower-case hex, its size in bytes."""

    sha256: str
    size: int


class Readable(Protocol):
    """What a store reads from: an upload, an open file, a pipe."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most *size* bytes; empty at the end."""


class Writable(Protocol):
    """What a copy is written to."""

    def write(self, piece: bytes, /) -> int:
        """Take *piece*."""


class Nowhere:
    """Takes everything and keeps nothing: for counting and hashing."""

    def write(self, piece: bytes, /) -> int:
        """Take *piece*."""
        return len(piece)


class BlobStore(Protocol):
    """Where photos and documents live; the same for a disk and for an S3-compatible service."""

    def put(self, stream: Readable) -> Blob:
        """Store everything *stream* gives; the same content a second time costs nothing."""

    def open(self, sha256: str) -> BinaryIO:
        """Open the content for reading and seeking; BlobMissing where there is none."""

    def exists(self, sha256: str) -> bool:
        """Tell whether the content is stored."""

    def iterate(self) -> Iterator[Blob]:
        """List everything that is stored, by hash."""


def verify_blob(store: BlobStore, sha256: str) -> Blob:
    """Read the whole content again and compare it with its name.

    Raises:
        BlobMissing: it is not there.
        BlobDamaged: it is there, with other bytes.
    """
    with store.open(sha256) as stream:
        found = copy_hashed(stream, Nowhere())
    if found.sha256 != sha256:
        raise BlobDamaged(sha256=sha256)
    return found


def copy_hashed(source: Readable, target: Writable) -> Blob:
    """Copy *source* to *target* piece by piece; return what went through."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return Blob(digest.hexdigest(), size)


def checked_name(sha256: str) -> str:
    """Return *sha256* if it is a hash; anything else is simply not stored (and no path)."""
    if not SHA256.fullmatch(sha256):
        raise BlobMissing(sha256=sha256[:80])
    return sha256


class DiskStore:
    """Blobs in ``ab/cd/abcd...`` under *root*; a name appears only when its bytes are on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        with plain_disk_errors(root):
            self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sweep()

    def _sweep(self) -> None:
        for path in self._incoming.iterdir():
            if time.time() - path.stat().st_mtime > STALE_S:
                path.unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, stream: Readable) -> Blob:
        """Store everything *stream* gives, safe against a power cut."""
        with plain_disk_errors(self.root):
            handle, name = tempfile.mkstemp(dir=self._incoming)
            try:
                with os.fdopen(handle, "wb") as file:
                    blob = copy_hashed(stream, file)
                    file.flush()
                    os.fchmod(handle, 0o440)
                    os.fsync(handle)
                self._keep(Path(name), blob)
            finally:
                Path(name).unlink(missing_ok=True)
        return blob

    def _keep(self, written: Path, blob: Blob) -> None:
        target = self._path(blob.sha256)
        try:
            if target.stat().st_size == blob.size:
                return
        except FileNotFoundError:
            pass
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written.replace(target)
        settle_folder(target.parent)
        settle_folder(target.parent.parent)
        settle_folder(self.root)

    def open(self, sha256: str) -> BinaryIO:
        """Open the content for reading; BlobMissing where there is none."""
        try:
            return self._path(checked_name(sha256)).open("rb")
        except FileNotFoundError:
            raise BlobMissing(sha256=sha256) from None

    def exists(self, sha256: str) -> bool:
        """Tell whether the content is stored."""
        return bool(SHA256.fullmatch(sha256)) and self._path(sha256).is_file()

    def iterate(self) -> Iterator[Blob]:
        """List everything that is stored, by hash."""
        for first in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(first.glob("[0-9a-f][0-9a-f]/*")):
                if SHA256.fullmatch(path.name):
                    yield Blob(path.name, path.stat().st_size)


def open_store(settings: Settings) -> BlobStore:
    """Open the store that the settings name: S3 where asked for, else the data folder."""
    if settings.blob_store:
        from geoapp.core.blobs_s3 import open_s3

        return open_s3(settings.blob_store, settings.s3_endpoint)
    return DiskStore(settings.data / "blobs")
