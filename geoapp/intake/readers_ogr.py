"""Layers of GIS files through GDAL: GeoPackage, shapefile, GeoJSON, KML, in flat memory."""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.intake.readers_files import FileBroken, FileKind, Source, encoding_of

ObjectArray = npt.NDArray[np.object_]

CHUNK = {
    # GDAL starts each chunk at the front again: cheap with an index, a whole parse without
    FileKind.GPKG: 5_000,
    FileKind.SHAPEFILE: 5_000,
    FileKind.GEOJSON: 20_000,
    FileKind.KML: 1_000_000,
}
KML_STYLE_FIELDS = frozenset(
    {"timestamp", "begin", "end", "altitudemode", "tessellate", "extrude", "visibility"}
    | {"draworder", "icon", "snippet"}
)
CRS_WITHIN = 20_000  # bytes at either end of a GeoJSON file where its "crs" member stands
DBF_HEADER_LENGTH_AT = 8


class LayersAmbiguous(BadInput):
    """Several layers in one file."""

    code = "intake.layers_ambiguous"
    message = N_("“%(name)s” holds several layers: %(layers)s.")
    hint = N_("Name the layer to read.")


class LayerMissing(BadInput):
    """The file has no layer of that name, or none with geometry at all."""

    code = "intake.layer_missing"
    message = N_("“%(name)s” has no layer “%(layer)s” with geometry.")
    hint = N_("Its layers are: %(layers)s.")


class JsonNotUtf8(BadInput):
    """GDAL would take the Chinese for noise."""

    code = "intake.json_not_utf8"
    message = N_("“%(name)s” is not written in UTF-8, as GeoJSON must be.")
    hint = N_("Save it once more as UTF-8.")


@dataclass(frozen=True)
class Features:
    """A piece of a layer: the columns in the order of the headings, the shapes as WKB."""

    first_row: int
    columns: list[ObjectArray]
    wkbs: ObjectArray

    def __len__(self) -> int:
        return len(self.wkbs)


@dataclass(frozen=True)
class Layer:
    """One layer; *crs* is what the file says of its coordinates, empty if it says nothing."""

    name: str
    title: str
    headings: tuple[str, ...]
    total: int
    crs: str
    kind: FileKind
    path: Path
    encoding: str | None
    file_name: str

    def features(self, *, batch: int) -> Iterator[Features]:
        """Yield the layer in pieces of at most *batch* rows, numbered from 1.

        Raises:
            FileBroken: GDAL gives up half way.
        """
        done = 0
        while done < max(self.total, 0):
            chunk = self._chunk(done, CHUNK[self.kind])
            for start in range(0, len(chunk), batch):
                part = slice(start, start + batch)
                columns = [column[part] for column in chunk.columns]
                yield Features(done + start + 1, columns, chunk.wkbs[part])
            if len(chunk) == 0:
                return
            done += len(chunk)

    def _chunk(self, skip: int, size: int) -> Features:
        _meta, _fids, wkbs, columns = _quietly(
            self.file_name,
            "read",
            self.path,
            layer=self.title,
            encoding=self.encoding,
            columns=list(self.headings),
            skip_features=skip,
            max_features=size,
            force_2d=True,
            datetime_as_string=True,
        )
        order = {name: n for n, name in enumerate(_meta["fields"])}
        ordered = [columns[order[name]].astype(object) for name in self.headings]
        return Features(skip + 1, ordered, wkbs)


def open_layers(source: Source, *, wanted: str = "") -> list[Layer]:
    """Return the layers to read: the *wanted* one, the only one, or all folders of a KML.

    Raises:
        LayersAmbiguous, LayerMissing, JsonNotUtf8, FileBroken: why there is none.
    """
    if source.kind is FileKind.GEOJSON and encoding_of(source.path, name=source.name) == "gb18030":
        raise JsonNotUtf8(name=source.name)
    if source.kind is FileKind.SHAPEFILE:
        found = [(name, path.stem, path) for name, path in source.paths.items()]
    else:
        rows = _quietly(source.name, "list_layers", source.path)
        found = [(str(name), str(name), source.path) for name, kind in rows if kind is not None]
    names = ", ".join(name for name, _title, _path in found)
    if wanted or not found:
        found = [one for one in found if one[0] == wanted]
        if not found:
            raise LayerMissing(name=source.name, layer=wanted, layers=names or "–")
    if len(found) > 1 and source.kind is not FileKind.KML:
        raise LayersAmbiguous(name=source.name, layers=names)
    return [_layer(source, *one) for one in found]


def _layer(source: Source, name: str, title: str, path: Path) -> Layer:
    encoding = _shape_encoding(source, path)
    info = _quietly(
        source.name,
        "read_info",
        path,
        layer=title,
        encoding=encoding,
        force_feature_count=True,
    )
    if info["geometry_type"] is None:
        raise LayerMissing(name=source.name, layer=name, layers="–")
    return Layer(
        name=name,
        title=title,
        headings=_headings(source.kind, [str(field) for field in info["fields"]]),
        total=int(info["features"]),
        crs=_crs(source.kind, path, info["crs"]),
        kind=source.kind,
        path=path,
        encoding=encoding,
        file_name=source.name,
    )


def _headings(kind: FileKind, fields: Sequence[str]) -> tuple[str, ...]:
    if kind is not FileKind.KML:
        return tuple(fields)
    return tuple(field for field in fields if field.casefold() not in KML_STYLE_FIELDS)


def _crs(kind: FileKind, path: Path, crs: str | None) -> str:
    """Return what the file itself says: KML and plain GeoJSON say nothing, whatever GDAL adds.

    Both are WGS-84 by their standard, but Chinese map tools write GCJ-02 into them.
    """
    if kind is FileKind.KML:
        return ""
    if kind is FileKind.GEOJSON:
        with path.open("rb") as file:
            head = file.read(CRS_WITHIN)
            file.seek(max(0, path.stat().st_size - CRS_WITHIN))
            says = re.search(rb'"crs"\s*:\s*\{', head + file.read(CRS_WITHIN))
        return (crs or "") if says else ""
    return crs or ""


def _shape_encoding(source: Source, path: Path) -> str | None:
    """Find out the encoding of a shapefile that does not name it (no .cpg): UTF-8 or GB18030."""
    table = path.with_suffix(".dbf")
    if (
        source.kind is not FileKind.SHAPEFILE
        or path.with_suffix(".cpg").is_file()
        or not table.is_file()
    ):
        return None
    with table.open("rb") as file:
        file.seek(DBF_HEADER_LENGTH_AT)
        skip = int.from_bytes(file.read(2), "little")
    return encoding_of(table, name=source.name, skip=skip)


def _quietly(name: str, call: str, *args: Any, **options: Any) -> Any:
    """Call GDAL; its warnings are about things that we check ourselves, its errors are ours."""
    import pyogrio
    from pyogrio import errors

    function = getattr(pyogrio.raw if call == "read" else pyogrio, call)
    trouble = (errors.DataSourceError, errors.DataLayerError, errors.FeatureError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            return function(*args, **options)
        except (*trouble, errors.FieldError, errors.GeometryError, ValueError) as error:
            raise FileBroken(name=name) from error
