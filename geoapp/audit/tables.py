"""The audit log: one row a change, each bound to the one before by its hash."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.model import Base

HASH_BYTES = 32  # SHA-256


class AuditEntry(Base):
    """One change: who, when, from where, what before and after, why. Append only."""

    __tablename__ = "audit_log"
    __table_args__ = (
        CheckConstraint("octet_length(prev_hash) = 32", name="prev_hash_size"),
        CheckConstraint("octet_length(hash) = 32", name="hash_size"),
        CheckConstraint("seq > 0", name="seq_positive"),
        Index(None, "entity", "entity_id", "seq"),
        Index(None, "actor_id", "seq"),
        Index(None, "at"),
    )
    __audited__ = False

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str]
    unit_id: Mapped[uuid.UUID | None]
    source: Mapped[str]
    address_prefix: Mapped[str]
    device_id: Mapped[str]
    device_at: Mapped[datetime | None]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The end of the chain: how many entries there are and the hash of the last one.

    Moved on by the database itself with each entry; a log shorter than its head was cut.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("audit_head_id = 1", name="single_row"),)
    __audited__ = False

    audit_head_id: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, server_default=text("1")
    )
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
