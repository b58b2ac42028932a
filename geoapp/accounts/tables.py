"""Units, people, their roles, and who is signed in where."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    any_,
    cast,
    func,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geoapp.accounts.rules import Actor, Permission, Role, UnitKind, may
from geoapp.core.i18n import DEFAULT_LANGUAGE
from geoapp.core.model import Base, Stamped, Versioned


def within(column: Any, unit_ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """Whether the unit in *column* is one of *unit_ids*; one parameter, however many they are.

    ``IN`` would send each id apart: a leader of a district covers hundreds, on every statement.
    """
    ids = "{" + ",".join(str(unit_id) for unit_id in unit_ids) + "}"
    found: ColumnElement[bool] = column == any_(cast(literal(ids, Text), ARRAY(Uuid)))
    return found


class Unit(Versioned, Base):
    """A town, village, department, enterprise or office; one tree with one root."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("parent_id <> unit_id", name="not_own_parent"),
        CheckConstraint(
            "parent_id IS NOT NULL OR kind IN ('inspection_office', 'town', 'department')",
            name="root_kind",
        ),
        CheckConstraint("btrim(name) <> ''", name="named"),
        Index(
            "uq_unit_root",
            text("(parent_id IS NULL)"),
            unique=True,
            postgresql_where=text("parent_id IS NULL"),
        ),
    )

    unit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[UnitKind]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.unit_id"))
    area_code: Mapped[str | None]
    liaison_name: Mapped[str] = mapped_column(default="", server_default="")
    liaison_phone: Mapped[str] = mapped_column(default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class Person(Versioned, Base):
    """Somebody who can sign in, or once could; never deleted, because the history names them."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", name="login_form"),
        CheckConstraint("btrim(name) <> ''", name="named"),
    )
    __unaudited_columns__ = frozenset({"password_hash"})

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.unit_id"), index=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default=DEFAULT_LANGUAGE, server_default=DEFAULT_LANGUAGE)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    unit: Mapped[Unit] = relationship(lazy="raise")
    sign_ins: Mapped[list["SignIn"]] = relationship(lazy="raise", back_populates="person")


class RoleGrant(Stamped, Base):
    """A person has a role in a unit and everything below it, from one instant to another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="from_before_to"),
        ExcludeConstraint(
            ("person_id", "="),
            ("role", "="),
            ("unit_id", "="),
            (func.tstzrange(text("valid_from"), text("valid_to")), "&&"),
            name="ex_role_grant_one_at_a_time",
            using="gist",
        ),
    )

    role_grant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.person_id"), index=True)
    role: Mapped[Role]
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.unit_id"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")


class SignIn(Base):
    """One browser or phone that is signed in; only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("octet_length(token_hash) = 32", name="token_hash_size"),)
    __audited__ = False

    sign_in_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.person_id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="", server_default="")
    address_prefix: Mapped[str] = mapped_column(default="", server_default="")

    person: Mapped[Person] = relationship(lazy="raise", back_populates="sign_ins")

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """One's own; all of them for who manages people."""
        if may(actor, Permission.USER_MANAGE):
            return None
        return cls.person_id == actor.person_id


class SignInAttempt(Base):
    """Failed tries for one login or from one address; holds across processes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)
    __audited__ = False

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]
