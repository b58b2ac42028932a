"""What is read of the ledger: campaigns, problem rows with their measures, open places."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session

from geoapp.accounts.tables import Unit
from geoapp.core.errors import NotFound
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import DeadlineKind
from geoapp.ledger.rules import CandidateStatus
from geoapp.ledger.tables import (
    Campaign,
    Measure,
    PlaceCandidate,
    Problem,
    ProblemPoint,
    SourceDocument,
    Task,
)
from geoapp.points.rules import State
from geoapp.points.tables import Point
from geoapp.web.paging import Key, Page, read_page


class CampaignMissing(NotFound):
    """No such campaign."""

    code = "ledger.campaign_missing"
    message = N_("There is no such campaign.")
    hint = N_("Open the list of ledgers and choose one.")


class ProblemMissing(NotFound):
    """No such problem, or none that this person may see."""

    code = "ledger.problem_missing"
    message = N_("There is no such problem, or it is not in your area.")
    hint = N_("Open the ledger and choose one.")


class CandidateMissing(NotFound):
    """No such place name."""

    code = "ledger.candidate_missing"
    message = N_("There is no such place name.")
    hint = N_("Open the ledger and choose one.")


@dataclass(frozen=True)
class CampaignRow:
    """A campaign with its counts; the counts hold only what the reader may see."""

    campaign: Campaign
    problems: int
    measures: int
    measures_done: int
    open_places: int


@dataclass(frozen=True)
class LinkedPoint:
    """A point as a ledger row names it."""

    point_id: uuid.UUID
    code: str | None
    name: str
    state: State


@dataclass(frozen=True)
class TaskRow:
    """A task with its measures in order."""

    task: Task
    responsible: str
    measures: tuple[Measure, ...]

    @property
    def height(self) -> int:
        """How many table rows it takes."""
        return max(1, len(self.measures))


@dataclass(frozen=True)
class ProblemRow:
    """One ledger row as it is shown."""

    problem: Problem
    tasks: tuple[TaskRow, ...]
    points: tuple[LinkedPoint, ...]
    candidates: tuple[PlaceCandidate, ...]

    @property
    def height(self) -> int:
        """How many table rows it takes."""
        return max(1, sum(task.height for task in self.tasks))


def list_campaigns(session: Session) -> list[CampaignRow]:
    """All campaigns, newest window first, with counts of what the reader may see."""
    done = Measure.deadline_kind == DeadlineKind.DONE
    measures = (
        select(
            Problem.campaign_id,
            func.count(Measure.measure_id).label("measures"),
            func.count().filter(or_(done, Measure.done_at.is_not(None))).label("done"),
        )
        .join(Task, Task.problem_id == Problem.problem_id)
        .join(Measure, Measure.task_id == Task.task_id)
        .group_by(Problem.campaign_id)
        .subquery()
    )
    problems = _count(Problem.problem_id, select(Problem.campaign_id)).subquery()
    places = _count(
        PlaceCandidate.candidate_id,
        select(Problem.campaign_id)
        .join(PlaceCandidate, PlaceCandidate.problem_id == Problem.problem_id)
        .where(PlaceCandidate.status == CandidateStatus.OPEN),
    ).subquery()
    statement = (
        select(
            Campaign,
            func.coalesce(problems.c.number, 0),
            func.coalesce(measures.c.measures, 0),
            func.coalesce(measures.c.done, 0),
            func.coalesce(places.c.number, 0),
        )
        .outerjoin(problems, problems.c.campaign_id == Campaign.campaign_id)
        .outerjoin(measures, measures.c.campaign_id == Campaign.campaign_id)
        .outerjoin(places, places.c.campaign_id == Campaign.campaign_id)
        .order_by(Campaign.starts_on.desc().nulls_last(), Campaign.name)
    )
    return [CampaignRow(*row) for row in session.execute(statement)]


def _count(
    column: SQLColumnExpression[uuid.UUID], statement: Select[uuid.UUID]
) -> Select[uuid.UUID, int]:
    return statement.add_columns(func.count(column).label("number")).group_by(Problem.campaign_id)


def get_campaign(session: Session, campaign_id: uuid.UUID) -> Campaign:
    """Return the campaign.

    Raises:
        CampaignMissing: there is none.
    """
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise CampaignMissing
    return found


def get_problem(session: Session, problem_id: uuid.UUID) -> Problem:
    """Return the problem.

    Raises:
        ProblemMissing: there is none in the reader's scope.
    """
    found = session.scalar(select(Problem).where(Problem.problem_id == problem_id))
    if found is None:
        raise ProblemMissing
    return found


def get_candidate(session: Session, candidate_id: uuid.UUID) -> PlaceCandidate:
    """Return the place name, if its problem is in the reader's scope.

    Raises:
        CandidateMissing: there is none.
    """
    statement = (
        select(PlaceCandidate)
        .join(Problem, Problem.problem_id == PlaceCandidate.problem_id)
        .where(PlaceCandidate.candidate_id == candidate_id)
    )
    found = session.scalar(statement)
    if found is None:
        raise CandidateMissing
    return found


def page_of_problems(  # noqa: PLR0913 - the ways into a list
    session: Session,
    *,
    campaign_id: uuid.UUID,
    q: str = "",
    only_open_places: bool = False,
    after: str | None = None,
    before: str | None = None,
) -> Page:
    """Problems of a campaign in ledger order; *q* looks in wording, numbers and measures.

    *only_open_places*: those whose wording names a place that nobody has put on the map.
    """
    statement = select(Problem).where(Problem.campaign_id == campaign_id)
    if only_open_places:
        still = PlaceCandidate.status == CandidateStatus.OPEN
        statement = statement.where(
            Problem.problem_id.in_(select(PlaceCandidate.problem_id).where(still))
        )
    if q:
        like = f"%{_escaped(q)}%"
        in_measures = (
            select(Task.problem_id)
            .join(Measure, Measure.task_id == Task.task_id)
            .where(Measure.description.ilike(like))
        )
        statement = statement.where(
            or_(
                Problem.description.ilike(like),
                Problem.own_no == q,
                Problem.upstream_no == q,
                Problem.problem_id.in_(in_measures),
            )
        )
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    page = read_page(
        session,
        statement,
        keys=(Key(Problem.seq), Key(Problem.problem_id)),
        after=after,
        before=before,
        total=total,
    )
    return Page(problem_rows(session, page.rows), page.before, page.after, page.total)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def problem_rows(session: Session, problems: Iterable[Problem]) -> list[ProblemRow]:
    """Fill *problems* with tasks, measures, points and place names: four queries, any number."""
    problems = list(problems)
    ids = [problem.problem_id for problem in problems]
    tasks = _tasks(session, ids)
    points: dict[uuid.UUID, list[LinkedPoint]] = defaultdict(list)
    linked = (
        select(ProblemPoint.problem_id, Point.point_id, Point.code, Point.name, Point.state)
        .join(Point, Point.point_id == ProblemPoint.point_id)
        .where(ProblemPoint.problem_id.in_(ids))
        .order_by(Point.code)
    )
    for problem_id, point_id, code, name, state in session.execute(linked):
        points[problem_id].append(LinkedPoint(point_id, code, name, state))
    places: dict[uuid.UUID, list[PlaceCandidate]] = defaultdict(list)
    named = select(PlaceCandidate).where(PlaceCandidate.problem_id.in_(ids))
    for place in session.scalars(named.order_by(PlaceCandidate.seq)):
        places[place.problem_id].append(place)
    return [
        ProblemRow(
            problem,
            tuple(tasks[problem.problem_id]),
            tuple(points[problem.problem_id]),
            tuple(places[problem.problem_id]),
        )
        for problem in problems
    ]


def _tasks(session: Session, problem_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[TaskRow]]:
    statement = (
        select(Task, func.coalesce(Unit.name, Task.responsible_text))
        .outerjoin(Unit, Unit.unit_id == Task.responsible_unit_id)
        .where(Task.problem_id.in_(problem_ids))
        .order_by(Task.seq)
    )
    tasks = session.execute(statement).all()
    measures: dict[uuid.UUID, list[Measure]] = defaultdict(list)
    wanted = select(Measure).where(Measure.task_id.in_([task.task_id for task, _unit in tasks]))
    for measure in session.scalars(wanted.order_by(Measure.seq)):
        measures[measure.task_id].append(measure)
    grouped: dict[uuid.UUID, list[TaskRow]] = defaultdict(list)
    for task, unit in tasks:
        grouped[task.problem_id].append(TaskRow(task, unit, tuple(measures[task.task_id])))
    return grouped


def documents(session: Session) -> list[SourceDocument]:
    """All source documents the reader may see, newest first."""
    order = SourceDocument.issued_on.desc().nulls_last()
    return list(session.scalars(select(SourceDocument).order_by(order)))
