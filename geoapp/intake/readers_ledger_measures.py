"""One row's measures with their deadline, done note and case number."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from geoapp.core.i18n import gettext
from geoapp.deadlines.rules import (
    KIND_NAMES,
    Calendar,
    Deadline,
    DeadlineKind,
    day_text,
    parse_deadline,
)
from geoapp.deadlines.rules_text import fold
from geoapp.intake import rules_ledger_found as found
from geoapp.intake.readers_ledger_head import Head
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_ledger import LedgerMeasure
from geoapp.intake.rules_ledger_grid import Grid, GridCell, GridRow
from geoapp.intake.rules_ledger_headings import Column
from geoapp.intake.rules_ledger_split import SPLIT_NAMES, Piece, Split, SplitBy, split_measures
from geoapp.intake.rules_ledger_text import find_case_no

SHOWN_BEGINNING = 8  # characters of each part in the notice
BASE_WANTED = frozenset({"year_missing", "base_missing"})


@dataclass(slots=True)
class MeasureReader:
    """Reads the measure and deadline cells of one table, row by row."""

    grid: Grid
    head: Head
    findings: Findings
    base_on: date | None
    calendar: Calendar | None
    may_split: bool = True
    _measure: GridCell | None = None
    _deadline: GridCell | None = None
    _base_asked: bool = field(default=False)

    def read(self, row: GridRow, *, seq: int) -> list[LedgerMeasure]:
        """Return the measures that *row* adds, numbered from *seq*; none where it repeats."""
        cell = self.head.cell(row, Column.MEASURE)
        due = self.head.cell(row, Column.DEADLINE)
        if cell is None or not cell.text:
            self._measure = self._deadline = None
            return []
        again, same_due = cell == self._measure, due == self._deadline
        self._measure, self._deadline = cell, due
        if again and same_due:
            return []
        if again:
            self._say(found.MEASURE_SHARED, Severity.WARNING, row, Column.MEASURE)
        split = self._split(row, cell, is_new=not again)
        deadline = self._read_deadline(row, due.text if due else "", is_new=not same_due)
        return [
            self._measure_of(row, cell, piece, deadline, seq + place)
            for place, piece in enumerate(split.pieces)
        ]

    def _measure_of(
        self, row: GridRow, cell: GridCell, piece: Piece, deadline: Deadline, seq: int
    ) -> LedgerMeasure:
        progress = self.head.text(row, Column.PROGRESS)
        is_done = deadline.kind is DeadlineKind.DONE or self._says_done(progress)
        note = progress if progress or deadline.kind is not DeadlineKind.DONE else deadline.text
        case_no = self.head.text(row, Column.CASE_NO)
        return LedgerMeasure(
            seq=seq,
            text=piece.text,
            marker=piece.marker,
            deadline=deadline,
            is_done=is_done,
            done_note=note.strip(),
            case_no=case_no or find_case_no(deadline.text, progress, piece.text),
            where=self.grid.ref(row, cell),
        )

    def _says_done(self, progress: str) -> bool:
        reading = parse_deadline(progress, base_on=self.base_on)
        return reading.kind is DeadlineKind.DONE

    def _split(self, row: GridRow, cell: GridCell, *, is_new: bool) -> Split:
        split = split_measures(cell.text)
        if not self.may_split and split.by is not SplitBy.NOTHING:
            return Split((Piece(cell.text.strip()),), SplitBy.NOTHING)
        if split.by is not SplitBy.NOTHING and is_new:
            beginnings = "；".join(
                f"{piece.marker}{piece.text[:SHOWN_BEGINNING]}…" for piece in split.pieces
            )
            self._say(
                found.MEASURES_SPLIT,
                Severity.NOTICE,
                row,
                Column.MEASURE,
                count=len(split.pieces),
                by=Said.term(SPLIT_NAMES[split.by]),
                beginnings=beginnings,
            )
        return split

    def _read_deadline(self, row: GridRow, text: str, *, is_new: bool) -> Deadline:
        deadline = parse_deadline(text, base_on=self.base_on, calendar=self.calendar)
        if BASE_WANTED & set(deadline.codes) and self.base_on is None:
            if not self._base_asked:
                self._base_asked = True
                words = fold(self.head.headings.get(Column.DEADLINE, "")).text
                self._say(found.YEAR_NEEDED, Severity.ERROR, row, Column.DEADLINE, words=words)
        elif is_new and deadline.note:
            unclear = deadline.kind is DeadlineKind.UNCLEAR
            self._say(
                found.DEADLINE_UNCLEAR if unclear else found.DEADLINE_READ,
                Severity.WARNING if unclear else Severity.NOTICE,
                row,
                Column.DEADLINE,
                words=text,
                reading=Said(partial(reading_of, deadline)),
                explanation=Said(partial(_explain, deadline)),
            )
        return deadline

    def _say(
        self, code: str, severity: Severity, row: GridRow, column: Column, **data: object
    ) -> None:
        heading = self.head.headings.get(column, "")
        self.findings.add(code, severity, row=row.number, column=heading, **data)


def reading_of(deadline: Deadline) -> str:
    """Say in the current language which days a deadline was read as, or which kind it is."""
    if deadline.due_on is None:
        return gettext(KIND_NAMES[deadline.kind])
    due = day_text(deadline.due_on)
    if deadline.kind is DeadlineKind.RANGE and deadline.start_on is not None:
        return f"{day_text(deadline.start_on)}–{due}"
    return due


def _explain(deadline: Deadline) -> str:
    return deadline.explanation
