"""Lengths, areas, distances and bearings on the WGS 84 ellipsoid; never from a flat map."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import Geometry

FloatArray = npt.NDArray[np.float64]

_SINGLE = shapely.GeometryType.POLYGON  # types above hold several geometries
_GEOD = Geod(ellps="WGS84")


class LonLat(NamedTuple):
    """Degrees, WGS 84."""

    lon: float
    lat: float


def distance_m(start: LonLat, end: LonLat) -> float:
    """Return the geodesic distance in metres."""
    return float(_GEOD.inv(start.lon, start.lat, end.lon, end.lat)[2])


def distances_m(
    lon: npt.ArrayLike, lat: npt.ArrayLike, *, to_lon: npt.ArrayLike, to_lat: npt.ArrayLike
) -> FloatArray:
    """Return the geodesic distances in metres between two rows of positions (broadcast)."""
    one, two, three, four = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (lon, lat, to_lon, to_lat))
    )
    return np.asarray(_GEOD.inv(one.copy(), two.copy(), three.copy(), four.copy())[2])


def bearing_deg(start: LonLat, end: LonLat) -> float:
    """Return the first compass bearing from start to end, 0 ≤ bearing < 360, north is 0."""
    return float(_GEOD.inv(start.lon, start.lat, end.lon, end.lat)[0]) % 360.0


def destination(start: LonLat, *, bearing: float, distance: float) -> LonLat:
    """Return where one arrives after *distance* metres along *bearing* degrees."""
    lon, lat, _back = _GEOD.fwd(start.lon, start.lat, bearing, distance)
    return LonLat(float(lon), float(lat))


def length_m(geometry: Geometry) -> float:
    """Return the geodesic length of lines in metres; of areas, the length of their outlines."""
    if shapely.get_dimensions(geometry) < 1:
        return 0.0
    return float(_GEOD.geometry_length(geometry))


def area_m2(geometry: Geometry) -> float:
    """Return the geodesic area in square metres, holes taken off; 0 for points and lines."""
    # a ring that runs the wrong way counts as the rest of the globe: turn them all alike first
    alike = shapely.orient_polygons(geometry)
    return abs(float(sum(_GEOD.geometry_area_perimeter(part)[0] for part in _areas(alike))))


def _areas(geometry: Geometry) -> Iterator[Geometry]:
    for part in shapely.get_parts(geometry):
        if shapely.get_type_id(part) == shapely.GeometryType.POLYGON:
            yield part
        elif shapely.get_type_id(part) > _SINGLE:
            yield from _areas(part)
