"""The desk of points: list beside map, new and edited points; and the table of all addresses."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.rules import Permission, Role, may
from geoapp.accounts.tables import Unit
from geoapp.core.errors import Conflict, Refused
from geoapp.core.i18n import gettext as _
from geoapp.deadlines.rules import shanghai_day
from geoapp.geo.shapes import Box
from geoapp.points import ports, views_map, views_moves, views_point
from geoapp.points.columns import SORT_NAMES
from geoapp.points.forms import filter_from_args, filter_to_args, sort_from_args
from geoapp.points.forms_new import PointForm
from geoapp.points.queries import count_strip, get_point, list_points
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category
from geoapp.points.services import edit_point, report_point
from geoapp.points.tables import AdminArea
from geoapp.web.state import state

blueprint = Blueprint("points", __name__)


@requires(Permission.ACCOUNT_USE)
def home() -> ResponseReturnValue:
    """Lead everybody to where their work is: inspectors to the phone form, others to the desk."""
    on_phone = current_actor().roles == {Role.INSPECTOR}
    return redirect(url_for("field.points" if on_phone else "points.board"))


def _translated(names: Mapping[Any, str]) -> list[tuple[Any, str]]:
    return [(key, _(text)) for key, text in names.items()]


def _choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    units = select(Unit.unit_id, Unit.name).where(Unit.is_active).order_by(Unit.name)
    areas = select(AdminArea.area_id, AdminArea.name).where(AdminArea.level == "town")
    return {
        "units": [(str(key), name) for key, name in session.execute(units)],
        "areas": [
            (str(key), name) for key, name in session.execute(areas.order_by(AdminArea.name))
        ],
    }


@requires(Permission.POINT_READ)
def board() -> ResponseReturnValue:
    """Show the list of points beside their map, with lamps and states counted on top."""
    wanted, sort = filter_from_args(request.args), sort_from_args(request.args)
    now = datetime.now(UTC)
    with reading() as session:
        page = list_points(
            session,
            now=now,
            filter=wanted,
            sort=sort,
            after=request.args.get("after"),
            before=request.args.get("before"),
        )
        strip = count_strip(session, now=now, filter=wanted)
        choices = _choices(session)
    query = filter_to_args(wanted)
    return render_template(
        "points/board.html",
        page=page,
        strip=strip,
        wanted=wanted,
        query=query,
        sort=sort,
        sorts=_translated(SORT_NAMES),
        category_choices=_translated(CATEGORY_NAMES),
        categories=CATEGORY_NAMES,
        states=STATE_NAMES,
        today=shanghai_day(now),
        map_url=f"{url_for('points.frame')}?{urlencode(query)}",
        may_create=may(current_actor(), Permission.POINT_CREATE),
        narrowed=any(wanted.narrow.get(name) for name in ports.NARROWERS),
        **choices,
    )


@requires(Permission.POINT_CREATE)
def new() -> ResponseReturnValue:
    """Register a point at the desk, out of a document."""
    form = PointForm()
    if not form.point_id.data:
        form.point_id.data = str(uuid.uuid4())
    if form.validate_on_submit():
        try:
            point_id = _register(form)
        except (Conflict, Refused) as error:
            flash(str(error), "error")
        else:
            flash(_("The point is registered."), "done")
            return redirect(url_for("points.show", point_id=point_id), 303)
    return _form_page(form, title=_("Register a point"))


def _register(form: PointForm) -> uuid.UUID:
    settings = state().settings
    point_id = uuid.UUID(str(form.point_id.data))
    source = str(form.source.data).strip()
    draft = form.draft(point_id=point_id, source_name=source, source_id=str(point_id))
    with writing() as session:
        point = report_point(
            session,
            draft=draft,
            now=datetime.now(UTC),
            prefix=settings.code_prefix,
            region=Box(*settings.region_box),
        )
        return point.point_id


def _form_page(form: PointForm, *, title: str, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "points/form.html",
        form=form,
        title=title,
        picker_url=url_for("points.picker"),
        **more,
    )
    return page, 422 if form.errors else 200


@requires(Permission.POINT_EDIT)
def edit(point_id: uuid.UUID) -> ResponseReturnValue:
    """Correct the words of a point; its place, state and deadline have ways of their own."""
    with reading() as session:
        point = get_point(session, point_id)
    form = PointForm(obj=None if request.method == "POST" else point)
    absent = ["lon", "lat", "datum", "source", "outside_confirmed", "point_id"]
    if point.category is Category.RIVER_SEGMENT:  # a line stays a river segment
        absent.append("category")
    for name in absent:
        del form[name]
    if not form.validate_on_submit():
        return _form_page(form, title=_("Edit the point"), point=point)
    version = request.form.get("base_version", "")
    with writing() as session:
        edit_point(
            session,
            point_id,
            base_version=int(version) if version.isascii() and version.isdigit() else 0,
            changes=form.changes(),
            now=datetime.now(UTC),
        )
    flash(_("Saved."), "done")
    return redirect(url_for("points.show", point_id=point_id), 303)


ROUTES: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
    ("/", "home", home, ("GET",)),
    ("/points", "board", board, ("GET",)),
    ("/points/map", "frame", views_map.frame, ("GET",)),
    ("/points/picker", "picker", views_map.picker, ("GET",)),
    ("/points/columns.json", "columns", views_map.columns, ("GET",)),
    ("/points/shapes.geojson", "shapes", views_map.shapes, ("GET",)),
    ("/points/new", "new", new, ("GET", "POST")),
    ("/points/<uuid:point_id>", "show", views_point.show, ("GET",)),
    ("/points/<uuid:point_id>/card", "card", views_map.card, ("GET",)),
    ("/points/<uuid:point_id>/edit", "edit", edit, ("GET", "POST")),
    ("/points/<uuid:point_id>/moves", "move", views_moves.move, ("POST",)),
    ("/points/<uuid:point_id>/comments", "comment", views_moves.comment, ("POST",)),
    (
        "/points/<uuid:point_id>/proposals/<uuid:proposal_id>/decision",
        "decide",
        views_moves.decide,
        ("POST",),
    ),
    ("/layers/<name>.geojson", "layer", views_map.layer, ("GET",)),
)
"""Address, endpoint, view, methods."""

for address, endpoint, view, methods in ROUTES:
    blueprint.add_url_rule(address, endpoint, view, methods=methods)
