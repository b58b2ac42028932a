"""The rows of a measures table: problems, tasks and measures, merged cells understood."""

from dataclasses import dataclass, field

from geoapp.deadlines.rules_text import fold
from geoapp.intake import rules_ledger_found as found
from geoapp.intake.readers_ledger_head import Head
from geoapp.intake.readers_ledger_measures import MeasureReader
from geoapp.intake.rules import Findings, Severity
from geoapp.intake.rules_ledger import (
    CellRef,
    LedgerMeasure,
    LedgerProblem,
    LedgerTask,
    PlaceFound,
)
from geoapp.intake.rules_ledger_grid import Grid, GridCell, GridRow
from geoapp.intake.rules_ledger_headings import Column
from geoapp.intake.rules_ledger_places import find_places
from geoapp.intake.rules_ledger_text import find_pollution, read_serial, read_units, split_units
from geoapp.ledger.rules import PlaceWhy

TASK_COLUMNS = (Column.PROBLEM, Column.LEADER, Column.UNIT)
SHOWN_WORDS = 20


@dataclass(slots=True)
class _Task:
    row: GridRow
    cells: dict[Column, GridCell | None]
    measures: list[LedgerMeasure] = field(default_factory=list)


@dataclass(slots=True)
class _Problem:
    row: GridRow
    serial: GridCell
    own_no: str
    upstream_no: str
    tasks: list[_Task] = field(default_factory=list)


@dataclass(slots=True)
class RowsReader:
    """Reads the rows below the headings of one table."""

    grid: Grid
    head: Head
    findings: Findings
    measures: MeasureReader
    _problems: list[_Problem] = field(default_factory=list)

    def read(self) -> tuple[LedgerProblem, ...]:
        """Return the problems in the order of the table."""
        for row in self.grid.rows[self.head.next_index :]:
            if row.is_blank or self._is_heading(row):
                continue
            if self._is_section(row):
                self._say(found.SECTION_ROW, Severity.NOTICE, row, words=row.line[:SHOWN_WORDS])
            else:
                self._read_row(row)
        self._say_twice()
        return tuple(self._finish(problem) for problem in self._problems)

    def _is_heading(self, row: GridRow) -> bool:
        """Tell a heading row that is printed again on a later page."""
        return [cell.text for cell in row.own] == [cell.text for cell in self.head.row.own]

    def _is_section(self, row: GridRow) -> bool:
        """Tell a row that is one cell, or only a note in the column of the serial numbers."""
        serial = self.head.text(row, Column.SERIAL)
        alone = [cell.text for cell in row.own if cell.text] == [serial]
        return row.is_one_cell or (alone and read_serial(serial) is None)

    def _read_row(self, row: GridRow) -> None:
        problem = self._problem_of(row)
        if problem is None:
            self._say(found.SERIAL_MISSING, Severity.ERROR, row, Column.SERIAL)
            return
        task = self._task_of(problem, row)
        added = self.measures.read(row, seq=len(task.measures) + 1)
        task.measures.extend(added)
        if not added and not task.measures and task.row is row:
            self._say(found.MEASURE_EMPTY, Severity.WARNING, row, Column.MEASURE)

    def _problem_of(self, row: GridRow) -> _Problem | None:
        """Return the problem that *row* belongs to, a new one where a new number stands."""
        current = self._problems[-1] if self._problems else None
        serial = self.head.cell(row, Column.SERIAL)
        if serial is None or not serial.text:
            if current is not None:
                own_no = current.own_no
                self._say(found.CONTINUED, Severity.NOTICE, row, Column.SERIAL, own_no=own_no)
            return current
        if current is not None and self._repeats(current, serial, row):
            return current
        numbers = read_serial(serial.text)
        if numbers is None:
            self._say(found.SERIAL_UNUSUAL, Severity.WARNING, row, Column.SERIAL, words=serial.text)
        own_no, upstream_no = numbers or (serial.text, "")
        upstream_no = self.head.text(row, Column.UPSTREAM) or upstream_no
        self._problems.append(_Problem(row, serial, own_no, upstream_no))
        return self._problems[-1]

    def _repeats(self, current: _Problem, serial: GridCell, row: GridRow) -> bool:
        """Tell a merged cell, or one that was filled down with the same problem beside it."""
        if serial == current.serial:
            return True
        words = self.head.text(row, Column.PROBLEM)
        first = self.head.text(current.row, Column.PROBLEM)
        return fold(serial.text).text == fold(current.serial.text).text and (
            not words or fold(words).text == fold(first).text
        )

    def _task_of(self, problem: _Problem, row: GridRow) -> _Task:
        cells = {column: self.head.cell(row, column) for column in TASK_COLUMNS}
        current = problem.tasks[-1] if problem.tasks else None
        if current is None or any(self._differs(current, column, cells) for column in cells):
            if current is not None:
                for column, cell in cells.items():  # an empty cell goes on as above
                    cells[column] = cell if cell and cell.text else current.cells[column]
            problem.tasks.append(_Task(row, cells))
        return problem.tasks[-1]

    @staticmethod
    def _differs(current: _Task, column: Column, cells: dict[Column, GridCell | None]) -> bool:
        before, now = current.cells[column], cells[column]
        if now is None or before is None or not now.text or now == before:
            return False
        return fold(now.text).text != fold(before.text).text

    def _finish(self, problem: _Problem) -> LedgerProblem:
        tasks = tuple(self._finish_task(task) for task in problem.tasks)
        texts = tuple(dict.fromkeys(task.text for task in tasks if task.text))
        if not texts:
            self._say(found.PROBLEM_EMPTY, Severity.ERROR, problem.row, Column.PROBLEM)
        return LedgerProblem(
            own_no=problem.own_no,
            upstream_no=problem.upstream_no,
            text=texts[0] if texts else "",
            goal=self.head.text(problem.row, Column.GOAL),
            tasks=tasks,
            places=self._places(problem, texts),
            pollution_types=self._pollution(problem, texts),
            where=self._ref(problem.row, Column.SERIAL),
        )

    def _places(self, problem: _Problem, texts: tuple[str, ...]) -> tuple[PlaceFound, ...]:
        found_places: dict[str, PlaceFound] = {}
        for task in problem.tasks:
            words = self.head.text(task.row, Column.PLACE)
            for name in split_units(words):
                found_places.setdefault(name, PlaceFound(name, (0, len(words)), PlaceWhy.COLUMN))
        for text in texts:
            for place in find_places(text):
                found_places.setdefault(place.text, place)
        return tuple(found_places.values())

    def _pollution(self, problem: _Problem, texts: tuple[str, ...]) -> tuple[str, ...]:
        named = split_units(self.head.text(problem.row, Column.POLLUTION))
        return tuple(dict.fromkeys(named + find_pollution("\n".join(texts))))

    def _finish_task(self, task: _Task) -> LedgerTask:
        text, leader, unit = (
            cell.text if (cell := task.cells[column]) else "" for column in TASK_COLUMNS
        )
        units = read_units(unit)
        if Column.UNIT in self.head.places and not units.responsible:
            self._say(found.UNIT_EMPTY, Severity.WARNING, task.row, Column.UNIT)
        if units.others:
            others = "、".join(units.others)
            self._say(
                found.UNITS_PARTED,
                Severity.WARNING,
                task.row,
                Column.UNIT,
                first=units.responsible,
                others=others,
            )
        row = task.row
        helping = split_units(self.head.text(row, Column.COOPERATING))
        contact = split_units(self.head.text(row, Column.CONTACT))
        return LedgerTask(
            text=text,
            lead_leader=leader,
            responsible_unit=units.responsible,
            responsible_text=unit,
            responsible_person=self.head.text(row, Column.PERSON),
            cooperating_units=tuple(dict.fromkeys(units.cooperating + units.others + helping)),
            contact_units=tuple(dict.fromkeys(units.contact + contact)),
            accepting_unit=self.head.text(row, Column.ACCEPTING) or units.accepting,
            measures=tuple(task.measures),
            where=self._ref(row, Column.UNIT),
        )

    def _say_twice(self) -> None:
        first: dict[str, int] = {}
        for problem in self._problems:
            if problem.own_no in first:
                self._say(
                    found.SERIAL_TWICE,
                    Severity.ERROR,
                    problem.row,
                    Column.SERIAL,
                    own_no=problem.own_no,
                    first=first[problem.own_no],
                    second=problem.row.number,
                )
            first.setdefault(problem.own_no, problem.row.number)

    def _ref(self, row: GridRow, column: Column) -> CellRef:
        return self.grid.ref(row, self.head.cell(row, column))

    def _say(
        self,
        code: str,
        severity: Severity,
        row: GridRow,
        column: Column | None = None,
        **data: object,
    ) -> None:
        heading = self.head.headings.get(column, "") if column else ""
        self.findings.add(code, severity, row=row.number, column=heading, **data)
