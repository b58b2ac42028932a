"""Changes of a point that are no moves: its words, its position, comments on it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shapely import Geometry
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Permission, require
from geoapp.points.queries import get_point
from geoapp.points.queries_facts import actor_in
from geoapp.points.rules import LocationMethod
from geoapp.points.rules_refusals import (
    CommentWrong,
    FieldUnknown,
    PersonNeeded,
    PointChanged,
)
from geoapp.points.rules_shapes import check_shape
from geoapp.points.tables import Point, PointComment
from geoapp.points.writers import because, lay, locate, shape_of, stored

EDITABLE = frozenset(
    {
        "name",
        "category",
        "description",
        "address",
        "upstream_no",
        "pollution_types",
        "risk_grade",
        "liable_party",
        "land_owner",
        "case_no",
        "secrecy",
        "is_urgent",
        "is_punished",
        "inspector_id",
        "extra",
    }
)
"""What may be changed at any time; the rest belongs to moves, the position to relocate_point."""
LONGEST_COMMENT = 4000  # characters; the table checks it too


def edit_point(
    session: Session,
    point_id: uuid.UUID,
    *,
    base_version: int,
    changes: Mapping[str, Any],
    now: datetime,
) -> Point:
    """Change some of the EDITABLE columns of a point.

    Raises:
        NotAllowed, PointMissing, FieldUnknown, ShapeWrong.
        PointChanged: *base_version* is not the present one any more.
    """
    point = _to_change(session, point_id, base_version)
    for name, value in changes.items():
        if name not in EDITABLE:
            raise FieldUnknown(name=name)
        setattr(point, name, value)
    check_shape(point.category, shape_of(point))
    point.updated_at = now
    session.flush()
    return point


def relocate_point(  # noqa: PLR0913 - a place, how it was found, and why
    session: Session,
    point_id: uuid.UUID,
    *,
    base_version: int,
    shape: Geometry,
    location_method: LocationMethod,
    accuracy_m: float | None = None,
    reason: str = "",
    now: datetime,
) -> Point:
    """Give the point another position (degrees, WGS 84); the old one is kept with its dates.

    Areas and the territorial unit follow the position; the number stays.

    Raises:
        NotAllowed, PointMissing, PointChanged, ShapeWrong, ShapeInvalid.
    """
    point = _to_change(session, point_id, base_version)
    check_shape(point.category, shape)
    located = locate(session, shape)
    point.geom = stored(shape)
    point.location_method, point.accuracy_m = location_method, accuracy_m
    point.datum, point.raw_x, point.raw_y = "wgs84", None, None
    point.area_id, point.territorial_unit_id = located.area_id, located.territorial_unit_id
    point.updated_at = now
    with because(session, reason):
        lay(session, point, at=now, reason=reason)
    session.refresh(point, ["length_m", "area_m2"])
    return point


def comment_point(
    session: Session,
    point_id: uuid.UUID,
    *,
    body: str,
    now: datetime,
    comment_id: uuid.UUID | None = None,
) -> PointComment:
    """Add advice to the point; it decides nothing.

    Raises:
        NotAllowed, PointMissing, CommentWrong, PersonNeeded.
    """
    actor = actor_in(session)
    require(actor, Permission.POINT_COMMENT)
    point = get_point(session, point_id)
    words = body.strip()
    if not 0 < len(words) <= LONGEST_COMMENT:
        raise CommentWrong
    if actor.person_id is None:
        raise PersonNeeded
    row = PointComment(
        comment_id=comment_id or uuid.uuid4(),
        point_id=point.point_id,
        author_id=actor.person_id,
        body=words,
        said_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _to_change(session: Session, point_id: uuid.UUID, base_version: int) -> Point:
    point = get_point(session, point_id, lock=True)
    actor = actor_in(session)
    require(actor, Permission.POINT_EDIT)
    if point.row_version != base_version:
        raise PointChanged
    return point
