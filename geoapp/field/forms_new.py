"""Reads a new point out of the phone's form; its place is measured, chosen on the map or typed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from shapely import Point as ShapelyPoint

from geoapp.core.errors import Refused
from geoapp.core.i18n import N_
from geoapp.field.forms import (
    Values,
    instant,
    line,
    number,
    parse_optional,
    parse_required,
    text,
)
from geoapp.geo.coordinates import parse_lon_lat
from geoapp.geo.datum import BD09, CGCS2000, GCJ02, WGS84, Datum, to_wgs84
from geoapp.points.columns import PointDraft
from geoapp.points.rules import MIN_TEXT_LENGTH, Category, LocationMethod
from geoapp.visits.protocol import PhotoUpload

DATUMS = (WGS84, GCJ02, BD09, CGCS2000)
LINES_ONLY = frozenset({Category.RIVER_SEGMENT})
"""Categories that a single position cannot stand for; they are drawn at the desk."""


class NameMissing(Refused):
    """A new point without a name."""

    code = "field.name_missing"
    message = N_("The point has no name.")
    hint = N_("Name the place so that others find it, with street and number.")


class DescriptionShort(Refused):
    """A new point with hardly a word on what was found."""

    code = "field.description_short"
    message = N_("What was found needs at least %(least)s characters.")
    hint = N_("Say what lies there, how much, and since when if you know.")


class PlaceMissing(Refused):
    """A new point without a position."""

    code = "field.place_missing"
    message = N_("The point has no position.")
    hint = N_("Let the phone measure it, choose it on the map, or type the coordinates.")


class PhotoNeeded(Refused):
    """A new point without a photo."""

    code = "field.photo_needed"
    message = N_("A new point needs at least 1 photo.")
    hint = N_("Add a photo of what you found.")


def read_point(form: Values, photos: Sequence[PhotoUpload], *, now: datetime) -> PointDraft:
    """Read a new point in WGS 84.

    Raises:
        NameMissing, DescriptionShort, PlaceMissing, PhotoNeeded: something is not given.
        FieldWrong, and what ``parse_lon_lat`` raises: something cannot be read.
    """
    name, description = line(form, "name"), text(form, "description")
    if not name:
        raise NameMissing(field="name")
    if len(description) < MIN_TEXT_LENGTH:
        raise DescriptionShort(field="description", least=MIN_TEXT_LENGTH)
    method = parse_required(form, "location_method", LocationMethod)
    datum, x, y = _numbers(form, method)
    lon, lat = to_wgs84(x, y, datum=datum)
    if not photos:
        raise PhotoNeeded(field="photos")
    return PointDraft(
        point_id=parse_required(form, "point_id", uuid.UUID),
        name=name,
        category=parse_required(form, "category", _category),
        description=description,
        shape=ShapelyPoint(float(lon), float(lat)),
        location_method=method,
        accuracy_m=parse_optional(form, "accuracy_m", number)
        if method is LocationMethod.GNSS
        else None,
        datum=datum.name,
        raw_x=x,
        raw_y=y,
        address=line(form, "address"),
        is_urgent=form.get("is_urgent") == "1",
        responsible_unit_id=parse_optional(form, "responsible_unit_id", uuid.UUID),
        found_at=min(parse_optional(form, "started_at", instant) or now, now),
        evidence_ids=tuple(photo.evidence_id for photo in photos),
        outside_confirmed=form.get("outside_confirmed") == "1",
    )


def _numbers(form: Values, method: LocationMethod) -> tuple[Datum, float, float]:
    """Return the declared datum and the numbers as they came; only typed ones have another."""
    lon_text, lat_text = form.get("lon", "").strip(), form.get("lat", "").strip()
    if not lon_text or not lat_text:
        raise PlaceMissing(field="position")
    is_typed = method is LocationMethod.TYPED
    datum = parse_required(form, "datum", _datum) if is_typed else WGS84
    lon, lat = parse_lon_lat(lon_text[:60], lat_text[:60])
    return datum, lon, lat


def _datum(raw: str) -> Datum:
    for datum in DATUMS:
        if datum.name == raw:
            return datum
    raise ValueError(raw)


def _category(raw: str) -> Category:
    category = Category(raw)
    if category in LINES_ONLY:
        raise ValueError(raw)
    return category
