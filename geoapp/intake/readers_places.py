"""Where the rows of a file lie: cells and shapes become checked WGS 84 geometries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from geoapp.core.errors import DomainError
from geoapp.geo.coordinates import AxesSwapped, parse_lon_lat, parse_metres, parse_pair
from geoapp.geo.datum import CHINA_BOX, Datum
from geoapp.geo.shapes import (
    Box,
    GeometryArray,
    flatten,
    read_wkbs,
    read_wkt,
    repair,
    say_reason,
    shapes_to_wgs84,
    swap_axes,
    within,
)
from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import SEGMENT_FIELDS, Columns, Field
from geoapp.intake.readers_tables import cell_text
from geoapp.intake.rules import Findings, Said, Severity

STORABLE = Box(-180.0, -85.0, 180.0, 85.0)  # what the table's check accepts
KINDS = frozenset({0, 1, 3, 5, 6})
"""GEOS numbers of what one point of the ledger can be: point, line, area, several lines, areas."""
LINE_KINDS = {shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING}
Cells = Mapping[Field, Sequence[object]]


@dataclass(frozen=True)
class Places:
    """Row by row: the WGS 84 geometry, None where the row is refused, and the file's numbers."""

    shapes: GeometryArray
    raw_x: npt.NDArray[np.float64]
    raw_y: npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PlaceReader:
    """Reads the places of one layer or sheet in its datum, and reports what it refuses."""

    datum: Datum
    findings: Findings
    region: Box | None = None
    outside: Severity = Severity.WARNING
    columns: Columns | None = None
    kinds: frozenset[int] = KINDS

    def from_cells(self, rows: Sequence[int], cells: Cells) -> Places:
        """Build the geometries of table rows from their coordinate or WKT cells."""
        raw = np.full(len(rows), None, dtype=object)
        for n, row in enumerate(rows):
            column, texts = self._filled(cells, n)
            if column is None:
                self._refuse(found.PLACE_MISSING, row)
            elif "" in texts:
                self._refuse(found.PLACE_INCOMPLETE, row, column)
            else:
                try:
                    raw[n] = self._shape(column, texts)
                except DomainError as error:
                    self._refuse(error.code, row, column, **error.data)
        return self._settle(rows, raw)

    def from_wkbs(self, rows: Sequence[int], wkbs: npt.NDArray[np.object_]) -> Places:
        """Build the geometries of a layer."""
        raw = read_wkbs(wkbs)
        for row, shape, blob in zip(rows, raw, wkbs, strict=True):
            if shape is None:
                self._refuse(found.PLACE_MISSING if blob is None else "geo.shape_unreadable", row)
        return self._settle(rows, raw)

    def _filled(self, cells: Cells, n: int) -> tuple[Field | None, list[str]]:
        """Return which kind of place the row gives, and its texts; half a pair counts as given."""
        for fields in ((Field.SHAPE,), (Field.LON, Field.LAT), (Field.POSITION,), SEGMENT_FIELDS):
            texts = [cell_text(cells[one][n]) for one in fields if one in cells]
            if any(texts):
                return fields[0], texts + [""] * (len(fields) - len(texts))
        return None, []

    def _shape(self, column: Field, texts: list[str]) -> shapely.Geometry:
        if column is Field.SHAPE:
            return read_wkt(texts[0])
        if column is Field.POSITION and self.datum.in_degrees:
            return shapely.Point(parse_pair(texts[0]))
        if column is Field.POSITION:
            texts = texts[0].replace("，", ",").replace(",", " ").split()
        pairs = [self._pair(*texts[n : n + 2]) for n in range(0, len(texts), 2)]
        return shapely.Point(pairs[0]) if len(pairs) == 1 else shapely.LineString(pairs)

    def _pair(self, x: str, y: str = "") -> tuple[float, float]:
        if self.datum.in_degrees:
            return parse_lon_lat(x, y)
        return parse_metres(x), parse_metres(y)

    def _refuse(self, code: str, row: int, column: Field | None = None, **data: object) -> None:
        heading = self.columns.heading(column) if self.columns and column else ""
        self.findings.add(code, Severity.ERROR, row=row, column=heading, **data)

    def _settle(self, rows: Sequence[int], raw: GeometryArray) -> Places:
        """Convert to WGS 84, then refuse or flag what cannot be, row by row."""
        flat = flatten(raw)
        shapes = shapes_to_wgs84(flat, datum=self.datum)
        given = ~shapely.is_missing(flat) & ~shapely.is_empty(flat)
        storable = within(shapes, box=STORABLE)
        expected = within(shapes, box=self.region) if self.region else storable
        for n in np.flatnonzero(~given | ~expected).tolist():
            if flat[n] is None:  # already reported
                continue
            if not given[n]:
                self._refuse(found.PLACE_MISSING, rows[n])
                shapes[n] = None
            elif not self._stray(rows[n], flat[n : n + 1], shapes[n], storable=bool(storable[n])):
                shapes[n] = None
        kinds = shapely.get_type_id(shapes)
        odd = ~np.isin(kinds, [-1, *self.kinds]) | ~shapely.is_valid(shapes)
        for n in np.flatnonzero(odd & ~shapely.is_missing(shapes)).tolist():
            shapes[n] = self._mend(rows[n], shapes[n])
        return Places(shapes, shapely.get_x(flat), shapely.get_y(flat))  # NaN for lines and areas

    def _stray(
        self, row: int, raw: GeometryArray, shape: shapely.Geometry, *, storable: bool
    ) -> bool:
        """Say why a place is not where it is expected; True: it may stay."""
        x, y = (float(part) for part in shapely.get_coordinates(raw[0])[0])
        turned = shapes_to_wgs84(swap_axes(raw), datum=self.datum)
        at_home = bool(within(turned, box=self.region or Box(*CHINA_BOX))[0])
        if at_home or (not storable and within(turned, box=STORABLE)[0]):
            self._refuse(AxesSwapped.code, row, Field.LON, lon=_short(x), lat=_short(y))
            return False
        if not storable:
            label = self.datum.label
            self._refuse(found.PLACE_OFF_THE_GLOBE, row, x=_short(x), y=_short(y), datum=label)
            return False
        lon, lat = (_short(float(part)) for part in shapely.get_coordinates(shape)[0])
        self.findings.add(found.PLACE_OUTSIDE, self.outside, row=row, lon=lon, lat=lat)
        return self.outside is not Severity.ERROR

    def _mend(self, row: int, shape: shapely.Geometry) -> shapely.Geometry | None:
        """Return a storable shape: single parts unpacked, crossing outlines repaired."""
        single = shapely.get_num_geometries(shape) == 1
        part = (shapely.get_geometry(shape, 0) if single else None) or shape
        if shapely.get_type_id(part) not in self.kinds:
            self._refuse(found.SHAPE_KIND, row, kind=kind_name(part))
            return None
        repaired = repair(part)
        reason = Said(partial(say_reason, repaired.reason))
        if shapely.is_empty(repaired.geometry):
            self._refuse(found.SHAPE_COLLAPSED, row, reason=reason)
            return None
        if repaired.reason:
            self.findings.add(found.SHAPE_REPAIRED, Severity.WARNING, row=row, reason=reason)
        return repaired.geometry


def kind_name(shape: shapely.Geometry) -> Said:
    """Return what people call the kind of a shape: point, line, area."""
    return Said.term(found.KIND_NAMES[int(shapely.get_type_id(shape))])


def _short(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
