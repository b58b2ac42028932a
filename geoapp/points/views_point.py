"""The page of one point, also as the answer to a move that was refused on it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from geoalchemy2.shape import to_shape
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires
from geoapp.accounts.rules import Permission, may
from geoapp.accounts.tables import Unit
from geoapp.core.errors import DomainError
from geoapp.points import ports
from geoapp.points.forms_moves import FIELDS_OF_NEED, STANDARD_TEXTS, fields_of
from geoapp.points.protocol import NEED_TEXTS, VERB_NAMES
from geoapp.points.queries import get_point, history, point_row
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
    "states": STATE_NAMES,
    "substantiations": SUBSTANTIATION_NAMES,
    "verbs": VERB_NAMES,
}


@dataclass(frozen=True)
class Failed:
    """A move that was refused: which, with what was typed, and why."""

    verb: str
    error: DomainError
    given: Mapping[str, str] = field(default_factory=dict)


def _units(session: Session) -> list[tuple[str, str]]:
    query = select(Unit.unit_id, Unit.name).where(Unit.is_active).order_by(Unit.name)
    return [(str(unit_id), name) for unit_id, name in session.execute(query)]


def _panels(session: Session, point: Point) -> list[dict[str, Any]]:
    actor = current_actor()
    return [
        {
            "title": panel.title,
            "html": Markup(  # noqa: S704 - a template of ours, escaped by itself
                render_template(panel.template, **panel.load(session, point, actor), point=point)
            ),
        }
        for panel in ports.PANELS
    ]


def _moves(session: Session, point: Point, now: datetime) -> list[dict[str, Any]]:
    """Return every move with its fields, and what no field on the page can give."""
    return [
        {
            "offer": offer,
            "fields": fields_of(offer.move.needs),
            "lacking": [need for need in offer.missing if need not in FIELDS_OF_NEED],
        }
        for offer in offers(session, point, now)
    ]


def _unit_names(session: Session, point: Point) -> dict[uuid.UUID, str]:
    ids = {
        point.responsible_unit_id,
        point.accepting_unit_id,
        point.territorial_unit_id,
        point.reporting_unit_id,
    } - {None}
    found = session.execute(select(Unit.unit_id, Unit.name).where(Unit.unit_id.in_(ids)))
    return {unit_id: name for unit_id, name in found}  # noqa: C416 - rows are not pairs to mypy


def render_point(
    session: Session, point_id: uuid.UUID, *, now: datetime, failed: Failed | None = None
) -> str:
    """Draw the page of a point: what, where, its measures and photos, its moves, its past."""
    point = get_point(session, point_id)
    actor = current_actor()
    place = to_shape(point.geom).representative_point()
    past = history(session, point_id)
    return render_template(
        "points/show.html",
        point=point,
        row=point_row(session, point_id, now=now),
        lon=place.x,
        lat=place.y,
        unit_names=_unit_names(session, point),
        units=_units(session),
        moves=_moves(session, point, now),
        failed=failed,
        waiting=[entry for entry in past if entry.kind == "proposal" and not entry.decision],
        actor=actor,
        history=past,
        panels=_panels(session, point),
        names=NAMES,
        standards=STANDARD_TEXTS,
        is_over=point.state in TERMINAL_STATES,
        may_comment=may(actor, Permission.POINT_COMMENT),
        may_edit=may(actor, Permission.POINT_EDIT),
    )


@requires(Permission.POINT_READ)
def show(point_id: uuid.UUID) -> ResponseReturnValue:
    """Show one point."""
    with reading() as session:
        return render_point(session, point_id, now=datetime.now(UTC))
