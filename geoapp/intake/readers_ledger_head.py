"""The head of a measures table: its heading row, and the lines above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from geoapp.core.i18n import gettext
from geoapp.intake import rules_ledger_found as found
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_ledger_grid import Grid, GridCell, GridRow
from geoapp.intake.rules_ledger_headings import (
    COLUMN_NAMES,
    EXPECTED,
    REQUIRED,
    Column,
    column_of,
    guess_column,
)

HEADING_WITHIN = 30  # a title, the reporting unit and notes stand above the headings
LEAST_KNOWN = 3  # known headings that make a row the heading row
HARMLESS_TWICE = frozenset({Column.REMARK, Column.POLLUTION, Column.PLACE, Column.PROGRESS})


@dataclass(frozen=True, slots=True)
class Head:
    """Which column stands where, and what the headings say."""

    places: Mapping[Column, int]
    """Places in a row, from 0."""
    headings: Mapping[Column, str]
    """As written."""
    row: GridRow
    next_index: int
    """Index of the first row below the headings."""
    lines: tuple[str, ...]
    """What stands above."""

    def cell(self, row: GridRow, column: Column) -> GridCell | None:
        """Return the cell of *column* in *row*; None: the table has no such column."""
        place = self.places.get(column)
        return None if place is None else row.cells[place]

    def text(self, row: GridRow, column: Column) -> str:
        """Return the text of *column* in *row*; empty without such a column."""
        cell = self.cell(row, column)
        return cell.text if cell else ""


def find_head(grid: Grid, findings: Findings) -> Head | None:
    """Find the heading row and say what is missing, unknown or there twice; None: no headings."""
    index = _heading_index(grid.rows)
    if index is None:
        return None
    upper = grid.rows[index]
    below = grid.rows[index + 1] if index + 1 < len(grid.rows) else None
    lower = below if below is not None and _is_second_line(upper, below) else None
    names = [_names(upper.cells[place], lower, place) for place in range(len(upper.cells))]
    places, headings = _assign(upper, names, findings)
    _say_missing(places, findings, upper.number)
    above = tuple(row.line for row in grid.rows[:index] if not row.is_blank)
    return Head(places, headings, upper, index + (2 if lower else 1), (*grid.above, *above))


def _heading_index(rows: Sequence[GridRow]) -> int | None:
    best, best_score = None, LEAST_KNOWN - 1
    for index, row in enumerate(rows[:HEADING_WITHIN]):
        known = {column_of(cell.text) for cell in row.own} - {None}
        if len(known) > best_score and known & {Column.PROBLEM, Column.MEASURE}:
            best, best_score = index, len(known)
    return best


def _is_second_line(upper: GridRow, lower: GridRow) -> bool:
    """Tell a second heading line: it parts a merged heading and leaves the others alone."""
    parts = False
    for place, cell in enumerate(lower.cells):
        above = upper.cells[place]
        if cell == above or not cell.text:
            continue
        if upper.cells.count(above) == 1 or not above.text:
            return False
        parts = True
    return parts


def _names(above: GridCell, lower: GridRow | None, place: int) -> tuple[str, ...]:
    """Return what a column may be called, the best name first."""
    below = lower.cells[place] if lower is not None else above
    if below == above or not below.text:
        return (above.text,)
    return (below.text, above.text + below.text)


def _assign(
    row: GridRow, names: Sequence[tuple[str, ...]], findings: Findings
) -> tuple[dict[Column, int], dict[Column, str]]:
    places: dict[Column, int] = {}
    headings: dict[Column, str] = {}
    seen: set[tuple[GridCell, tuple[str, ...]]] = set()
    for place, words in enumerate(names):
        key = (row.cells[place], words)
        if not words[0] or key in seen:
            continue
        seen.add(key)
        heading = words[-1]
        column = next((known for word in words if (known := column_of(word))), None)
        if column is None and (column := guess_column(heading)) and column not in places:
            _say_guessed(findings, row, heading, column)
        elif column is None or (column in places and column_of(heading) is None):
            findings.add(
                found.HEADING_UNKNOWN,
                Severity.WARNING,
                row=row.number,
                column=heading,
                heading=heading,
            )
            continue
        if column in places:
            _say_twice(findings, row, column, (headings[column], heading))
            continue
        places[column], headings[column] = place, heading
    return places, headings


def _say_guessed(findings: Findings, row: GridRow, heading: str, column: Column) -> None:
    findings.add(
        found.HEADING_GUESSED,
        Severity.NOTICE,
        row=row.number,
        column=heading,
        heading=heading,
        column_name=Said.term(COLUMN_NAMES[column]),
    )


def _say_twice(findings: Findings, row: GridRow, column: Column, headings: tuple[str, str]) -> None:
    findings.add(
        found.HEADING_TWICE,
        Severity.WARNING if column in HARMLESS_TWICE else Severity.ERROR,
        row=row.number,
        column=headings[1],
        column_name=Said.term(COLUMN_NAMES[column]),
        first=headings[0],
        second=headings[1],
    )


def _say_missing(places: Mapping[Column, int], findings: Findings, row: int) -> None:
    for wanted, severity in ((REQUIRED, Severity.ERROR), (EXPECTED, Severity.WARNING)):
        missing = [column for column in wanted if column not in places]
        if missing:
            names = tuple(COLUMN_NAMES[column] for column in missing)
            findings.add(
                found.HEADINGS_MISSING, severity, row=row, columns=Said(partial(_joined, names))
            )


def _joined(names: tuple[str, ...]) -> str:
    return "、".join(gettext(name) for name in names)
