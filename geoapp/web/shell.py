"""Everything web adds to an app, in the order in which a request meets it."""

from flask import Flask
from jinja2 import StrictUndefined

from geoapp.core.logs import RequestLog
from geoapp.core.resources import data_dir
from geoapp.web import assets, errors, formats, i18n, navigation, security, state
from geoapp.web.navigation import Shell
from geoapp.web.state import AppState


def new_app(parts: AppState, shell: Shell) -> Flask:
    """Return a Flask app with edge, language, error pages, static files and templates, no feature.

    The caller sets ``SECRET_KEY`` and registers the blueprints.
    """
    app = Flask("geoapp", static_folder=None, template_folder=str(data_dir("templates")))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    state.install(app, parts)
    i18n.install(app, parts.settings)
    errors.install(app)
    assets.install(app)
    security.install(app, parts.settings)
    formats.install(app)
    navigation.install(app, shell)
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    return app
