"""Bring a backup back without ever standing between two states.

The dump goes into a database beside the target, is counted there against the manifest and brought
to this program's schema; only then the two change names in one transaction. A target that held
data is kept under ``<name>_before_<time>``, so even a restore by mistake loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from geoapp.core import migrate
from geoapp.core.backup import OUR_TABLES, count_rows
from geoapp.core.backup_format import (
    BLOB_MEMBER,
    DUMP,
    BackupDamaged,
    Manifest,
    Progress,
    silent,
)
from geoapp.core.backup_read import members, opened, sound_manifest
from geoapp.core.blobs import BlobStore
from geoapp.core.errors import Conflict, Unavailable
from geoapp.core.i18n import N_, gettext
from geoapp.core.pg_programs import Server, feed, restore_command, running, server_of

COUNTS_DIFFER = N_("The table %(table)s has %(found)s rows, the backup says %(expected)s.")


class NotFresh(Conflict):
    """The target already holds data."""

    code = "restore.not_fresh"
    message = N_("The database %(database)s or its photo store is not empty.")
    hint = N_("Restore into a new folder (--data), or add --force: the old database is kept aside.")


class InUse(Conflict):
    """Somebody works with the target database."""

    code = "restore.in_use"
    message = N_("The database %(database)s is in use by %(count)s connections.")
    hint = N_("Stop geoapp there first, then run the command again.")


class MayNotCreate(Unavailable):
    """The account may not create databases on that server."""

    code = "restore.may_not_create"
    message = N_("This account may not create a database on the server.")
    hint = N_("Have the server's owner grant CREATEDB to it for the restore.")


@dataclass(frozen=True)
class Restored:
    """What came back, and under which name the former database is kept (empty: there was none)."""

    manifest: Manifest
    blobs_added: int
    kept_as: str


def restore_backup(  # noqa: PLR0913 - from, to, when, and the two switches of the command
    file: Path,
    url: str,
    store: BlobStore,
    *,
    now: datetime,
    force: bool = False,
    progress: Progress = silent,
) -> Restored:
    """Put database and photos of *file* in place of what *url* and *store* hold.

    Raises:
        BackupDamaged: *file* was read through first and is not sound; nothing was touched.
        NotFresh: there is data, and *force* is off.
        InUse: the app still runs on that database.
    """
    manifest = sound_manifest(file, progress=progress)
    name = str(make_url(url).database)
    server = server_of(url, "postgres")
    fresh = _check_target(server, url, name, force=force, store=store)
    beside = f"{name}_restoring"
    with _database_beside(server, beside):
        beside_url = _url_of(url, beside)
        added = _fill(file, server_of(beside_url), store, progress)
        _check_and_upgrade(file, beside_url, manifest)
        kept_as = "" if fresh else f"{name}_before_{now.astimezone(UTC):%Y%m%d_%H%M%S}"
        _change_names(server, name, beside, kept_as)
    return Restored(manifest, added, kept_as)


def _url_of(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _check_target(server: Server, url: str, name: str, *, force: bool, store: BlobStore) -> bool:
    """Tell whether the target database is fresh; refuse one that is in use or holds data."""
    with server.connect() as connection:
        fresh = not _exists(connection, name)
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        (busy,) = connection.execute(query, [name]).fetchone() or (0,)
    if busy:
        raise InUse(database=name, count=busy)
    fresh = fresh or not _has_tables(url)
    if not force and not (fresh and next(store.iterate(), None) is None):
        raise NotFresh(database=name)
    return fresh


def _exists(connection: psycopg.Connection, name: str) -> bool:
    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    return connection.execute(query, [name]).fetchone() is not None


def _has_tables(url: str) -> bool:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(OUR_TABLES).first() is not None


@contextmanager
def _database_beside(server: Server, name: str) -> Iterator[None]:
    """Make *name* (a killed run may have left one) and drop it again if the block fails."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    with server.connect() as connection:
        try:
            connection.execute(drop)
            connection.execute(create)
        except psycopg.errors.InsufficientPrivilege:
            raise MayNotCreate from None
    try:
        yield
    except BaseException:
        with server.connect() as connection:
            connection.execute(drop)
        raise


def _fill(file: Path, server: Server, store: BlobStore, progress: Progress) -> int:
    """Load the dump, then every photo that the store lacks; return how many it lacked."""
    added, total = 0, file.stat().st_size
    with opened(file) as archive:
        for name, stream in members(archive):
            if name == DUMP:
                with running(restore_command(server), server) as program:
                    feed(program, stream)
            elif match := BLOB_MEMBER.fullmatch(name):
                added += not store.exists(match[3])
                store.put(stream)
            progress("restore", archive.offset, total)
    return added


def _check_and_upgrade(file: Path, url: str, manifest: Manifest) -> None:
    """Compare the row counts with the manifest, then bring the schema to this program's."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = count_rows(connection)
    wrong = sorted(
        name
        for name in found.keys() | manifest.tables.keys()
        if found.get(name) != manifest.tables.get(name)
    )
    if wrong:
        first = {"found": found.get(wrong[0]), "expected": manifest.tables.get(wrong[0])}
        raise BackupDamaged(
            file=file, count=len(wrong), first=gettext(COUNTS_DIFFER, table=wrong[0], **first)
        )
    if manifest.schema:
        migrate.upgrade(engine)


def _change_names(server: Server, name: str, beside: str, kept_as: str) -> None:
    """Let *beside* become *name*, keeping the former one as *kept_as* (empty: it held nothing)."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    aside = kept_as or f"{name}_empty"
    with server.connect() as connection:
        had_one = _exists(connection, name)
        with connection.transaction():
            if had_one:
                connection.execute(rename.format(sql.Identifier(name), sql.Identifier(aside)))
            connection.execute(rename.format(sql.Identifier(beside), sql.Identifier(name)))
        if had_one and not kept_as:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
