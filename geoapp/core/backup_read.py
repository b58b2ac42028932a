"""Read a backup again: every byte against its hash, every name against the manifest."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from geoapp.core.backup_format import (
    DUMP,
    MANIFEST,
    BackupDamaged,
    BackupMissing,
    BackupUnreadable,
    Finding,
    Manifest,
    Progress,
    blob_member,
    read_manifest,
    silent,
)
from geoapp.core.blobs import Blob, Nowhere, copy_hashed
from geoapp.core.i18n import N_
from geoapp.core.pg_programs import ProgramFailed, feed, list_command, running

MAX_MANIFEST_BYTES = 1 << 30  # ten million photos; anything longer is not ours

CUT_SHORT = N_("The file ends too early: the copy was cut off or never finished.")
CHANGED = N_("The content of %(file)s is not what was backed up.")
LACKING = N_("%(file)s stands in the manifest but not in the file.")
STRANGE = N_("%(file)s is in the file but not in the manifest.")
DUMP_BROKEN = N_("%(file)s cannot be read by pg_restore.")


@dataclass
class Checked:
    """What a look through a backup brought: its manifest, and everything wrong with it."""

    file: Path
    manifest: Manifest | None = None
    findings: list[Finding] = field(default_factory=list)
    found: dict[str, Blob] = field(default_factory=dict)

    def note(self, file: str, code: str, message: str) -> None:
        """Remember one finding."""
        self.findings.append(Finding(file, code, message))


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Open the tar.

    Raises:
        BackupMissing, BackupUnreadable: not there, or no tar of ours.
    """
    try:
        archive = tarfile.open(file, "r:")  # noqa: SIM115 - closed below
    except (FileNotFoundError, IsADirectoryError):
        raise BackupMissing(file=file) from None
    except tarfile.TarError:
        raise BackupUnreadable(file=file) from None
    with archive:
        yield archive


def members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Give the regular files in their order, each with a stream to read it."""
    for member in archive:
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None:
            raise tarfile.ReadError(member.name)
        with stream:
            yield member.name, stream


def verify_backup(file: Path, *, progress: Progress = silent) -> Checked:
    """Read all of *file*: hashes, names, and the dump by pg_restore's own eyes.

    Raises:
        BackupMissing, BackupUnreadable, BackupNewer: nothing to look through.
    """
    checked = Checked(file)
    total = file.stat().st_size if file.is_file() else 0
    with opened(file) as archive:
        try:
            for name, stream in members(archive):
                _look(checked, name, stream)
                progress("verify", archive.offset, total)
        except tarfile.ReadError:
            pass  # the manifest is last: its absence tells
    if checked.manifest is None:
        checked.note(file.name, "backup.cut_short", CUT_SHORT)
    else:
        _compare(checked, checked.manifest)
    return checked


def sound_manifest(file: Path, *, progress: Progress = silent) -> Manifest:
    """Verify *file* and return its manifest.

    Raises:
        BackupDamaged: with the number of findings and the first one.
    """
    checked = verify_backup(file, progress=progress)
    if checked.manifest is None or checked.findings:
        first = checked.findings[0].text
        raise BackupDamaged(file=file, count=len(checked.findings), first=first)
    return checked.manifest


def _look(checked: Checked, name: str, stream: IO[bytes]) -> None:
    if name == MANIFEST:
        checked.manifest = read_manifest(stream.read(MAX_MANIFEST_BYTES), checked.file)
    elif name == DUMP:
        checked.found[name] = _look_into_dump(checked, stream)
    else:
        checked.found[name] = copy_hashed(stream, Nowhere())


def _look_into_dump(checked: Checked, stream: IO[bytes]) -> Blob:
    blob: list[Blob] = []
    try:
        with running(list_command(), None) as program:
            blob.append(feed(program, stream))
    except ProgramFailed:
        checked.note(DUMP, "backup.dump_unreadable", DUMP_BROKEN)
    return blob[0]


def _compare(checked: Checked, manifest: Manifest) -> None:
    expected = {DUMP: Blob(manifest.dump["sha256"], manifest.dump["size"])}
    expected |= {blob_member(sha256): Blob(sha256, size) for sha256, size in manifest.blobs}
    for name in sorted(expected.keys() | checked.found.keys()):
        if name not in checked.found:
            checked.note(name, "backup.lacking", LACKING)
        elif name not in expected:
            checked.note(name, "backup.strange", STRANGE)
        elif checked.found[name] != expected[name]:
            checked.note(name, "backup.changed", CHANGED)
