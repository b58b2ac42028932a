"""Rows to tell a story with: plain functions, honest defaults, no chance.

The smallest office: ``office = make_office(session)`` has an inspection office at the top, two
towns below it and departments of the first town; ``office.inspector`` and the others are actors
whose people and grants stand in the database. Points come by ``make_point``, in any state.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import shapely
from geoalchemy2 import WKBElement

from geoapp.accounts.queries import units_below
from geoapp.accounts.rules import (
    GRANTS,
    OVERSEEING,
    TOP_ONLY,
    Actor,
    Permission,
    Role,
    UnitKind,
)
from geoapp.accounts.tables import Person, RoleGrant, Unit
from geoapp.deadlines.services import seed_calendar, seed_limits
from geoapp.points.columns import PointDraft
from geoapp.points.rules import TERMINAL_STATES, Category, LocationMethod, State
from geoapp.points.tables import AdminArea, Point, PointGeometry
from geoapp.points.tables_moves import Transition

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
"""Wednesday 2026-03-04, 12:00 in Shanghai."""
LON, LAT = 121.7503, 31.1152  # 祝桥镇


def stored(shape):
    """Return a shapely geometry as a column value."""
    return WKBElement(shapely.to_wkb(shape), srid=4326)


def make_unit(session, name="祝桥镇", *, kind=UnitKind.TOWN, parent=None, short_name=""):
    unit = Unit(
        name=name,
        kind=kind,
        parent_id=parent.unit_id if parent else None,
        short_name=short_name,
    )
    session.add(unit)
    session.flush()
    return unit


def make_person(session, login="wang", *, unit, name=""):
    person = Person(login=login, name=name or login.title(), unit_id=unit.unit_id)
    session.add(person)
    session.flush()
    return person


def make_grant(session, person, role, *, unit, since=NOON - timedelta(days=365)):
    grant = RoleGrant(person_id=person.person_id, role=role, unit_id=unit.unit_id, valid_from=since)
    session.add(grant)
    session.flush()
    return grant


def actor_with(session, *roles, unit, person=None, login="", source="web"):
    """An actor with *roles* in *unit* and below, as a sign-in would make it; the person is made."""
    if person is None:
        person = make_person(session, login or f"person-{uuid.uuid4().hex[:12]}", unit=unit)
    for role in roles:
        make_grant(session, person, role, unit=unit)
    covered = units_below(session, unit.unit_id)
    is_top = unit.parent_id is None or unit.kind is UnitKind.INSPECTION_OFFICE
    return Actor(
        person_id=person.person_id,
        name=person.name,
        unit_id=person.unit_id,
        source=source,
        roles=frozenset(roles),
        scope_unit_ids=covered,
        sees_all=bool(TOP_ONLY & set(roles)) or (is_top and bool(OVERSEEING & set(roles))),
        sees_secret=any(Permission.SECRET_READ in GRANTS[role] for role in roles),
        reach=dict.fromkeys(roles, covered),
    )


@dataclass(frozen=True)
class Office:
    """An inspection office, two towns, units of the first town, and one person a role."""

    top: Unit
    town: Unit
    other_town: Unit
    works: Unit
    """The responsible unit, below the town."""
    office: Unit
    """The accepting unit, below the town."""
    inspector: Actor
    worker: Actor
    planner: Actor
    acceptor: Actor
    admin: Actor
    other_admin: Actor
    stranger: Actor
    """Responsible for a unit of the other town."""


def make_office(session):
    top = make_unit(session, "区督察办", kind=UnitKind.INSPECTION_OFFICE)
    town = make_unit(session, "祝桥镇", parent=top)
    other_town = make_unit(session, "合庆镇", parent=top)
    works = make_unit(session, "市容环卫处", kind=UnitKind.DEPARTMENT, parent=town)
    office = make_unit(session, "生态环境督察处", kind=UnitKind.DEPARTMENT, parent=town)

    def actor(login, role, unit, home=None):
        person = make_person(session, login, unit=home or unit)
        return actor_with(session, role, unit=unit, person=person)

    return Office(
        top=top,
        town=town,
        other_town=other_town,
        works=works,
        office=office,
        inspector=actor("inspector", Role.INSPECTOR, town),
        worker=actor("worker", Role.RESPONSIBLE, works),
        planner=actor("planner", Role.PLANNER, town),
        acceptor=actor("acceptor", Role.ACCEPTOR, office),
        admin=actor("admin", Role.ADMIN, top),
        other_admin=actor("other-admin", Role.ADMIN, top),
        stranger=actor("stranger", Role.RESPONSIBLE, other_town),
    )


def make_calendar(session):
    """The working days and time limits that the program ships."""
    seed_calendar(session)
    seed_limits(session)


def make_area(session, name="祝桥镇", *, code="310115131000", box=None, **columns):
    """A rectangle *box* (west, south, east, north); by default around LON, LAT."""
    columns = {"level": "town", "short_code": "ZQ"} | columns
    edges = box or (LON - 0.05, LAT - 0.05, LON + 0.05, LAT + 0.05)
    outline = shapely.MultiPolygon([shapely.box(*edges)])
    area = AdminArea(name=name, code=code, geom=stored(outline), **columns)
    session.add(area)
    session.flush()
    return area


def point_draft(**changes):
    """What an inspector sends from a phone: a heap of rubble with one photo to follow."""
    honest = {
        "name": "朝航路89号制砖厂",
        "category": Category.BRICK_FACTORY,
        "shape": shapely.Point(LON, LAT),
        "location_method": LocationMethod.GNSS,
        "accuracy_m": 6.0,
        "description": "厂区内露天堆放渣土约三百立方米，未覆盖。",
        "evidence_ids": (uuid.uuid4(),),
    }
    return PointDraft(**honest | changes)


def make_point(session, name="朝航路89号制砖厂", *, lon=LON, lat=LAT, shape=None, **columns):
    """A point in any state, without its past; *columns* are those of the table."""
    shape = shape or shapely.Point(lon, lat)
    state = columns.get("state", State.REPORTED)
    honest = {
        "category": Category.BRICK_FACTORY,
        "description": "厂区内露天堆放渣土约三百立方米，未覆盖。",
        "location_method": LocationMethod.MAP_CLICK,
        "state": state,
        "found_at": NOON - timedelta(days=10),
        "updated_at": NOON,
        "closed_at": NOON if state in TERMINAL_STATES else None,
    }
    point = Point(name=name, geom=stored(shape), **honest | columns)
    session.add(point)
    session.flush()
    session.add(PointGeometry(point_id=point.point_id, geom=point.geom, valid_from=point.found_at))
    session.flush()
    return point


def make_transition(session, point, *, source, target, verb, actor=None, at=NOON, **columns):
    """A line of the past of *point*."""
    honest = {"role": Role.PLANNER.value, "actor_id": None, "unit_id": None}
    if actor is not None:
        honest |= {
            "role": min(actor.roles).value,
            "actor_id": actor.person_id,
            "actor_name": actor.name,
            "unit_id": actor.unit_id,
        }
    row = Transition(
        point_id=point.point_id,
        source=source.value,
        target=target.value,
        verb=verb.value,
        at=at,
        **honest | columns,
    )
    session.add(row)
    session.flush()
    return row
