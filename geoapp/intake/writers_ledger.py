"""Writes the problems of a measures table: tasks, units, measures, places to be found."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.deadlines.rules import SHANGHAI, DeadlineKind
from geoapp.deadlines.rules_text import fold
from geoapp.intake.rules_ledger import LedgerMeasure, LedgerSheet, LedgerTask, PlaceFound
from geoapp.intake.rules_ledger_import import PlannedProblem
from geoapp.ledger.rules import TaskUnitRole
from geoapp.ledger.tables import Measure, PlaceCandidate, Problem, ProblemPoint, Task, TaskUnit
from geoapp.points.rules import Secrecy

ALL_DONE = 100  # percent


@dataclass(slots=True)
class LedgerWriter:
    """Writes into one campaign; counts what it made."""

    session: Session
    campaign_id: uuid.UUID
    document_id: uuid.UUID | None
    sheet: LedgerSheet
    now: datetime
    left: dict[str, int] = field(default_factory=dict)
    """Earlier measures that the table no longer has, by the problem's own number."""

    def write(self, planned: PlannedProblem, *, seq: int) -> Problem:
        """Make the problem, or bring it up to date, with everything below it."""
        found = planned.problem
        row = self.session.scalar(
            select(Problem).where(
                Problem.campaign_id == self.campaign_id, Problem.own_no == found.own_no
            )
        )
        if row is None:
            row = Problem(campaign_id=self.campaign_id, own_no=found.own_no)
            row.secrecy = self.sheet.secrecy or Secrecy.INTERNAL
            row.document_id = self.document_id
            self.session.add(row)
        row.upstream_no, row.seq = found.upstream_no, seq
        row.description, row.goal = found.text, found.goal
        row.pollution_types = list(found.pollution_types)
        row.content_sha256 = planned.content_sha256
        self.session.flush()
        for place, task in enumerate(found.tasks, start=1):
            self._write_task(row, task, place, planned.units)
        self._offer_places(row, found.places)
        self.session.flush()
        return row

    def _write_task(
        self, problem: Problem, task: LedgerTask, seq: int, units: Mapping[str, uuid.UUID]
    ) -> None:
        row = self.session.scalar(
            select(Task).where(Task.problem_id == problem.problem_id, Task.seq == seq)
        )
        if row is None:
            row = Task(problem_id=problem.problem_id, seq=seq)
            self.session.add(row)
        row.description = "" if task.text == problem.description else task.text
        row.lead_leader = task.lead_leader
        row.responsible_text = task.responsible_text
        row.responsible_person = task.responsible_person
        responsible = units.get(_key(task.responsible_unit))
        accepting = units.get(_key(task.accepting_unit))
        row.responsible_unit_id = responsible or row.responsible_unit_id
        row.accepting_unit_id = accepting or row.accepting_unit_id
        if row.accepting_unit_id == row.responsible_unit_id:
            row.accepting_unit_id = None  # nobody accepts his own work
        self.session.flush()
        self._link_units(row, task, units)
        self._write_measures(problem, row, task.measures)

    def _link_units(self, row: Task, task: LedgerTask, units: Mapping[str, uuid.UUID]) -> None:
        wanted = {
            (unit_id, role)
            for role, names in (
                (TaskUnitRole.COOPERATING, task.cooperating_units),
                (TaskUnitRole.CONTACT, task.contact_units),
            )
            for name in names
            if (unit_id := units.get(_key(name))) and unit_id != row.responsible_unit_id
        }
        statement = select(TaskUnit.unit_id, TaskUnit.role).where(TaskUnit.task_id == row.task_id)
        linked = {(unit_id, role) for unit_id, role in self.session.execute(statement)}
        for unit_id, role in sorted(wanted - linked):
            self.session.add(TaskUnit(task_id=row.task_id, unit_id=unit_id, role=role))

    def _write_measures(
        self, problem: Problem, task: Task, measures: tuple[LedgerMeasure, ...]
    ) -> None:
        statement = select(Measure).where(Measure.task_id == task.task_id)
        known = {row.seq: row for row in self.session.scalars(statement)}
        for measure in measures:
            row = known.pop(measure.seq, None)
            if row is None:
                row = Measure(task_id=task.task_id, seq=measure.seq)
                self.session.add(row)
            self._fill_measure(row, measure)
        if known:
            self.left[problem.own_no] = self.left.get(problem.own_no, 0) + len(known)

    def _fill_measure(self, row: Measure, measure: LedgerMeasure) -> None:
        """Write what the table says; what was recorded as done here stays done."""
        deadline = measure.deadline
        row.description = measure.marker + measure.text
        row.deadline_kind = deadline.kind
        row.due_text = deadline.text
        row.start_on, row.due_on = deadline.start_on, deadline.due_on
        row.year_inferred = "year_inferred" in deadline.codes
        row.case_no = measure.case_no or row.case_no or ""
        row.done_note = measure.done_note or row.done_note or ""
        if measure.is_done:
            row.progress_pct = ALL_DONE
            row.done_at = row.done_at or self._done_at(measure)

    def _done_at(self, measure: LedgerMeasure) -> datetime | None:
        """When it was done: the day it names; a mere 已完成 of the deadline column has none."""
        if measure.deadline.done_on is not None:
            return datetime.combine(measure.deadline.done_on, time(), SHANGHAI)
        return None if measure.deadline.kind is DeadlineKind.DONE else self.now

    def _offer_places(self, problem: Problem, places: tuple[PlaceFound, ...]) -> None:
        statement = select(PlaceCandidate.name).where(
            PlaceCandidate.problem_id == problem.problem_id
        )
        known = set(self.session.scalars(statement))
        for seq, place in enumerate(places, start=1):
            if place.text not in known:
                self.session.add(
                    PlaceCandidate(
                        problem_id=problem.problem_id,
                        seq=seq,
                        name=place.text,
                        why=place.why.value,
                    )
                )


def linked_points(session: Session, problem_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the points that the problem names."""
    statement = select(ProblemPoint.point_id).where(ProblemPoint.problem_id == problem_id)
    return list(session.scalars(statement))


def _key(name: str) -> str:
    return fold(name).text
