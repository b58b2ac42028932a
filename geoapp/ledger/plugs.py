"""What the ledger adds to a point: facts on its measures, a block of its page, a filter."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor, Permission, may
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import DeadlineKind, shanghai_day
from geoapp.ledger.queries_points import points_of_campaign, problems_of_point
from geoapp.ledger.tables import Measure, ProblemPoint, Task
from geoapp.points.ports import Plug, PointPanel
from geoapp.points.rules_facts import MeasureFact
from geoapp.points.tables import Point


def facts(session: Session, point: Point, _actor: Actor, _now: datetime) -> dict[str, Any]:
    """Return the measures of all problems that name the point, as the lifecycle asks of them."""
    kind = Measure.deadline_kind
    statement = (
        select(
            or_(Measure.unit_id.is_not(None), Task.responsible_unit_id.is_not(None)),
            kind != DeadlineKind.UNCLEAR,
            or_(Measure.done_at.is_not(None), kind.in_([DeadlineKind.DONE, DeadlineKind.ONGOING])),
        )
        .select_from(ProblemPoint)
        .join(Task, Task.problem_id == ProblemPoint.problem_id)
        .join(Measure, Measure.task_id == Task.task_id)
        .where(ProblemPoint.point_id == point.point_id)
    )
    return {
        "measures": tuple(
            MeasureFact(has_unit=unit, has_deadline=deadline, is_finished=finished)
            for unit, deadline, finished in session.execute(statement)
        )
    }


def load_measures(session: Session, point: Point, actor: Actor) -> dict[str, Any]:
    """Return what the block of measures shows."""
    rectifies = may(actor, Permission.POINT_PLAN, unit_id=point.responsible_unit_id)
    edits = may(actor, Permission.LEDGER_EDIT)
    return {
        "rows": problems_of_point(session, point.point_id),
        "today": shanghai_day(datetime.now(UTC)),
        "may_add": rectifies or edits,
        "may_finish": rectifies,
    }


PLUG = Plug(
    facts=facts,
    panels=(
        PointPanel(
            key="measures",
            title=N_("Measures"),
            template="ledger/_measures.html",
            load=load_measures,
        ),
    ),
    narrowers={"campaign": points_of_campaign},
)
