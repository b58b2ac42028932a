"""Recording events by name, and proving that the log is whole."""

import uuid
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import RowMapping, select, true
from sqlalchemy.orm import Session

from geoapp.audit.rules import GENESIS, chain_hash, plain
from geoapp.audit.tables import AuditEntry, AuditHead
from geoapp.audit.writers import note, notebook
from geoapp.core.database import Who
from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_

STREAM_ROWS = 1000  # rows in memory while the chain is walked


class AnchorUnreadable(BadInput):
    """It must be what a verification printed."""

    code = "audit.anchor_unreadable"
    message = N_("This is not an anchor.")
    hint = N_("An anchor looks like 1234:9f86d0… and is printed by every verification.")


def record(  # noqa: PLR0913 - an entry has this many parts
    session: Session,
    *,
    action: str,
    entity: str,
    entity_id: uuid.UUID | str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: Who | None = None,
) -> None:
    """Note an event that is no row change, or a bulk load (counts and SHA-256 in *after*).

    Written with the transaction; *actor*: someone other than the session's own.
    """
    note(
        session,
        action=action,
        entity=entity,
        entity_id=str(entity_id),
        before=None if before is None else plain(before),
        after=None if after is None else plain(after),
        reason=reason,
        actor=actor,
    )


def explain(
    session: Session, *, reason: str = "", device_id: str = "", device_at: datetime | None = None
) -> None:
    """Say why, on which device and when by its clock the coming changes of *session* happen."""
    book = notebook(session)
    book.reason, book.device_id, book.device_at = reason, device_id, device_at


class Damage(StrEnum):
    """What is wrong with a chain."""

    MISSING = "missing"
    UNLINKED = "unlinked"
    ALTERED = "altered"
    CUT = "cut"
    REWRITTEN = "rewritten"


DAMAGE_TEXTS: dict[Damage, str] = {
    Damage.MISSING: N_("An entry is missing before this one."),
    Damage.UNLINKED: N_("This entry does not follow the one before it."),
    Damage.ALTERED: N_("This entry was changed after it was written."),
    Damage.CUT: N_("The end of the log was cut off here."),
    Damage.REWRITTEN: N_("The log differs here from the anchor that was noted outside."),
}


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The end of the chain at some time, to be kept outside the database."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def parse(cls, words: str) -> "Anchor":
        """Read ``SEQ:HEX`` back; ValueError when it is none."""
        seq, _colon, digest = words.strip().partition(":")
        found = cls(seq=int(seq), hash=bytes.fromhex(digest))
        if found.seq < 0 or len(found.hash) != len(GENESIS):
            raise ValueError(words)
        return found


@dataclass(frozen=True, kw_only=True)
class VerifyResult:
    """Whether the chain holds; if not, where it breaks first and how."""

    rows: int
    ok: bool
    first_bad_seq: int | None
    reason: Damage | None
    anchor: Anchor
    """The last entry that holds: note it outside, verify against it later."""


def current_anchor(session: Session) -> Anchor:
    """The end of the chain now."""
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return Anchor(seq=head.seq, hash=bytes(head.hash))


def verify(session: Session, *, anchor: Anchor | None = None) -> VerifyResult:
    """Walk the whole chain and recompute every hash; memory stays flat.

    Found for certain: an entry changed, removed, inserted or moved, and an end cut off, because
    the head says where the chain ends. **Not** found from inside: somebody who owns the server
    and rewrites an entry, all entries after it and the head. For that, keep an *anchor* (printed
    by every verify, written into every backup) outside and pass it in: entries up to the anchor
    cannot then be rewritten unseen.
    """
    last, rows, head = Anchor(seq=0, hash=GENESIS), 0, None
    damage = None
    with closing(_stream(session)) as stream:
        for row in stream:
            head = Anchor(seq=row["head_seq"], hash=bytes(row["head_hash"]))
            if row["seq"] is None:
                break
            rows += 1
            damage = _damage(row, last, anchor)
            if damage:
                break
            last = Anchor(seq=row["seq"], hash=bytes(row["hash"]))
    damage = damage or _damage_at_end(last, head, anchor)
    return VerifyResult(
        rows=rows,
        ok=damage is None,
        first_bad_seq=last.seq + 1 if damage else None,
        reason=damage,
        anchor=last,
    )


def _stream(session: Session) -> Generator[RowMapping]:
    """Entries in order beside the head, in one statement and so in one snapshot."""
    log, head = AuditEntry.__table__, AuditHead.__table__
    query = (
        select(log, head.c.seq.label("head_seq"), head.c.hash.label("head_hash"))
        .select_from(head.outerjoin(log, true()))
        .order_by(log.c.seq)
        .execution_options(yield_per=STREAM_ROWS)
    )
    with session.execute(query) as result:
        yield from result.mappings()


def _damage(row: RowMapping, last: Anchor, anchor: Anchor | None) -> Damage | None:
    if row["seq"] != last.seq + 1:
        return Damage.MISSING
    if bytes(row["prev_hash"]) != last.hash:
        return Damage.UNLINKED
    if bytes(row["hash"]) != chain_hash(cast("Mapping[str, Any]", row)):
        return Damage.ALTERED
    if anchor and anchor.seq == row["seq"] and anchor.hash != bytes(row["hash"]):
        return Damage.REWRITTEN
    return None


def _damage_at_end(last: Anchor, head: Anchor | None, anchor: Anchor | None) -> Damage | None:
    if head is None or head.seq > last.seq or (anchor and anchor.seq > last.seq):
        return Damage.CUT
    return None if head == last else Damage.UNLINKED
