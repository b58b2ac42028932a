"""``/healthz``: whether the app and its database answer; for ``./run --check`` and monitors."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from geoapp import __version__
from geoapp.web.state import state

blueprint = Blueprint("health", __name__)


def healthz() -> ResponseReturnValue:
    """Answer 200 with the version when a query goes through; 503 otherwise."""
    with state().database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return jsonify(status="ok", version=__version__)


def _everybody(view: Any) -> Any:
    view.permission = "public"  # monitors do not sign in; it says nothing but that we live
    return view


blueprint.add_url_rule("/healthz", view_func=_everybody(healthz))
