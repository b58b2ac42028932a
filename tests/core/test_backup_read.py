"""What a look through a backup finds."""

import os
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from geoapp.core.backup import create_backup
from geoapp.core.backup_format import (
    BackupDamaged,
    BackupMissing,
    BackupNewer,
    BackupUnreadable,
)
from geoapp.core.backup_read import sound_manifest, verify_backup
from geoapp.core.blobs import DiskStore
from tests.support.backups import NOW, small_database, small_store


@pytest.fixture
def source(empty_database_url: str) -> str:
    return small_database(empty_database_url)


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return small_store(tmp_path / "blobs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def changed(file: Path, offset: int) -> Path:
    with file.open("r+b") as out:
        out.seek(offset, os.SEEK_SET if offset >= 0 else os.SEEK_END)
        old = out.read(1)
        out.seek(-1, os.SEEK_CUR)
        out.write(bytes([old[0] ^ 1]))
    return file


def place_of(file: Path, name: str) -> int:
    with tarfile.open(file) as archive:
        return archive.getmember(name).offset_data


def codes(file: Path) -> list[tuple[str, str]]:
    return [(finding.file, finding.code) for finding in verify_backup(file).findings]


def test_one_changed_bit_in_a_photo_is_found(source: str, store: DiskStore, folder: Path) -> None:
    file = create_backup(source, store, folder, now=NOW).file
    sha256 = next(iter(store.iterate())).sha256
    name = f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    changed(file, place_of(file, name) + 100)
    assert codes(file) == [(name, "backup.changed")]
    with pytest.raises(BackupDamaged, match=sha256):
        sound_manifest(file)


def test_a_changed_dump_is_found_twice(source: str, store: DiskStore, folder: Path) -> None:
    file = create_backup(source, store, folder, now=NOW).file
    changed(file, place_of(file, "database.dump"))
    assert codes(file) == [
        ("database.dump", "backup.dump_unreadable"),
        ("database.dump", "backup.changed"),
    ]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_copy_cut_short_says_so(source: str, store: DiskStore, folder: Path, part: float) -> None:
    file = create_backup(source, store, folder, now=NOW).file
    os.truncate(file, int(file.stat().st_size * part))
    assert ("backup.cut_short" in {code for _file, code in codes(file)}) is True


def rewritten(file: Path, names: list[str], extra: str = "") -> Path:
    other = file.with_name("other.tar")
    with tarfile.open(file) as old, tarfile.open(other, "w") as new:
        for name in names:
            new.addfile(old.getmember(name), old.extractfile(name))
        if extra:
            new.addfile(tarfile.TarInfo(extra))
    return other


def test_a_lacking_and_a_strange_member_are_found(
    source: str, store: DiskStore, folder: Path
) -> None:
    file = create_backup(source, store, folder, now=NOW).file
    with tarfile.open(file) as archive:
        names = archive.getnames()
    other = rewritten(file, [names[0], *names[2:]], "../../etc/cron.d/evil")
    assert codes(other) == [
        ("../../etc/cron.d/evil", "backup.strange"),
        (names[1], "backup.lacking"),
    ]


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupMissing, match=r"none\.tar"):
        verify_backup(tmp_path / "none.tar")
    text_file = tmp_path / "letter.tar"
    text_file.write_text("hello" * 1000)
    with pytest.raises(BackupUnreadable, match=r"letter\.tar"):
        verify_backup(text_file)


def manifest_only(file: Path, raw: bytes) -> Path:
    with tarfile.open(file, "w") as archive:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(raw)
        archive.addfile(info, BytesIO(raw))
    return file


def test_a_manifest_of_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BackupNewer, match="99"):
        verify_backup(manifest_only(tmp_path / "new.tar", b'{"format": 99}'))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"format": "x"}', b"\xff"])
def test_a_manifest_that_is_not_ours_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(BackupUnreadable):
        verify_backup(manifest_only(tmp_path / "odd.tar", raw))
