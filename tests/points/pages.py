"""Points of one office for the tests of its pages."""

from datetime import UTC, datetime, timedelta

from geoapp.accounts.rules import SYSTEM
from geoapp.points.rules import State
from geoapp.points.tables import Point
from tests.support.factories import make_point


def put(session, office, name="朝航路89号制砖厂", **columns):
    honest = {
        "code": "PDZQ-2026-BRK-0001",
        "territorial_unit_id": office.town.unit_id,
        "updated_at": datetime.now(UTC),
    }
    return make_point(session, name, **honest | columns)


def work(session, office, state=State.RECTIFYING, **columns):
    """A point in the hands of the works, with the acceptor named."""
    mine = {
        "responsible_unit_id": office.works.unit_id,
        "accepting_unit_id": office.office.unit_id,
        "state": state,
        "due_on": datetime.now(UTC).date() + timedelta(days=60),
    }
    return put(session, office, **mine | columns)


def stored(db, point):
    with db.reading(SYSTEM) as session:
        return session.get_one(Point, point.point_id)


def page_of(point, tail=""):
    return f"/points/{point.point_id}{tail}"
