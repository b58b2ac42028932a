"""Points for a map, written as JSON by PostgreSQL itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from geoapp.points.columns import ALL_POINTS, PointFilter
from geoapp.points.queries_select import conditions, lamp_of, place_of
from geoapp.points.tables import Point

DECIMALS = 6  # of a degree: 0.1 m


def map_columns(
    session: Session,
    *,
    now: datetime,
    filter: PointFilter = ALL_POINTS,  # noqa: A002 - the word of the field
) -> bytes:
    """Return all points that pass *filter* as JSON columns of one length.

    ``{"ids": [...], "lon": [...], "lat": [...], "state": [...], "lamp": [...], "category":
    [...], "urgent": [...]}``; degrees, WGS 84; the place of a line or an area lies on it.
    """
    place = place_of()
    found = (
        select(
            Point.point_id.label("id"),
            _degrees(func.ST_X(place)).label("lon"),
            _degrees(func.ST_Y(place)).label("lat"),
            Point.state,
            cast(lamp_of(now), Text).label("lamp"),
            Point.category,
            Point.is_urgent,
        )
        .where(*conditions(filter, now))
        .subquery()
    )
    columns = {
        "ids": found.c.id,
        "lon": found.c.lon,
        "lat": found.c.lat,
        "state": found.c.state,
        "lamp": found.c.lamp,
        "category": found.c.category,
        "urgent": found.c.is_urgent,
    }
    parts = [part for name, column in columns.items() for part in (name, _list(column))]
    return _json(session.scalar(select(cast(func.json_build_object(*parts), Text))))


def map_shapes(
    session: Session,
    *,
    now: datetime,
    filter: PointFilter = ALL_POINTS,  # noqa: A002 - the word of the field
) -> bytes:
    """Return the lines and areas that pass *filter* as GeoJSON with id, state, lamp, name."""
    properties = func.json_build_object(
        "id", Point.point_id,
        "state", Point.state,
        "lamp", cast(lamp_of(now), Text),
        "category", Point.category,
        "name", Point.name,
    )  # fmt: skip
    feature = func.json_build_object(
        "type", "Feature",
        "id", Point.point_id,
        "geometry", func.ST_AsGeoJSON(Point.geom, DECIMALS).op("::")(literal_column("json")),
        "properties", properties,
    )  # fmt: skip
    features = (
        select(feature.label("feature"))
        .where(func.GeometryType(Point.geom) != "POINT", *conditions(filter, now))
        .subquery()
    )
    collection = func.json_build_object(
        "type", "FeatureCollection", "features", _list(features.c.feature)
    )
    return _json(session.scalar(select(cast(collection, Text))))


def _degrees(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.round(value.op("::")(literal_column("numeric")), DECIMALS)


def _list(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.json_agg(column), literal_column("'[]'::json"))


def _json(written: str | None) -> bytes:
    return (written or "").encode()
