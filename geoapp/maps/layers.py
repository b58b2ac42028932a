"""Declared layers: one TOML file each in layers/, checked when it is read; plain.

name = "towns"                     # also the address: /layers/towns.geojson
kind = "polygon"                   # polygon, line or point
source = "towns.geojson"           # beside the TOML file
datum = "wgs84"                    # wgs84 or cgcs2000; others are converted at import
licence = "CC0-1.0"
attribution = "Schematic, drawn by hand"
order = 10                         # higher lies above
shown = true                       # when the map opens
[title]                            # one a language
zh = "街镇（示意）"
en = "Towns (schematic)"
[zoom]
min = 0
max = 19
[style]
stroke = "#8a8577"
fill = "#efece2"                   # areas and points only
width = 1.2                        # pixels
dash = "4 3"
opacity = 0.8
label = "name"                     # property that is written on the map
label_zoom = 11
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from geoapp.core.errors import NotFound, Refused
from geoapp.core.i18n import N_

NAME = re.compile(r"[a-z0-9_]{1,60}\Z")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
DASH = re.compile(r"\d+(\.\d+)?( \d+(\.\d+)?)*\Z")
MAX_ZOOM = 19
DATUMS = ("wgs84", "cgcs2000")  # the same numbers; see the decisions


class Kind(StrEnum):
    """What the layer's geometries are."""

    POLYGON = "polygon"
    LINE = "line"
    POINT = "point"


class LayerWrong(Refused):
    """A declaration that cannot be used."""

    code = "maps.layer_wrong"
    message = N_("The layer file %(file)s cannot be used: %(field)s is %(value)s.")
    hint = N_("It must be %(expected)s.")


class LayerMissing(NotFound):
    """No layer of that name is declared."""

    code = "maps.layer_missing"
    message = N_("There is no map layer %(name)s.")


@dataclass(frozen=True)
class Style:
    """How a layer is drawn; lengths in pixels."""

    stroke: str = "#8a8577"
    fill: str = ""
    width: float = 1.0
    dash: str = ""
    opacity: float = 1.0
    label: str = ""
    label_zoom: int = 11

    def for_leaflet(self) -> dict[str, Any]:
        """Return Leaflet's path options."""
        return {
            "color": self.stroke,
            "weight": self.width,
            "opacity": self.opacity,
            "dashArray": self.dash or None,
            "fill": bool(self.fill),
            "fillColor": self.fill or None,
            "fillOpacity": self.opacity,
            "interactive": False,
        }


@dataclass(frozen=True)
class DeclaredLayer:
    """One layer as its file (or, for imported ones, its row) declares it."""

    name: str
    title_zh: str
    title_en: str
    kind: Kind
    attribution: str
    style: Style
    source: Path | None = None
    datum: str = "wgs84"
    licence: str = ""
    min_zoom: int = 0
    max_zoom: int = MAX_ZOOM
    order: int = 10
    shown: bool = True

    def title_in(self, language: str) -> str:
        """Return the title in *language* (zh_Hans_CN, en)."""
        return self.title_en if language == "en" else self.title_zh


class _Reader:
    """Takes fields out of one file and refuses what does not fit."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data

    def wrong(self, field: str, expected: str, value: object) -> LayerWrong:
        return LayerWrong(file=self.path.name, field=field, value=value, expected=expected)

    def text(
        self, field: str, pattern: re.Pattern[str] | None = None, default: str | None = None
    ) -> str:
        value = self._find(field, default)
        if not isinstance(value, str) or (pattern and value and not pattern.match(value)):
            raise self.wrong(field, pattern.pattern if pattern else "text", value)
        return value

    def number(self, field: str, default: float, low: float, high: float) -> float:
        value = self._find(field, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise self.wrong(field, f"{low} – {high}", value)
        return value

    def choice(self, field: str, choices: Sequence[str]) -> str:
        value = self._find(field, None)
        if value not in choices:
            raise self.wrong(field, " / ".join(choices), value)
        return str(value)

    def flag(self, field: str, *, default: bool) -> bool:
        value = self._find(field, default)
        if not isinstance(value, bool):
            raise self.wrong(field, "true / false", value)
        return value

    def _find(self, field: str, default: object) -> object:
        value: Any = self.data
        for part in field.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None and default is None:
            raise self.wrong(field, "?", "")
        return default if value is None else value


def _style(read: _Reader, prefix: str) -> Style:
    return Style(
        stroke=read.text(prefix + "stroke", COLOUR, Style.stroke),
        fill=read.text(prefix + "fill", COLOUR, ""),
        width=read.number(prefix + "width", Style.width, 0, 20),
        dash=read.text(prefix + "dash", DASH, ""),
        opacity=read.number(prefix + "opacity", 1, 0, 1),
        label=read.text(prefix + "label", None, ""),
        label_zoom=int(read.number(prefix + "label_zoom", Style.label_zoom, 0, MAX_ZOOM)),
    )


def read_style(name: str, values: dict[str, Any]) -> Style:
    """Check the style of an imported layer; the keys are those of [style].

    Raises:
        LayerWrong: as for a file; *name* stands for it.
    """
    return _style(_Reader(Path(name), values), "")


def read_layer(path: Path) -> DeclaredLayer:
    """Read one declaration.

    Raises:
        LayerWrong: names the field, its value and what is expected.
    """
    try:
        read = _Reader(path, tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayerWrong(file=path.name, field="TOML", value=error, expected="TOML") from error
    source = path.parent / read.text("source", re.compile(r"[\w.-]+\.geojson\Z"))
    if not source.is_file():
        raise read.wrong("source", "*.geojson", source.name)
    low = int(read.number("zoom.min", 0, 0, MAX_ZOOM))
    return DeclaredLayer(
        name=read.text("name", NAME),
        title_zh=read.text("title.zh"),
        title_en=read.text("title.en"),
        kind=Kind(read.choice("kind", [kind.value for kind in Kind])),
        source=source,
        datum=read.choice("datum", DATUMS),
        licence=read.text("licence"),
        attribution=read.text("attribution"),
        min_zoom=low,
        max_zoom=int(read.number("zoom.max", MAX_ZOOM, low, MAX_ZOOM)),
        style=_style(read, "style."),
        order=int(read.number("order", 10, 0, 1000)),
        shown=read.flag("shown", default=True),
    )


@cache
def read_layers(*folders: Path) -> tuple[DeclaredLayer, ...]:
    """Read the declarations of *folders*, bottom layer first; a later folder wins over a name."""
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            layer = read_layer(path)
            found[layer.name] = layer
    return tuple(sorted(found.values(), key=lambda layer: (layer.order, layer.name)))


def find_layer(layers: Sequence[DeclaredLayer], name: str) -> DeclaredLayer:
    """Return the layer called *name*.

    Raises:
        LayerMissing: there is none.
    """
    for layer in layers:
        if layer.name == name:
            return layer
    raise LayerMissing(name=name)
