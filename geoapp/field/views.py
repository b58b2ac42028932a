"""The phone's list and point page; and the table of all addresses of the phone."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires
from geoapp.accounts.rules import Permission, may
from geoapp.accounts.tables import Unit
from geoapp.deadlines.rules import shanghai_day
from geoapp.field import views_new, views_visit
from geoapp.field.columns import CHIP_NAMES
from geoapp.field.forms import wanted_from_args
from geoapp.field.queries import contacts_of, list_lines, spot_of
from geoapp.points import ports
from geoapp.points.queries import get_point, history, point_row
from geoapp.points.rules import CATEGORY_NAMES, RISK_NAMES
from geoapp.points.tables import Point

blueprint = Blueprint("field", __name__)


@requires(Permission.POINT_READ)
def points() -> ResponseReturnValue:
    """Show the list of points to go to."""
    return render_template("field/points.html", chips=CHIP_NAMES, **_lines())


@requires(Permission.POINT_READ)
def items() -> ResponseReturnValue:
    """Answer with lines of the list alone, for the page that knows where the phone is."""
    return render_template("field/_lines.html", **_lines())


def _lines() -> dict[str, Any]:
    wanted = wanted_from_args(request.args)
    now = datetime.now(UTC)
    with reading() as session:
        lines = list_lines(session, wanted=wanted, now=now)
    return {
        "wanted": wanted,
        "lines": lines,
        "categories": CATEGORY_NAMES,
        "today": shanghai_day(now),
        "may_create": may(current_actor(), Permission.POINT_CREATE),
    }


@requires(Permission.POINT_READ)
def point(point_id: uuid.UUID) -> ResponseReturnValue:
    """Show one point: what, where, until when, what is done; and whom to call."""
    now = datetime.now(UTC)
    with reading() as session:
        found = get_point(session, point_id)
        return render_template(
            "field/point.html",
            point=found,
            row=point_row(session, point_id, now=now),
            spot=spot_of(session, found),
            unit_name=_unit_name(session, found),
            contacts=contacts_of(session, found),
            panels=_panels(session, found),
            waiting=[
                entry
                for entry in history(session, point_id)
                if entry.kind == "proposal" and not entry.decision
            ],
            categories=CATEGORY_NAMES,
            risks=RISK_NAMES,
            may_visit=may(current_actor(), Permission.VISIT_RECORD),
            is_new="new" in request.args,
        )


def _unit_name(session: Session, found: Point) -> str:
    unit = session.get(Unit, found.responsible_unit_id) if found.responsible_unit_id else None
    return unit.name if unit else ""


def _panels(session: Session, found: Point) -> list[dict[str, Any]]:
    actor = current_actor()
    return [
        {
            "key": panel.key,
            "title": panel.title,
            "html": Markup(  # noqa: S704 - a template of ours, escaped by itself
                render_template(panel.template, **panel.load(session, found, actor), point=found)
            ),
        }
        for panel in ports.PANELS
    ]


ADDRESSES = (
    ("/field", "points", points, ("GET",)),
    ("/field/items", "items", items, ("GET",)),
    ("/field/points/<uuid:point_id>", "point", point, ("GET",)),
    ("/field/points/<uuid:point_id>/visit", "visit", views_visit.visit, ("GET",)),
    ("/field/points/<uuid:point_id>/visits", "record", views_visit.record, ("POST",)),
    ("/field/receipts/<uuid:visit_id>", "receipt", views_visit.receipt, ("GET",)),
    ("/field/new", "new_point", views_new.new_point, ("GET",)),
    ("/field/points", "report", views_new.report, ("POST",)),
    ("/field/nearby", "nearby", views_new.nearby, ("GET",)),
)
for _rule, _name, _view, _methods in ADDRESSES:
    blueprint.add_url_rule(_rule, _name, _view, methods=list(_methods))
