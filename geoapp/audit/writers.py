"""Writing the log: changes wait in the session and become one batch just before commit."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session, SessionTransaction

from geoapp.audit.rules import chain_hash, clean_text, moment
from geoapp.core.database import Who, actor_of

CHAIN_LOCK = 0x6175_6469  # "audi": writers of the chain queue here, for the end of a commit only
BATCH_ROWS = 2000
NOTEBOOK = "audit"

READ_HEAD = text("SELECT seq, hash, clock_timestamp() AS at FROM audit_head")
LOCK_CHAIN = text("SELECT pg_advisory_xact_lock(:key)")
APPEND = text(
    "INSERT INTO audit_log SELECT * FROM jsonb_populate_recordset(NULL::audit_log, "
    "CAST(:rows AS jsonb)) ORDER BY seq"
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry that has no place in the chain yet."""

    actor_id: uuid.UUID | None
    actor_name: str
    unit_id: uuid.UUID | None
    source: str
    address_prefix: str
    device_id: str
    device_at: datetime | None
    action: str
    entity: str
    entity_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str


@dataclass(kw_only=True)
class Notebook:
    """What one session will write: drafts, where each open savepoint began, and why."""

    drafts: list[Draft] = field(default_factory=list)
    savepoints: dict[SessionTransaction, int] = field(default_factory=dict)
    computed: dict[object, frozenset[str]] = field(default_factory=dict)
    is_closing: bool = False
    reason: str = ""
    device_id: str = ""
    device_at: datetime | None = None


def notebook(session: Session) -> Notebook:
    """The notebook of *session*."""
    found: Notebook = session.info.setdefault(NOTEBOOK, Notebook())
    return found


def note(  # noqa: PLR0913 - an entry has this many parts
    session: Session,
    *,
    action: str,
    entity: str,
    entity_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    actor: Who | None = None,
) -> None:
    """Put one draft into the notebook; *actor*: someone other than the session's own."""
    who = actor or actor_of(session)
    book = notebook(session)
    book.drafts.append(
        Draft(
            actor_id=who.person_id,
            actor_name=clean_text(getattr(who, "name", "")),
            unit_id=who.unit_id,
            source=who.source,
            address_prefix=getattr(who, "address_prefix", ""),
            device_id=clean_text(book.device_id or getattr(who, "device_id", "")),
            device_at=book.device_at,
            action=action,
            entity=entity,
            entity_id=clean_text(entity_id),
            before=before,
            after=after,
            reason=clean_text(reason or book.reason),
        )
    )


def write_drafts(session: Session) -> None:
    """Append all drafts of *session* to the chain; the lock is held until the commit."""
    book = notebook(session)
    drafts, book.drafts = book.drafts, []
    if not drafts:
        return
    connection = session.connection()
    connection.execute(LOCK_CHAIN, {"key": CHAIN_LOCK})
    head = connection.execute(READ_HEAD).one()
    seq, last = int(head.seq), bytes(head.hash)
    for start in range(0, len(drafts), BATCH_ROWS):
        rows = []
        for draft in drafts[start : start + BATCH_ROWS]:
            seq += 1
            entry = vars(draft) | {"seq": seq, "at": head.at, "prev_hash": last}
            last = chain_hash(entry)
            rows.append(_row(entry, last))
        connection.execute(APPEND, {"rows": orjson.dumps(rows).decode()})


def _row(entry: dict[str, Any], own_hash: bytes) -> dict[str, Any]:
    return entry | {
        "at": moment(entry["at"]),
        "device_at": moment(entry["device_at"]),
        "prev_hash": f"\\x{entry['prev_hash'].hex()}",
        "hash": f"\\x{own_hash.hex()}",
    }
