"""Writing a move down: the point, the log, and what waited for a second person."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.core.i18n import gettext as _
from geoapp.points.lifecycle import Move
from geoapp.points.protocol import VERB_NAMES
from geoapp.points.rules_effects import changes_of
from geoapp.points.rules_facts import Facts
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_refusals import PersonNeeded, ProposalWaiting
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.points.writers import Circumstances, Signed, because, log_move


def open_proposal(session: Session, point_id: uuid.UUID) -> MoveProposal | None:
    """Return the proposal of the point that waits for a second person."""
    query = select(MoveProposal).where(
        MoveProposal.point_id == point_id, MoveProposal.decision == ""
    )
    return session.scalars(query).one_or_none()


def propose(  # noqa: PLR0913 - what a move is made of
    session: Session,
    point: Point,
    *,
    move: Move,
    form: MoveForm,
    signed: Signed,
    when: Circumstances,
) -> MoveProposal:
    """Write down that a person wants *move*; the point stays where it is.

    Raises:
        ProposalWaiting: another one has not been decided yet.
        PersonNeeded: the program itself cannot be one of two people.
    """
    if signed.person_id is None:
        raise PersonNeeded
    waiting = open_proposal(session, point.point_id)
    if waiting is not None:
        raise ProposalWaiting(move=_(VERB_NAMES[waiting.verb]))
    row = MoveProposal(
        point_id=point.point_id,
        source=move.source,
        target=move.target.value,
        verb=move.verb,
        role=signed.role.value,
        proposed_by=signed.person_id,
        proposed_name=signed.name,
        proposed_unit_id=signed.unit_id,
        proposed_at=when.now,
        reason=form.reason,
        details=form.details(),
    )
    with because(session, form.reason, when.device_at):
        session.add(row)
    return row


def carry_out(  # noqa: PLR0913 - what a move is made of
    session: Session,
    point: Point,
    *,
    move: Move,
    form: MoveForm,
    signed: Signed,
    when: Circumstances,
    facts: Facts,
) -> Transition:
    """Change the point, append to the log, and drop a proposal that this has overtaken."""
    waiting = open_proposal(session, point.point_id)
    with because(session, form.reason, when.device_at):
        for name, value in changes_of(move, facts, form).items():
            setattr(point, name, value)
        if waiting is not None and move.source is not move.target:
            settle(session, waiting, "withdrawn", by=None, reason="", now=when.now)
        return log_move(session, point=point, move=move, form=form, signed=signed, when=when)


def settle(  # noqa: PLR0913 - what a decision is made of
    session: Session,
    proposal: MoveProposal,
    decision: str,
    *,
    by: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> MoveProposal:
    """Write down what became of *proposal*."""
    proposal.decision = decision
    proposal.decided_by = by
    proposal.decided_at = now
    proposal.decision_reason = reason
    session.flush()
    return proposal
