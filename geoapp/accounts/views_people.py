"""People for the administrator: list, create, change, new password, shut out, roles."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geoapp.accounts import queries
from geoapp.accounts.forms import GrantForm, NewPersonForm, PersonForm
from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.protocol import make_password
from geoapp.accounts.queries import UnitRow, grants_of, open_sign_ins, unit_tree
from geoapp.accounts.rules import ROLE_NAMES, Permission
from geoapp.accounts.services import (
    change_person,
    create_person,
    end_grant,
    find_person,
    grant_role,
    set_active,
    set_password,
)
from geoapp.accounts.tables import Person
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.web.errors import status_of
from geoapp.web.paging import Key, read_page

LONGEST_SEARCH = 60
ORDER = [Key(Person.name), Key(Person.person_id)]


@requires(Permission.USER_MANAGE)
def people() -> ResponseReturnValue:
    """List the people, with their units and roles."""
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with reading() as session:
        page = read_page(
            session,
            queries.people(search),
            keys=ORDER,
            after=request.args.get("after"),
            before=request.args.get("before"),
        )
        ids = [person.person_id for person in page.rows]
        grants = grants_of(session, ids, datetime.now(UTC))
    return render_template(
        "accounts/people.html", page=page, grants=grants, search=search, role_names=ROLE_NAMES
    )


def _tree() -> list[UnitRow]:
    with reading() as session:
        return unit_tree(session, active_only=True)


@requires(Permission.USER_MANAGE)
def new_person() -> ResponseReturnValue:
    """Add a person with a first role; shows the random password once."""
    form, secret = NewPersonForm(_tree()), make_password()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("accounts/new_person.html", form=form), status
    try:
        with writing() as session:
            person = create_person(
                session,
                login=str(form.login.data),
                name=str(form.name.data),
                phone=form.phone.data or "",
                unit_id=form.unit_id.data,
                language=form.language.data,
                password=secret,
            )
            grant_role(
                session,
                person.person_id,
                role=form.role.data,
                unit_id=form.unit_id.data,
                now=datetime.now(UTC),
            )
    except DomainError as error:
        flash(str(error), "error")
        return render_template("accounts/new_person.html", form=form), status_of(type(error))
    return render_template("accounts/new_password.html", account=person, password=secret), 201


@requires(Permission.USER_MANAGE)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show one person; POST changes name, telephone and unit."""
    if request.method == "POST":
        return _change(person_id)
    return _show(person_id)


def _show(person_id: uuid.UUID, form: Any = None, status: int = 200) -> ResponseReturnValue:
    now = datetime.now(UTC)
    with reading() as session:
        found = find_person(session, person_id)
        tree = unit_tree(session, active_only=True)
        grants = grants_of(session, [person_id], now)[person_id]
        devices = list(session.scalars(open_sign_ins(person_id, now)))
    page = render_template(
        "accounts/person.html",
        account=found,
        form=form or PersonForm(tree, obj=found, formdata=None),
        grant_form=GrantForm(tree, unit_id=found.unit_id, formdata=None),
        grants=grants,
        devices=devices,
        role_names=ROLE_NAMES,
        is_self=found.person_id == current_actor().person_id,
    )
    return page, status


def _change(person_id: uuid.UUID) -> ResponseReturnValue:
    form = PersonForm(_tree())
    if not form.validate():
        return _show(person_id, form, 422)
    change = partial(
        change_person,
        name=str(form.name.data),
        phone=form.phone.data or "",
        unit_id=form.unit_id.data,
    )
    return _do(person_id, change, _("Saved."))


def _do(person_id: uuid.UUID, change: Callable[..., object], done: str) -> ResponseReturnValue:
    """Do *change* in a transaction; back on the person's page say *done*, or why not."""
    try:
        with writing() as session:
            change(session, person_id)
    except DomainError as error:
        flash(str(error), "error")
        return _show(person_id, status=status_of(type(error)))
    flash(done, "done")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@requires(Permission.USER_MANAGE)
def reset_password(person_id: uuid.UUID) -> ResponseReturnValue:
    """Give a person a new random password, shown once, and sign them out everywhere."""
    secret = make_password()
    with writing() as session:
        found = set_password(session, person_id, password=secret, now=datetime.now(UTC))
    return render_template("accounts/new_password.html", account=found, password=secret), 201


@requires(Permission.USER_MANAGE)
def activate(person_id: uuid.UUID) -> ResponseReturnValue:
    """Let a person in again, or shut them out."""
    is_active = request.form.get("is_active") == "1"
    change = partial(set_active, is_active=is_active, now=datetime.now(UTC))
    done = _("The person can sign in again.") if is_active else _("The person is shut out.")
    return _do(person_id, change, done)


@requires(Permission.USER_MANAGE)
def grant(person_id: uuid.UUID) -> ResponseReturnValue:
    """Give a person a role."""
    form = GrantForm(_tree())
    if not form.validate():
        return _show(person_id, status=422)
    change = partial(
        grant_role, role=form.role.data, unit_id=form.unit_id.data, now=datetime.now(UTC)
    )
    return _do(person_id, change, _("The role is given."))


@requires(Permission.USER_MANAGE)
def take_grant(person_id: uuid.UUID, role_grant_id: uuid.UUID) -> ResponseReturnValue:
    """Take a role away."""
    change = partial(end_grant, role_grant_id=role_grant_id, now=datetime.now(UTC))
    return _do(person_id, change, _("The role is taken away."))


def add_addresses(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    one = "/people/<uuid:person_id>"
    post, both = ["POST"], ["GET", "POST"]
    blueprint.add_url_rule("/people", view_func=people)
    blueprint.add_url_rule("/people/new", view_func=new_person, methods=both)
    blueprint.add_url_rule(one, view_func=person, methods=both)
    blueprint.add_url_rule(f"{one}/passwords", view_func=reset_password, methods=post)
    blueprint.add_url_rule(f"{one}/activations", view_func=activate, methods=post)
    blueprint.add_url_rule(f"{one}/grants", view_func=grant, methods=post)
    blueprint.add_url_rule(
        f"{one}/grants/<uuid:role_grant_id>/ends", view_func=take_grant, methods=post
    )
