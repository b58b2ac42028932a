"""The plan of the house: what is plugged in, in which order; no logic of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from flask import Flask

from geoapp.accounts import guard
from geoapp.accounts import scope as row_scope
from geoapp.accounts import views as accounts
from geoapp.accounts import views_audit as audit
from geoapp.audit import hooks as audit_hooks
from geoapp.core import blobs, migrate
from geoapp.core.cluster import Cluster
from geoapp.core.cluster_watch import kept_alive
from geoapp.core.database import Database
from geoapp.core.i18n import N_
from geoapp.core.logs import configure_logs
from geoapp.core.settings import Settings, read_settings
from geoapp.deadlines.services import seed
from geoapp.field import plugs as field_plugs
from geoapp.field import views as field
from geoapp.intake import views as intake
from geoapp.ledger import plugs as ledger_plugs
from geoapp.ledger import views as ledger
from geoapp.points import ports
from geoapp.points import views as points
from geoapp.visits import plugs as visit_plugs
from geoapp.visits import views as visits
from geoapp.web import health
from geoapp.web.navigation import NavItem, Shell
from geoapp.web.shell import new_app
from geoapp.web.state import AppState

HOOKS = (row_scope.install, audit_hooks.install)
FEATURES = (health, accounts, audit, points, ledger, visits, intake, field)
NAVIGATION = (
    NavItem("points.board", N_("Points")),
    NavItem("ledger.board", N_("Ledger")),
    NavItem("intake.board", N_("Import")),
    NavItem("accounts.people", N_("People")),
    NavItem("accounts.units", N_("Units")),
    NavItem("audit.log", N_("Audit")),
    NavItem("field.points", N_("Phone form")),
    NavItem("field.points", N_("My points"), area="field"),
    NavItem("field.new_point", N_("New point"), area="field"),
)
PLUGS = (ledger_plugs.PLUG, visit_plugs.PLUG, field_plugs.PLUG)
"""Facts for moves, blocks of the point page, filters: what upper floors add to a point."""


def create_app(settings: Settings, *, database: Database, blobs: blobs.BlobStore) -> Flask:
    """Build the web app on an open *database* and photo store."""
    shell = Shell(
        items=NAVIGATION,
        may_open=guard.may_open,
        person=guard.person,
        sign_in="accounts.sign_in",
        sign_out="accounts.sign_out",
    )
    app = new_app(AppState(settings, database, blobs), shell)
    app.secret_key = guard.secret_key(settings)
    guard.install(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    ports.plug_in(PLUGS)
    return app


@contextmanager
def open_state(settings: Settings) -> Iterator[AppState]:
    """Open (start, migrate, fill in the official calendar) everything that the app stands on."""
    cluster = None if settings.database_url else Cluster(settings.data)
    url = cluster.start() if cluster else settings.database_url
    database = Database(url, hooks=HOOKS)
    try:
        migrate.upgrade(database.engine)
        seed(database)
        ports.plug_in(PLUGS)
        with kept_alive(cluster) if cluster else nullcontext():
            yield AppState(settings, database, blobs.open_store(settings))
    finally:
        database.close()
        if cluster:
            cluster.stop()


def wsgi() -> Flask:
    """Build the app for a WSGI server of one's own, from GEOAPP_* variables alone."""
    configure_logs()
    settings = read_settings()
    state = open_state(settings).__enter__()
    return create_app(settings, database=state.database, blobs=state.blobs)
