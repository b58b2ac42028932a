"""Database and photos together in one file, as of one moment.

One read-only transaction fixes the moment: its exported snapshot is what pg_dump writes, what the
rows are counted in and what the audit head is read from. Photos are stored before the row that
names them and are never removed, so the photos listed after that moment hold all it needs.
"""

import fcntl
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from sqlalchemy import Connection, create_engine, func, select, table, text
from sqlalchemy.pool import NullPool

from geoapp import __version__
from geoapp.core.backup_format import (
    DUMP,
    MANIFEST,
    BackupExists,
    BackupRunning,
    Finding,
    Manifest,
    Progress,
    blob_member,
    silent,
)
from geoapp.core.blobs import Blob, BlobMissing, BlobStore, Readable, copy_hashed
from geoapp.core.disk import plain_disk_errors, settle_folder
from geoapp.core.i18n import N_
from geoapp.core.pg_programs import Server, dump_command, hear, running, server_of

SCHEMA_TABLE = "alembic_version"
IN_MEMORY = 32 << 20  # bytes of a photo that is checked before it is written
BLOB_DAMAGED = N_("The stored file %(file)s is damaged or missing and is not in the backup.")

OUR_TABLES = text(
    """
    SELECT n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
    """
)

Facts = Callable[[Connection], dict[str, str]]
"""Reads what the floors above want to find again, such as the head of the audit chain."""


@dataclass(frozen=True)
class Backup:
    """A finished backup: where it is, what it holds, which photos could not be taken."""

    file: Path
    size: int
    manifest: Manifest
    findings: list[Finding]


def no_facts(_connection: Connection) -> dict[str, str]:
    """Nothing to remember."""
    return {}


def count_rows(connection: Connection) -> dict[str, int]:
    """Count the rows of all our tables (extensions' own are left out)."""
    counts = {}
    for schema, name in connection.execute(OUR_TABLES).all():
        label = name if schema == "public" else f"{schema}.{name}"
        query = select(func.count()).select_from(table(name, schema=schema))
        counts[label] = connection.execute(query).scalar_one()
    return counts


def backup_name(now: datetime) -> str:
    """Name of a backup made at *now* (UTC)."""
    return f"geoapp-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"


def create_backup(  # noqa: PLR0913 - what, where to, when, and two listeners
    url: str,
    store: BlobStore,
    target: Path,
    *,
    now: datetime,
    facts: Facts = no_facts,
    progress: Progress = silent,
) -> Backup:
    """Write database and photos to *target* (a new file, or a folder where it gets its name).

    Raises:
        BackupExists: never overwritten.
        StoreFull, FileTooLarge, FolderRefused: the disk's reasons; nothing half stays.
        ProgramFailed: pg_dump gave up.
    """
    file = target / backup_name(now) if target.is_dir() else target
    if file.exists():
        raise BackupExists(file=file)
    server = server_of(url)
    with plain_disk_errors(file.parent), _new_file(file) as out, _snapshot(url) as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        dump = _write_dump(out, server, snapshot, now, progress)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
            kept, findings = _write_blobs(archive, store, now, progress)
            manifest = replace(
                _describe(connection, now),
                facts=facts(connection),
                dump={"size": dump.size, "sha256": dump.sha256},
                blobs=kept,
                damaged=[finding.file for finding in findings],
            )
            _add(archive, MANIFEST, BytesIO(raw := manifest.to_json()), len(raw), now)
        size = out.tell()
    return Backup(file, size, manifest, findings)


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield connection
    engine.dispose()


@contextmanager
def _new_file(file: Path) -> Iterator[BinaryIO]:
    """Open *file* for writing; it gets its name only when everything is on disk."""
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRunning(file=file) from None
        if (
            file.exists()
            or not part.exists()
            or not os.path.samestat(os.fstat(out.fileno()), part.stat())
        ):
            raise BackupExists(file=file)  # another run ended between our opening and our lock
        try:
            out.truncate(0)  # what a killed run left behind
            yield out
            out.flush()
            os.fsync(out.fileno())
            _give_name(part, file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _give_name(part: Path, file: Path) -> None:
    if file.exists():
        raise BackupExists(file=file)
    part.rename(file)
    settle_folder(file.parent)


class _Counted:
    """A stream that tells how far it has been read."""

    def __init__(self, stream: Readable, tell: Callable[[int], None]) -> None:
        self._stream, self._tell, self._read = stream, tell, 0

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._read += len(piece)
        self._tell(self._read)
        return piece


def _header(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(now.timestamp())
    return info


def _add(archive: tarfile.TarFile, name: str, stream: IO[bytes], size: int, now: datetime) -> None:
    archive.addfile(_header(name, size, now), stream)


def _write_dump(
    out: BinaryIO, server: Server, snapshot: str, now: datetime, progress: Progress
) -> Blob:
    """Stream pg_dump into the tar: the header is written last, when the size is known."""
    out.write(bytes(tarfile.BLOCKSIZE))
    with running(dump_command(server, snapshot), server) as process:
        told = _Counted(hear(process), lambda done: progress("database", done, 0))
        dump = copy_hashed(told, out)
    out.write(bytes(-dump.size % tarfile.BLOCKSIZE))
    end = out.tell()
    out.seek(0)
    out.write(_header(DUMP, dump.size, now).tobuf(tarfile.GNU_FORMAT))
    out.seek(end)
    return dump


def _write_blobs(
    archive: tarfile.TarFile, store: BlobStore, now: datetime, progress: Progress
) -> tuple[list[tuple[str, int]], list[Finding]]:
    """Add every photo whose bytes still have their hash; the others are findings."""
    listed = list(store.iterate())
    kept, findings = [], []
    for number, blob in enumerate(listed, start=1):
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            if _fetch(store, blob.sha256, spool):
                size = spool.tell()
                spool.seek(0)
                _add(archive, blob_member(blob.sha256), spool, size, now)
                kept.append((blob.sha256, size))
            else:
                findings.append(Finding(blob.sha256, "backup.blob_left_out", BLOB_DAMAGED))
        progress("blobs", number, len(listed))
    return kept, findings


def _fetch(store: BlobStore, sha256: str, target: IO[bytes]) -> bool:
    try:
        with store.open(sha256) as stream:
            return copy_hashed(stream, target).sha256 == sha256
    except BlobMissing:
        return False


def _describe(connection: Connection, now: datetime) -> Manifest:
    def ask(query: str) -> str:
        return str(connection.execute(text(query)).scalar() or "")

    tables = count_rows(connection)
    return Manifest(
        made_at=now.astimezone(UTC).isoformat(),
        program=__version__,
        schema=ask("SELECT version_num FROM alembic_version") if SCHEMA_TABLE in tables else "",
        server=ask("SHOW server_version"),
        postgis=ask("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"),
        tables=tables,
    )
