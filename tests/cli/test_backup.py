"""The drill as an office would do it: back up, check, restore elsewhere, walk the audit log."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from geoapp.accounts.rules import SYSTEM, UnitKind
from geoapp.accounts.tables import Unit
from geoapp.app import HOOKS
from geoapp.cli import main
from geoapp.core.blobs import DiskStore
from geoapp.core.cluster import Cluster
from geoapp.core.database import Database
from geoapp.core.pg_programs import server_of
from tests.support.tree import ROOT

PHOTO = b"a photo" * 1000


@pytest.fixture
def office(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one photo, and a database with one audited change."""
    monkeypatch.setenv("GEOAPP_DATABASE_URL", own_database_url)
    data = tmp_path / "office"
    DiskStore(data / "blobs").put(BytesIO(PHOTO))
    database = Database(own_database_url, hooks=HOOKS)
    with database.transaction(SYSTEM) as session:
        session.add(Unit(name="祝桥镇", kind=UnitKind.TOWN))
    database.close()
    return data


@pytest.fixture
def target_url(own_database_url: str) -> Iterator[str]:
    source = make_url(own_database_url)
    name = f"{source.database}_target"
    yield source.set(database=name).render_as_string(hide_password=False)
    with server_of(own_database_url, "postgres").connect() as connection:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (left,) in connection.execute(query, [name]).fetchall():
            connection.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


def geoapp(*words: object, answers: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=answers)


def told(*words: object) -> dict:
    result = geoapp(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def names(url: str) -> list[str]:
    database = Database(url, hooks=HOOKS)
    with database.reading(SYSTEM) as session:
        found = list(session.scalars(select(Unit.name)))
    database.close()
    return found


def test_the_whole_drill(
    office: Path, target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some 2 s: three programs of PostgreSQL run, one after the other."""
    made = told("backup", "create", tmp_path, "--data", office)
    checked = told("backup", "verify", made["file"])
    monkeypatch.setenv("GEOAPP_DATABASE_URL", target_url)
    elsewhere = tmp_path / "elsewhere"
    restored = told("backup", "restore", made["file"], "--data", elsewhere)
    assert made["counts"]["photos"] == 1
    assert checked["counts"]["findings"] == 0
    assert restored["counts"]["photos_added"] == 1
    assert made["counts"]["rows"] == checked["counts"]["rows"] == restored["counts"]["rows"]
    assert made["audit"] == restored["audit"] != ""
    assert restored["audit_ok"] is True
    assert names(target_url) == ["祝桥镇"]
    assert list(DiskStore(elsewhere / "blobs").iterate()) == list(
        DiskStore(office / "blobs").iterate()
    )


def test_a_backup_restores_into_a_new_data_folder_with_its_own_server(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some 4 s: a new embedded server is made."""
    made = told("backup", "create", tmp_path, "--data", office)
    monkeypatch.delenv("GEOAPP_DATABASE_URL")
    base = Path(tempfile.mkdtemp(prefix="geoapp-"))
    base.chmod(0o711)
    try:
        restored = told("backup", "restore", made["file"], "--data", base / "new")
        assert restored["audit_ok"] is True
        cluster = Cluster(base / "new", durable=False)
        try:
            assert names(cluster.start()) == ["祝桥镇"]
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(base)


def test_a_rewritten_audit_log_is_found_after_the_restore(
    office: Path, own_database_url: str, target_url: str, tmp_path: Path, monkeypatch
) -> None:
    with create_engine(own_database_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit_log SET reason = 'forged'"))
        connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER USER"))
    made = told("backup", "create", tmp_path, "--data", office)
    monkeypatch.setenv("GEOAPP_DATABASE_URL", target_url)
    result = geoapp("backup", "restore", made["file"], "--data", tmp_path / "new", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["code"] == "restore.audit_broken"


def test_data_are_replaced_only_with_force_and_a_yes(office: Path, tmp_path: Path) -> None:
    made = told("backup", "create", tmp_path, "--data", office)
    refused = geoapp("backup", "restore", made["file"], "--data", office)
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
    words = ("backup", "restore", made["file"], "--data", office, "--force")
    assert geoapp(*words, answers="n\n").exit_code == 1
    done = geoapp(*words, answers="y\n")
    assert done.exit_code == 0, done.output
    assert "_before_" in done.stdout


def test_force_without_a_question_is_for_scripts(
    office: Path, own_database_url: str, tmp_path: Path
) -> None:
    made = told("backup", "create", tmp_path, "--data", office)
    restored = told("backup", "restore", made["file"], "--data", office, "--force", "--yes")
    kept = make_url(own_database_url).set(database=restored["kept_as"])
    assert names(kept.render_as_string(hide_password=False)) == ["祝桥镇"]
    with server_of(own_database_url, "postgres").connect() as connection:
        connection.execute(f'DROP DATABASE "{restored["kept_as"]}"')


def test_a_damaged_photo_ends_with_code_1_and_is_named(office: Path, tmp_path: Path) -> None:
    (photo,) = (office / "blobs").glob("??/??/*")
    photo.chmod(0o600)
    photo.write_bytes(b"rot")
    result = geoapp("backup", "create", tmp_path, "--data", office, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["code"] == "backup.blob_left_out"
    assert answer["problems"][0]["file"] == photo.name
    assert Path(answer["file"]).is_file()


def test_a_damaged_backup_ends_with_code_1(office: Path, tmp_path: Path) -> None:
    made = told("backup", "create", tmp_path, "--data", office)
    with Path(made["file"]).open("r+b") as file:
        file.truncate(5000)
    result = geoapp("backup", "verify", made["file"])
    assert result.exit_code == 1
    assert "不完整" in result.stderr


def test_words_for_people_are_chinese_and_carry_no_json(office: Path, tmp_path: Path) -> None:
    result = geoapp("backup", "create", tmp_path / "mine.tar", "--data", office)
    assert result.exit_code == 0
    assert "备份已写入" in result.stdout
    assert not result.stdout.startswith("{")
    again = geoapp("backup", "create", tmp_path / "mine.tar", "--data", office)
    assert (again.exit_code, "已存在" in again.stderr) == (1, True)


def test_sigterm_leaves_no_half_file(office: Path, own_database_url: str, tmp_path: Path) -> None:
    """Some 2 s: a program of its own is started, held at a locked table and ended."""
    folder = tmp_path / "backups"
    folder.mkdir()
    script = "from geoapp.cli import main; main()"
    words = ["backup", "create", folder, "--data", office]
    engine = create_engine(own_database_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE unit IN ACCESS EXCLUSIVE MODE"))
        program = subprocess.Popen(
            [sys.executable, "-c", script, *words], cwd=ROOT, env=dict(os.environ)
        )
        waiting = text(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        while not connection.execute(waiting).scalar_one():
            assert program.poll() is None
        assert list(folder.iterdir()) != []
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []
