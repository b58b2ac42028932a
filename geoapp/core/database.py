"""The database as the app sees it: one transaction for a change, one read-only for a look."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import orjson
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker

POOL_SIZE = 8  # one connection a waitress thread
STATEMENT_TIMEOUT_MS = 60_000


class Who(Protocol):
    """Whoever acts: known to the audit log and to the row scope."""

    @property
    def person_id(self) -> uuid.UUID | None:
        """The person's id; None for the system itself."""

    @property
    def unit_id(self) -> uuid.UUID | None:
        """The person's own unit."""

    @property
    def source(self) -> str:
        """The door: web, field, cli or system."""


SessionHook = Callable[[Session], None]


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


class Database:
    """Engine and sessions of one PostGIS database.

    Args:
        url: postgresql://… or a SQLAlchemy URL; the driver is always psycopg 3.
        hooks: called with each new session before its first statement (row scope, audit).
    """

    def __init__(self, url: str, *, hooks: tuple[SessionHook, ...] = ()) -> None:
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            hide_parameters=True,  # an error in a log never quotes a row
            connect_args={
                "application_name": "geoapp",
                "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}",
            },
        )
        self._hooks = hooks
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def _open(self, actor: Who) -> Session:
        session = self._sessions(info={"actor": actor})
        for hook in self._hooks:
            hook(session)
        return session

    @contextmanager
    def transaction(self, actor: Who) -> Iterator[Session]:
        """Open a session for *actor*; commit at the end, roll back on any error."""
        session = self._open(actor)
        try:
            with session.begin():
                yield session
        finally:
            session.close()

    @contextmanager
    def reading(self, actor: Who) -> Iterator[Session]:
        """Open a session for *actor* in which PostgreSQL itself refuses to write."""
        session = self._open(actor)
        try:
            with session.begin():
                session.execute(text("SET TRANSACTION READ ONLY"))
                yield session
        finally:
            session.close()

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def actor_of(session: Session) -> Who:
    """Return who opened *session*."""
    actor: Who = session.info["actor"]
    return actor
