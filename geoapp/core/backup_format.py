"""What a backup file holds: a plain tar of the database dump, every blob, and last the manifest.

The manifest comes last on purpose: a file that was cut short has none, and says so by itself.
Photos do not shrink and pg_dump compresses on its own, so the tar is not compressed: any part of
it can be taken out with ``tar -x`` and ``pg_restore`` in ten years, without this program.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from geoapp.core.errors import BadInput, Conflict, NotFound, Unavailable
from geoapp.core.i18n import N_, gettext

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
BLOB_MEMBER = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")

Progress = Callable[[str, int, int], None]
"""Called with the stage (database, blobs, verify, restore), what is done, and the total or 0."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


class BackupExists(Conflict):
    """A file of that name is already there."""

    code = "backup.exists"
    message = N_("The file %(file)s exists already; backups are never overwritten.")
    hint = N_("Choose another name, or give a folder and the name is made from the time.")


class BackupRunning(Conflict):
    """Another backup to the same file is under way."""

    code = "backup.running"
    message = N_("Another backup to %(file)s is under way.")
    hint = N_("Wait until it ends, or choose another name.")


class BackupMissing(NotFound):
    """The backup file is not there."""

    code = "backup.missing"
    message = N_("There is no backup file %(file)s.")


class BackupUnreadable(BadInput):
    """The file is no backup of ours."""

    code = "backup.unreadable"
    message = N_("The file %(file)s is not a backup made by geoapp.")


class BackupDamaged(Unavailable):
    """The backup does not hold what its manifest says."""

    code = "backup.damaged"
    message = N_("The backup %(file)s is damaged (%(count)s findings): %(first)s")
    hint = N_("Use another backup; “geoapp backup verify” lists every finding.")


class BackupNewer(BadInput):
    """The backup was made by a newer program."""

    code = "backup.newer_format"
    message = N_("The backup %(file)s was made by a newer geoapp (format %(found)s).")
    hint = N_("Restore it with that version or a newer one.")


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a backup file or with the store it was made from."""

    file: str
    code: str
    message: str
    severity: str = "error"
    sheet: str = ""
    row: int | None = None
    column: str = ""

    @property
    def text(self) -> str:
        """The sentence in the current language."""
        return gettext(self.message, file=self.file)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What stands in a backup; written as JSON, read by people too."""

    format: int = FORMAT
    made_at: str
    program: str
    schema: str
    server: str
    postgis: str
    facts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, int]
    dump: dict[str, Any] = field(default_factory=dict)
    blobs: list[tuple[str, int]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def blob_bytes(self) -> int:
        """Size of all blobs together."""
        return sum(size for _name, size in self.blobs)

    def to_json(self) -> bytes:
        """Write it down."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)


def read_manifest(raw: bytes, file: object) -> Manifest:
    """Read a manifest.

    Raises:
        BackupNewer: of a format that this program does not know.
        BackupUnreadable: not ours.
    """
    try:
        body = orjson.loads(raw)
        found = int(body["format"])
        if found > FORMAT:
            raise BackupNewer(file=file, found=found)
        known = {name: body[name] for name in Manifest.__dataclass_fields__}
        known["blobs"] = [(str(name), int(size)) for name, size in body["blobs"]]
        known["dump"] = {"size": int(body["dump"]["size"]), "sha256": str(body["dump"]["sha256"])}
        return Manifest(**known)
    except (ValueError, KeyError, TypeError):
        raise BackupUnreadable(file=file) from None


def blob_member(sha256: str) -> str:
    """Name of a blob inside the tar: the same folders as on disk."""
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"
