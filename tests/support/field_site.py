"""The phone's pages on a real app: an office, a brick factory, and people who are signed in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from geoapp.accounts import guard, scope, views
from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.services_sign_in import open_sign_in
from geoapp.accounts.tables import Person
from geoapp.audit import hooks
from geoapp.core.blobs import open_store
from geoapp.core.database import Database
from geoapp.core.i18n import N_
from geoapp.field import plugs as field_plugs
from geoapp.field import views as field_views
from geoapp.ledger import plugs as ledger_plugs
from geoapp.ledger import views as ledger_views
from geoapp.points import ports
from geoapp.points import views as points_views
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.visits import plugs as visit_plugs
from geoapp.visits import views as visit_views
from geoapp.web.navigation import NavItem, Shell
from geoapp.web.shell import new_app
from geoapp.web.state import AppState
from tests.support.factories import make_calendar, make_office, make_point, make_transition

HOOKS = (scope.install, hooks.install)
FEATURES = (views, points_views, ledger_views, visit_views, field_views)
NAVIGATION = (
    NavItem("field.points", N_("My points"), area="field"),
    NavItem("field.new_point", N_("New point"), area="field"),
)
STARTED = timedelta(days=3)


def build_app(database: Database, settings: Any) -> Any:
    """The floors from field down, as ``create_app`` puts them together."""
    shell = Shell(
        items=NAVIGATION,
        may_open=guard.may_open,
        person=guard.person,
        sign_in="accounts.sign_in",
        sign_out="accounts.sign_out",
    )
    app = new_app(AppState(settings, database, open_store(settings)), shell)
    app.secret_key = guard.secret_key(settings)
    guard.install(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    ports.plug_in((ledger_plugs.PLUG, visit_plugs.PLUG, field_plugs.PLUG))
    return app


@dataclass(frozen=True)
class Site:
    """An office whose inspector has the brick factory, which is being rectified, on the list."""

    office: Any
    brickworks: Any


def build_site(database: Database) -> Site:
    """Fill *database*; the rectification began three days ago, by the clock of this machine."""
    now = datetime.now(UTC)
    with database.transaction(SYSTEM) as session:
        make_calendar(session)
        office = make_office(session)
        office.works.liaison_name, office.works.liaison_phone = "联络员", "021-55550000"
        brickworks = make_point(
            session,
            code="PDZQ-2026-BRK-0001",
            address="朝航路89号",
            state=State.RECTIFYING,
            responsible_unit_id=office.works.unit_id,
            accepting_unit_id=office.office.unit_id,
            territorial_unit_id=office.town.unit_id,
            inspector_id=office.inspector.person_id,
            started_on=(now - STARTED).date(),
            due_on=(now + timedelta(days=60)).date(),
            updated_at=now - timedelta(days=1),
        )
        make_transition(
            session,
            brickworks,
            source=State.ASSIGNED,
            target=State.RECTIFYING,
            verb=Verb.FIX_AT_ONCE,
            actor=office.worker,
            at=now - STARTED,
        )
    return Site(office, brickworks)


def token_for(database: Database, actor: Any) -> str:
    """Sign *actor* in without the page and its costly password; the cookie's value."""
    with database.transaction(SYSTEM) as session:
        person = session.get_one(Person, actor.person_id)
        return open_sign_in(session, person, now=datetime.now(UTC), device="test").token
