"""The session hook: every change of an audited row is noted, whoever makes it, wherever."""

from functools import cache
from typing import Any, TypeGuard

from sqlalchemy import CursorResult, Result, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.sql import TableClause

from geoapp.audit.columns import computed_keys, deleted, entity_of, inserted, updated
from geoapp.audit.writers import Draft, note, notebook, write_drafts
from geoapp.core.database import actor_of
from geoapp.core.model import Base, Stamped


def install(session: Session) -> None:
    """Watch *session* (a hook of ``core.database.Database``)."""
    event.listen(session, "before_flush", _stamp)
    event.listen(session, "after_flush", _collect)
    event.listen(session, "do_orm_execute", _watch_statement)
    event.listen(session, "after_transaction_create", _begin)
    event.listen(session, "after_soft_rollback", _forget)
    event.listen(session, "after_transaction_end", _end)
    event.listen(session, "before_commit", _close)


def _stamp(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Write who made a new row, and remember what only shows before the flush."""
    for row in session.new:
        if isinstance(row, Stamped) and row.created_by is None:
            row.created_by = actor_of(session).person_id
    computed = {row: computed_keys(row) for row in session.dirty if _is_audited(row)}
    notebook(session).computed = {row: keys for row, keys in computed.items() if keys}


def _collect(session: Session, _context: UOWTransaction) -> None:
    """Note what this flush has written (its history still stands)."""
    for row in session.new:
        if _is_audited(row):
            _note(session, "insert", row, inserted(row))
    computed = notebook(session).computed
    for row in session.dirty:
        changes = updated(row, computed.get(row, frozenset())) if _is_audited(row) else None
        if changes:
            _note(session, "update", row, changes)
    for row in session.deleted:
        if _is_audited(row):
            _note(session, "delete", row, deleted(row))
    if notebook(session).is_closing:  # a later before_commit hook changed rows after ours
        write_drafts(session)


def _is_audited(row: object) -> TypeGuard[Base]:
    return isinstance(row, Base) and type(row).__audited__


def _note(
    session: Session,
    action: str,
    row: Base,
    changes: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    entity, entity_id = entity_of(row)
    before, after = changes
    note(session, action=action, entity=entity, entity_id=entity_id, before=before, after=after)


@cache
def _audited_tables() -> frozenset[str]:
    return frozenset(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__audited__
    )


def _watch_statement(state: ORMExecuteState) -> Result[Any] | None:
    """Note the size of an INSERT, UPDATE or DELETE that goes past the unit of work."""
    kinds = {"insert": state.is_insert, "update": state.is_update, "delete": state.is_delete}
    kind = next((name for name, is_it in kinds.items() if is_it), None)
    table = getattr(state.statement, "table", None)
    if kind is None or not isinstance(table, TableClause) or table.name not in _audited_tables():
        return None
    result = state.invoke_statement()
    _note_bulk(state.session, f"bulk_{kind}", table.name, _rows(state, result))
    return result


def _rows(state: ORMExecuteState, result: Result[Any]) -> int:
    """How many rows: what PostgreSQL counted, else how many were given."""
    if isinstance(result, CursorResult) and result.rowcount >= 0:
        return int(result.rowcount)
    return len(state.parameters) if isinstance(state.parameters, list) else 1


def _note_bulk(session: Session, action: str, entity: str, rows: int) -> None:
    """Note *rows*; consecutive statements of one kind share an entry."""
    book = notebook(session)
    last: Draft | None = book.drafts[-1] if book.drafts else None
    is_ours = len(book.drafts) > max(book.savepoints.values(), default=0)
    if last and is_ours and (last.action, last.entity, last.entity_id) == (action, entity, ""):
        rows += (last.after or {}).get("rows", 0)
        book.drafts.pop()
    note(session, action=action, entity=entity, entity_id="", after={"rows": rows})


def _begin(session: Session, transaction: SessionTransaction) -> None:
    """Remember where a savepoint began."""
    if transaction.nested:
        book = notebook(session)
        book.savepoints[transaction] = len(book.drafts)


def _forget(session: Session, previous: SessionTransaction) -> None:
    """Drop what a rolled-back savepoint or transaction had noted."""
    book = notebook(session)
    if previous.nested:
        del book.drafts[book.savepoints.pop(previous) :]
    elif previous.parent is None:
        book.drafts.clear()


def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:  # a savepoint ends before its rollback is told to _forget
        book = notebook(session)
        book.savepoints.clear()
        book.is_closing = False


def _close(session: Session) -> None:
    """Write the batch when the whole transaction commits; a savepoint only waits."""
    if session.in_nested_transaction():
        return
    session.flush()
    notebook(session).is_closing = True
    write_drafts(session)
