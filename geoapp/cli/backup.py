"""``geoapp backup``: database and photos into one file, out of it again, and the proof of both."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
from sqlalchemy import Connection, inspect, text

from geoapp.accounts.rules import SYSTEM
from geoapp.app import HOOKS
from geoapp.audit import services as audit
from geoapp.cli.output import Answer, give
from geoapp.cli.root import shared_options
from geoapp.core.backup import create_backup
from geoapp.core.backup_format import Manifest, Progress, silent
from geoapp.core.backup_read import verify_backup
from geoapp.core.blobs import open_store
from geoapp.core.cluster import Cluster
from geoapp.core.database import Database
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.restore import Restored, restore_backup
from geoapp.core.settings import Settings

AUDIT = "audit"
"""Under this name a backup keeps the end of the audit chain, as ``SEQ:HEX``."""
ENDED = 128 + signal.SIGTERM
WIDTH = 60  # of the line of progress
STAGES = {
    "database": N_("Reading the database"),
    "blobs": N_("Copying photos"),
    "verify": N_("Checking the backup"),
    "restore": N_("Restoring"),
}


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(backup)


@click.group()
def backup() -> None:
    """Back up database and photos together, check a backup, bring one back."""


@backup.command()
@click.argument("target", type=click.Path(path_type=Path))
@shared_options
def create(target: Path, *, settings: Settings, as_json: bool) -> None:
    """Write a backup to TARGET: a new file, or a folder where it is named by the time."""
    with _tidy_end(), _place(settings) as url:
        made = create_backup(
            url,
            open_store(settings),
            target.expanduser().absolute(),
            now=datetime.now(UTC),
            facts=audit_end,
            progress=_progress(as_json=as_json),
        )
    answer = Answer(
        counts=_counts(made.manifest) | {"bytes": made.size, "left_out": len(made.findings)},
        facts={"file": str(made.file), **_facts(made.manifest)},
        problems=list(made.findings),
        text=_("Backup written to %(file)s.", file=made.file),
        refused=bool(made.findings),
        code=made.findings[0].code if made.findings else "",
    )
    give(answer, as_json=as_json)


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@shared_options
def verify(file: Path, *, settings: Settings, as_json: bool) -> None:  # noqa: ARG001 - every command takes them
    """Read all of FILE: every hash, every name, and the dump through pg_restore."""
    with _tidy_end():
        checked = verify_backup(file, progress=_progress(as_json=as_json))
    sound = not checked.findings
    words = N_("The backup %(file)s is sound.") if sound else N_("The backup %(file)s is damaged.")
    answer = Answer(
        counts=(_counts(checked.manifest) if checked.manifest else {})
        | {"findings": len(checked.findings)},
        facts=_facts(checked.manifest) if checked.manifest else {},
        problems=list(checked.findings),
        text=_(words, file=file),
        refused=not sound,
        code="" if sound else checked.findings[0].code,
    )
    give(answer, as_json=as_json)


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace data; the old database is kept aside.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
@shared_options
def restore(file: Path, *, force: bool, yes: bool, settings: Settings, as_json: bool) -> None:
    """Bring FILE back into the data folder (--data) or the server of GEOAPP_DATABASE_URL."""
    if force and not yes:
        _ask(settings)
    with _tidy_end(), _place(settings) as url:
        restored = restore_backup(
            file,
            url,
            open_store(settings),
            now=datetime.now(UTC),
            force=force,
            progress=_progress(as_json=as_json),
        )
        chain = _check_chain(url, restored.manifest)
    give(_answer_restored(restored, chain), as_json=as_json)


def _answer_restored(restored: Restored, chain: audit.VerifyResult | None) -> Answer:
    whole = chain is None or chain.ok
    words = [_("Database and photos are back as of %(at)s.", at=restored.manifest.made_at)]
    if restored.kept_as:
        words.append(_("The former database is kept as %(name)s.", name=restored.kept_as))
    if chain and chain.reason:
        words.append(_(audit.DAMAGE_TEXTS[chain.reason]))
    return Answer(
        counts=_counts(restored.manifest) | {"photos_added": restored.blobs_added},
        facts={
            **_facts(restored.manifest),
            "kept_as": restored.kept_as or None,
            "audit_ok": whole,
        },
        text=" ".join(words),
        refused=not whole,
        code="" if whole else "restore.audit_broken",
    )


def audit_end(connection: Connection) -> dict[str, str]:
    """Read the end of the audit chain as the backup sees it; a new database has none."""
    if not inspect(connection).has_table("audit_head"):
        return {}
    head = connection.execute(text("SELECT seq, encode(hash, 'hex') FROM audit_head")).one()
    return {AUDIT: f"{head[0]}:{head[1]}"}


def _check_chain(url: str, manifest: Manifest) -> audit.VerifyResult | None:
    """Walk the restored audit log against the end that the backup noted."""
    if AUDIT not in manifest.facts:
        return None
    database = Database(url, hooks=HOOKS)
    try:
        with database.reading(SYSTEM) as session:
            return audit.verify(session, anchor=audit.Anchor.parse(manifest.facts[AUDIT]))
    finally:
        database.close()


@contextmanager
def _place(settings: Settings) -> Iterator[str]:
    """Reach the database as it is: nothing is migrated or filled in."""
    if settings.database_url:
        yield settings.database_url
        return
    cluster = Cluster(settings.data)
    url = cluster.start()
    try:
        yield url
    finally:
        cluster.stop()


def _ask(settings: Settings) -> None:
    place = str(settings.data)
    if settings.database_url:
        place = settings.database_url.rsplit("@", 1)[-1]
    question = _("Replace the data in %(place)s by the backup?", place=place)
    click.confirm(question, abort=True, err=True)


@contextmanager
def _tidy_end() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that nothing half made stays."""

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(ENDED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _progress(*, as_json: bool) -> Progress:
    """Show one line that moves, on a terminal only."""
    if as_json or not sys.stderr.isatty():
        return silent
    return _Line(lambda line: click.echo(line, nl=False, err=True))


class _Line:
    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._last = write, ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage == "blobs":
            amount = f"{done}/{total}"
        else:
            amount = f"{done * 100 // total} %" if total else f"{done >> 20} MB"
        line = f"{_(STAGES[stage])} {amount}"
        if line != self._last:
            self._last = line
            self._write("\r" + line.ljust(WIDTH))
        if total and done >= total:
            self._write("\n")


def _counts(manifest: Manifest) -> dict[str, int]:
    return {
        "tables": len(manifest.tables),
        "rows": sum(manifest.tables.values()),
        "photos": len(manifest.blobs),
        "photo_bytes": manifest.blob_bytes,
    }


def _facts(manifest: Manifest) -> dict[str, str | None]:
    return {
        "made_at": manifest.made_at,
        "program": manifest.program,
        "schema": manifest.schema,
        "server": manifest.server,
        "postgis": manifest.postgis,
        "audit": manifest.facts.get(AUDIT),
    }
