"""The door: trying, signing in, signing out. Wrong tries are counted before they are judged."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Interval, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.accounts.protocol import (
    DOUBLINGS,
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    TRIES_A_LOGIN,
    TRIES_AN_ADDRESS,
    address_prefix,
    clean_login,
    hash_password,
    hash_token,
    make_token,
    matches,
    needs_rehash,
    subject_of_address,
    subject_of_login,
)
from geoapp.accounts.queries import person_by_login
from geoapp.accounts.rules import SYSTEM, Actor
from geoapp.accounts.tables import Person, SignIn, SignInAttempt
from geoapp.audit.services import record
from geoapp.core.errors import Refused, TooMany
from geoapp.core.i18n import N_

LIFETIME = timedelta(hours=12)  # settings.session_hours says otherwise
SEEN_EVERY = timedelta(minutes=5)  # a write a request would be dear, and nobody needs the second
SIGN_INS_KEPT = timedelta(days=180)  # ended ones, for the list of a person's devices
LONGEST_LABEL = 80


class TooManyTries(TooMany):
    """Wrong passwords for this login or from this address; the wait doubles."""

    code = "accounts.too_many_tries"
    message = N_("Too many wrong tries. Wait %(seconds)s seconds and try again.")
    hint = N_("If you have forgotten your password, ask the administrator for a new one.")


class WrongCredentials(Refused):
    """Login or password is wrong; which one is not said."""

    code = "accounts.wrong_credentials"
    message = N_("The login name or the password is wrong.")
    hint = N_("Check the input method (half-width letters) and the caps lock key.")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A try that has been counted and may go on to the password; made by ``admit`` only."""

    login: str
    address: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """What a successful sign-in hands to the browser, once."""

    token: str
    sign_in_id: uuid.UUID
    person_id: uuid.UUID
    language: str
    expires_at: datetime
    must_change_password: bool


def admit(session: Session, *, login: str, address: str, now: datetime) -> Attempt:
    """Count a try before its password is looked at; commit it, then call ``sign_in``.

    In a transaction of its own, so that a wrong password rolls nothing back and tries at the
    same time cannot all slip through.

    Raises:
        TooManyTries: with the *seconds* to wait; the refused try is not counted.
    """
    _count(session, subject_of_login(login), free=TRIES_A_LOGIN, now=now)
    _count(session, subject_of_address(address), free=TRIES_AN_ADDRESS, now=now)
    return Attempt(login=clean_login(login), address=address, at=now)


def _count(session: Session, subject: str, *, free: int, now: datetime) -> None:
    """One atomic statement: count, and block when *free* tries are used up."""
    old = SignInAttempt
    failures = case((old.last_at < now - FORGOTTEN_AFTER, 1), else_=old.failures + 1)
    doublings = func.least(failures - free, DOUBLINGS)
    seconds = FIRST_WAIT.total_seconds() * func.power(2, doublings)
    wait = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    statement = (
        insert(SignInAttempt)
        .values(subject=subject, failures=1, last_at=now)
        .on_conflict_do_update(
            index_elements=[old.subject],
            set_={
                "failures": failures,
                "last_at": now,
                "blocked_until": case((failures >= free, literal(now) + wait)),
            },
            where=old.blocked_until.is_(None) | (old.blocked_until <= now),
        )
        .returning(SignInAttempt.failures)
    )
    counted = session.execute(statement).scalar_one_or_none()
    if counted is None:
        raise TooManyTries(seconds=_seconds_to_wait(session, subject, now))
    if counted >= free:
        record(
            session,
            action="sign_in.blocked",
            entity="sign_in_attempt",
            entity_id=subject,
            after={"failures": counted},
        )


def _seconds_to_wait(session: Session, subject: str, now: datetime) -> int:
    query = select(SignInAttempt.blocked_until).where(SignInAttempt.subject == subject)
    until = session.scalars(query).one_or_none()
    return max(1, round((until - now).total_seconds())) if until else 1


def sign_in(
    session: Session,
    attempt: Attempt,
    *,
    password: str,
    device: str = "",
    lifetime: timedelta = LIFETIME,
) -> SignedIn:
    """Sign a person in; the token is shown to the browser once and kept only as a hash.

    Raises:
        WrongCredentials: unknown login, wrong password or deactivated person, all alike.
    """
    person = session.scalars(person_by_login(attempt.login)).one_or_none()
    fits = matches(password, person.password_hash if person else None)
    if person is None or not fits or not person.is_active:
        raise WrongCredentials
    if person.password_hash and needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    _forgive(session, attempt)
    return open_sign_in(
        session,
        person,
        now=attempt.at,
        address=attempt.address,
        device=device,
        lifetime=lifetime,
    )


def _forgive(session: Session, attempt: Attempt) -> None:
    """Forget the tries of this login, and the one try of this address; sweep old ones out."""
    mine = SignInAttempt.subject == subject_of_login(attempt.login)
    old = SignInAttempt.last_at < attempt.at - FORGOTTEN_AFTER
    session.execute(delete(SignInAttempt).where(mine | old))
    session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.subject == subject_of_address(attempt.address))
        .values(failures=func.greatest(SignInAttempt.failures - 1, 0), blocked_until=None)
    )


def open_sign_in(  # noqa: PLR0913 - who, when, where, on what, how long
    session: Session,
    person: Person,
    *,
    now: datetime,
    address: str = "",
    device: str = "",
    lifetime: timedelta = LIFETIME,
) -> SignedIn:
    """Open a sign-in for *person*, whose identity has been proven."""
    token = make_token()
    row = SignIn(
        sign_in_id=uuid.uuid4(),
        token_hash=hash_token(token),
        person_id=person.person_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
        device=device[:LONGEST_LABEL],
        address_prefix=address_prefix(address),
    )
    session.add(row)
    session.execute(delete(SignIn).where(SignIn.expires_at < now - SIGN_INS_KEPT))
    record(
        session,
        action="sign_in",
        entity="person",
        entity_id=person.person_id,
        actor=_actor_of(person, row),
    )
    session.flush()
    return SignedIn(
        token=token,
        sign_in_id=row.sign_in_id,
        person_id=person.person_id,
        language=person.language,
        expires_at=row.expires_at,
        must_change_password=person.must_change_password,
    )


def _actor_of(person: Person, row: SignIn) -> Actor:
    """The person who has just been recognised, for the log."""
    return replace(
        SYSTEM,
        person_id=person.person_id,
        name=person.name,
        unit_id=person.unit_id,
        source="web",
        address_prefix=row.address_prefix,
        device_id=row.device,
    )


def revoke_sign_in(session: Session, sign_in_id: uuid.UUID, *, now: datetime) -> bool:
    """End one sign-in that the actor may see; False: there was none, or it had ended."""
    row = session.get(SignIn, sign_in_id)
    if row is None or row.revoked_at is not None:
        return False
    row.revoked_at = now
    record(
        session,
        action="sign_out",
        entity="person",
        entity_id=row.person_id,
        after={"device": row.device},
    )
    session.flush()
    return True


def note_seen(session: Session, sign_in_id: uuid.UUID, *, now: datetime) -> None:
    """Remember that a browser is in use (called at most every SEEN_EVERY)."""
    session.execute(update(SignIn).where(SignIn.sign_in_id == sign_in_id).values(last_seen_at=now))
