"""The tree of units: everybody may look, the administrator changes it."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geoapp.accounts.forms import UnitForm
from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.queries import UnitRow, unit_tree
from geoapp.accounts.rules import UNIT_KIND_NAMES, Permission, may
from geoapp.accounts.services_units import change_unit, create_unit, find_unit
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.web.errors import status_of


@requires(Permission.UNIT_READ)
def units() -> ResponseReturnValue:
    """Show the tree, with the liaison of each unit."""
    return render_template(
        "accounts/units.html",
        tree=_tree(),
        kind_names=UNIT_KIND_NAMES,
        may_change=may(current_actor(), Permission.UNIT_MANAGE),
    )


def _tree() -> list[UnitRow]:
    with reading() as session:
        return unit_tree(session)


def _values(form: UnitForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "short_name": form.short_name.data or "",
        "kind": form.kind.data,
        "parent_id": form.parent_id.data,
        "area_code": form.area_code.data or None,
        "liaison_name": form.liaison_name.data or "",
        "liaison_phone": form.liaison_phone.data or "",
    }


@requires(Permission.UNIT_MANAGE)
def new_unit() -> ResponseReturnValue:
    """Add a unit."""
    form = UnitForm(_tree(), parent_id=request.args.get("parent", ""), is_active=True)
    if not form.validate_on_submit():
        return _form(form, None, 422 if form.is_submitted() else 200)
    try:
        with writing() as session:
            create_unit(session, **_values(form))
    except DomainError as error:
        flash(str(error), "error")
        return _form(form, None, status_of(type(error)))
    flash(_("Saved."), "done")
    return redirect(url_for("accounts.units"), 303)


@requires(Permission.UNIT_MANAGE)
def unit(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Change a unit, or move it in the tree."""
    with reading() as session:
        found = find_unit(session, unit_id)
    form = UnitForm(_tree(), obj=found)
    if not form.validate_on_submit():
        return _form(form, found, 422 if form.is_submitted() else 200)
    try:
        with writing() as session:
            change_unit(session, unit_id, is_active=form.is_active.data, **_values(form))
    except DomainError as error:
        flash(str(error), "error")
        return _form(form, found, status_of(type(error)))
    flash(_("Saved."), "done")
    return redirect(url_for("accounts.units"), 303)


def _form(form: UnitForm, found: Any, status: int) -> ResponseReturnValue:
    return render_template("accounts/unit.html", form=form, unit=found), status


def add_addresses(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/units", view_func=units)
    blueprint.add_url_rule("/units/new", view_func=new_unit, methods=both)
    blueprint.add_url_rule("/units/<uuid:unit_id>", view_func=unit, methods=both)
