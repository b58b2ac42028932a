"""Backups of a small database of our own; the drill on the real schema is in test_restore."""

import os
import signal
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.core.backup import backup_name, count_rows, create_backup
from geoapp.core.backup_format import (
    BackupDamaged,
    BackupExists,
    BackupMissing,
    BackupNewer,
    BackupRunning,
    BackupUnreadable,
)
from geoapp.core.backup_read import sound_manifest, verify_backup
from geoapp.core.blobs import DiskStore
from geoapp.core.disk import FolderRefused
from geoapp.core.pg_programs import ProgramMissing, find_program

NOW = datetime(2024, 10, 8, 1, 30, tzinfo=UTC)
ROWS = 500
PHOTOS = [f"photo {number}".encode() * 3000 for number in range(5)]


@pytest.fixture
def source(empty_database_url: str) -> str:
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
        connection.execute(text("CREATE TABLE place (id int PRIMARY KEY, geom geometry)"))
        connection.execute(
            text(
                "INSERT INTO place SELECT n, ST_Point(121, 31, 4326) FROM generate_series(1,:n) n"
            ),
            {"n": ROWS},
        )
    return empty_database_url


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    store = DiskStore(tmp_path / "blobs")
    for photo in PHOTOS:
        store.put(BytesIO(photo))
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def test_a_backup_says_what_it_holds(source: str, store: DiskStore, folder: Path) -> None:
    backup = create_backup(source, store, folder, now=NOW, facts=lambda _: {"audit": "7:ab"})
    manifest = backup.manifest
    assert backup.file == folder / "geoapp-20241008T013000Z.tar"
    assert backup.size == backup.file.stat().st_size
    assert manifest.tables == {"place": ROWS}
    assert manifest.facts == {"audit": "7:ab"}
    assert manifest.blobs == [(blob.sha256, blob.size) for blob in store.iterate()]
    assert manifest.postgis.startswith("3.")
    assert sound_manifest(backup.file) == manifest


def test_a_backup_opens_with_tools_that_every_machine_has(
    source: str, store: DiskStore, folder: Path
) -> None:
    file = create_backup(source, store, folder / "mine.tar", now=NOW).file
    listed = subprocess.run(["tar", "-tf", file], check=True, capture_output=True, text=True)
    names = listed.stdout.split()
    assert names[0] == "database.dump"
    assert names[-1] == "manifest.json"
    assert len(names) == len(PHOTOS) + 2


def test_only_our_account_may_read_a_backup(source: str, store: DiskStore, folder: Path) -> None:
    file = create_backup(source, store, folder, now=NOW).file
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_never_overwritten(source: str, store: DiskStore, folder: Path) -> None:
    file = folder / backup_name(NOW)
    file.write_text("precious")
    for target in (folder, file):
        with pytest.raises(BackupExists, match="20241008"):
            create_backup(source, store, target, now=NOW)
    assert file.read_text() == "precious"


def test_a_folder_that_is_not_there_is_named(source: str, store: DiskStore, folder: Path) -> None:
    with pytest.raises(FolderRefused, match="nowhere"):
        create_backup(source, store, folder / "nowhere" / "x.tar", now=NOW)


def test_rows_written_while_the_backup_runs_are_not_in_it(
    source: str, store: DiskStore, folder: Path
) -> None:
    def write(_stage: str, _done: int, _total: int) -> None:
        engine = create_engine(source, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM place"))

    backup = create_backup(source, store, folder, now=NOW, progress=write)
    assert backup.manifest.tables == {"place": ROWS}


def test_a_damaged_photo_is_reported_and_the_rest_is_saved(
    source: str, store: DiskStore, folder: Path
) -> None:
    bad = next(iter(store.iterate())).sha256
    path = store.root / bad[:2] / bad[2:4] / bad
    path.chmod(0o600)
    path.write_bytes(b"rot")
    backup = create_backup(source, store, folder, now=NOW)
    assert [finding.file for finding in backup.findings] == [bad]
    assert "已损坏" in backup.findings[0].text
    assert backup.manifest.damaged == [bad]
    assert len(backup.manifest.blobs) == len(PHOTOS) - 1
    assert verify_backup(backup.file).findings == []


def test_an_error_in_the_middle_leaves_no_file(source: str, store: DiskStore, folder: Path) -> None:
    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "blobs":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_backup(source, store, folder, now=NOW, progress=stop)
    assert list(folder.iterdir()) == []


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from geoapp.core.backup import create_backup
from geoapp.core.blobs import DiskStore

def die(stage, done, total):
    if stage == "blobs":
        os.kill(os.getpid(), signal.SIGKILL)

create_backup(sys.argv[1], DiskStore(Path(sys.argv[2])), Path(sys.argv[3]),
              now=datetime(2024, 10, 8, 1, 30, tzinfo=UTC), progress=die)
"""


def test_a_killed_run_leaves_no_backup_and_the_next_one_succeeds(
    source: str, store: DiskStore, folder: Path
) -> None:
    command = [sys.executable, "-c", KILLED, source, store.root, folder]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert list(folder.glob("*.tar")) == []
    backup = create_backup(source, store, folder, now=NOW)
    assert list(folder.iterdir()) == [backup.file]
    assert verify_backup(backup.file).findings == []


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from geoapp.core.backup import create_backup
from geoapp.core.blobs import DiskStore
from geoapp.core.errors import DomainError

store = DiskStore(Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    create_backup(sys.argv[1], store, Path(sys.argv[3]), now=datetime(2024, 10, 8, tzinfo=UTC))
except DomainError as error:
    print(error)
"""


def test_a_file_system_that_takes_no_more_is_one_clear_sentence(
    source: str, store: DiskStore, folder: Path
) -> None:
    command = [sys.executable, "-c", FULL, source, store.root, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert str(folder) in done.stdout
    assert "exFAT" in done.stdout
    assert list(folder.iterdir()) == []


def test_two_backups_to_one_file_do_not_mix(source: str, store: DiskStore, folder: Path) -> None:
    file = folder / "same.tar"
    refused = []

    def again(stage: str, _done: int, _total: int) -> None:
        if stage == "blobs" and not refused:
            with pytest.raises(BackupRunning) as caught:
                create_backup(source, store, file, now=NOW)
            refused.append(caught.value)

    create_backup(source, store, file, now=NOW, progress=again)
    assert len(refused) == 1
    assert verify_backup(file).findings == []


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


def test_rows_of_extensions_are_not_counted(source: str) -> None:
    with create_engine(source, poolclass=NullPool).connect() as connection:
        assert count_rows(connection) == {"place": ROWS}


def test_the_program_of_the_servers_own_version_is_preferred(tmp_path: Path) -> None:
    for major in ("14", "15", "17"):
        program = tmp_path / major / "bin" / "pg_dump"
        program.parent.mkdir(parents=True)
        program.touch()
    found = {major: find_program("pg_dump", major, tmp_path).parts[-3] for major in (13, 15, 16)}
    assert found == {13: "14", 15: "15", 16: "17"}
    assert find_program("pg_dump", lib=tmp_path).parts[-3] == "17"


def test_a_missing_program_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="postgresql-client-15"):
        find_program("pg_dump", 15, tmp_path)
