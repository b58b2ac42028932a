"""Rows put together: place, words, numbers; twins inside the file are flagged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan

import numpy as np
import numpy.typing as npt
import shapely

from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import Field
from geoapp.intake.readers_places import LINE_KINDS, PlaceReader, kind_name
from geoapp.intake.readers_tables import cell_text
from geoapp.intake.readers_words import Plain, WordReader
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_points import PointRow
from geoapp.points.rules import CATEGORY_NAMES, Category, State

TEXT_FIELDS = (
    Field.NAME,
    Field.STATUS,
    Field.CATEGORY,
    Field.CODE,
    Field.ADDRESS,
    Field.TEXT,
    Field.AREA,
    Field.RESPONSIBLE_UNIT,
    Field.ACCEPTING_UNIT,
    Field.DEADLINE,
    Field.UPSTREAM_NO,
    Field.SOURCE_ID,
)
TIME_FIELDS = (Field.FOUND_ON, Field.UPDATED_AT, Field.CLOSED_AT)
SHORT_NAME = 40  # characters of the description that stand for a missing name


@dataclass(frozen=True)
class Piece:
    """Some rows of a file: their numbers, their cells column by column, their shapes if any."""

    rows: Sequence[int]
    columns: Sequence[Sequence[object]]
    wkbs: npt.NDArray[np.object_] | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One row on its way: its cells by field and by column, its place."""

    row: int
    cells: Mapping[Field, object]
    all_cells: Sequence[object]
    shape: shapely.Geometry
    wkb: bytes
    raw: tuple[float, float]


Times = Mapping[Field, datetime | None]


@dataclass(frozen=True)
class Meaning:
    """What the words of one row were understood as."""

    state: State
    category: Category
    times: Times
    extra: Mapping[str, Plain]


@dataclass
class RowReader:
    """Puts rows together and remembers their numbers and places, to flag twins."""

    findings: Findings
    _numbers: dict[int, int] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)

    def read(self, piece: Piece, *, words: WordReader, places: PlaceReader) -> list[PointRow]:
        """Return the rows of *piece* that can be read; the others are reported."""
        columns = {which: piece.columns[n] for which, n in words.columns.at.items()}
        if piece.wkbs is None:
            where = places.from_cells(piece.rows, columns)
        else:
            where = places.from_wkbs(piece.rows, piece.wkbs)
        wkbs = shapely.to_wkb(where.shapes)
        read: list[PointRow] = []
        for n, row in enumerate(piece.rows):
            draft = Draft(
                row=row,
                cells={which: cells[n] for which, cells in columns.items()},
                all_cells=[column[n] for column in piece.columns],
                shape=where.shapes[n],
                wkb=wkbs[n],
                raw=(float(where.raw_x[n]), float(where.raw_y[n])),
            )
            point = self._row(draft, words, places.datum.name)
            if point is not None:
                self._flag_twins(point)
                read.append(point)
        return read

    def _row(self, draft: Draft, words: WordReader, datum: str) -> PointRow | None:
        """Understand one row; every problem of it is reported, not only the first."""
        row = draft.row
        said = {which: words.text(which, draft.cells, row=row) for which in TEXT_FIELDS}
        extra = words.remarks(draft.all_cells, row=row)
        whole = {which: text for which, text in said.items() if text is not None}
        if extra is None or len(whole) < len(said):
            return None
        state = words.state(whole[Field.STATUS], row=row)
        category = words.category(whole[Field.CATEGORY], row=row)
        name = self._name(row, whole)
        if state is None or category is None or not name or draft.wkb is None:
            return None
        if not self._kind_fits(row, category, draft.shape):
            return None
        times = {
            which: words.instant(which, draft.cells.get(which), row=row) for which in TIME_FIELDS
        }
        whole[Field.NAME] = name
        meaning = Meaning(
            state, category, times, extra | _kept(draft, words, state, category, times)
        )
        return _point(draft, whole, meaning, datum=datum)

    def _name(self, row: int, said: Mapping[Field, str]) -> str:
        """Return the name, or what stands for it and is then reported; empty: refused."""
        if said[Field.NAME]:
            return said[Field.NAME]
        name = said[Field.ADDRESS] or said[Field.TEXT][:SHORT_NAME]
        if not name:
            self.findings.add(found.NAME_MISSING, Severity.ERROR, row=row)
        elif self.findings.counts[found.NAME_FROM_ELSEWHERE, Severity.NOTICE]:
            self.findings.add_again(found.NAME_FROM_ELSEWHERE, Severity.NOTICE)
        else:
            self.findings.add(found.NAME_FROM_ELSEWHERE, Severity.NOTICE, row=row, name=name)
        return name

    def _kind_fits(self, row: int, category: Category, shape: shapely.Geometry) -> bool:
        is_line = shapely.get_type_id(shape) in LINE_KINDS
        if is_line == (category is Category.RIVER_SEGMENT):
            return True
        self.findings.add(
            found.SHAPE_FOR_CATEGORY,
            Severity.ERROR,
            row=row,
            category=Said.term(CATEGORY_NAMES[category]),
            kind=kind_name(shape),
        )
        return False

    def _flag_twins(self, point: PointRow) -> None:
        """Flag a number that was there before, and a name at the same position."""
        number = point.source_id or point.code
        if number:
            first = self._numbers.setdefault(hash(number), point.row)
            if first != point.row:
                self.findings.add(
                    found.DUPLICATE_NUMBER,
                    Severity.WARNING,
                    row=point.row,
                    number=number,
                    first=first,
                )
        first = self._places.setdefault(hash((point.name, point.geometry_wkb)), point.row)
        if first != point.row:  # with numbers of their own, two findings at one place are usual
            severity = Severity.NOTICE if number else Severity.WARNING
            self.findings.add(found.DUPLICATE_PLACE, severity, row=point.row, first=first)


def _kept(
    draft: Draft, words: WordReader, state: State, category: Category, times: Times
) -> dict[str, Plain]:
    """Return the words of the file that would be lost: other names, times that are none."""
    lost = {
        Field.STATUS: state.value,
        Field.CATEGORY: category.value,
        **{which: "" for which, instant in times.items() if instant is None},
    }
    texts = {which: cell_text(draft.cells.get(which)) for which in lost}
    return {
        words.columns.heading(which): text
        for which, text in texts.items()
        if text and text != lost[which]
    }


def _point(draft: Draft, said: Mapping[Field, str], meaning: Meaning, *, datum: str) -> PointRow:
    x, y = draft.raw
    return PointRow(
        row=draft.row,
        name=said[Field.NAME],
        category=meaning.category,
        geometry_wkb=draft.wkb,
        raw_x=None if isnan(x) else x,
        raw_y=None if isnan(y) else y,
        datum=datum,
        status=meaning.state,
        code=said[Field.CODE],
        address=said[Field.ADDRESS],
        text=said[Field.TEXT],
        area=said[Field.AREA],
        responsible_unit=said[Field.RESPONSIBLE_UNIT],
        accepting_unit=said[Field.ACCEPTING_UNIT],
        deadline_text=said[Field.DEADLINE],
        upstream_no=said[Field.UPSTREAM_NO],
        found_at=meaning.times[Field.FOUND_ON],
        updated_at=meaning.times[Field.UPDATED_AT],
        closed_at=meaning.times[Field.CLOSED_AT],
        source_id=said[Field.SOURCE_ID],
        extra=meaning.extra,
    )
