"""A small real app with a point map: invented columns, shapes and ground, cards with the id."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import jsonify, render_template, render_template_string, request
from jinja2 import ChoiceLoader, FileSystemLoader

from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.maps.layers import read_layer
from geoapp.maps.symbols import LAMPS, STAGE_OF_STATE
from geoapp.web.frames import PointMap, ground_of, point_map
from geoapp.web.navigation import Shell
from geoapp.web.shell import new_app
from geoapp.web.state import AppState

LAMP_KEYS = list(LAMPS)
STATES = list(STAGE_OF_STATE)
CARD = "<h3>{{ name }}</h3><p><a href='/points/{{ id }}'>{{ id }}</a></p>"
POINT = '{% extends "base.html" %}{% block heading %}{{ id }}{% endblock %}'
TOWNS = """
name = "towns"
kind = "polygon"
source = "towns.geojson"
datum = "wgs84"
licence = "CC0-1.0"
attribution = "Schematic"
[title]
zh = "街镇（示意）"
en = "Towns (schematic)"
[style]
stroke = "#8a8577"
fill = "#efece2"
label = "name"
label_zoom = 9
"""


def columns(count, *, west=121.5, south=31.0, step=0.004, wide=40):
    """*count* points on a grid, lamps and states taking turns."""
    return {
        "ids": [f"p{n}" for n in range(count)],
        "lon": [west + step * (n % wide) for n in range(count)],
        "lat": [south + step * (n // wide) for n in range(count)],
        "lamp": [LAMP_KEYS[n % 5] for n in range(count)],
        "state": [STATES[n % 13] for n in range(count)],
        "category": ["other"] * count,
    }


def feature(kind, coordinates, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@dataclass
class Content:
    """What the map of a test shows; a test may change it before the page opens."""

    points: dict[str, Any] = field(default_factory=lambda: columns(200))
    shapes: dict[str, Any] = field(default_factory=collection)
    towns: dict[str, Any] = field(default_factory=collection)
    names: dict[str, str] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    broken: bool = False


def build_site(content: Content, folder: Path):
    app = new_app(
        AppState(Settings(data=folder), Database("postgresql+psycopg:///nowhere"), None), Shell()
    )
    app.secret_key = "a key of the tests"
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(Path(__file__).parent)])
    add_pages(app, content, folder)
    add_data(app, content)
    return app


def add_pages(app, content, folder):
    (folder / "towns.toml").write_text(TOWNS, "utf-8")
    (folder / "towns.geojson").write_text(json.dumps(content.towns), "utf-8")
    towns = read_layer(folder / "towns.toml")

    def plan():
        return PointMap(
            points="/map/points",
            shapes="/map/shapes",
            card="/points/{id}/card",
            ground=ground_of([towns], lambda name: f"/layers/{name}.geojson"),
            picker="pick" in request.args,
        )

    @app.get("/")
    def board():
        return render_template("board.html", points=content.points)

    @app.get("/place")
    def place():
        return render_template("place.html", lon=request.args.get("lon", ""), lat="31.1")

    @app.get("/map")
    def map_document():
        return point_map(plan())

    @app.get("/points/<point_id>")
    def point(point_id):
        return render_template_string(POINT, id=point_id)


def add_data(app, content):
    @app.get("/map/points")
    def points():
        content.queries.append(request.query_string.decode())
        return ("", 500) if content.broken else jsonify(content.points)

    @app.get("/map/shapes")
    def shapes():
        return jsonify(content.shapes)

    @app.get("/layers/towns.geojson")
    def layer():
        return jsonify(content.towns)

    @app.get("/points/<point_id>/card")
    def card(point_id):
        name = content.names.get(point_id, f"点位 {point_id}")
        return render_template_string(CARD, id=point_id, name=name)
