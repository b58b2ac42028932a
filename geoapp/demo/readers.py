"""Readers of the files of the demo story."""

import csv
import json
import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry

from geoapp.accounts.rules import Role, UnitKind
from geoapp.core.resources import data_dir
from geoapp.demo.columns import PersonRow, PointRow, Step, UnitRow, Words
from geoapp.points.rules import Category, RiskGrade

FOLDER = Path(__file__).parent
METRES_A_DEGREE = 111_320  # along a meridian; good enough for an outline of 100 m
FROM_LEDGER = "l"
CORNERS = ((-0.5, -0.42), (0.1, -0.5), (0.5, -0.36), (0.46, 0.4), (-0.05, 0.5), (-0.44, 0.44))
"""An outline as walked around a heap, in parts of its width and height."""


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def unit_rows() -> tuple[UnitRow, ...]:
    """Return the units, each after its parent."""
    return tuple(
        UnitRow(
            key=row["key"],
            name=row["name"],
            short_name=row["short_name"],
            kind=UnitKind(row["kind"]),
            parent=row["parent"],
        )
        for row in _rows("units.csv")
    )


@cache
def person_rows() -> tuple[PersonRow, ...]:
    """Return the people."""
    return tuple(
        PersonRow(
            login=row["login"],
            name=row["name"],
            role=Role(row["role"]),
            unit=row["unit"],
            grant_unit=row["grant_unit"],
            signs_in=bool(row["signs_in"]),
        )
        for row in _rows("people.csv")
    )


@cache
def point_rows() -> tuple[PointRow, ...]:
    """Return the points."""
    return tuple(
        PointRow(
            key=row["key"],
            town=row["town"],
            category=Category(row["category"]),
            arc=row["arc"],
            is_from_ledger=row["source"] == FROM_LEDGER,
            unit=row["unit"],
            name=row["name"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            shape=_shape(row["shape"], float(row["lon"]), float(row["lat"])),
            address=row["address"],
            liable_party=row["liable_party"],
            risk=RiskGrade(row["risk"]),
            description=row["description"],
        )
        for row in _rows("points.csv")
    )


def _shape(text: str, lon: float, lat: float) -> Geometry:
    """Read a line (``lon lat;lon lat``), an outline (width x height in metres), or a place."""
    if ";" in text:
        places = [tuple(map(float, place.split())) for place in text.split(";")]
        return shapely.LineString(places)
    if not text:
        return shapely.Point(lon, lat)
    width_m, height_m = map(int, text.split("x"))
    east = width_m / (METRES_A_DEGREE * math.cos(math.radians(lat)))
    north = height_m / METRES_A_DEGREE
    corners = [(lon + x * east, lat + y * north) for x, y in CORNERS]
    return shapely.Polygon([(round(x, 6), round(y, 6)) for x, y in corners])


@cache
def extra_rows(name: str) -> dict[str, dict[str, str]]:
    """Return rivers.csv, sites.csv or factories.csv by the key of the point."""
    found = {}
    for row in _rows(f"{name}.csv"):
        found[row.pop("key")] = row
    return found


@cache
def arcs() -> dict[str, tuple[Step, ...]]:
    """Return what can happen to a point, by name, oldest step first."""
    return {
        name: tuple(
            Step(ago=step[0], what=step[1], value=step[2] if len(step) > 2 else None)  # noqa: PLR2004 - the third of three
            for step in steps
        )
        for name, steps in _toml("arcs.toml").items()
    }


@cache
def words_of(category: Category) -> Words:
    """Return what is said of *category*."""
    said = _toml("texts.toml")[category.value]
    return Words(seen=said["seen"], measures=tuple(said["measures"]), done=said["done"])


@cache
def say() -> dict[str, str]:
    """Return the sentences that do not depend on the category."""
    sentences: dict[str, str] = _toml("texts.toml")["say"]
    return sentences


@cache
def main_points() -> dict[str, str]:
    """Map the key of a merged point to that of its main point."""
    keys: dict[str, str] = _toml("texts.toml")["main"]
    return keys


@cache
def ledger() -> dict[str, Any]:
    """Return ledger.toml."""
    return _toml("ledger.toml")


@cache
def area_shapes(layer: str) -> tuple[tuple[dict[str, str], Geometry], ...]:
    """Return the areas of a schematic layer: properties and outline."""
    text = (data_dir("layers") / f"{layer}.geojson").read_text(encoding="utf-8")
    found = []
    for feature in json.loads(text)["features"]:
        outline: Geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        parts = shapely.get_parts(outline).tolist()
        found.append((feature["properties"], shapely.MultiPolygon(parts)))
    return tuple(found)


@cache
def label_rows() -> tuple[str, ...]:
    """Return the four characters that say that a photo is an example, as rows of # and dots."""
    return tuple((FOLDER / "label.txt").read_text(encoding="ascii").split())
