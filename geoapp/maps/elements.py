"""Our Folium elements: one class, one macro, one module in static/maps each.

Folium renders an element's text a second time as a template. ``script_json`` therefore breaks up
template braces, and only our own words and declared layers ever come near these classes.
"""

import html
import json
from typing import TYPE_CHECKING, Any, ClassVar

import folium
from branca.element import Figure
from folium.map import Layer, LayerControl
from folium.template import Template

from geoapp.core.i18n import gettext as _
from geoapp.maps.layers import DeclaredLayer
from geoapp.maps.page import MapPart, View
from geoapp.maps.symbols import LAMPS, STAGE_OF_STATE, STAGES, Symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAFLET = ("vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css")
CORE = ("maps/map.css", "maps/core.js")
MAX_ZOOM = 19


def script_json(value: Any) -> str:
    """Return *value* as JSON that may stand in a script which Jinja renders once more."""
    text = json.dumps(value, ensure_ascii=True)
    for mark, safe in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(mark, safe)
    # "{{", "{%" and "{#" occur in JSON only inside strings
    for mark in ("{{", "{%", "{#"):
        text = text.replace(mark, f"\\u007b{mark[1:]}".replace("{", "\\u007b"))
    return text


def control_text(name: str) -> str:
    """Return *name* for Leaflet's layer control, which sets names as HTML, and for Jinja."""
    return html.escape(name).replace("{", "&#123;")


def _symbols(table: dict[str, Symbol]) -> list[dict[str, str]]:
    return [
        {"key": key, "shape": item.shape, "colour": item.colour, "word": _(item.word)}
        for key, item in table.items()
    ]


class Document(Figure):
    """A whole page: language, title, local styles and scripts, one inline script with a nonce."""

    _template = Template("""<!doctype html>
<html lang="{{ this.lang|e }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ this.title|e }}</title>
<base target="_parent">
<link rel="icon" href="{{ this.icon|e }}" type="image/svg+xml">
{% for url in this.styles %}<link rel="stylesheet" href="{{ url|e }}">
{% endfor %}{% for url in this.scripts %}<script src="{{ url|e }}" nonce="{{ this.hole }}"></script>
{% endfor %}{{ this.header.render() }}
</head>
<body>
{{ this.html.render() }}
<script nonce="{{ this.hole }}">
{{ this.script.render() }}
</script>
</body>
</html>
""")

    def __init__(self, *, title: str, lang: str, hole: str, icon: str) -> None:
        super().__init__(title=title)
        self.icon = icon
        self.lang = lang
        self.hole = hole
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.header._children.clear()  # noqa: SLF001 - branca's own meta tag; ours stands above


class BaseMap(folium.Map):
    """The Leaflet map itself, without tiles, links to other hosts, or styles in attributes."""

    default_js = []  # noqa: RUF012 - folium's own declaration; Document links our files
    default_css = []  # noqa: RUF012 - same
    _template = Template("""
{% macro html(this, kwargs) %}<div class="map" id="map"></div>{% endmacro %}
{% macro script(this, kwargs) %}
var {{ this.get_name() }} = GeoMap.open("map", {{ this.config }});
{% endmacro %}
""")

    def __init__(self, view: View) -> None:
        super().__init__(location=[view.lat, view.lon], zoom_start=view.zoom, tiles=None)
        self._id = "main"
        self.config = script_json(
            {
                "center": [view.lat, view.lon],
                "zoom": view.zoom,
                "maxZoom": MAX_ZOOM,
                "texts": {
                    "zoomIn": _("Zoom in"),
                    "zoomOut": _("Zoom out"),
                    "home": _("Show all points"),
                    "failed": _("The data could not be loaded."),
                    "retry": _("Try again"),
                    "layers": _("Layers"),
                    "map": _("Map; move it with the arrow keys"),
                },
            }
        )

    def render(self, **kwargs: Any) -> str:
        """Render like any element; Map.render would add styles and switches of its own."""
        super(folium.Map, self).render(**kwargs)  # type: ignore[no-untyped-call]
        return ""

    def files(self, elements: "Sequence[MapPart]", ending: str) -> list[str]:
        """Return the names of all static files with *ending*, in order, each once."""
        names = [*LEAFLET, *CORE]
        for item in elements:
            names += item.needs
        return [name for name in dict.fromkeys(names) if name.endswith(ending)]


class MapElement(Layer):
    """An element made by ``GeoMap.<maker>(map, options)`` in one of our modules."""

    maker: ClassVar[str]
    needs: ClassVar[tuple[str, ...]]
    _template = Template("""
{% macro script(this, kwargs) %}
var {{ this.get_name() }} = GeoMap.{{ this.maker }}(
    {{ this._parent.get_name() }}, {{ this.config }});
{% endmacro %}
""")

    def __init__(self, options: dict[str, Any], *, name: str = "", shown: bool = True) -> None:
        super().__init__(name=control_text(name), overlay=True, control=bool(name), show=shown)
        self._name = self.maker
        self.config = script_json(options)

    def attach(self, base: BaseMap) -> None:
        """Put the element on *base*."""
        base.add_child(self)


class Points(MapElement):
    """All points of the current filter on one canvas: donuts of lamps when many, signs when few.

    Args:
        url: answers ``{"ids", "lon", "lat", "state", "lamp", "category"}``, columns of one length.
        card: address of a point's card with ``{id}`` in it; fetched when a point is opened.
    """

    maker: ClassVar[str] = "points"
    needs: ClassVar[tuple[str, ...]] = (
        "vendor/supercluster/supercluster.min.js",
        "maps/draw.js",
        "maps/card.js",
        "maps/points.js",
        "maps/points_input.js",
    )

    def __init__(self, *, url: str, card: str) -> None:
        super().__init__({"url": url, "card": card, **symbol_options()}, name=_("Points"))


class Shapes(MapElement):
    """Points that are lines or areas, as GeoJSON with ``id``, ``state`` and ``lamp``."""

    maker: ClassVar[str] = "shapes"
    needs: ClassVar[tuple[str, ...]] = ("maps/card.js", "maps/shapes.js")

    def __init__(self, *, url: str, card: str) -> None:
        super().__init__({"url": url, "card": card, **symbol_options()}, name=_("Lines and areas"))


class Ground(MapElement):
    """A declared vector layer under the points: towns, rivers, roads."""

    maker: ClassVar[str] = "ground"
    needs: ClassVar[tuple[str, ...]] = ("maps/ground.js",)

    def __init__(self, layer: DeclaredLayer, *, url: str, language: str) -> None:
        super().__init__(
            {
                "url": url,
                "minZoom": layer.min_zoom,
                "maxZoom": layer.max_zoom,
                "attribution": html.escape(layer.attribution),
                "style": layer.style.for_leaflet(),
                "label": layer.style.label,
                "labelZoom": layer.style.label_zoom,
                "order": layer.order,
            },
            name=layer.title_in(language),
            shown=layer.shown,
        )


class MapControl(MapElement):
    """An element that adds itself to the map."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)

    def render(self, **kwargs: Any) -> str:
        """Render without Leaflet's addTo."""
        super(Layer, self).render(**kwargs)  # type: ignore[no-untyped-call]
        return ""


class Legend(MapControl):
    """Lamps and stages with sign, word and count; switches between the two readings."""

    maker: ClassVar[str] = "legend"
    needs: ClassVar[tuple[str, ...]] = ("maps/legend.js",)

    def __init__(self) -> None:
        texts = {
            "title": _("Legend"),
            "lamp": _("By lamp"),
            "stage": _("By state"),
            "total": _("Points shown"),
        }
        super().__init__({"texts": texts, **symbol_options()})


class Bridge(MapControl):
    """Talks with the page around the frame: row ↔ point."""

    maker: ClassVar[str] = "bridge"
    needs: ClassVar[tuple[str, ...]] = ("maps/bridge.js",)

    def __init__(self) -> None:
        super().__init__({})


class Picker(MapControl):
    """Crosshair for choosing a place: by click, by thumb, by arrow keys and Enter."""

    maker: ClassVar[str] = "picker"
    needs: ClassVar[tuple[str, ...]] = ("maps/picker.js",)

    def __init__(self) -> None:
        texts = {
            "use": _("Use this place"),
            "hint": _("Move the map until the cross stands on the place, or click the place."),
        }
        super().__init__({"texts": texts})


class Switch(LayerControl):
    """Leaflet's own layer switch."""

    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__(position="topright", collapsed=True)

    def attach(self, base: BaseMap) -> None:
        """Put the switch on *base*."""
        base.add_child(self)


def symbol_options() -> dict[str, Any]:
    """Return the signs of lamps and stages for the modules."""
    return {"lamps": _symbols(LAMPS), "stages": _symbols(STAGES), "stageOf": STAGE_OF_STATE}
