"""Row scope: one hook on the session limits every ORM statement to what its actor may see.

A mapped class says by ``__row_scope__(cls, actor)`` which rows an actor sees; nobody who writes
a query can forget it. Raw SQL (``text``, ``Connection.execute``) does not pass here: such code
takes the actor's ``scope_unit_ids``, ``sees_all`` and ``sees_secret`` as arguments.
"""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Alias,
    Column,
    ColumnElement,
    Select,
    SelectBase,
    Table,
    TextClause,
    event,
    false,
)
from sqlalchemy.orm import FromStatement, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors

from geoapp.accounts.rules import Actor, Permission, may
from geoapp.audit.tables import AuditEntry
from geoapp.core.model import Base

ACTORS_KEPT = 256  # limits of the people who were here last
SCOPE_GIVEN = "row_scope_given"
"""Execution option of a Core statement on a scoped table that carries the scope itself."""

RowScope = Callable[[Actor], ColumnElement[bool] | None]


class ScopeMissing(Exception):
    """A program error: a statement would have read scoped rows without the scope."""


def install(session: Session) -> None:
    """Limit *session* (a hook of ``core.database.Database``)."""
    event.listen(session, "do_orm_execute", _limit)


def rows_of(mapped: type[Base], actor: Actor) -> ColumnElement[bool] | None:
    """Which rows of *mapped* *actor* sees; None: all. Who has no role sees none."""
    scope = _scopes()[mapped]
    if actor.sees_all and actor.person_id is None:
        return None
    return scope(actor) if actor.roles else false()


def _audit_scope(actor: Actor) -> ColumnElement[bool] | None:
    return None if may(actor, Permission.AUDIT_READ) else false()


@cache
def _scopes() -> dict[type[Base], RowScope]:
    """The scope rule of each mapped class that has one (the log is a floor below and has none)."""
    found: dict[type[Base], RowScope] = {AuditEntry: _audit_scope}
    for mapper in Base.registry.mappers:
        scope = getattr(mapper.class_, "__row_scope__", None)
        if scope is not None:
            found[mapper.class_] = scope
    return found


@cache
def _scoped_tables() -> frozenset[Any]:
    return frozenset(mapped.__table__ for mapped in _scopes())


def _actor(session: Session) -> Actor:
    actor = session.info.get("actor")
    if not isinstance(actor, Actor):
        raise ScopeMissing("the session has no actor")
    return actor


@lru_cache(maxsize=ACTORS_KEPT)
def _options(actor: Actor) -> tuple[LoaderCriteriaOption, ...]:
    """The limits of *actor*; built once for all sessions of an equal one."""
    limits = {mapped: rows_of(mapped, actor) for mapped in _scopes()}
    return tuple(
        with_loader_criteria(mapped, limit, include_aliases=True)
        for mapped, limit in limits.items()
        if limit is not None
    )


def _limit(state: ORMExecuteState) -> None:
    """Add the limits to a SELECT, UPDATE or DELETE; refuse what cannot carry them."""
    actor = _actor(state.session)
    if isinstance(state.statement, TextClause) or state.execution_options.get(SCOPE_GIVEN):
        return
    if state.is_column_load:  # more columns of a row that this session already holds
        return
    options = _options(actor)
    if not options:
        return
    _refuse_what_carries_none(state)
    if state.is_insert or not state.is_orm_statement:
        return
    if options[0] not in state.statement._with_options:  # noqa: SLF001 - else inherited by a loader
        state.statement = state.statement.options(*options)


def _refuse_what_carries_none(state: ORMExecuteState) -> None:
    statement = state.statement
    if state.is_insert:
        source = getattr(statement, "select", None)
        if source is not None and _names_scoped_table(source):
            raise ScopeMissing("an INSERT from a SELECT carries no scope")
    elif state.is_update and isinstance(state.parameters, list):
        raise ScopeMissing("a bulk UPDATE by primary key carries no scope")
    elif isinstance(statement, FromStatement):
        raise ScopeMissing("a statement from text carries no scope")
    elif not state.is_orm_statement:
        if _names_scoped_table(statement):
            raise ScopeMissing("a Core statement carries no scope: select the mapped class")
    elif not state.is_relationship_load and _selects_bare_table(statement):
        raise ScopeMissing("a bare table carries no scope: use the mapped class")


def _names_scoped_table(statement: Any) -> bool:
    scoped = _scoped_tables()
    return any(isinstance(part, Table) and part in scoped for part in visitors.iterate(statement))


def _selects_bare_table(statement: Any) -> bool:
    """Whether a scoped table is selected from, anywhere inside, past its mapped class."""
    return any(
        _is_bare(part)
        for select in _once(statement)
        if isinstance(select, Select)
        for part in _sources(select)
    )


def _once(statement: Any) -> Iterator[Any]:
    """*statement* and everything inside it, each part once however often it is named.

    A lamp names the working calendar fifty times: 3 ms instead of 14 for a list of points.
    """
    seen: dict[int, Any] = {}  # the parts themselves too, so that no id is used again
    waiting = [statement]
    while waiting:
        part = waiting.pop()
        if id(part) not in seen:
            seen[id(part)] = part
            yield part
            waiting.extend(part.get_children())


def _sources(select: Select[Any]) -> Iterator[Any]:
    """What *select* names as its columns, in FROM and in JOIN; conditions name no new rows."""
    for column in select._raw_columns:  # noqa: SLF001 - before the ORM turns them into tables
        yield from _parts(column)
    yield from select._from_obj  # noqa: SLF001 - same
    for target, *_how in select._setup_joins:  # noqa: SLF001 - same
        yield target


def _parts(expression: Any) -> Iterator[Any]:
    """*expression* and what it is made of, but not the inside of a SELECT in it."""
    yield expression
    for part in expression.get_children():
        if not isinstance(part, SelectBase):
            yield from _parts(part)


def _is_bare(part: Any) -> bool:
    if "parententity" in getattr(part, "_annotations", ()):
        return False
    table = part.table if isinstance(part, Column) else part
    while isinstance(table, Alias):
        table = table.element
    return isinstance(table, Table) and table in _scoped_tables()
