"""The drill: what was backed up comes back into another database and another photo store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from geoapp.core import migrate
from geoapp.core.backup import Backup, count_rows, create_backup
from geoapp.core.backup_format import BackupDamaged
from geoapp.core.blobs import DiskStore
from geoapp.core.migrate import SchemaNewer
from geoapp.core.pg_programs import ProgramFailed, server_of
from geoapp.core.restore import InUse, MayNotCreate, NotFresh, restore_backup
from tests.support.backups import NOW, PHOTOS, execute, small_store

ADD_UNIT = "INSERT INTO unit (unit_id, name, kind) VALUES (gen_random_uuid(), :name, :kind)"


def names(url: str) -> list[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return list(connection.scalars(text("SELECT name FROM unit ORDER BY name")))


def databases(url: str, prefix: str) -> list[str]:
    with server_of(url, "postgres").connect() as connection:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1"
        return [name for (name,) in connection.execute(query, [prefix])]


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return small_store(tmp_path / "blobs")


@pytest.fixture
def backup(own_database_url: str, store: DiskStore, tmp_path: Path) -> Backup:
    execute(own_database_url, ADD_UNIT, name="祝桥镇", kind="town")
    return create_backup(own_database_url, store, tmp_path / "office.tar", now=NOW)


@pytest.fixture
def target_url(own_database_url: str) -> Iterator[str]:
    """A place for a database that is not there yet."""
    source = make_url(own_database_url)
    name = f"{source.database}_target"
    yield source.set(database=name).render_as_string(hide_password=False)
    for left in databases(own_database_url, name):
        with server_of(own_database_url, "postgres").connect() as connection:
            connection.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


def test_everything_comes_back_in_another_place(
    backup: Backup, store: DiskStore, own_database_url: str, target_url: str, tmp_path: Path
) -> None:
    elsewhere = DiskStore(tmp_path / "elsewhere")
    restored = restore_backup(backup.file, target_url, elsewhere, now=NOW)
    assert names(target_url) == ["祝桥镇"]
    assert list(elsewhere.iterate()) == list(store.iterate())
    assert (restored.blobs_added, restored.kept_as) == (len(PHOTOS), "")
    with create_engine(target_url, poolclass=NullPool).connect() as connection:
        assert count_rows(connection) == backup.manifest.tables
    assert migrate.current(create_engine(target_url, poolclass=NullPool)) == migrate.head()
    assert databases(own_database_url, str(make_url(target_url).database)) == [
        make_url(target_url).database
    ]


def test_keys_triggers_and_checks_come_back_too(
    backup: Backup, own_database_url: str, target_url: str, store: DiskStore
) -> None:
    restore_backup(backup.file, target_url, store, now=NOW, force=True)
    query = text(
        "SELECT conname, contype::text FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public'"
        " ORDER BY 1, 2"
    )
    found = []
    for url in (own_database_url, target_url):
        with create_engine(url, poolclass=NullPool).connect() as connection:
            found.append(connection.execute(query).all())
    assert found[0] == found[1]
    assert len(found[0]) > 100


def test_a_target_with_data_is_refused_and_untouched(
    backup: Backup, store: DiskStore, own_database_url: str
) -> None:
    execute(own_database_url, "UPDATE unit SET name = '曹路镇'")
    with pytest.raises(NotFresh, match="--force"):
        restore_backup(backup.file, own_database_url, store, now=NOW)
    assert names(own_database_url) == ["曹路镇"]


def test_a_store_with_photos_is_refused_even_beside_an_empty_database(
    backup: Backup, store: DiskStore, target_url: str
) -> None:
    with pytest.raises(NotFresh):
        restore_backup(backup.file, target_url, store, now=NOW)


def test_force_keeps_the_former_database_aside(
    backup: Backup, store: DiskStore, own_database_url: str, target_url: str
) -> None:
    restore_backup(backup.file, target_url, store, now=NOW, force=True)
    execute(target_url, "UPDATE unit SET name = '曹路镇'")
    restored = restore_backup(backup.file, target_url, store, now=NOW, force=True)
    assert names(target_url) == ["祝桥镇"]
    assert restored.kept_as.endswith("_target_before_20241008_013000")
    kept = make_url(target_url).set(database=restored.kept_as)
    assert names(kept.render_as_string(hide_password=False)) == ["曹路镇"]


def test_an_empty_database_is_simply_replaced(
    backup: Backup, store: DiskStore, empty_database_url: str, tmp_path: Path
) -> None:
    store = DiskStore(tmp_path / "elsewhere")
    restored = restore_backup(backup.file, empty_database_url, store, now=NOW)
    assert names(empty_database_url) == ["祝桥镇"]
    assert restored.kept_as == ""


def test_a_database_in_use_is_refused(
    backup: Backup, store: DiskStore, own_database_url: str
) -> None:
    engine = create_engine(own_database_url, poolclass=NullPool)
    with engine.connect(), pytest.raises(InUse, match="1"):
        restore_backup(backup.file, own_database_url, store, now=NOW, force=True)


def test_a_damaged_backup_touches_nothing(
    backup: Backup, target_url: str, own_database_url: str, tmp_path: Path
) -> None:
    elsewhere = DiskStore(tmp_path / "elsewhere")
    with backup.file.open("r+b") as file:
        file.truncate(backup.size // 2)
    with pytest.raises(BackupDamaged, match="文件不完整"):
        restore_backup(backup.file, target_url, elsewhere, now=NOW)
    assert databases(own_database_url, str(make_url(target_url).database)) == []
    assert list(elsewhere.iterate()) == []


def test_a_backup_of_a_newer_schema_is_refused_before_names_change(
    own_database_url: str, store: DiskStore, target_url: str, tmp_path: Path
) -> None:
    execute(own_database_url, "UPDATE alembic_version SET version_num = '9999'")
    newer = create_backup(own_database_url, store, tmp_path / "newer.tar", now=NOW)
    with pytest.raises(SchemaNewer, match="9999"):
        restore_backup(newer.file, target_url, store, now=NOW, force=True)
    assert databases(own_database_url, str(make_url(target_url).database)) == []


def test_what_a_killed_restore_left_is_cleared_by_the_next(
    backup: Backup, store: DiskStore, own_database_url: str, target_url: str
) -> None:
    name = make_url(target_url).database
    with server_of(own_database_url, "postgres").connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}_restoring" TEMPLATE template0')
    restore_backup(backup.file, target_url, store, now=NOW, force=True)
    assert databases(own_database_url, str(name)) == [name]


def test_an_account_without_the_right_is_told_so(
    backup: Backup, store: DiskStore, own_database_url: str, target_url: str
) -> None:
    role = f"poor_{make_url(target_url).database}"
    with server_of(own_database_url, "postgres").connect() as connection:
        connection.execute(f'CREATE ROLE "{role}"')
        try:
            options = f"-c role={role}"
            poor = make_url(target_url).update_query_dict({"options": options})
            with pytest.raises(MayNotCreate, match="CREATEDB"):
                restore_backup(
                    backup.file, poor.render_as_string(False), store, now=NOW, force=True
                )
        finally:
            connection.execute(f'DROP ROLE "{role}"')


def test_a_dump_that_does_not_load_changes_nothing(
    own_database_url: str, store: DiskStore, target_url: str, tmp_path: Path
) -> None:
    execute(
        own_database_url, "CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql AS 'SELECT n / 2'"
    )
    execute(own_database_url, "CREATE TABLE odd (n int CHECK (half(n) > 0))")
    execute(own_database_url, "INSERT INTO odd VALUES (9)")
    execute(
        own_database_url,
        "CREATE OR REPLACE FUNCTION half(n int) RETURNS int LANGUAGE sql AS 'SELECT 0'",
    )
    broken = create_backup(own_database_url, store, tmp_path / "broken.tar", now=NOW)
    with pytest.raises(ProgramFailed, match="pg_restore"):
        restore_backup(broken.file, target_url, store, now=NOW, force=True)
    assert databases(own_database_url, str(make_url(target_url).database)) == []
