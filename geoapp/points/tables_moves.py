"""Tables of the lifecycle, apart from the point because the log is append-only."""

import uuid
from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.accounts.rules import Actor
from geoapp.core.model import Base, geometry
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.points.tables import POINT_FK, Point, point_scope

ALLOWED_KEY = [
    "allowed_transition.source",
    "allowed_transition.target",
    "allowed_transition.verb",
]


def through_point(column: Any, actor: Actor) -> ColumnElement[bool] | None:
    """Scope of a row that belongs to a point: visible exactly when its point is."""
    scope = point_scope(Point, actor)
    return None if scope is None else column.in_(select(Point.point_id).where(scope))


class AllowedTransition(Base):
    """The lifecycle table as the database knows it; equal to ``lifecycle.MOVES`` by test."""

    __tablename__ = "allowed_transition"
    __audited__ = False

    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    verb: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    roles: Mapped[list[str]]
    needs: Mapped[list[str]]
    confirmers: Mapped[list[str]]


class Transition(Base):
    """One move of a point: who, when, where, why, on which evidence. Never changed."""

    __tablename__ = "transition_log"
    __table_args__ = (
        ForeignKeyConstraint(["source", "target", "verb"], ALLOWED_KEY),
        Index("ix_transition_log_point_id_at", "point_id", "at"),
    )

    transition_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """The order in which moves were written; several may share an instant."""
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK))
    source: Mapped[str]
    target: Mapped[str]
    verb: Mapped[str]
    role: Mapped[str]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(default="", server_default="")
    unit_id: Mapped[uuid.UUID | None]
    confirmed_by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    pos: Mapped[WKBElement | None] = mapped_column(geometry("POINT", index=False))
    evidence_ids: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    due_on: Mapped[date | None]
    """The deadline that holds after the move."""

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Visible with its point."""
        return through_point(cls.point_id, actor)


class MoveProposal(Base):
    """A move that waits for a second person."""

    __tablename__ = "move_proposal"
    __table_args__ = (
        ForeignKeyConstraint(["source", "target", "verb"], ALLOWED_KEY),
        CheckConstraint("decision IN ('', 'confirmed', 'declined', 'withdrawn')", name="decision"),
        CheckConstraint("(decision = '') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        Index(
            "uq_move_proposal_open_point_id",
            "point_id",
            unique=True,
            postgresql_where=text("decision = ''"),
        ),
    )

    proposal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), index=True)
    source: Mapped[State]
    target: Mapped[str]
    verb: Mapped[Verb]
    role: Mapped[str]
    proposed_by: Mapped[uuid.UUID]
    proposed_name: Mapped[str]
    proposed_unit_id: Mapped[uuid.UUID | None]
    proposed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    decision: Mapped[str] = mapped_column(default="", server_default="")
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="", server_default="")

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Visible with its point."""
        return through_point(cls.point_id, actor)
