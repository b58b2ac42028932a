"""Workbooks as grids, with their merged cells."""

from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse

from geoapp.intake.readers_tables import cell_text
from geoapp.intake.rules_ledger_grid import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Grid, GridCell, GridRow

MAX_CELLS = 400_000  # of one sheet, merged ones counted by their area
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class SheetTooLarge(ValueError):
    """A sheet with more cells than any measures table; openpyxl would fill the memory."""


def read_grids(path: Path) -> tuple[Grid, ...]:
    """Read all sheets; ValueError and its like when the parts do not fit together.

    Raises:
        SheetTooLarge: before anything of it is unpacked.
    """
    from openpyxl import load_workbook

    _weigh(path)
    with path.open("rb") as file:  # by its bytes: a stored upload's name says nothing
        book = load_workbook(file, data_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return tuple(_grid(sheet) for sheet in visible)


def _weigh(path: Path) -> None:
    """Count cells and merged areas from the XML, one element at a time; refuse entities."""
    with ZipFile(path) as archive:
        for member in archive.namelist():
            if not member.endswith((".xml", ".rels")):
                continue
            with archive.open(member) as file:
                if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                    _weigh_sheet(file)
                else:  # a document type can stand before the first element only
                    next(iterparse(file, events=("start",), forbid_dtd=True), None)


def _weigh_sheet(file: IO[bytes]) -> None:
    from openpyxl.utils import range_boundaries

    cells = 0
    for _event, element in iterparse(file, events=("end",), forbid_dtd=True):
        if element.tag == f"{SPREADSHEET}c":
            cells += 1
        elif element.tag == f"{SPREADSHEET}mergeCell":
            left, top, right, bottom = range_boundaries(element.get("ref", ""))
            if None in {left, top, right, bottom}:
                raise SheetTooLarge
            cells += (int(right or 0) - int(left or 0) + 1) * (int(bottom or 0) - int(top or 0) + 1)
        elif element.tag == f"{SPREADSHEET}row":
            element.clear()
        if cells > MAX_CELLS:
            raise SheetTooLarge


def _grid(sheet: Any) -> Grid:
    from openpyxl.cell import MergedCell

    found: dict[tuple[int, int], GridCell] = {}
    # iter_rows would make a cell for every place up to the last formatted one, row 1,048,576
    for (row, column), cell in sheet._cells.items():  # noqa: SLF001
        if isinstance(cell, MergedCell) or column > MAX_COLUMNS:
            continue
        text = cell_text(cell.value).replace("\0", "")[:MAX_CELL]
        if text:
            found[row, column] = GridCell(text, row, column, str(cell.coordinate))
    last_row = max((row for row, _ in found), default=0)
    last_column = max((column for _, column in found), default=0)
    for area in sheet.merged_cells.ranges:
        anchor = found.get((area.min_row, area.min_col))
        if anchor is None:
            continue
        for row in range(area.min_row, min(area.max_row, last_row) + 1):
            for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1):
                found[row, column] = anchor
        last_column = max(last_column, min(area.max_col, MAX_COLUMNS))
    rows = tuple(
        GridRow(row, tuple(_at(found, row, column) for column in range(1, last_column + 1)))
        for row in range(1, min(last_row, MAX_ROWS) + 1)
    )
    return Grid(sheet.title, rows, is_cut=last_row > MAX_ROWS)


def _at(found: dict[tuple[int, int], GridCell], row: int, column: int) -> GridCell:
    from openpyxl.utils import get_column_letter

    place = (row, column)
    if place not in found:
        return GridCell("", row, column, f"{get_column_letter(column)}{row}")
    return found[place]
