"""Geometries made fit for storage: valid, flat, WGS 84, where they are expected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_, gettext
from geoapp.geo.datum import Datum, Pair, from_wgs84, to_wgs84

GeometryArray = npt.NDArray[np.object_]
_Move = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], Pair]


class Box(NamedTuple):
    """A region in degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float


GLOBE = Box(-180.0, -90.0, 180.0, 90.0)


class ShapeUnreadable(BadInput):
    """The bytes or the text are no geometry."""

    code = "geo.shape_unreadable"
    message = N_("The geometry cannot be read.")
    hint = N_("Draw it again, or export it from the source program once more.")


@dataclass(frozen=True)
class Repaired:
    """A valid geometry; *reason* says what was wrong with the given one, empty if nothing was."""

    geometry: Geometry
    reason: str = ""


_REASONS = {
    "Self-intersection": N_("it crosses itself near %(place)s"),
    "Ring Self-intersection": N_("it touches itself near %(place)s"),
    "Hole lies outside shell": N_("a hole lies outside near %(place)s"),
    "Holes are nested": N_("holes lie inside each other near %(place)s"),
    "Nested shells": N_("areas lie inside each other near %(place)s"),
    "Interior is disconnected": N_("a hole cuts it apart near %(place)s"),
    "Too few points in geometry component": N_("it has too few corners near %(place)s"),
}


def say_reason(reason: str) -> str:
    """Say in the current language why a geometry was not valid, and near which lon, lat."""
    kind, _bracket, place = reason.rstrip("]").partition("[")
    text = _REASONS.get(kind, N_("it is not a valid shape near %(place)s"))
    return gettext(text, place=", ".join(place.split()) or "–")


def read_wkt(text: str) -> Geometry:
    """Read a geometry written as WKT.

    Raises:
        ShapeUnreadable: the text is no WKT, or the geometry is empty.
    """
    try:
        geometry = shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        raise ShapeUnreadable from None
    if shapely.is_empty(geometry):
        raise ShapeUnreadable
    return geometry


def read_wkbs(blobs: npt.NDArray[np.object_]) -> GeometryArray:
    """Read many WKB blobs; what cannot be read comes back as None."""
    read = shapely.from_wkb(blobs, on_invalid="ignore")
    return np.asarray(read, dtype=object)


def flatten(geometries: GeometryArray) -> GeometryArray:
    """Drop heights and measures: phones write them, the ledger has no use for them."""
    return np.asarray(shapely.force_2d(geometries), dtype=object)


def shapes_to_wgs84(geometries: GeometryArray, *, datum: Datum) -> GeometryArray:
    """Return the geometries (x east, y north, in *datum*) in degrees, WGS 84."""
    return _moved(geometries, lambda x, y: to_wgs84(x, y, datum=datum))


def shapes_from_wgs84(geometries: GeometryArray, *, datum: Datum) -> GeometryArray:
    """Return WGS 84 geometries in *datum*, x east, y north."""
    return _moved(geometries, lambda x, y: from_wgs84(x, y, datum=datum))


def swap_axes(geometries: GeometryArray) -> GeometryArray:
    """Exchange x and y of every vertex."""
    return _moved(geometries, lambda x, y: (y, x))


def within(geometries: GeometryArray, *, box: Box) -> npt.NDArray[np.bool_]:
    """Tell which geometries lie wholly inside *box*; the empty and the missing do not."""
    west, south, east, north = shapely.bounds(geometries).T
    return np.asarray(
        (west >= box.west) & (south >= box.south) & (east <= box.east) & (north <= box.north)
    )


def repair(geometry: Geometry) -> Repaired:
    """Return a valid geometry of the same dimension, and why it had to be changed.

    A self-crossing outline becomes the parts it encloses; spikes and lost lines fall away.
    """
    if shapely.is_valid(geometry):
        return Repaired(geometry)
    reason = str(shapely.is_valid_reason(geometry))
    whole = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    dimension = shapely.get_dimensions(geometry)
    kept = [part for part in shapely.get_parts(whole) if shapely.get_dimensions(part) == dimension]
    return Repaired(shapely.union_all(kept) if len(kept) > 1 else _only(kept, whole), reason)


def _only(kept: list[Geometry], whole: Geometry) -> Geometry:
    return kept[0] if kept else whole


def _moved(geometries: GeometryArray, move: _Move) -> GeometryArray:
    def shift(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(move(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(geometries, shift), dtype=object)
