"""The schema is made by migrations alone, equals the models, and can be taken apart again."""

import ast
from itertools import pairwise

import pytest
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations.ops import ModifyTableOps
from alembic.script import ScriptDirectory
from geoalchemy2.alembic_helpers import include_object
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import geoapp.app  # noqa: F401 - imports the tables of every floor
from geoapp.core import migrate
from geoapp.core.model import Base
from tests.support.tree import expect_none, read, tracked

LIBRARIES = {"alembic", "sqlalchemy", "geoalchemy2"}
STANDARD = {"collections", "datetime", "enum", "typing"}
COLUMNS = text(
    "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns "
    "WHERE table_schema = 'public' AND table_name NOT IN ('spatial_ref_sys', 'alembic_version', "
    "'geometry_columns', 'geography_columns')"
)
FUNCTIONS = text(
    "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
    "WHERE nspname = 'public' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid "
    "AND d.deptype = 'e')"
)


@pytest.fixture
def empty(empty_database_url):
    engine = create_engine(empty_database_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def differences(operations):
    for operation in operations.ops:
        if isinstance(operation, ModifyTableOps):
            yield from differences(operation)
        else:
            yield operation.to_diff_tuple()


def versions():
    return [path for path in tracked(".py") if path.parts[:2] == ("migrations", "versions")]


def test_models_and_migrations_make_the_same_schema(database_engine):
    with database_engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": include_object,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        found = produce_migrations(context, Base.metadata)
        expect_none(differences(found.upgrade_ops))


def test_every_migration_goes_down_and_up_again(empty):
    """Some 2 s: each step is taken three times, on a database that really changes."""
    script = ScriptDirectory.from_config(migrate._config())
    steps = [step.revision for step in reversed([*script.walk_revisions()])]
    for below, name in pairwise(["base", *steps]):
        under = shape_of(empty)
        migrate.upgrade(empty, name)
        made = shape_of(empty)
        migrate.downgrade(empty, below)
        assert shape_of(empty) == under, f"{name} leaves something behind"
        migrate.upgrade(empty, name)
        assert shape_of(empty) == made, f"{name} comes back different"
    migrate.downgrade(empty, "base")
    assert shape_of(empty) == (set(), set())


def shape_of(engine):
    """Columns of all tables, and functions, that are our own."""
    with engine.connect() as connection:
        return set(connection.scalars(COLUMNS)), set(connection.scalars(FUNCTIONS))


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_migrations_know_nothing_of_the_code_they_outlive():
    expect_none(
        f"{path}: {name}"
        for path in versions()
        for name in imported(read(path))
        if name.split(".")[0] not in LIBRARIES | STANDARD
    )


def test_migrations_are_numbered_without_gap_and_named_by_what_they_do():
    names = sorted(path.stem for path in versions())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    expect_none(name for name in names if name[4] != "_" or not name[5:].replace("_", "").isalpha())
