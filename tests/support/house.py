"""The whole product, furnished: every page has something to show, every role has a person."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from geoapp.accounts.rules import SYSTEM, Actor, Permission, Role
from geoapp.accounts.services_sign_in import open_sign_in
from geoapp.accounts.tables import Person, RoleGrant, SignIn
from geoapp.app import PLUGS, create_app
from geoapp.core.blobs import open_store
from geoapp.core.database import Database
from geoapp.core.settings import Settings
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.services import seed
from geoapp.intake.readers_ledger import LedgerOptions, read_ledger
from geoapp.intake.rules_ledger_import import LedgerTarget
from geoapp.intake.services_ledger import import_ledger
from geoapp.ledger.tables import Measure, PlaceCandidate
from geoapp.points import ports
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.visits.services import record_visit
from geoapp.visits.tables import Evidence
from tests.support.factories import (
    LAT,
    LON,
    Office,
    actor_with,
    make_area,
    make_office,
    make_point,
    make_transition,
)
from tests.support.ledgers import FULL, write_xlsx
from tests.support.site_photos import site_photo
from tests.support.visits import photo_upload, visit_draft

HTML = {"Accept": "text/html"}
METHODS_THAT_READ = frozenset({"GET", "HEAD", "OPTIONS"})
MARKUP = "<img src=x onerror=alert(1)>"
"""Stands in names and texts of the furnished house: letters, wherever it is shown."""
STEP = 0.0005  # degrees between two points, some 50 m


@dataclass
class House:
    """The app with its database, one actor a role, and an id for each hole in an address."""

    app: Flask
    database: Database
    office: Office
    actors: dict[Role, Actor]
    ids: dict[str, object] = field(default_factory=dict)

    @property
    def rules(self) -> list[Rule]:
        return sorted(self.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))

    def permission(self, rule: Rule) -> object:
        return getattr(self.app.view_functions[rule.endpoint], "permission", None)

    def address(self, rule: Rule) -> str:
        """The path of *rule* with its holes filled; unknown ids are those of nothing."""
        values = {name: self.ids.get(name, uuid.UUID(int=7)) for name in rule.arguments}
        with self.app.test_request_context():
            return self.app.url_map.bind("localhost").build(rule.endpoint, values)

    def token(self, role: Role) -> str:
        """Sign the person of *role* in without the page and its costly password."""
        with self.database.transaction(SYSTEM) as session:
            person = session.get_one(Person, self.actors[role].person_id)
            return open_sign_in(session, person, now=datetime.now(UTC), device="test").token

    def client(self, role: Role | None = None):
        """A browser without a window, signed in as *role*."""
        client = self.app.test_client()
        if role is not None:
            client.set_cookie("geoapp", self.token(role))
        return client

    def opens(self) -> Iterator[tuple[Rule, Permission]]:
        """Every address that is read and not public, with what it asks for."""
        for rule in self.rules:
            permission = self.permission(rule)
            if "GET" in rule.methods and isinstance(permission, Permission):
                yield rule, permission


def furnish(settings: Settings, database: Database) -> House:
    """Fill an empty migrated *database* (1 s: the calendar, a ledger, a visit with a photo)."""
    blobs = open_store(settings)
    now = datetime.now(UTC)
    seed(database)
    app = create_app(settings, database=database, blobs=blobs)
    app.testing = True
    with database.transaction(SYSTEM) as session:
        make_area(session)
        office = make_office(session)
        home = {"unit": office.town}
        actors = {
            Role.INSPECTOR: office.inspector,
            Role.RESPONSIBLE: office.worker,
            Role.PLANNER: office.planner,
            Role.ACCEPTOR: office.acceptor,
            Role.ADMIN: office.admin,
            Role.BRIEFING: actor_with(session, Role.BRIEFING, login="briefing", **home),
            Role.ADVISER: actor_with(session, Role.ADVISER, login="adviser", **home),
        }
        point = _brickworks(session, office, now)
        office.works.short_name = f"环卫{MARKUP}"
        add_points(session, office, count=3)
        point_id = point.point_id
    house = House(app, database, office, actors)
    house.ids |= {"point_id": point_id, "unit_id": office.works.unit_id, "name": "towns"}
    add_ledger(house, settings)
    _visit(house, point, blobs, now)
    house.token(Role.ADMIN)
    with database.reading(SYSTEM) as session:
        house.ids |= {
            "person_id": office.inspector.person_id,
            "sign_in_id": session.scalars(select(SignIn.sign_in_id)).first(),
            "role_grant_id": session.scalars(select(RoleGrant.role_grant_id)).first(),
            "evidence_id": session.scalars(select(Evidence.evidence_id)).first(),
            "candidate_id": session.scalars(select(PlaceCandidate.candidate_id)).first(),
            "measure_id": session.scalars(select(Measure.measure_id)).first(),
        }
    return house


def open_house(house: House) -> House:
    """Plug the upper floors in again: tests of points unplug them."""
    ports.plug_in(PLUGS)
    return house


def _brickworks(session, office, now):
    point = make_point(
        session,
        code="PDZQ-2026-BRK-0001",
        address=f"朝航路89号{MARKUP}",
        state=State.RECTIFYING,
        responsible_unit_id=office.works.unit_id,
        accepting_unit_id=office.office.unit_id,
        territorial_unit_id=office.town.unit_id,
        inspector_id=office.inspector.person_id,
        started_on=(now - timedelta(days=3)).date(),
        due_on=(now + timedelta(days=60)).date(),
        updated_at=now - timedelta(days=1),
    )
    make_transition(
        session,
        point,
        source=State.ASSIGNED,
        target=State.RECTIFYING,
        verb=Verb.FIX_AT_ONCE,
        actor=office.worker,
        at=now - timedelta(days=3),
    )
    return point


def add_points(session, office, *, count):
    """More points of the town, on the inspector's list."""
    for number in range(count):
        make_point(
            session,
            f"点位 {number} {MARKUP}",
            lon=LON + STEP * (number % 20),
            lat=LAT + STEP * (1 + number // 20),
            state=State.ASSIGNED,
            responsible_unit_id=office.works.unit_id,
            territorial_unit_id=office.town.unit_id,
            inspector_id=office.inspector.person_id,
        )


def add_ledger(house, settings, table=FULL, *, may_update=False):
    """Import *table*; its campaign is the one that pages show."""
    path = write_xlsx(table, settings.data / "ledger.xlsx")
    read = read_ledger(path, options=LedgerOptions(year=2024), calendar=shipped_calendar())
    with house.database.transaction(SYSTEM) as session:
        target = LedgerTarget(may_update=may_update)
        done = import_ledger(session, file=read, target=target, now=datetime.now(UTC))
        house.ids["campaign_id"] = done.campaign_id


def _visit(house, point, blobs, now):
    began = now - timedelta(minutes=20)
    draft = replace(visit_draft(point), started_at=began, ended_at=now)
    photo = photo_upload(payload=site_photo(taken_at=began, lon=LON, lat=LAT))
    with house.database.transaction(house.actors[Role.INSPECTOR]) as session:
        visit = record_visit(session, draft=draft, photos=[photo], now=now, blobs=blobs)
        house.ids["visit_id"] = visit.visit_id
