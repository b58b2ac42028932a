"""Map documents of the app: composed once a language, sent under a nonce of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request, url_for

from geoapp.core.i18n import gettext as _
from geoapp.core.i18n import language
from geoapp.core.resources import data_dir
from geoapp.maps.layers import DeclaredLayer, LayerMissing, find_layer, read_layers
from geoapp.maps.page import MapPage, MapPart, View, compose_map
from geoapp.web.i18n import HTML_LANG
from geoapp.web.security import map_response
from geoapp.web.state import state

COMPOSED_KEPT = 64


@dataclass(frozen=True)
class PointMap:
    """Where a map of points gets its data; addresses without query.

    Args:
        points: columns of all points of the filter (see maps.elements.Points).
        shapes: GeoJSON of those that are lines or areas.
        card: a point's card, with ``{id}`` in it.
        ground: declared layers with the addresses of their GeoJSON, bottom first.
        picker: whether the map is for choosing a place.
    """

    points: str
    shapes: str
    card: str
    ground: tuple[tuple[DeclaredLayer, str], ...] = ()
    picker: bool = False


def declared_layers() -> tuple[DeclaredLayer, ...]:
    """Return the layers declared in layers/."""
    return read_layers(data_dir("layers"))


def ground_of(
    layers: Sequence[DeclaredLayer], address: Callable[[str], str]
) -> tuple[tuple[DeclaredLayer, str], ...]:
    """Pair *layers* with the addresses of their features."""
    return tuple((layer, address(layer.name)) for layer in layers)


@lru_cache(maxsize=COMPOSED_KEPT)
def _compose(plan: PointMap, view: View, code: str, _static: str) -> MapPage:
    from geoapp.maps import elements as parts  # folium takes seconds to import

    elements: list[MapPart] = [
        parts.Ground(layer, url=url, language=code) for layer, url in plan.ground
    ]
    elements += [
        parts.Shapes(url=plan.shapes, card=plan.card),
        parts.Points(url=plan.points, card=plan.card),
        parts.Switch(),
        parts.Picker() if plan.picker else parts.Legend(),
        parts.Bridge(),
    ]
    return compose_map(
        elements,
        view=view,
        title=_("Map of the points"),
        lang=HTML_LANG[code],
        asset=lambda name: url_for("static", filename=name),
    )


def point_map(plan: PointMap) -> Response:
    """Answer with the map document of *plan*; its filters are those of its own address."""
    west, south, east, north = state().settings.region_box
    view = View(lon=(west + east) / 2, lat=(south + north) / 2)
    icon = url_for("static", filename="icon.svg")  # changes with any static file
    return map_response(_compose(plan, view, language(), icon))


def send_layer(name: str, layers: Sequence[DeclaredLayer] | None = None) -> Response:
    """Answer with the GeoJSON of a declared layer (default: those of layers/).

    Raises:
        LayerMissing: there is none of that name.
    """
    layer = find_layer(declared_layers() if layers is None else layers, name)
    if layer.source is None:
        raise LayerMissing(name=name)
    response = Response(layer.source.read_bytes(), content_type="application/geo+json")
    response.add_etag()
    response.headers["Cache-Control"] = "private, max-age=300"
    response.make_conditional(request)
    return response
