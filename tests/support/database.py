"""A private PostGIS server for tests: one template by the hash of migrations/, cloned at will.

Several test runs may share the server: each clone has its own name, templates are built under an
advisory lock, and the last run to leave stops the server (see geoapp.core.cluster).
"""

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from geoapp.core import migrate
from geoapp.core.cluster import Cluster
from geoapp.core.database import Database, SessionHook
from geoapp.core.resources import data_dir

TEMPLATE_LOCK = 0x74_65_73_74  # "test"
TEMPLATES_KEPT = 4


def server_dir() -> Path:
    """A folder that the server's account can reach, shared by all test runs of one account."""
    if os.geteuid() == 0:
        return Path("/var/cache/geoapp-test")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "geoapp-test"


def shared_cluster() -> Cluster:
    """The server of the tests: fast, because a power cut may destroy it."""
    return Cluster(server_dir(), durable=False)


def migrations_digest() -> str:
    """Twelve hex digits that change with any migration."""
    digest = hashlib.sha256()
    for path in sorted(data_dir("migrations").rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def cloned_database(cluster: Cluster) -> Iterator[str]:
    """A database of one's own at the newest schema; its URL. Dropped at the end."""
    name = f"clone_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    with _templates_alone(cluster) as connection:
        _drop_abandoned(connection)
        template = _template(connection, cluster)
        _execute(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    try:
        yield cluster.url(name)
    finally:
        with _connect(cluster) as connection:
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def empty_database(cluster: Cluster) -> Iterator[str]:
    """A database without any schema, for tests of the migrations; its URL."""
    name = f"clone_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    with _connect(cluster) as connection:
        _execute(connection, "CREATE DATABASE {} TEMPLATE template0", name)
        try:
            yield cluster.url(name)
        finally:
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)


class RolledBack(Database):
    """A Database whose every transaction is a savepoint of one that is never committed."""

    def __init__(self, connection: Connection, *, hooks: tuple[SessionHook, ...] = ()) -> None:
        self.engine = connection.engine
        self._hooks = hooks
        self._sessions = sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )


def _connect(cluster: Cluster) -> psycopg.Connection:
    url = make_url(cluster.url("postgres"))
    return psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname="postgres", autocommit=True
    )


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def _templates_alone(cluster: Cluster) -> Iterator[psycopg.Connection]:
    with _connect(cluster) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        yield connection


def _names(connection: psycopg.Connection, prefix: str) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC"
    return [name for (name,) in connection.execute(query, [prefix])]


def _drop_abandoned(connection: psycopg.Connection) -> None:
    """Drop the clones of test runs that were killed."""
    for name in _names(connection, "clone_"):
        if not Path("/proc", name.split("_")[1]).exists():
            _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _template(connection: psycopg.Connection, cluster: Cluster) -> str:
    name = f"template_{migrations_digest()}"
    if name in _names(connection, "template_"):
        return name
    for old in _names(connection, "template_")[TEMPLATES_KEPT:]:
        _execute(connection, "DROP DATABASE {} WITH (FORCE)", old)
    unfinished = f"clone_{os.getpid()}_template"
    _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished)
    _execute(connection, "CREATE DATABASE {} TEMPLATE template0", unfinished)
    migrate.upgrade(create_engine(cluster.url(unfinished), poolclass=NullPool))
    _execute(connection, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


if __name__ == "__main__":  # ./test ends with it: a killed run may have left the server behind
    shared_cluster().stop()
