"""Tables of a Word document as grids, with their merged cells and the lines above them."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from geoapp.intake.rules_ledger_grid import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Grid, GridCell, GridRow

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
DEFAULT_PART = "word/document.xml"
MAX_PART_BYTES = 60_000_000  # held as a tree of about eight times its size
LINES_ABOVE = 8  # paragraphs above a table that can belong to it
_LEFT_OUT = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", FALLBACK})
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}noBreakHyphen": "-"}
_WRAPPERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml"})


class DocumentTooLarge(ValueError):
    """The text part of the document is larger than any measures table."""


def read_grids(path: Path) -> tuple[Grid, ...]:
    """Read all tables of the document's body; ValueError and its like when it is damaged.

    The XML is read by a parser without entities instead of python-docx, whose cells know nothing
    of vertically merged text, accepted changes or content controls.

    Raises:
        DocumentTooLarge: before anything of it is unpacked.
    """
    with ZipFile(path) as archive:
        part = _main_part(archive)
        if archive.getinfo(part).file_size > MAX_PART_BYTES:
            raise DocumentTooLarge
        body = fromstring(archive.read(part), forbid_dtd=True).find(f"{W}body")
    if body is None:
        msg = "no body"
        raise ValueError(msg)
    grids: list[Grid] = []
    above: list[str] = []
    for block in _children(body):
        if block.tag == f"{W}tbl":
            grids.append(_grid(block, number=len(grids) + 1, above=tuple(above[-LINES_ABOVE:])))
            above.clear()
        elif block.tag == f"{W}p" and (line := _text_of(block).strip()):
            above.extend(part.strip() for part in line.split("\n") if part.strip())
    return tuple(grids)


def _main_part(archive: ZipFile) -> str:
    if DEFAULT_PART in archive.namelist():
        return DEFAULT_PART
    for relation in fromstring(archive.read("_rels/.rels"), forbid_dtd=True).iter(
        f"{RELATIONS}Relationship"
    ):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    return DEFAULT_PART


def _children(element: Element) -> Iterator[Element]:
    """Give the children, those inside content controls and accepted changes too."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _children(child)
        elif child.tag not in _LEFT_OUT:
            yield child


def _text_of(element: Element) -> str:
    pieces: list[str] = []
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{W}t":
            pieces.append(child.text or "")
        elif child.tag in _BREAKS:
            pieces.append(_BREAKS[child.tag])
        else:
            pieces.append(_text_of(child))
    return "".join(pieces)


def _cell_text(cell: Element) -> str:
    lines = [_text_of(paragraph) for paragraph in cell.iter(f"{W}p")]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()[:MAX_CELL]


def _span(properties: Element | None, name: str) -> int:
    """Return a count such as gridSpan, within what a table can have."""
    found = None if properties is None else properties.find(f"{W}{name}")
    value = "" if found is None else found.get(f"{W}val", "")
    return min(int(value), MAX_COLUMNS) if value.isdecimal() else 0


def _grid(table: Element, *, number: int, above: tuple[str, ...]) -> Grid:
    rows: list[GridRow] = []
    lines = [line for line in _children(table) if line.tag == f"{W}tr"]
    cells_above: tuple[GridCell, ...] = ()
    for row, line in enumerate(lines[:MAX_ROWS], start=1):
        cells_above = _row(line, row, cells_above)
        rows.append(GridRow(row, cells_above))
    width = max((len(row.cells) for row in rows), default=0)
    even = (
        GridRow(row.number, row.cells + tuple(_empty(row.number, len(row.cells) + 1, width)))
        for row in rows
    )
    return Grid(str(number), tuple(even), above, is_cut=len(lines) > MAX_ROWS)


def _row(line: Element, row: int, cells_above: tuple[GridCell, ...]) -> tuple[GridCell, ...]:
    properties = line.find(f"{W}trPr")
    cells = list(_empty(row, 1, _span(properties, "gridBefore")))
    for cell in _children(line):
        if cell.tag != f"{W}tc" or len(cells) >= MAX_COLUMNS:
            continue
        shape = cell.find(f"{W}tcPr")
        merge = None if shape is None else shape.find(f"{W}vMerge")
        column = len(cells) + 1
        goes_on = merge is not None and merge.get(f"{W}val") != "restart"
        if goes_on and len(cells_above) >= column:
            found = cells_above[column - 1]
        else:
            found = GridCell(_cell_text(cell), row, column, f"r{row}c{column}")
        cells.extend([found] * max(_span(shape, "gridSpan"), 1))
    cells.extend(_empty(row, len(cells) + 1, len(cells) + _span(properties, "gridAfter")))
    return tuple(cells[:MAX_COLUMNS])


def _empty(row: int, first: int, last: int) -> Iterator[GridCell]:
    for column in range(first, last + 1):
        yield GridCell("", row, column, f"r{row}c{column}")
