from pathlib import Path

import pytest
from flask import render_template
from jinja2 import ChoiceLoader, FileSystemLoader

from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.web.navigation import NavItem, Person, Shell
from geoapp.web.shell import new_app
from geoapp.web.state import AppState
from tests.support.server import serving
from tests.web.guide import guide

SHELL = Shell(
    items=(NavItem("board", "Points"), NavItem("guide", "Ledger"), NavItem("phone", "Phone form")),
    person=lambda: Person("王敏", note="祝桥镇环保办", links=(("board", "Points"),)),
)


def build_app(settings=None, shell=SHELL):
    """An app with the edge and a few pages of its own, on no database."""
    database = Database("postgresql+psycopg:///nowhere")
    app = new_app(AppState(settings or Settings(), database, None), shell)
    app.secret_key = "a key of the tests"
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(Path(__file__).parent)])

    @app.get("/", endpoint="board")
    def board():
        return render_template("style_guide.html", **guide())

    @app.route("/guide", methods=["GET", "POST"], endpoint="guide")
    def show_guide():
        return render_template("style_guide.html", **guide())

    @app.route("/field/guide", methods=["GET", "POST"], endpoint="phone")
    def phone():
        return render_template("field_guide.html", **guide())

    return app


@pytest.fixture
def app():
    return build_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def site(app):
    """The address of the style guide behind a real web server."""
    with serving(app) as address:
        yield address
