"""What the phone adds to lists of points: whose work a point is, and what was sent back."""

import uuid

from sqlalchemy import ColumnElement, and_, or_, select

from geoapp.accounts.rules import Actor, Role
from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.points.ports import Plug
from geoapp.points.protocol import Verb
from geoapp.points.rules import OPEN_STATES, State
from geoapp.points.tables import Point
from geoapp.points.tables_moves import Transition

TO_RECTIFY = (State.ASSIGNED, State.PLANNED, State.RECTIFYING)
SENT_BACK = (Verb.REJECT, Verb.UPHOLD_OBJECTION, Verb.RETURN_ASSIGNMENT)
PARTS = 4


class HoldersWrong(BadInput):
    """The filter does not name people and units."""

    code = "field.holders_wrong"
    message = N_("The filter “mine” cannot be read.")
    hint = N_("Open the list again from its beginning.")


def holders(actor: Actor) -> str:
    """Write whose work is meant: the person, and the units of each role, for the filter."""
    return ":".join(
        [
            str(actor.person_id or ""),
            *(
                ",".join(sorted(map(str, _units(actor, role))))
                for role in (Role.INSPECTOR, Role.RESPONSIBLE, Role.ACCEPTOR)
            ),
        ]
    )


def _units(actor: Actor, role: Role) -> frozenset[uuid.UUID]:
    if role not in actor.roles:
        return frozenset()
    return actor.reach.get(role, actor.scope_unit_ids)


def held_by(value: str) -> ColumnElement[bool]:
    """Open points that are somebody's work now.

    An inspector's are those on the own list, and those of the own area on nobody's list; a
    responsible unit has to rectify, an accepting unit has to accept.
    """
    person, inspects, rectifies, accepts = _read(value)
    free = and_(
        Point.inspector_id.is_(None),
        or_(Point.territorial_unit_id.in_(inspects), Point.reporting_unit_id.in_(inspects)),
    )
    return and_(
        Point.state.in_(sorted(OPEN_STATES)),
        or_(
            Point.inspector_id.in_(person),
            free,
            and_(Point.responsible_unit_id.in_(rectifies), Point.state.in_(TO_RECTIFY)),
            and_(Point.accepting_unit_id.in_(accepts), Point.state == State.COMPLETED),
        ),
    )


def _read(value: str) -> list[list[uuid.UUID]]:
    parts = value.split(":")
    if len(parts) != PARTS:
        raise HoldersWrong
    try:
        return [[uuid.UUID(word) for word in part.split(",") if word] for part in parts]
    except ValueError:
        raise HoldersWrong from None


def sent_back(_value: str) -> ColumnElement[bool]:
    """Open points whose last change of state sent them back for more work."""
    last = (
        select(Transition.verb)
        .where(Transition.point_id == Point.point_id, Transition.source != Transition.target)
        .order_by(Transition.at.desc(), Transition.transition_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    back = last.in_([verb.value for verb in SENT_BACK])
    return and_(Point.state.in_(sorted(OPEN_STATES)), back)


PLUG = Plug(narrowers={"held": held_by, "sent_back": sent_back})
