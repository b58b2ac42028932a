"""What the ledger knows already when a measures table comes in."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.scope import SCOPE_GIVEN
from geoapp.accounts.tables import Unit
from geoapp.deadlines.rules_text import fold
from geoapp.ledger.tables import Campaign, Problem


@dataclass(frozen=True, slots=True)
class KnownProblem:
    """A problem of the campaign, by its own number."""

    problem_id: uuid.UUID
    content_sha256: str
    is_visible: bool
    """False: it stands outside the reader's area, who learns nothing but its number."""


def find_campaign(session: Session, name: str) -> Campaign | None:
    """Return the campaign of that name."""
    return session.scalar(select(Campaign).where(Campaign.name == name))


def known_problems(session: Session, campaign_id: uuid.UUID) -> dict[str, KnownProblem]:
    """Return the problems of the campaign by their own number, in the order of the ledger.

    Those outside the reader's area too: their numbers are taken, and a repeat is no news.
    """
    statement = (
        select(Problem.own_no, Problem.problem_id, Problem.content_sha256)
        .where(Problem.campaign_id == campaign_id)
        .order_by(Problem.seq)
    )
    visible = {row[1] for row in session.execute(statement)}
    everything = session.execute(statement, execution_options={SCOPE_GIVEN: True})
    return {row[0]: KnownProblem(row[1], row[2], row[1] in visible) for row in everything}


def units_by_name(session: Session) -> dict[str, frozenset[uuid.UUID]]:
    """Return the active units by folded name and short name; several may share one."""
    found: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    statement = select(Unit.unit_id, Unit.name, Unit.short_name).where(Unit.is_active)
    for unit_id, *names in session.execute(statement):
        for name in names:
            if name:
                found[fold(name).text].add(unit_id)
    return {name: frozenset(ids) for name, ids in found.items()}
