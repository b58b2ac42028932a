"""Which shape a category may have, and what no shape may be; plain Python."""

import shapely
from shapely import Geometry

from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.geo.measure import LonLat
from geoapp.points.rules import CATEGORY_NAMES, Category
from geoapp.points.rules_refusals import ShapeInvalid, ShapeWrong

LINES = frozenset({"LINESTRING", "MULTILINESTRING"})
GROUNDS = frozenset({"POINT", "POLYGON", "MULTIPOLYGON"})
SHAPE_NAMES = {
    "POINT": N_("a position"),
    "LINESTRING": N_("a line"),
    "MULTILINESTRING": N_("a line"),
    "POLYGON": N_("an area"),
    "MULTIPOLYGON": N_("an area"),
}
GLOBE = shapely.box(-180, -85, 180, 85)  # as the table checks it; beyond, maps cannot show it


def kind_of(shape: Geometry) -> str:
    """Name the kind of *shape*: POINT, LINESTRING, POLYGON..."""
    return shapely.GeometryType(int(shapely.get_type_id(shape))).name


def check_shape(category: Category, shape: Geometry) -> None:
    """Pass a shape that a point of *category* may have: rivers are lines, nothing else is.

    Raises:
        ShapeWrong: it is of another kind.
        ShapeInvalid: it is empty, crosses itself, or lies off the globe.
    """
    kind = kind_of(shape)
    if kind not in (LINES if category is Category.RIVER_SEGMENT else GROUNDS):
        raise ShapeWrong(category=_(CATEGORY_NAMES[category]), shape=_(SHAPE_NAMES.get(kind, kind)))
    if shapely.is_empty(shape) or not shapely.is_valid(shape) or not GLOBE.covers(shape):
        raise ShapeInvalid


def place_on(shape: Geometry) -> LonLat:
    """Return a place on the line, inside the area."""
    place = shapely.point_on_surface(shape)
    return LonLat(float(shapely.get_x(place)), float(shapely.get_y(place)))
