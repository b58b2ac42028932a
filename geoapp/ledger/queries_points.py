"""What the ledger knows of a point: its problems, its measures, its campaign."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from geoapp.deadlines.rules import DeadlineKind
from geoapp.ledger.queries import ProblemRow, problem_rows
from geoapp.ledger.tables import Measure, Problem, ProblemPoint, Task
from geoapp.points.tables import Point


def problems_of_point(session: Session, point_id: uuid.UUID) -> list[ProblemRow]:
    """Every problem that names the point, oldest campaign first."""
    statement = (
        select(Problem)
        .join(ProblemPoint, ProblemPoint.problem_id == Problem.problem_id)
        .where(ProblemPoint.point_id == point_id)
        .order_by(Problem.created_at, Problem.seq)
    )
    return problem_rows(session, session.scalars(statement).all())


def points_of_campaign(campaign_id: str) -> ColumnElement[bool]:
    """Narrow a list of points to one campaign: the condition for the filter ``campaign=``."""
    try:
        wanted = uuid.UUID(campaign_id)
    except ValueError:
        return Point.point_id.is_(None)
    linked = (
        select(ProblemPoint.point_id)
        .join(Problem, Problem.problem_id == ProblemPoint.problem_id)
        .where(Problem.campaign_id == wanted)
    )
    return Point.point_id.in_(linked)


@dataclass(frozen=True)
class MeasureFacts:
    """What the lifecycle asks of the measures of a point."""

    total: int
    incomplete: int
    """Without unit or without a typed deadline."""
    unfinished: int
    """Neither done nor ongoing."""
    next_due_on: date | None


def measure_facts(session: Session, point_id: uuid.UUID) -> MeasureFacts:
    """Count the measures of all problems that name the point."""
    done = or_(Measure.done_at.is_not(None), Measure.deadline_kind == DeadlineKind.DONE)
    settled = or_(done, Measure.deadline_kind == DeadlineKind.ONGOING)
    has_unit = or_(Measure.unit_id.is_not(None), Task.responsible_unit_id.is_not(None))
    statement = (
        select(
            func.count(),
            func.count().filter(~has_unit | (Measure.deadline_kind == DeadlineKind.UNCLEAR)),
            func.count().filter(~settled),
            func.min(Measure.due_on).filter(~settled),
        )
        .select_from(ProblemPoint)
        .join(Task, Task.problem_id == ProblemPoint.problem_id)
        .join(Measure, Measure.task_id == Task.task_id)
        .where(ProblemPoint.point_id == point_id)
    )
    return MeasureFacts(*session.execute(statement).one())
