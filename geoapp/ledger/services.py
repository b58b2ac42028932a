"""Changes of the ledger: place names put on the map, problems linked, measures added and done."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor, Permission, may, require
from geoapp.core.errors import Conflict, NotFound, Refused
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import parse_deadline, shanghai_day
from geoapp.ledger.queries import get_candidate, get_problem
from geoapp.ledger.queries_points import measure_facts
from geoapp.ledger.rules import CampaignLevel, CandidateStatus
from geoapp.ledger.tables import Campaign, Measure, PlaceCandidate, Problem, ProblemPoint, Task
from geoapp.points.queries import get_point
from geoapp.points.tables import Point

MAX_PERCENT = 100


class AlreadyDecided(Conflict):
    """The place name was placed or dismissed before."""

    code = "ledger.candidate_decided"
    message = N_("Somebody has already placed or dismissed “%(name)s”.")
    hint = N_("Open the ledger again to see what became of it.")


class ReasonMissing(Refused):
    """A place name is dismissed without a reason."""

    code = "ledger.reason_missing"
    message = N_("A place name is dismissed only with a reason.")
    hint = N_("Write one sentence, such as “not a place of its own”.")


class MeasureEmpty(Refused):
    """A measure without words."""

    code = "ledger.measure_empty"
    message = N_("A measure needs words and a deadline.")
    hint = N_("Write what is done, and until when (9月底, 长期坚持, 2026-12-31).")


class NoteMissing(Refused):
    """A measure is called done without a word on how that is known."""

    code = "ledger.note_missing"
    message = N_("A measure is recorded as done only with a word on how that is known.")
    hint = N_("Write one sentence, such as “seen on site on 3 March”.")


class MeasureMissing(NotFound):
    """No such measure of this point."""

    code = "ledger.measure_missing"
    message = N_("This point has no such measure.")
    hint = N_("Open the point again.")


@dataclass(frozen=True, kw_only=True)
class MeasureDraft:
    """A measure as a person writes it."""

    description: str
    due_text: str
    unit_id: uuid.UUID | None = None


def create_campaign(  # noqa: PLR0913 - one argument a column
    session: Session,
    *,
    name: str,
    level: CampaignLevel = CampaignLevel.OWN,
    starts_on: date | None = None,
    ends_on: date | None = None,
    base_on: date | None = None,
) -> Campaign:
    """Open a campaign."""
    campaign = Campaign(
        name=name, level=level, starts_on=starts_on, ends_on=ends_on, base_on=base_on
    )
    session.add(campaign)
    session.flush()
    return campaign


def place_candidate(session: Session, candidate_id: uuid.UUID, *, point: Point) -> PlaceCandidate:
    """Say that *point* is the place that the candidate's name means.

    Raises:
        AlreadyDecided: it was placed or dismissed before.
    """
    candidate = _open_candidate(session, candidate_id)
    candidate.status = CandidateStatus.PLACED
    candidate.point_id = point.point_id
    link_point(session, problem_id=candidate.problem_id, point_id=point.point_id)
    return candidate


def dismiss_candidate(session: Session, candidate_id: uuid.UUID, *, reason: str) -> PlaceCandidate:
    """Say that the name is no place to visit, and why.

    Raises:
        AlreadyDecided: it was placed or dismissed before.
        ReasonMissing: no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing
    candidate = _open_candidate(session, candidate_id)
    candidate.status = CandidateStatus.DISMISSED
    candidate.dismissed_reason = reason.strip()
    session.flush()
    return candidate


def _open_candidate(session: Session, candidate_id: uuid.UUID) -> PlaceCandidate:
    candidate = get_candidate(session, candidate_id)
    session.refresh(candidate, with_for_update=True)
    if candidate.status is not CandidateStatus.OPEN:
        raise AlreadyDecided(name=candidate.name)
    return candidate


def link_point(session: Session, *, problem_id: uuid.UUID, point_id: uuid.UUID) -> None:
    """Let the problem name the point; linking twice is the same as once."""
    problem = get_problem(session, problem_id)
    point = get_point(session, point_id)
    key = {"problem_id": problem.problem_id, "point_id": point.point_id}
    if session.get(ProblemPoint, key) is None:
        session.add(ProblemPoint(**key))
        session.flush()
    _keep_node(session, point)


def add_measure(
    session: Session, point_id: uuid.UUID, *, draft: MeasureDraft, now: datetime
) -> Measure:
    """Add a measure to a point: to its responsible unit's task in the newest problem.

    A point that no ledger names yet gets a problem of its own in this year's own check, because
    a measure always answers a problem.
    """
    point = get_point(session, point_id)
    _require_keeper(session, point)
    words, due_text = draft.description.strip(), draft.due_text.strip()
    if not words or not due_text:
        raise MeasureEmpty
    task = _task_for(session, point, now)
    deadline = parse_deadline(due_text, base_on=shanghai_day(now))
    last = session.scalar(select(func.max(Measure.seq)).where(Measure.task_id == task.task_id))
    measure = Measure(
        task_id=task.task_id,
        seq=(last or 0) + 1,
        description=words,
        unit_id=draft.unit_id or point.responsible_unit_id,
        deadline_kind=deadline.kind,
        due_text=due_text,
        start_on=deadline.start_on,
        due_on=deadline.due_on,
        year_inferred="year_inferred" in deadline.codes,
    )
    session.add(measure)
    session.flush()
    _keep_node(session, point)
    return measure


def finish_measure(
    session: Session, point_id: uuid.UUID, measure_id: uuid.UUID, *, note: str, now: datetime
) -> Measure:
    """Record that a measure is done, and how that is known.

    Raises:
        MeasureMissing: the point has no such measure.
        NoteMissing: nothing says how it is known.
    """
    point = get_point(session, point_id)
    require(session.info["actor"], Permission.POINT_RECTIFY, unit_id=point.responsible_unit_id)
    if not note.strip():
        raise NoteMissing
    statement = (
        select(Measure)
        .join(Task, Task.task_id == Measure.task_id)
        .join(ProblemPoint, ProblemPoint.problem_id == Task.problem_id)
        .where(Measure.measure_id == measure_id, ProblemPoint.point_id == point_id)
        .with_for_update(of=Measure)
    )
    measure = session.scalar(statement)
    if measure is None:
        raise MeasureMissing
    measure.done_at = measure.done_at or now
    measure.done_note = note.strip()
    measure.progress_pct = MAX_PERCENT
    session.flush()
    _keep_node(session, point)
    return measure


def _require_keeper(session: Session, point: Point) -> None:
    """Pass the responsible unit of the point, and whoever keeps the ledger."""
    actor: Actor = session.info["actor"]
    if not may(actor, Permission.LEDGER_EDIT):
        require(actor, Permission.POINT_PLAN, unit_id=point.responsible_unit_id)


def _keep_node(session: Session, point: Point) -> None:
    """Write the earliest open measure deadline to the point, where the lamp reads it."""
    node = measure_facts(session, point.point_id).next_due_on
    if node != point.node_due_on:
        session.execute(
            update(Point)
            .where(Point.point_id == point.point_id)
            .values(node_due_on=node)
            .execution_options(synchronize_session=False)
        )
        session.refresh(point)


def _task_for(session: Session, point: Point, now: datetime) -> Task:
    problem_id = session.scalar(
        select(ProblemPoint.problem_id)
        .join(Problem, Problem.problem_id == ProblemPoint.problem_id)
        .where(ProblemPoint.point_id == point.point_id)
        .order_by(Problem.created_at.desc())
        .limit(1)
    )
    if problem_id is None:
        problem_id = _own_problem(session, point, now).problem_id
    tasks = session.scalars(
        select(Task).where(Task.problem_id == problem_id).order_by(Task.seq)
    ).all()
    for task in tasks:
        if task.responsible_unit_id in {None, point.responsible_unit_id}:
            return task
    task = Task(
        problem_id=problem_id,
        seq=len(tasks) + 1,
        responsible_unit_id=point.responsible_unit_id,
        accepting_unit_id=point.accepting_unit_id,
    )
    session.add(task)
    session.flush()
    return task


def _own_problem(session: Session, point: Point, now: datetime) -> Problem:
    year = shanghai_day(now).year
    name = f"{year}年日常督察"
    campaign = session.scalar(select(Campaign).where(Campaign.name == name).with_for_update())
    if campaign is None:
        campaign = create_campaign(
            session, name=name, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
        )
    problem = Problem(
        campaign_id=campaign.campaign_id,
        own_no=point.code or str(point.point_id),
        upstream_no=point.upstream_no,
        description=point.description or point.name,
        pollution_types=point.pollution_types,
        secrecy=point.secrecy,
    )
    session.add(problem)
    session.flush()
    session.add(ProblemPoint(problem_id=problem.problem_id, point_id=point.point_id))
    session.flush()
    return problem
