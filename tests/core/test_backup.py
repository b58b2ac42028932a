"""Backups of a small database of our own; the drill on the real schema is in test_restore."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.core.backup import backup_name, count_rows, create_backup
from geoapp.core.backup_format import (
    BackupExists,
    BackupRunning,
)
from geoapp.core.backup_read import sound_manifest, verify_backup
from geoapp.core.blobs import DiskStore
from geoapp.core.disk import FolderRefused
from geoapp.core.pg_programs import ProgramMissing, find_program
from tests.support.backups import NOW, PHOTOS, ROWS, small_database, small_store


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
