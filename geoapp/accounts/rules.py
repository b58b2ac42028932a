"""Who may do what: roles, permissions, the one table between them, and the actor."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from geoapp.core.errors import Forbidden, SignInNeeded
from geoapp.core.i18n import DEFAULT_LANGUAGE, N_


class UnitKind(StrEnum):
    """What a unit is."""

    TOWN = "town"
    VILLAGE = "village"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    INSPECTION_OFFICE = "inspection_office"
    COMPANY = "company"


UNIT_KIND_NAMES: dict[UnitKind, str] = {
    UnitKind.TOWN: N_("Town or subdistrict"),
    UnitKind.VILLAGE: N_("Village or neighbourhood"),
    UnitKind.DEPARTMENT: N_("Department"),
    UnitKind.ENTERPRISE: N_("Enterprise"),
    UnitKind.INSPECTION_OFFICE: N_("Inspection office"),
    UnitKind.COMPANY: N_("Company of the town"),
}
ROOT_KINDS = frozenset({UnitKind.INSPECTION_OFFICE, UnitKind.TOWN, UnitKind.DEPARTMENT})
"""Kinds that may stand at the top of the tree."""


class Role(StrEnum):
    """What a person does in a unit and everything below it."""

    INSPECTOR = "inspector"
    RESPONSIBLE = "responsible"
    PLANNER = "planner"
    ACCEPTOR = "acceptor"
    BRIEFING = "briefing"
    ADMIN = "admin"
    ADVISER = "adviser"


ROLE_NAMES: dict[Role, str] = {
    Role.INSPECTOR: N_("Inspector"),
    Role.RESPONSIBLE: N_("Responsible unit"),
    Role.PLANNER: N_("Planner"),
    Role.ACCEPTOR: N_("Accepting unit"),
    Role.BRIEFING: N_("Briefing writer"),
    Role.ADMIN: N_("Administrator"),
    Role.ADVISER: N_("Adviser"),
}


class Permission(StrEnum):
    """One thing that a person may or may not do; *object.verb*."""

    ACCOUNT_USE = "account.use"
    POINT_READ = "point.read"
    POINT_CREATE = "point.create"
    POINT_EDIT = "point.edit"
    POINT_COMMENT = "point.comment"
    POINT_ASSIGN = "point.assign"
    POINT_RETURN = "point.return"
    POINT_REFER = "point.refer"
    POINT_PLAN = "point.plan"
    POINT_RECTIFY = "point.rectify"
    POINT_PROGRESS = "point.progress"
    POINT_ACCEPT = "point.accept"
    POINT_NOTICE = "point.notice"
    POINT_CLOSE = "point.close"
    POINT_RELAPSE = "point.relapse"
    POINT_EXTEND = "point.extend"
    POINT_GRANT_EXTENSION = "point.grant_extension"
    POINT_CORRECT = "point.correct"
    LEDGER_READ = "ledger.read"
    LEDGER_IMPORT = "ledger.import"
    LEDGER_EDIT = "ledger.edit"
    VISIT_READ = "visit.read"
    VISIT_RECORD = "visit.record"
    MAP_READ = "map.read"
    LAYER_READ = "layer.read"
    LAYER_IMPORT = "layer.import"
    REPORT_READ = "report.read"
    CALENDAR_EDIT = "calendar.edit"
    ROUTE_PLAN = "route.plan"
    EXPORT = "export"
    UNIT_READ = "unit.read"
    UNIT_MANAGE = "unit.manage"
    USER_MANAGE = "user.manage"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    SECRET_READ = "secret.read"  # noqa: S105 - a permission, not a password
    DEMO_LOAD = "demo.load"


P = Permission
_READING = frozenset(
    {
        P.ACCOUNT_USE,
        P.POINT_READ,
        P.LEDGER_READ,
        P.VISIT_READ,
        P.MAP_READ,
        P.LAYER_READ,
        P.UNIT_READ,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.INSPECTOR: _READING
    | {
        P.POINT_CREATE,
        P.POINT_EDIT,
        P.POINT_COMMENT,
        P.POINT_PROGRESS,
        P.POINT_RELAPSE,
        P.VISIT_RECORD,
    },
    Role.RESPONSIBLE: _READING
    | {
        P.POINT_COMMENT,
        P.POINT_RETURN,
        P.POINT_PLAN,
        P.POINT_RECTIFY,
        P.POINT_PROGRESS,
        P.POINT_EXTEND,
        P.VISIT_RECORD,
    },
    Role.PLANNER: _READING
    | {
        P.POINT_CREATE,
        P.POINT_EDIT,
        P.POINT_COMMENT,
        P.POINT_ASSIGN,
        P.POINT_REFER,
        P.POINT_NOTICE,
        P.POINT_CLOSE,
        P.LEDGER_IMPORT,
        P.LEDGER_EDIT,
        P.LAYER_IMPORT,
        P.REPORT_READ,
        P.ROUTE_PLAN,
        P.EXPORT,
        P.SECRET_READ,
    },
    Role.ACCEPTOR: _READING
    | {
        P.POINT_COMMENT,
        P.POINT_ACCEPT,
        P.POINT_GRANT_EXTENSION,
        P.VISIT_RECORD,
        P.REPORT_READ,
        P.EXPORT,
        P.SECRET_READ,
    },
    Role.BRIEFING: _READING | {P.REPORT_READ, P.EXPORT},
    # The inspection office keeps the house and mends mistakes; it neither rectifies nor accepts,
    # so that nobody can open, do and sign off the same point alone.
    Role.ADMIN: _READING
    | {
        P.POINT_CREATE,
        P.POINT_EDIT,
        P.POINT_COMMENT,
        P.POINT_REFER,
        P.POINT_CLOSE,
        P.POINT_RELAPSE,
        P.POINT_GRANT_EXTENSION,
        P.POINT_CORRECT,
        P.LEDGER_IMPORT,
        P.LEDGER_EDIT,
        P.LAYER_IMPORT,
        P.REPORT_READ,
        P.CALENDAR_EDIT,
        P.EXPORT,
        P.UNIT_MANAGE,
        P.USER_MANAGE,
        P.AUDIT_READ,
        P.AUDIT_VERIFY,
        P.SECRET_READ,
        P.DEMO_LOAD,
    },
    Role.ADVISER: _READING | {P.POINT_COMMENT, P.VISIT_RECORD},
}
"""The permission table: the one place that says which role may do what."""

OVERSEEING = frozenset({Role.PLANNER, Role.ACCEPTOR, Role.BRIEFING, Role.ADMIN})
"""Roles that see every row when granted at the root or at an inspection office."""
TOP_ONLY = frozenset({Role.ADMIN})
"""Roles that can be granted nowhere else."""


class NotSignedIn(SignInNeeded):
    """Nobody is signed in, or the sign-in has ended."""

    code = "accounts.sign_in_needed"
    message = N_("You are not signed in, or your sign-in has ended.")
    hint = N_("Sign in and try again.")


class NotAllowed(Forbidden):
    """The person's roles do not include this permission."""

    code = "accounts.not_allowed"
    message = N_("Your role does not allow this (%(permission)s).")
    hint = N_("Ask the administrator of your unit if your work needs it.")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever acts: a person at one of our doors, or the system itself.

    *reach* says for each role the units it covers; a role that is not in it covers
    *scope_unit_ids* whole. *sees_all* lifts the row scope (also for rows of no unit).
    """

    person_id: uuid.UUID | None
    name: str
    unit_id: uuid.UUID | None
    source: str
    roles: frozenset[Role]
    scope_unit_ids: frozenset[uuid.UUID] = frozenset()
    sees_all: bool = False
    sees_secret: bool = False
    language: str = DEFAULT_LANGUAGE
    reach: Mapping[Role, frozenset[uuid.UUID]] = field(default_factory=dict, hash=False)
    must_change_password: bool = False
    sign_in_id: uuid.UUID | None = None
    last_seen_at: datetime | None = field(default=None, compare=False)
    address_prefix: str = ""
    device_id: str = ""


SYSTEM = Actor(
    person_id=None,
    name="system",
    unit_id=None,
    source="system",
    roles=frozenset(Role),
    sees_all=True,
    sees_secret=True,
)
"""The program itself: imports by command, migrations, demo data, backups."""

ANONYMOUS = Actor(person_id=None, name="", unit_id=None, source="web", roles=frozenset())
"""Somebody who has not signed in; sees no row and may do nothing."""


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """Everything that *actor* may do somewhere."""
    return frozenset().union(*(GRANTS[role] for role in actor.roles))


def may(actor: Actor, permission: Permission, *, unit_id: uuid.UUID | None = None) -> bool:
    """Whether *actor* may do *permission*; with *unit_id*: there, by a role that covers it."""
    roles = [role for role in actor.roles if permission in GRANTS[role]]
    if unit_id is None or actor.person_id is None:
        return bool(roles)
    return any(unit_id in actor.reach.get(role, actor.scope_unit_ids) for role in roles)


def require(actor: Actor, permission: Permission, *, unit_id: uuid.UUID | None = None) -> None:
    """Pass if *actor* may do *permission*.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: somebody is, but no role of theirs allows it (there).
    """
    if may(actor, permission, unit_id=unit_id):
        return
    if actor.person_id is None and not actor.roles:
        raise NotSignedIn
    raise NotAllowed(permission=permission.value)
