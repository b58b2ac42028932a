"""The moves of a point: the only place that changes its state."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import ROLE_NAMES, Actor, Role
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.points.lifecycle import Move, find_move, moves_from
from geoapp.points.protocol import VERB_NAMES, Need, Verb
from geoapp.points.queries import get_point
from geoapp.points.queries_facts import actor_in, gather_facts, holders_of
from geoapp.points.rules import STATE_NAMES, State
from geoapp.points.rules_facts import Facts
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_needs import confirmers_of, is_open_to, missing
from geoapp.points.rules_reach import role_for
from geoapp.points.rules_refusals import (
    MoveForbidden,
    MoveNotAllowed,
    PointChanged,
    ProposalDecided,
    ProposalMissing,
    ProposalOwn,
    evidence_missing,
)
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.points.writers import Circumstances, Signed
from geoapp.points.writers_moves import carry_out, open_proposal, propose, settle


@dataclass(frozen=True, kw_only=True)
class MoveOffer:
    """A move from the present state, as one person sees it.

    *missing* is what is lacking before anything has been filled in; *reason* says why it is not
    allowed (a text to translate), empty when it is; *confirmers* must agree besides.
    """

    move: Move
    allowed: bool
    missing: tuple[Need, ...]
    confirmers: frozenset[Role]
    reason: str = ""


def offers(session: Session, point: Point, now: datetime) -> tuple[MoveOffer, ...]:
    """Return every move from the state of *point*, with what it lacks for this person."""
    actor = actor_in(session)
    facts = gather_facts(session, point, actor, now=now)
    waiting = open_proposal(session, point.point_id) is not None
    return tuple(
        _offer(move, point, actor, facts, waiting=waiting)
        for move in moves_from(point.state)
        if is_open_to(move, facts)
    )


def _offer(move: Move, point: Point, actor: Actor, facts: Facts, *, waiting: bool) -> MoveOffer:
    confirmers = confirmers_of(move, facts)
    reason = ""
    if role_for(actor, move.roles, holders_of(point)) is None:
        reason = N_("Your role does not reach this point for this move.")
    elif confirmers and waiting:
        reason = N_("A proposal already waits for a second person.")
    elif confirmers and actor.person_id is None:
        reason = N_("This needs two people.")
    return MoveOffer(
        move=move,
        allowed=not reason,
        missing=missing(move, facts, MoveForm()),
        confirmers=confirmers,
        reason=reason,
    )


def move_point(  # noqa: PLR0913 - what a move is made of
    session: Session,
    point_id: uuid.UUID,
    *,
    verb: Verb,
    form: MoveForm,
    now: datetime,
    target: State | None = None,
    base_version: int | None = None,
    lon: float | None = None,
    lat: float | None = None,
    device_at: datetime | None = None,
) -> Transition | MoveProposal:
    """Move the point, or propose the move where a second person has to agree.

    Raises:
        MoveNotAllowed, PointChanged, ProposalWaiting: the point stands elsewhere by now.
        MoveForbidden: no role of the actor reaches the point.
        EvidenceMissing: *data* names each need.
    """
    actor = actor_in(session)
    point = get_point(session, point_id, lock=True)
    if base_version is not None and base_version != point.row_version:
        raise PointChanged
    facts = gather_facts(session, point, actor, now=now, form=form)
    move = _find(point, verb, target, facts)
    role = role_for(actor, move.roles, holders_of(point))
    if role is None:
        raise MoveForbidden(move=_(VERB_NAMES[verb]), roles=_role_names(move.roles))
    _check(move, facts, form)
    signed = Signed(person_id=actor.person_id, name=actor.name, unit_id=actor.unit_id, role=role)
    when = Circumstances(now=now, lon=lon, lat=lat, device_at=device_at)
    if confirmers_of(move, facts):
        return propose(session, point, move=move, form=form, signed=signed, when=when)
    return carry_out(session, point, move=move, form=form, signed=signed, when=when, facts=facts)


def decide_proposal(
    session: Session, proposal_id: uuid.UUID, *, confirm: bool, reason: str = "", now: datetime
) -> Transition | MoveProposal:
    """Confirm or decline a proposal; its own proposer can only withdraw it.

    What the move demands is checked again as things stand now. Returns the move once confirmed,
    else the proposal.

    Raises:
        ProposalMissing, ProposalDecided, ProposalOwn, MoveForbidden, MoveNotAllowed,
        EvidenceMissing.
    """
    actor = actor_in(session)
    proposal, point = _take(session, proposal_id)
    if proposal.proposed_by == actor.person_id:
        if confirm:
            raise ProposalOwn
        return settle(session, proposal, "withdrawn", by=None, reason=reason, now=now)
    form = MoveForm.from_details(proposal.details, reason=proposal.reason)
    proposer = replace(
        actor,
        person_id=proposal.proposed_by,
        name=proposal.proposed_name,
        unit_id=proposal.proposed_unit_id,
    )
    facts = gather_facts(session, point, proposer, now=now, form=form)
    move = find_move(proposal.source, proposal.verb, State(proposal.target))
    if move is None:
        raise ProposalMissing
    _require_confirmer(actor, move, facts, point)
    if not confirm:
        if not reason.strip():
            raise evidence_missing(move.verb, (Need.REASON,))
        return settle(session, proposal, "declined", by=actor.person_id, reason=reason, now=now)
    if point.state is not proposal.source or not is_open_to(move, facts):
        raise _not_allowed(point, proposal.verb)
    _check(move, facts, form)
    settle(session, proposal, "confirmed", by=actor.person_id, reason=reason, now=now)
    signed = Signed(
        person_id=proposal.proposed_by,
        name=proposal.proposed_name,
        unit_id=proposal.proposed_unit_id,
        role=Role(proposal.role),
        confirmed_by=actor.person_id,
    )
    when = Circumstances(now=now)
    return carry_out(session, point, move=move, form=form, signed=signed, when=when, facts=facts)


def _take(session: Session, proposal_id: uuid.UUID) -> tuple[MoveProposal, Point]:
    """Lock the point first, as every move does, then the proposal."""
    query = select(MoveProposal).where(MoveProposal.proposal_id == proposal_id)
    seen = session.scalars(query).one_or_none()
    if seen is None:
        raise ProposalMissing
    point = get_point(session, seen.point_id, lock=True)
    locked = query.with_for_update().execution_options(populate_existing=True)
    proposal = session.scalars(locked).one()
    if proposal.decision:
        raise ProposalDecided
    return proposal, point


def _require_confirmer(actor: Actor, move: Move, facts: Facts, point: Point) -> None:
    confirmers = confirmers_of(move, facts)
    if actor.person_id is None or role_for(actor, confirmers, holders_of(point)) is None:
        raise MoveForbidden(move=_(VERB_NAMES[move.verb]), roles=_role_names(confirmers))


def _find(point: Point, verb: Verb, target: State | None, facts: Facts) -> Move:
    if verb is Verb.CORRECT and target is None:
        target = facts.previous_state
    move = find_move(point.state, verb, target)
    if move is None or not is_open_to(move, facts):
        raise _not_allowed(point, verb)
    return move


def _not_allowed(point: Point, verb: Verb) -> MoveNotAllowed:
    return MoveNotAllowed(
        move=_(VERB_NAMES[verb]), state=_(STATE_NAMES[point.state]), verb=verb, source=point.state
    )


def _role_names(roles: frozenset[Role]) -> str:
    return ", ".join(_(ROLE_NAMES[role]) for role in Role if role in roles)


def _check(move: Move, facts: Facts, form: MoveForm) -> None:
    lacks = missing(move, facts, form)
    if lacks:
        raise evidence_missing(move.verb, lacks)
