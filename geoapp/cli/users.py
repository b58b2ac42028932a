"""``geoapp users``: people, their roles and new passwords, for whoever holds the machine."""

from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import make_password
from geoapp.accounts.rules import ROLE_NAMES, SYSTEM, Role
from geoapp.accounts.services import create_person, grant_role, set_password
from geoapp.accounts.tables import Person, RoleGrant, Unit
from geoapp.cli.output import DRY_RUN_DONE, Answer, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core.errors import NotFound
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings


class LoginUnknown(NotFound):
    """Nobody signs in under this name."""

    code = "users.login_unknown"
    message = N_("Nobody has the sign-in name %(login)s.")
    hint = N_("geoapp users list shows all of them.")


class UnitUnknown(NotFound):
    """No unit has this name."""

    code = "users.unit_unknown"
    message = N_("There is no unit %(unit)s.")
    hint = N_("geoapp users units shows all of them.")


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(users)


@click.group()
def users() -> None:
    """Show people and units, add people, set new passwords."""


@users.command(name="list")
@shared_options
def list_people(*, settings: Settings, as_json: bool) -> None:
    """Show everybody who can sign in, with unit and roles."""
    with opened(settings) as state, state.database.reading(SYSTEM) as session:
        people = _people(session)
    lines = [
        "\t".join((login, unit, ", ".join(_(ROLE_NAMES[Role(role)]) for role in roles)))
        for login, unit, _active, roles in people
    ]
    rows = [
        {"login": login, "unit": unit, "active": active, "roles": roles}
        for login, unit, active, roles in people
    ]
    give(Answer(text="\n".join(lines), facts={"people": rows}), as_json=as_json)


def _people(session: Session) -> list[tuple[str, str, bool, list[str]]]:
    people = session.execute(
        select(Person.person_id, Person.login, Unit.name, Person.is_active)
        .join(Unit, Unit.unit_id == Person.unit_id)
        .order_by(Person.login)
    ).all()
    roles: dict[object, list[str]] = {}
    now = datetime.now(UTC)
    current = select(RoleGrant.person_id, RoleGrant.role).where(
        (RoleGrant.valid_to.is_(None)) | (RoleGrant.valid_to > now)
    )
    for person_id, role in session.execute(current):
        roles.setdefault(person_id, []).append(role.value)
    return [
        (login, unit, active, sorted(set(roles.get(person_id, []))))
        for person_id, login, unit, active in people
    ]


@users.command()
@shared_options
def units(*, settings: Settings, as_json: bool) -> None:
    """Show the units."""
    with opened(settings) as state, state.database.reading(SYSTEM) as session:
        names = list(session.scalars(select(Unit.name).order_by(Unit.name)))
    give(Answer(text="\n".join(names), facts={"units": names}), as_json=as_json)


@users.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", required=True, help="Name of their unit.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@dry_run_option
@shared_options
def add(  # noqa: PLR0913 - the options of the command
    login: str,
    *,
    settings: Settings,
    as_json: bool,
    name: str,
    unit: str,
    role: str,
    dry_run: bool,
) -> None:
    """Add LOGIN with one role in their unit; prints a password once."""
    secret = make_password()
    with opened(settings) as state, state.database.transaction(SYSTEM) as session:
        unit_id = session.scalar(select(Unit.unit_id).where(Unit.name == unit))
        if unit_id is None:
            raise UnitUnknown(unit=unit)
        person = create_person(session, login=login, name=name, unit_id=unit_id, password=secret)
        grant_role(
            session, person.person_id, role=Role(role), unit_id=unit_id, now=datetime.now(UTC)
        )
        if dry_run:
            session.rollback()
    _tell(login, secret, as_json=as_json, dry_run=dry_run)


@users.command()
@click.argument("login")
@dry_run_option
@shared_options
def passwd(login: str, *, settings: Settings, as_json: bool, dry_run: bool) -> None:
    """Give LOGIN a new password, print it once, end their sign-ins everywhere."""
    secret = make_password()
    with opened(settings) as state, state.database.transaction(SYSTEM) as session:
        person_id = session.scalar(select(Person.person_id).where(Person.login == login))
        if person_id is None:
            raise LoginUnknown(login=login)
        set_password(session, person_id, password=secret, now=datetime.now(UTC))
        if dry_run:
            session.rollback()
    _tell(login, secret, as_json=as_json, dry_run=dry_run)


def _tell(login: str, secret: str, *, as_json: bool, dry_run: bool) -> None:
    if dry_run:
        give(Answer(text=_(DRY_RUN_DONE), facts={"login": login}), as_json=as_json)
        return
    text = _("%(login)s signs in with %(password)s (shown once).", login=login, password=secret)
    give(Answer(text=text, facts={"login": login, "password": secret}), as_json=as_json)
