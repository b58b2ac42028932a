"""Which shape a category may have; plain Python."""

import shapely
from shapely import Geometry

from geoapp.geo.measure import LonLat
from geoapp.points.rules import Category

LINES = frozenset({"LINESTRING", "MULTILINESTRING"})
GROUNDS = frozenset({"POINT", "POLYGON", "MULTIPOLYGON"})


def kind_of(shape: Geometry) -> str:
    """Name the kind of *shape*: POINT, LINESTRING, POLYGON..."""
    return shapely.GeometryType(int(shapely.get_type_id(shape))).name


def fits(category: Category, shape: Geometry) -> bool:
    """Tell whether a point of *category* may be drawn as *shape*: rivers are lines, no other."""
    return kind_of(shape) in (LINES if category is Category.RIVER_SEGMENT else GROUNDS)


def place_on(shape: Geometry) -> LonLat:
    """Return a place on the line, inside the area."""
    place = shapely.point_on_surface(shape)
    return LonLat(float(shapely.get_x(place)), float(shapely.get_y(place)))
