"""Point files of every kind as one stream of understood rows: ``geoapp import points FILE``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from itertools import islice
from pathlib import Path

from geoapp.deadlines.rules_days import SHANGHAI
from geoapp.geo.datum import Datum
from geoapp.geo.shapes import Box
from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import FIELD_NAMES, Columns, Field, match_columns, score
from geoapp.intake.readers_datum import settle_datum
from geoapp.intake.readers_files import TABLES, FileKind, Source, open_source
from geoapp.intake.readers_ogr import Layer, open_layers
from geoapp.intake.readers_places import PlaceReader
from geoapp.intake.readers_rows import Piece, RowReader
from geoapp.intake.readers_tables import Row, Table, open_table
from geoapp.intake.readers_words import WordReader
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_points import PointRow
from geoapp.points.rules import Category, State

BATCH = 2_000


@dataclass(frozen=True, kw_only=True)
class PointFileOptions:
    """What a person declares about a point file.

    *datum* is wgs84, cgcs2000, gcj02, bd09, EPSG:n or ``file`` (only if the file names one);
    *columns* maps a field to a heading and wins over every guess; *states* and *categories* map
    words of the file; *category* stands for missing and unknown ones; *layer* is a sheet or layer.
    """

    datum: str
    columns: Mapping[Field, str] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    state: State | None = None
    category: Category | None = None
    region: Box | None = None
    outside: Severity = Severity.WARNING
    layer: str = ""
    zone: tzinfo = SHANGHAI
    batch: int = BATCH


@dataclass(frozen=True)
class Part:
    """A sheet or a layer: where its fields stand and in which datum its numbers are."""

    name: str
    datum: Datum
    columns: Columns
    total: int | None
    content: Table | Layer

    @property
    def mapping(self) -> dict[Field, str]:
        """Which heading was read as which field, for the preview."""
        return {which: self.columns.headings[n] for which, n in self.columns.at.items()}


@dataclass
class PointFile:
    """An opened point file; its findings grow while its batches are read."""

    name: str
    kind: FileKind
    parts: list[Part]
    findings: Findings
    options: PointFileOptions

    @property
    def total(self) -> int | None:
        """The number of rows if the file knows it."""
        totals = [part.total for part in self.parts]
        return None if None in totals else sum(one for one in totals if one is not None)

    def batches(self) -> Iterator[list[PointRow]]:
        """Yield the rows that can be read, in batches; the others stand in *findings*.

        Raises:
            FileBroken: the file ends in the middle of something.
        """
        if self.findings.refused:  # a heading is missing or ambiguous: no row can be trusted
            return
        rows = RowReader(self.findings)
        for part in self.parts:
            self.findings.sheet = part.name
            words, places = self._readers(part)
            for piece in _pieces(part, self.options.batch, self.findings):
                yield rows.read(piece, words=words, places=places)

    def _readers(self, part: Part) -> tuple[WordReader, PlaceReader]:
        options = self.options
        words = WordReader(
            columns=part.columns,
            findings=self.findings,
            zone=options.zone,
            states=options.states,
            categories=options.categories,
            default_state=options.state,
            default_category=options.category,
        )
        places = PlaceReader(
            datum=part.datum,
            findings=self.findings,
            region=options.region,
            outside=options.outside,
            columns=part.columns,
        )
        return words, places


@contextmanager
def read_points(
    path: Path, options: PointFileOptions, *, name: str | None = None
) -> Iterator[PointFile]:
    """Open a point file; what is wrong with its headings already stands in its findings.

    *name* is what the person calls the file, if *path* is only where an upload was put.

    Raises:
        FileUnknown, FileBroken, FileTooLarge, ArchiveTooLarge, TextUnreadable: the file itself.
        HeadingMissing, SheetMissing, SheetsAmbiguous, LayerMissing, LayersAmbiguous: its inside.
        DatumMissing, DatumUnknown, DatumSecret, DatumNotInFile, DatumConflict: the declaration.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(path, name=name))
        findings = Findings(file=source.name)
        if source.kind in TABLES:
            parts = [_table_part(stack, source, options, findings)]
        else:
            layers = open_layers(source, wanted=options.layer)
            parts = [_layer_part(layer, options, findings) for layer in layers]
        for part in parts:
            _report_columns(part, options, findings)
        yield PointFile(source.name, source.kind, parts, findings, options)


def _table_part(
    stack: ExitStack, source: Source, options: PointFileOptions, findings: Findings
) -> Part:
    datum = settle_datum(options.datum, crs="", name=source.name, findings=findings)
    looks_like = partial(score, given=options.columns)
    table = stack.enter_context(open_table(source, score=looks_like, sheet=options.layer))
    columns = match_columns(table.headings, given=options.columns, datum=datum.name)
    findings.sheet = table.sheet
    if not columns.has_place:
        _add(findings, found.PLACE_COLUMNS_MISSING, table.heading_row)
    return Part(table.sheet, datum, columns, table.total, table)


def _layer_part(layer: Layer, options: PointFileOptions, findings: Findings) -> Part:
    findings.sheet = layer.name
    datum = settle_datum(options.datum, crs=layer.crs, name=layer.file_name, findings=findings)
    columns = match_columns(layer.headings, given=options.columns, datum=datum.name)
    return Part(layer.name, datum, columns.without_place(), layer.total, layer)


def _report_columns(part: Part, options: PointFileOptions, findings: Findings) -> None:
    row = part.content.heading_row if isinstance(part.content, Table) else 0
    findings.sheet = part.name
    columns = part.columns
    headings = ", ".join(filter(None, columns.headings))
    for one in columns.ambiguous:
        words = ", ".join(one.headings)
        _add(findings, found.COLUMN_AMBIGUOUS, row, field=_term(one.field), headings=words)
    for which, heading in columns.missing:
        _add(
            findings,
            found.COLUMN_MISSING,
            row,
            heading=heading,
            field=_term(which),
            headings=headings,
        )
    for heading, named in columns.foreign:
        findings.add(
            found.COLUMN_OTHER_DATUM,
            Severity.NOTICE,
            row=row,
            column=heading,
            heading=heading,
            named=Said(lambda named=named: Datum(named).label),  # type: ignore[misc]
            declared=Said(lambda: part.datum.label),
        )
    if Field.CATEGORY not in columns.at and options.category is None:
        _add(findings, found.CATEGORY_COLUMN_MISSING, row)


def _add(findings: Findings, code: str, row: int, **data: object) -> None:
    findings.add(code, Severity.ERROR, row=row, column="", **data)


def _term(which: Field) -> Said:
    return Said.term(FIELD_NAMES[which])


def _pieces(part: Part, batch: int, findings: Findings) -> Iterator[Piece]:
    if isinstance(part.content, Layer):
        for features in part.content.features(batch=batch):
            numbers = range(features.first_row, features.first_row + len(features))
            yield Piece(numbers, [column.tolist() for column in features.columns], features.wkbs)
        return
    width = len(part.columns.headings)
    for rows in _batched(part.content.rows, batch):
        kept = [(number, cells) for number, cells in rows if _fits(number, cells, width, findings)]
        padded = [(*cells[:width], *[None] * (width - len(cells))) for _number, cells in kept]
        if kept:
            yield Piece([number for number, _cells in kept], list(zip(*padded, strict=True)), None)


def _batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield rows that hold something, *size* at a time."""
    filled = (one for one in rows if any(cell is not None and cell != "" for cell in one[1]))
    while batch := list(islice(filled, size)):
        yield batch


def _fits(number: int, cells: Sequence[object], width: int, findings: Findings) -> bool:
    """Refuse a row that is longer than the heading: its cells have slipped out of place."""
    beyond = [cell for cell in cells[width:] if cell is not None and cell != ""]
    if not beyond:
        return True
    length = len(cells)
    _add(findings, found.ROW_TOO_LONG, number, found=length, expected=width)
    return False
