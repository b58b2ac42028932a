"""The past of a point: moves, proposals and comments in one line."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.tables import Person
from geoapp.points.columns import HistoryEntry, HistoryKind
from geoapp.points.tables import PointComment
from geoapp.points.tables_moves import MoveProposal, Transition


def history(session: Session, point_id: uuid.UUID) -> list[HistoryEntry]:
    """Return everything that happened to the point, newest first; three statements."""
    entries = [
        *_moves(session, point_id),
        *_proposals(session, point_id),
        *_comments(session, point_id),
    ]
    return sorted(entries, key=_place, reverse=True)


def _place(entry: HistoryEntry) -> tuple[datetime, int, int]:
    """Where instants are equal, a proposal comes before the move that it became."""
    return entry.at, int(entry.kind is HistoryKind.MOVE), entry.seq


def _moves(session: Session, point_id: uuid.UUID) -> list[HistoryEntry]:
    rows = session.execute(
        select(Transition, Person.name)
        .outerjoin(Person, Person.person_id == Transition.confirmed_by)
        .where(Transition.point_id == point_id)
    )
    return [_move(row, name or "") for row, name in rows]


def _move(row: Transition, confirmed_name: str) -> HistoryEntry:
    return HistoryEntry(
        kind=HistoryKind.MOVE,
        entry_id=row.transition_id,
        at=row.at,
        seq=row.seq,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        verb=row.verb,
        source=row.source,
        target=row.target,
        role=row.role,
        body=row.reason,
        details=row.details,
        evidence_ids=tuple(row.evidence_ids),
        due_on=row.due_on,
        device_at=row.device_at,
        confirmed_by=row.confirmed_by,
        confirmed_name=confirmed_name,
    )


def _proposals(session: Session, point_id: uuid.UUID) -> list[HistoryEntry]:
    rows = session.execute(
        select(MoveProposal, Person.name)
        .outerjoin(Person, Person.person_id == MoveProposal.decided_by)
        .where(MoveProposal.point_id == point_id)
    )
    return [_proposal(row, name or "") for row, name in rows]


def _proposal(row: MoveProposal, decided_name: str) -> HistoryEntry:
    return HistoryEntry(
        kind=HistoryKind.PROPOSAL,
        entry_id=row.proposal_id,
        at=row.proposed_at,
        actor_id=row.proposed_by,
        actor_name=row.proposed_name,
        verb=row.verb.value,
        source=row.source.value,
        target=row.target,
        role=row.role,
        body=row.reason,
        details=row.details,
        confirmed_by=row.decided_by,
        confirmed_name=decided_name,
        decision=row.decision,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )


def _comments(session: Session, point_id: uuid.UUID) -> list[HistoryEntry]:
    rows: Any = session.execute(
        select(PointComment, Person.name)
        .outerjoin(Person, Person.person_id == PointComment.author_id)
        .where(PointComment.point_id == point_id)
    )
    return [
        HistoryEntry(
            kind=HistoryKind.COMMENT,
            entry_id=row.comment_id,
            at=row.said_at,
            actor_id=row.author_id,
            actor_name=name or "",
            body=row.body,
        )
        for row, name in rows
    ]
