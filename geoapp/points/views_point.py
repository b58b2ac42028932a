"""The page of one point, also as the answer to a move that was refused on it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from geoalchemy2.shape import to_shape
from markupsafe import Markup
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from geoapp.accounts.guard import current_actor, reading, requires
from geoapp.accounts.rules import ROLE_NAMES, Permission, Role, may
from geoapp.accounts.tables import Person, RoleGrant, Unit
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.deadlines.rules import REASON_TEXTS
from geoapp.points import ports
from geoapp.points.columns import HistoryEntry
from geoapp.points.columns_details import told
from geoapp.points.forms_moves import (
    STANDARD_TEXTS,
    fields_of,
    unanswerable,
    wanted_fields,
)
from geoapp.points.protocol import NEED_TEXTS, VERB_NAMES, Need
from geoapp.points.queries import get_point, history, point_row
from geoapp.points.queries_lamp import lamp_reading
from geoapp.points.rules import (
    CATEGORY_NAMES,
    RISK_NAMES,
    STATE_NAMES,
    SUBSTANTIATION_NAMES,
    TERMINAL_STATES,
)
from geoapp.points.services import offers
from geoapp.points.tables import Point

NAMES: dict[str, Mapping[Any, str]] = {
    "categories": CATEGORY_NAMES,
    "needs": NEED_TEXTS,
    "risks": RISK_NAMES,
    "roles": ROLE_NAMES,
    "states": STATE_NAMES,
    "substantiations": SUBSTANTIATION_NAMES,
    "verbs": VERB_NAMES,
}


PANEL_OF_NEED: dict[Need, str] = {
    Need.MEASURES: "measures",
    Need.MEASURES_DONE: "measures",
    Need.PHOTO: "photos",
    Need.TWO_PHOTOS: "photos",
    Need.AFTER_PHOTOS: "photos",
    Need.RELAPSE_PHOTO: "photos",
    Need.VISIT: "visits",
    Need.RECENT_VISIT: "visits",
}
"""Which block of the page shows what there is for a need, if its floor is plugged in."""
AROUND_DEG = 0.004  # some 400 m: the point among its neighbours


@dataclass(frozen=True)
class Failed:
    """A change that was refused: of which form (a verb, a proposal, the comment), and why."""

    form: str
    error: DomainError
    given: MultiDict[str, str] = field(default_factory=MultiDict)


def translated(names: Mapping[Any, str]) -> list[tuple[Any, str]]:
    """Return *names* as choices in the reader's language."""
    return [(key, _(text)) for key, text in names.items()]


def _units(session: Session, point: Point) -> list[tuple[str, str]]:
    """Return the units to choose from by id, and those that the point names already."""
    named = {
        point.responsible_unit_id,
        point.accepting_unit_id,
        point.territorial_unit_id,
        point.reporting_unit_id,
    } - {None}
    wanted = or_(Unit.is_active, Unit.unit_id.in_(named))
    query = select(Unit.unit_id, Unit.name).where(wanted).order_by(Unit.name)
    return [(str(unit_id), name) for unit_id, name in session.execute(query)]


def _inspectors(session: Session) -> list[tuple[str, str]]:
    """Return everybody who inspects now, with their unit, to put the point on their list."""
    now = func.now()
    query = (
        select(Person.person_id, Person.name, Unit.name)
        .join(RoleGrant, RoleGrant.person_id == Person.person_id)
        .join(Unit, Unit.unit_id == Person.unit_id)
        .where(RoleGrant.role == Role.INSPECTOR, Person.is_active, RoleGrant.valid_from <= now)
        .where(or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > now))
        .order_by(Unit.name, Person.name)
        .distinct()
    )
    return [(str(key), f"{name} · {unit}") for key, name, unit in session.execute(query)]


def _panels(session: Session, point: Point) -> list[dict[str, Any]]:
    actor = current_actor()
    return [
        {
            "key": panel.key,
            "title": panel.title,
            "html": Markup(  # noqa: S704 - a template of ours, escaped by itself
                render_template(panel.template, **panel.load(session, point, actor), point=point)
            ),
        }
        for panel in ports.PANELS
    ]


def _moves(session: Session, point: Point, now: datetime) -> list[dict[str, Any]]:
    """Return every move with its fields, and what it still lacks on the page and off it."""
    roles = current_actor().roles
    return [
        {
            "offer": offer,
            "verb": offer.move.verb,
            "fields": fields_of(offer.move.needs),
            "wanted": wanted_fields(offer.missing),
            "lacking": unanswerable(offer.missing),
            "has_role": not roles.isdisjoint(offer.move.roles),
            "is_final": offer.move.target in TERMINAL_STATES,
        }
        for offer in offers(session, point, now)
    ]


def _main_point(session: Session, point: Point) -> Point | None:
    if point.main_point_id is None:
        return None
    return session.scalar(select(Point).where(Point.point_id == point.main_point_id))


def _past(session: Session, point: Point, units: dict[str, str]) -> list[HistoryEntry]:
    """Return the past, with the details of each move in words."""
    return [
        replace(entry, details=dict(told(entry.details, units)))
        for entry in history(session, point.point_id)
    ]


def render_point(
    session: Session, point_id: uuid.UUID, *, now: datetime, failed: Failed | None = None
) -> str:
    """Draw the page of a point: what, where, its measures and photos, its moves, its past."""
    point = get_point(session, point_id)
    actor = current_actor()
    place = to_shape(point.geom).representative_point()
    units = dict(_units(session, point))
    past = _past(session, point, units)
    return render_template(
        "points/show.html",
        point=point,
        row=point_row(session, point_id, now=now),
        reading=lamp_reading(session, point, now=now),
        reasons=REASON_TEXTS,
        lon=place.x,
        lat=place.y,
        around=_around(place.x, place.y),
        main_point=_main_point(session, point),
        units=units,
        inspectors=_inspectors(session),
        moves=_moves(session, point, now),
        failed=failed,
        waiting=[entry for entry in past if entry.kind == "proposal" and not entry.decision],
        actor=actor,
        history=past,
        panels=_panels(session, point),
        names=NAMES,
        panel_of=PANEL_OF_NEED,
        translated=translated,
        standards=STANDARD_TEXTS,
        may_comment=may(actor, Permission.POINT_COMMENT),
        may_edit=may(actor, Permission.POINT_EDIT),
    )


def _around(lon: float, lat: float) -> str:
    """Return the box of the small map: what lies about the point is shown too."""
    edges = (lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG)
    return ",".join(f"{edge:.6f}" for edge in edges)


@requires(Permission.POINT_READ)
def show(point_id: uuid.UUID) -> ResponseReturnValue:
    """Show one point."""
    with reading() as session:
        return render_point(session, point_id, now=datetime.now(UTC))
