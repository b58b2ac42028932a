"""Map layers from GIS files, WGS 84, in batches: ``geoapp import layer FILE --name --datum``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import shapely

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.geo.datum import Datum
from geoapp.geo.shapes import Box
from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import Field, fold_heading, meaning_of
from geoapp.intake.readers_datum import settle_datum
from geoapp.intake.readers_files import TABLES, FileUnknown, open_source
from geoapp.intake.readers_ogr import Features, Layer, LayersAmbiguous, open_layers
from geoapp.intake.readers_places import PlaceReader
from geoapp.intake.readers_tables import MAX_CELL, cell_text
from geoapp.intake.readers_words import NUL, Plain, plain
from geoapp.intake.rules import Findings, Severity

BATCH = 2_000
_KINDS = {0: "point", 1: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}
"""What a layer can draw, by the GEOS number of the shape's type."""


class NameColumnMissing(BadInput):
    """The layer has no column of the given name."""

    code = "intake.name_column_missing"
    message = N_("The layer “%(layer)s” has no column “%(heading)s”.")
    hint = N_("Its columns are: %(headings)s.")


@dataclass(frozen=True, kw_only=True)
class LayerFileOptions:
    """What a person declares about a layer file.

    *datum* as for point files; *layer* chooses one of several; *name_column* is the column whose
    text labels a shape, empty: the one that looks like a name, if there is one.
    """

    datum: str
    layer: str = ""
    name_column: str = ""
    region: Box | None = None
    batch: int = BATCH


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerRow:
    """One shape of a layer: its label, its geometry in EPSG:4326, all its columns."""

    row: int
    name: str
    kind: str
    """point, line or polygon."""
    geometry_wkb: bytes
    attributes: Mapping[str, Plain]


@dataclass(frozen=True)
class LayerFile:
    """An opened layer; its findings grow while its batches are read."""

    layer: Layer
    datum: Datum
    name_column: str
    findings: Findings
    options: LayerFileOptions

    @property
    def total(self) -> int:
        """The number of shapes."""
        return self.layer.total

    def batches(self) -> Iterator[list[LayerRow]]:
        """Yield the shapes in batches; what cannot be drawn stands in *findings*.

        Raises:
            FileBroken: the file ends in the middle of something.
        """
        places = PlaceReader(
            datum=self.datum,
            findings=self.findings,
            region=self.options.region,
            kinds=frozenset(_KINDS),
        )
        for features in self.layer.features(batch=self.options.batch):
            yield self._rows(features, places)

    def _rows(self, features: Features, places: PlaceReader) -> list[LayerRow]:
        numbers = range(features.first_row, features.first_row + len(features))
        shapes = places.from_wkbs(numbers, features.wkbs).shapes
        wkbs = shapely.to_wkb(shapes)
        columns = [column.tolist() for column in features.columns]
        rows: list[LayerRow] = []
        for n, row in enumerate(numbers):
            attributes = self._attributes(row, [column[n] for column in columns])
            if wkbs[n] is not None and attributes is not None:
                label = cell_text(attributes.get(self.name_column, ""))
                kind = _KINDS[int(shapely.get_type_id(shapes[n]))]
                rows.append(
                    LayerRow(
                        row=row,
                        name=label,
                        kind=kind,
                        geometry_wkb=wkbs[n],
                        attributes=attributes,
                    )
                )
        return rows

    def _attributes(self, row: int, cells: list[object]) -> dict[str, Plain] | None:
        kept: dict[str, Plain] = {}
        for heading, cell in zip(self.layer.headings, cells, strict=True):
            value = plain(cell)
            if isinstance(value, str) and NUL in value:
                self.findings.add(found.NUL_CHARACTER, Severity.ERROR, row=row, column=heading)
                return None
            if isinstance(value, str) and len(value) > MAX_CELL:
                self.findings.add(
                    found.CELL_TOO_LONG, Severity.ERROR, row=row, column=heading, limit=MAX_CELL
                )
                return None
            if value != "":
                kept[heading] = value
        return kept


@contextmanager
def read_layer(
    path: Path, options: LayerFileOptions, *, name: str | None = None
) -> Iterator[LayerFile]:
    """Open a GIS file as one map layer.

    Raises:
        FileUnknown, FileBroken, FileTooLarge, ArchiveTooLarge: the file itself (or it is a table).
        LayerMissing, LayersAmbiguous, NameColumnMissing: its inside.
        DatumMissing, DatumUnknown, DatumSecret, DatumNotInFile, DatumConflict: the declaration.
    """
    with open_source(path, name=name) as source:
        if source.kind in TABLES:
            raise FileUnknown(name=source.name)
        layers = open_layers(source, wanted=options.layer)
        if len(layers) > 1:  # the folders of a KML
            names = ", ".join(one.name for one in layers)
            raise LayersAmbiguous(name=source.name, layers=names)
        layer = layers[0]
        findings = Findings(file=source.name, sheet=layer.name)
        datum = settle_datum(options.datum, crs=layer.crs, name=source.name, findings=findings)
        label = _name_column(layer, options.name_column)
        yield LayerFile(layer, datum, label, findings, options)


def _name_column(layer: Layer, wanted: str) -> str:
    if not wanted:
        named = [one for one in layer.headings if (m := meaning_of(one)) and m.field is Field.NAME]
        return named[0] if named else ""
    for heading in layer.headings:
        if fold_heading(heading) == fold_heading(wanted):
            return heading
    headings = ", ".join(layer.headings)
    raise NameColumnMissing(layer=layer.name, heading=wanted, headings=headings)
