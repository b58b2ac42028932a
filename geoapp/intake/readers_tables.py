"""CSV and XLSX as rows: the heading row is looked for, the rest streams past."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.intake.readers_files import FileBroken, FileKind, Source, encoding_of

Row = tuple[int, tuple[object, ...]]
Score = Callable[[Sequence[str]], int]

DELIMITERS = ",\t;|"
HEADING_WITHIN = 20  # a title, the reporting unit and a blank line stand above the headings
MAX_COLUMNS = 300
MAX_ROWS = 1_048_576  # what a sheet can hold
MAX_CELL = 20_000
SAMPLE_CHARACTERS = 200_000


class HeadingMissing(BadInput):
    """No row at the top names a place."""

    code = "intake.heading_missing"
    message = N_("No heading row was found in “%(name)s”.")
    hint = N_("The first rows must name the columns, such as 名称, 经度, 纬度 or name, lon, lat.")


class SheetMissing(BadInput):
    """The workbook has no sheet of that name."""

    code = "intake.sheet_missing"
    message = N_("The workbook “%(name)s” has no sheet “%(sheet)s”.")
    hint = N_("Its sheets are: %(sheets)s.")


class SheetsAmbiguous(BadInput):
    """Several sheets look like point tables."""

    code = "intake.sheets_ambiguous"
    message = N_("Several sheets of “%(name)s” hold points: %(sheets)s.")
    hint = N_("Name the sheet to read.")


@dataclass(frozen=True)
class Table:
    """Headings and the rows below them; row numbers are those that a table program shows."""

    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    rows: Iterator[Row]
    total: int | None = None


@contextmanager
def open_table(source: Source, *, score: Score, sheet: str = "") -> Iterator[Table]:
    """Open a CSV or XLSX file at its heading row: the row near the top that *score* likes best.

    Raises:
        HeadingMissing, SheetMissing, SheetsAmbiguous, FileBroken: why there is no table.
    """
    opener = _open_xlsx if source.kind is FileKind.XLSX else _open_csv
    with opener(source, score, sheet) as table:
        yield table


@contextmanager
def _open_csv(source: Source, score: Score, _sheet: str) -> Iterator[Table]:
    encoding = encoding_of(source.path, name=source.name)
    with source.path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file, score)
        file.seek(0)
        rows = _csv_rows(file, delimiter, source.name)
        table = _below_heading("", rows, score)
        if table is None:
            raise HeadingMissing(name=source.name)
        yield table


def _delimiter(file: IO[str], score: Score) -> str:
    """Choose the delimiter whose first rows name the most fields, then that cuts the most."""
    sample = file.read(SAMPLE_CHARACTERS)

    def merit(delimiter: str) -> tuple[int, int]:
        lines = islice(csv.reader(sample.splitlines(), delimiter=delimiter), HEADING_WITHIN)
        try:
            rows = list(lines)
        except csv.Error:
            return 0, 0
        return max(map(score, rows), default=0), max(map(len, rows), default=0)

    return max(DELIMITERS, key=merit)


def _csv_rows(file: IO[str], delimiter: str, name: str) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise FileBroken(name=name)
            yield number, tuple(cells)
    except csv.Error as error:  # an open quote swallowed the rest of the file into one cell
        raise FileBroken(name=name) from error


@contextmanager
def _open_xlsx(source: Source, score: Score, sheet: str) -> Iterator[Table]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(source.path, read_only=True, data_only=True, keep_links=False)
    except _XLSX_TROUBLE as error:
        raise FileBroken(name=source.name) from error
    try:
        names = [one.title for one in book.worksheets]
        if sheet and sheet not in names:
            raise SheetMissing(name=source.name, sheet=sheet, sheets=", ".join(names))
        wanted = [sheet] if sheet else names
        found = [
            table
            for name in wanted
            if (table := _below_heading(name, _xlsx_rows(book[name], source.name), score))
        ]
        if not found:
            raise HeadingMissing(name=source.name)
        if len(found) > 1:
            titles = ", ".join(table.sheet for table in found)
            raise SheetsAmbiguous(name=source.name, sheets=titles)
        yield found[0]
    finally:
        book.close()


_XLSX_TROUBLE = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, ParseError)
"""What openpyxl lets through when the parts of a workbook do not fit together."""


def _xlsx_rows(sheet: Any, name: str) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write A1:A1 there, others the whole sheet
    rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS, max_row=MAX_ROWS)
    try:
        yield from enumerate(rows, start=1)
    except _XLSX_TROUBLE as error:
        raise FileBroken(name=name) from error


def _below_heading(sheet: str, rows: Iterator[Row], score: Score) -> Table | None:
    """Find the heading row: it names at least two fields, more than any other row at the top."""
    top = list(islice(rows, HEADING_WITHIN))
    merits = [score([cell_text(cell) for cell in cells]) for _number, cells in top]
    if max(merits, default=0) < 2:  # noqa: PLR2004 - one known word may be a title
        return None
    at = merits.index(max(merits))
    number, cells = top[at]
    headings = [cell_text(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return Table(sheet, number, tuple(headings), chain(top[at + 1 :], rows))


_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00)?")


def cell_text(cell: object) -> str:
    """Return a cell as the text that a person sees: 21.0 is “21”, a day has no clock."""
    if isinstance(cell, str):
        text = cell
    elif cell is None or cell != cell:  # noqa: PLR0124 - NaN, the empty cell of some programs
        return ""
    elif isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - beyond, floats skip integers
    else:
        text = str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell)
    if text.endswith(":00") and (midnight := _MIDNIGHT.fullmatch(text)):
        return midnight[1]
    return text.replace("_x000D_", "").replace("\r\n", "\n").strip()
