"""Addresses that a map of points asks: the document, its columns, shapes, cards and layers."""

import uuid
from datetime import UTC, datetime

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import reading, requires
from geoapp.accounts.rules import Permission
from geoapp.maps.layers import DeclaredLayer, Kind, Style, read_style
from geoapp.points.forms import filter_from_args
from geoapp.points.queries import map_columns, map_shapes, point_row
from geoapp.points.queries_layers import imported_layers, layer_geojson
from geoapp.points.rules import CATEGORY_NAMES
from geoapp.points.tables_layers import Layer
from geoapp.web.frames import PointMap, declared_layers, ground_of, point_map, send_layer

NO_ID = uuid.UUID(int=0)


def _declared(layer: Layer) -> DeclaredLayer:
    return DeclaredLayer(
        name=layer.name,
        title_zh=layer.title,
        title_en=layer.title,
        kind=Kind(layer.kind),
        attribution=layer.attribution or layer.map_approval_no,
        style=read_style(layer.name, layer.style) if layer.style else Style(),
        order=50,
    )


def _ground() -> tuple[tuple[DeclaredLayer, str], ...]:
    with reading() as session:
        brought = [_declared(layer) for layer in imported_layers(session)]
    replaced = {layer.name for layer in brought}
    layers = [layer for layer in declared_layers() if layer.name not in replaced] + brought
    return ground_of(layers, lambda name: url_for("points.layer", name=name))


def _plan(*, picker: bool) -> PointMap:
    card = url_for("points.card", point_id=NO_ID).replace(str(NO_ID), "{id}")
    return PointMap(
        points=url_for("points.columns"),
        shapes=url_for("points.shapes"),
        card=card,
        ground=_ground(),
        picker=picker,
    )


@requires(Permission.MAP_READ)
def frame() -> Response:
    """Show the map of the points of the filter in the address."""
    return point_map(_plan(picker=False))


@requires(Permission.MAP_READ)
def picker() -> Response:
    """Show the map on which a person chooses a place."""
    return point_map(_plan(picker=True))


@requires(Permission.MAP_READ)
def columns() -> Response:
    """Answer with all points of the filter as JSON columns."""
    wanted = filter_from_args(request.args)
    with reading() as session:
        body = map_columns(session, now=datetime.now(UTC), filter=wanted)
    return _tagged(body, "application/json")


@requires(Permission.MAP_READ)
def shapes() -> Response:
    """Answer with the lines and areas of the filter as GeoJSON."""
    wanted = filter_from_args(request.args)
    with reading() as session:
        body = map_shapes(session, now=datetime.now(UTC), filter=wanted)
    return _tagged(body, "application/geo+json")


@requires(Permission.POINT_READ)
def card(point_id: uuid.UUID) -> ResponseReturnValue:
    """Answer with the small card of one point, for a popup."""
    with reading() as session:
        row = point_row(session, point_id, now=datetime.now(UTC))
    return render_template("points/_card.html", row=row, categories=CATEGORY_NAMES)


@requires(Permission.LAYER_READ)
def layer(name: str) -> Response:
    """Answer with the features of a layer: an imported one, else a declared one."""
    with reading() as session:
        found = layer_geojson(session, name)
    if found is None:
        return send_layer(name)
    body, _content = found
    return _tagged(body, "application/geo+json")


def _tagged(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
