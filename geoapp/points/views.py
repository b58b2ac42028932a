"""The desk of points: list beside map, new and edited points; and the table of all addresses."""

import uuid
from dataclasses import replace
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
from geoapp.geo.shapes import Box
from geoapp.points import views_map, views_moves, views_point
from geoapp.points.columns import SORT_NAMES, PointFilter, PointSort, Strip
from geoapp.points.forms import filter_from_args, filter_to_args, sort_from_args
from geoapp.points.forms_new import PointForm
from geoapp.points.queries import count_strip, get_point, list_points
from geoapp.points.queries_lamp import first_predicted_day
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category
from geoapp.points.rules_refusals import PointChanged
from geoapp.points.services import edit_point, report_point
from geoapp.points.tables import AdminArea
from geoapp.points.views_point import translated
from geoapp.web.errors import status_of
from geoapp.web.paging import Page
from geoapp.web.state import state

blueprint = Blueprint("points", __name__)


@requires(Permission.ACCOUNT_USE)
def home() -> ResponseReturnValue:
    """Lead everybody to where their work is: inspectors to the phone form, others to the desk."""
    on_phone = current_actor().roles == {Role.INSPECTOR}
    return redirect(url_for("field.points" if on_phone else "points.board"))


def _choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    units = select(Unit.unit_id, Unit.name).where(Unit.is_active).order_by(Unit.name)
    areas = select(AdminArea.area_id, AdminArea.name).where(AdminArea.level == "town")
    return {
        "units": [(str(key), name) for key, name in session.execute(units)],
        "areas": [
            (str(key), name) for key, name in session.execute(areas.order_by(AdminArea.name))
        ],
    }


def _count(session: Session, wanted: PointFilter, now: datetime) -> tuple[Strip, Strip]:
    """Count lamps whatever lamp is chosen, and states whatever state: so one can change over."""
    free = replace(wanted, states=frozenset())
    states = count_strip(session, now=now, filter=free)
    if not wanted.lamps:
        return states, states
    return count_strip(session, now=now, filter=replace(free, lamps=frozenset())), states


def _list(session: Session, wanted: PointFilter, sort: PointSort, now: datetime) -> Page:
    after, before = request.args.get("after"), request.args.get("before")
    return list_points(session, now=now, filter=wanted, sort=sort, after=after, before=before)


@requires(Permission.POINT_READ)
def board() -> ResponseReturnValue:
    """Show the list of points beside their map, with lamps and states counted on top."""
    wanted, sort = filter_from_args(request.args), sort_from_args(request.args)
    now = datetime.now(UTC)
    with reading() as session:
        page = _list(session, wanted, sort, now)
        lamps, states = _count(session, wanted, now)
        predicted_from = first_predicted_day(session, now=now)
        choices = _choices(session)
    query = filter_to_args(wanted)
    total = sum(count for state, count in states.states.items() if state in wanted.states)
    return render_template(
        "points/board.html",
        page=replace(page, total=total if wanted.states else states.total),
        lamps=lamps,
        states=states,
        wanted=wanted,
        query=query,
        sort=sort,
        sorts=translated(SORT_NAMES),
        category_choices=translated(CATEGORY_NAMES),
        categories=CATEGORY_NAMES,
        state_names=STATE_NAMES,
        predicted_from=predicted_from,
        map_url=f"{url_for('points.frame')}?{urlencode(query)}",
        may_create=may(current_actor(), Permission.POINT_CREATE),
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
            page = _form_page(form, title=_("Register a point"))
            return page[0], status_of(type(error))
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


def _form_page(form: PointForm, *, title: str, **more: Any) -> tuple[str, int]:
    page = render_template(
        "points/form.html",
        form=form,
        title=title,
        picker_url=url_for("points.picker"),
        **{"theirs": [], **more},
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
    title = _("Edit the point")
    if not form.validate_on_submit():
        return _form_page(form, title=title, point=point)
    try:
        _save(point_id, form)
    except PointChanged as error:
        # what was typed stays; sent again, it is meant to replace what the others wrote
        flash(str(error), "error")
        theirs = form.differences(point)
        page = _form_page(form, title=title, point=point, theirs=theirs)
        return page[0], status_of(PointChanged)
    flash(_("Saved."), "done")
    return redirect(url_for("points.show", point_id=point_id), 303)


def _save(point_id: uuid.UUID, form: PointForm) -> None:
    version = request.form.get("base_version", "")
    with writing() as session:
        edit_point(
            session,
            point_id,
            base_version=int(version) if version.isascii() and version.isdigit() else 0,
            changes=form.changes(),
            now=datetime.now(UTC),
        )


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
