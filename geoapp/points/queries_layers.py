"""Imported map layers: which there are, and their features as GeoJSON made by PostgreSQL."""

from sqlalchemy import Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from geoapp.points.tables_layers import Layer, LayerFeature

DECIMALS = 6  # of a degree: 0.1 m
SIMPLIFY_DEG = 0.00002  # 2 m: finer than a screen pixel at the closest usual zoom


def imported_layers(session: Session) -> list[Layer]:
    """All imported layers by title."""
    return list(session.scalars(select(Layer).order_by(Layer.title)))


def layer_geojson(session: Session, name: str) -> tuple[bytes, str] | None:
    """Return the features of the imported layer *name* and the hash of its content, if any.

    Geometries are simplified to 2 m and keep their topology.
    """
    layer = session.scalar(select(Layer).where(Layer.name == name))
    if layer is None:
        return None
    geometry = func.ST_AsGeoJSON(
        func.ST_SimplifyPreserveTopology(LayerFeature.geom, SIMPLIFY_DEG), DECIMALS
    )
    feature = func.json_build_object(
        "type",
        "Feature",
        "geometry",
        geometry.op("::")(literal_column("json")),
        "properties",
        func.json_build_object("name", LayerFeature.name),
    )
    features = select(feature.label("feature")).where(LayerFeature.layer_id == layer.layer_id)
    listed = func.coalesce(
        func.json_agg(features.subquery().c.feature), literal_column("'[]'::json")
    )
    whole = func.json_build_object("type", "FeatureCollection", "features", listed)
    written = session.scalar(select(cast(whole, Text))) or ""
    return written.encode(), layer.content_sha256
