"""The directory: people, their passwords and roles. Every change lands in the audit log."""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import (
    check_login,
    check_password,
    hash_password,
    matches,
)
from geoapp.accounts.queries import valid_grants
from geoapp.accounts.rules import TOP_ONLY, Role, UnitKind
from geoapp.accounts.services_units import find_unit
from geoapp.accounts.tables import Person, RoleGrant, SignIn
from geoapp.core.errors import Conflict, NotFound, Refused
from geoapp.core.i18n import DEFAULT_LANGUAGE, N_


class PersonMissing(NotFound):
    """There is no such person."""

    code = "accounts.person_missing"
    message = N_("There is no such person.")


class GrantMissing(NotFound):
    """There is no such role grant."""

    code = "accounts.grant_missing"
    message = N_("This person does not have that role.")


class LoginTaken(Conflict):
    """Somebody has this login name already."""

    code = "accounts.login_taken"
    message = N_("The login name %(login)s is taken.")


class RoleHeld(Conflict):
    """The person has the role there already."""

    code = "accounts.role_held"
    message = N_("This person already has that role in that unit.")


class RoleTooHigh(Refused):
    """Administrators look after the whole tree."""

    code = "accounts.role_too_high"
    message = N_("This role can only be given at the top unit or at an inspection office.")


class LastAdministrator(Refused):
    """Without an administrator nobody could mend anything."""

    code = "accounts.last_administrator"
    message = N_("This is the last administrator.")
    hint = N_("Make somebody else an administrator first.")


class OldPasswordWrong(Refused):
    """The present password was asked for and did not fit."""

    code = "accounts.old_password_wrong"
    message = N_("The present password is not right.")


def find_person(session: Session, person_id: uuid.UUID) -> Person:
    """The person, or PersonMissing."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonMissing
    return person


def create_person(  # noqa: PLR0913 - what an account consists of
    session: Session,
    *,
    login: str,
    name: str,
    unit_id: uuid.UUID,
    password: str | None = None,
    phone: str = "",
    language: str = DEFAULT_LANGUAGE,
    must_change_password: bool = True,
    person_id: uuid.UUID | None = None,
) -> Person:
    """Add a person; without a *password* they cannot sign in until one is set."""
    login = check_login(login)
    if session.scalar(select(Person.person_id).where(Person.login == login)):
        raise LoginTaken(login=login)
    find_unit(session, unit_id)
    if password is not None:
        check_password(password, login=login)
    person = Person(
        person_id=person_id or uuid.uuid4(),
        login=login,
        name=name.strip(),
        phone=phone.strip(),
        unit_id=unit_id,
        password_hash=None if password is None else hash_password(password),
        language=language,
        must_change_password=must_change_password,
    )
    session.add(person)
    session.flush()
    return person


def change_person(
    session: Session, person_id: uuid.UUID, *, name: str, phone: str, unit_id: uuid.UUID
) -> Person:
    """Change a person's name, telephone or own unit."""
    person = find_person(session, person_id)
    find_unit(session, unit_id)
    person.name, person.phone, person.unit_id = name.strip(), phone.strip(), unit_id
    session.flush()
    return person


def set_active(session: Session, person_id: uuid.UUID, *, is_active: bool, now: datetime) -> Person:
    """Let a person in again, or shut them out at once on every device."""
    person = find_person(session, person_id)
    if not is_active:
        _keep_an_administrator(session, person_id, now=now)
        end_sign_ins(session, person_id, now=now)
    person.is_active = is_active
    session.flush()
    return person


def set_password(
    session: Session,
    person_id: uuid.UUID,
    *,
    password: str,
    now: datetime,
    must_change: bool = True,
) -> Person:
    """Give a person a new password and end their sign-ins everywhere."""
    person = find_person(session, person_id)
    check_password(password, login=person.login)
    person.password_hash = hash_password(password)
    person.must_change_password = must_change
    end_sign_ins(session, person_id, now=now)
    session.flush()
    return person


def change_password(  # noqa: PLR0913 - old, new, and what stays
    session: Session,
    person_id: uuid.UUID,
    *,
    old: str,
    new: str,
    now: datetime,
    keep: uuid.UUID | None = None,
) -> Person:
    """Change one's own password; ends one's other sign-ins, *keep* stays."""
    person = find_person(session, person_id)
    if not matches(old, person.password_hash):
        raise OldPasswordWrong
    check_password(new, login=person.login)
    person.password_hash = hash_password(new)
    person.must_change_password = False
    end_sign_ins(session, person_id, now=now, keep=keep)
    session.flush()
    return person


def end_sign_ins(
    session: Session, person_id: uuid.UUID, *, now: datetime, keep: uuid.UUID | None = None
) -> None:
    """End every sign-in of a person but *keep*."""
    ending = update(SignIn).where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None))
    if keep is not None:
        ending = ending.where(SignIn.sign_in_id != keep)
    session.execute(ending.values(revoked_at=now))


def grant_role(
    session: Session, person_id: uuid.UUID, *, role: Role, unit_id: uuid.UUID, now: datetime
) -> RoleGrant:
    """Give a person a role in a unit and everything below it, from *now* on."""
    find_person(session, person_id)
    unit = find_unit(session, unit_id)
    is_top = unit.parent_id is None or unit.kind is UnitKind.INSPECTION_OFFICE
    if role in TOP_ONLY and not is_top:
        raise RoleTooHigh
    held = valid_grants(now).where(
        RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.unit_id == unit_id
    )
    if session.scalars(held).first():
        raise RoleHeld
    grant = RoleGrant(person_id=person_id, role=role, unit_id=unit_id, valid_from=now)
    session.add(grant)
    session.flush()
    return grant


def end_grant(
    session: Session, person_id: uuid.UUID, *, role_grant_id: uuid.UUID, now: datetime
) -> RoleGrant:
    """Take a role away from *now* on; the grant stays in the history."""
    grant = session.get(RoleGrant, role_grant_id)
    if grant is None or grant.person_id != person_id or grant.valid_to is not None:
        raise GrantMissing
    if grant.role is Role.ADMIN:
        _keep_an_administrator(session, grant.person_id, now=now)
    grant.valid_to = max(now, grant.valid_from)
    session.flush()
    return grant


def _keep_an_administrator(session: Session, leaving_id: uuid.UUID, *, now: datetime) -> None:
    """Refuse when *leaving_id* is the only active administrator."""
    admins = (
        valid_grants(now)
        .join(Person, Person.person_id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMIN, Person.is_active)
        .with_only_columns(RoleGrant.person_id, maintain_column_froms=True)
        .order_by(None)
    )
    ids = set(session.scalars(admins))
    if ids == {leaving_id}:
        raise LastAdministrator
