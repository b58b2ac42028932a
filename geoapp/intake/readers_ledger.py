"""Measures tables (整改措施一览表) from .xlsx and .docx: the same table, the same result."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import Calendar, day_text
from geoapp.intake import readers_ledger_docx, readers_ledger_xlsx
from geoapp.intake import rules_ledger_found as found
from geoapp.intake.readers_files import ArchiveTooLarge, FileBroken, FileTooLarge
from geoapp.intake.readers_ledger_head import Head, find_head
from geoapp.intake.readers_ledger_measures import MeasureReader
from geoapp.intake.readers_ledger_rows import RowsReader
from geoapp.intake.rules import Findings, RowProblem, Said, Severity
from geoapp.intake.rules_ledger import LedgerFile, LedgerSheet
from geoapp.intake.rules_ledger_grid import MAX_ROWS, Grid
from geoapp.intake.rules_ledger_headings import Column
from geoapp.intake.rules_ledger_text import (
    BaseDay,
    find_base,
    find_secrecy,
    find_title,
    head_field,
    normal_doc_no,
)
from geoapp.points.rules import Secrecy

MB = 1_000_000
MAX_FILE_BYTES = 50 * MB  # a table of 5,000 rows has 2 MB; pictures in a document come on top
MAX_UNPACKED_BYTES = 300 * MB
MAX_RATIO = 200  # honest tables reach 60; a bomb reaches 1,000
MAX_SMALL_BYTES = 10 * MB  # below it the ratio does not matter
MAX_MEMBERS = 2_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # OLE2: .doc, .xls, .wps, .et, and encrypted new ones
_TROUBLE = (
    BadZipFile,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # a password, or elements nested deeper than any document
)
SECRECY_NAMES = {Secrecy.SECRET: N_("secret"), Secrecy.INTERNAL: N_("internal")}


class LedgerFormatUnknown(BadInput):
    """Neither a workbook nor a document."""

    code = "intake.ledger_format_unknown"
    message = N_("The file “%(name)s” is neither an .xlsx workbook nor a .docx document.")
    hint = N_("Save the table as .xlsx or .docx, and import that file.")


class LedgerFormatOld(BadInput):
    """The formats before 2007, or a file with a password."""

    code = "intake.ledger_format_old"
    message = N_("The file “%(name)s” is in an old office format, or has a password.")
    hint = N_("Open it, take off the password, and save it as .xlsx or .docx.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOptions:
    """What a person says about the file."""

    base_on: date | None = None
    """The day from which deadlines count; wins over the heading."""
    year: int | None = None
    """The year of a base date that the heading gives without one."""
    may_split: bool = True
    """Part the numbered measures of one cell."""


def read_ledger(
    path: Path,
    *,
    name: str | None = None,
    options: LedgerOptions | None = None,
    calendar: Calendar | None = None,
) -> LedgerFile:
    """Read every measures table of a workbook or document, and say what was found.

    *name* is what the person calls the file, if the path is only where an upload was put.

    Raises:
        LedgerFormatUnknown, LedgerFormatOld, FileBroken, FileTooLarge, ArchiveTooLarge.
    """
    shown = name or path.name
    grids = _read_grids(path, shown)
    options = options or LedgerOptions()
    sheets: list[LedgerSheet] = []
    problems: list[RowProblem] = []
    for grid in grids:
        findings = Findings(file=shown, sheet=grid.sheet)
        head = find_head(grid, findings)
        if head is not None:
            sheets.append(_read_sheet(grid, head, findings, options, calendar))
            problems.extend(findings)
    if not sheets:
        findings = Findings(file=shown)
        findings.add(found.NO_TABLE, Severity.ERROR)
        problems.extend(findings)
    return LedgerFile(name=shown, sheets=tuple(sheets), found=tuple(problems))


def _read_grids(path: Path, name: str) -> tuple[Grid, ...]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileTooLarge(name=name, limit_mb=MAX_FILE_BYTES // MB)
    reader = _reader_for(path, name)
    try:
        return reader(path)
    except (readers_ledger_xlsx.SheetTooLarge, readers_ledger_docx.DocumentTooLarge) as error:
        raise ArchiveTooLarge(name=name) from error
    except _TROUBLE as error:
        raise FileBroken(name=name) from error


def _reader_for(path: Path, name: str) -> Callable[[Path], tuple[Grid, ...]]:
    """Tell the kind by the content, and refuse bombs by the sizes that the archive declares."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == OLD_OFFICE:
        raise LedgerFormatOld(name=name)
    if not head.startswith(b"PK"):
        raise LedgerFormatUnknown(name=name)
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except _TROUBLE as error:
        raise FileBroken(name=name) from error
    total = sum(member.file_size for member in members)
    dense = any(
        member.file_size > max(MAX_SMALL_BYTES, MAX_RATIO * max(member.compress_size, 1))
        for member in members
    )
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES or dense:
        raise ArchiveTooLarge(name=name)
    names = {member.filename for member in members}
    if "xl/workbook.xml" in names:
        return readers_ledger_xlsx.read_grids
    if readers_ledger_docx.DEFAULT_PART in names or any(
        inner.startswith("word/") for inner in names
    ):
        return readers_ledger_docx.read_grids
    raise LedgerFormatUnknown(name=name)


def _read_sheet(
    grid: Grid,
    head: Head,
    findings: Findings,
    options: LedgerOptions,
    calendar: Calendar | None,
) -> LedgerSheet:
    if grid.is_cut:
        findings.add(found.TOO_MANY_ROWS, Severity.ERROR, limit=MAX_ROWS)
    base = find_base(head.headings.get(Column.DEADLINE, "")) or find_base("\n".join(head.lines))
    base_on = _settle_base(base, head, findings, options)
    secrecy = find_secrecy(head.lines)
    if secrecy is not None:
        findings.add(
            found.SECRECY_SUGGESTED, Severity.NOTICE, secrecy=Said.term(SECRECY_NAMES[secrecy])
        )
    measures = MeasureReader(grid, head, findings, base_on, calendar, may_split=options.may_split)
    return LedgerSheet(
        title=find_title(head.lines),
        doc_no=next((no for line in head.lines if (no := normal_doc_no(line))), ""),
        secrecy=secrecy,
        reporting_unit=head_field(head.lines, "reporting_unit"),
        contact=head_field(head.lines, "contact"),
        phone=head_field(head.lines, "phone"),
        base_text=base.words if base else "",
        base_on=base_on,
        problems=RowsReader(grid, head, findings, measures).read(),
        where=grid.ref(head.row),
    )


def _settle_base(
    base: BaseDay | None, head: Head, findings: Findings, options: LedgerOptions
) -> date | None:
    """Return the day from which deadlines count: as given, else as the heading says."""
    heading, row = head.headings.get(Column.DEADLINE, ""), head.row.number
    year = (base.year if base else None) or options.year
    read = base.on(year) if base and year else None
    if options.base_on is not None:
        given = options.base_on
        if base is not None and (base.month, base.day) != (given.month, given.day):
            findings.add(
                found.BASE_DIFFERS,
                Severity.WARNING,
                row=row,
                column=heading,
                words=base.words,
                base=Said(lambda: day_text(given)),
            )
        return given
    if read is not None and base is not None:
        findings.add(
            found.BASE_READ,
            Severity.NOTICE,
            row=row,
            column=heading,
            words=base.words,
            base=Said(lambda: day_text(read)),
        )
    return read
