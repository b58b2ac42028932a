from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest
from flask import redirect

from geoapp.accounts import guard, scope, views, views_audit
from geoapp.accounts.protocol import hash_password
from geoapp.accounts.rules import SYSTEM, Role, UnitKind
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.services_units import create_unit
from geoapp.audit import hooks
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.web.navigation import NavItem, Shell
from geoapp.web.shell import new_app
from geoapp.web.state import AppState
from tests.support.database import RolledBack

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # 12:00 in Shanghai
PASSWORD = "correct horse battery"
HOOKS = (scope.install, hooks.install)


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def guarded_db(database_engine):
    """The database of one test with the hooks of the app: row scope and audit; nothing stays."""
    with database_engine.connect() as connection, connection.begin() as everything:
        yield RolledBack(connection, hooks=HOOKS)
        everything.rollback()


@pytest.fixture
def guarded(guarded_db):
    """A session of SYSTEM with the hooks of the app; nothing stays."""
    session = guarded_db._open(SYSTEM)
    yield session
    session.close()


@pytest.fixture
def committing_db(own_database_url):
    """A database of this test alone with the hooks of the app, which really commits."""
    database = Database(own_database_url, hooks=HOOKS)
    yield database
    database.close()


@dataclass(frozen=True)
class Office:
    """A district with a town and a village, an administrator and an inspector."""

    root: object
    town: object
    village: object
    admin: object
    inspector: object


@cache
def hash_once():
    """The hash of PASSWORD; each one costs 64 MiB and a moment."""
    return hash_password(PASSWORD)


def build_office(session, now):
    root = create_unit(session, name="区督察办", kind=UnitKind.INSPECTION_OFFICE)
    town = create_unit(session, name="祝桥镇", kind=UnitKind.TOWN, parent_id=root.unit_id)
    village = create_unit(session, name="立新村", kind=UnitKind.VILLAGE, parent_id=town.unit_id)
    people = {}
    for login, name, unit, role in (
        ("admin", "管理员", root, Role.ADMIN),
        ("lixia", "李霞", town, Role.INSPECTOR),
    ):
        people[login] = create_person(
            session,
            login=login,
            name=name,
            unit_id=unit.unit_id,
            must_change_password=False,
        )
        people[login].password_hash = hash_once()
        grant_role(session, people[login].person_id, role=role, unit_id=unit.unit_id, now=now)
    return Office(root, town, village, people["admin"], people["lixia"])


@pytest.fixture
def office(guarded_db, now):
    with guarded_db.transaction(SYSTEM) as session:
        return build_office(session, now)


def build_app(database, data):
    """The pages of accounts and audit behind the guard."""
    shell = Shell(
        items=(NavItem("accounts.people", "People"), NavItem("accounts.units", "Units")),
        may_open=guard.may_open,
        person=guard.person,
        sign_in="accounts.sign_in",
        sign_out="accounts.sign_out",
    )
    settings = Settings(data=data)
    app = new_app(AppState(settings, database, None), shell)
    app.secret_key = guard.secret_key(settings)
    guard.install(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views_audit.blueprint)
    app.add_url_rule("/", "home", guard.public(lambda: redirect("/account/devices")))
    app.add_url_rule("/unmarked", "unmarked", lambda: "open to nobody")
    return app


@pytest.fixture
def app(guarded_db, office, tmp_path):
    return build_app(guarded_db, tmp_path)


@pytest.fixture
def client(app):
    return app.test_client()
