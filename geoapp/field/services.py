"""What a phone sends in one go: a visit with its move, a new point with its photos."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from geoapp.core.blobs import BlobStore
from geoapp.geo.shapes import Box
from geoapp.points.columns import PointDraft
from geoapp.points.protocol import Verb
from geoapp.points.rules import State
from geoapp.points.rules_form import MoveForm
from geoapp.points.services import move_point, report_point
from geoapp.points.tables import Point
from geoapp.visits.protocol import PhotoUpload, VisitDraft
from geoapp.visits.services import add_photos, record_visit
from geoapp.visits.tables import Visit


def submit_visit(  # noqa: PLR0913 - what one button of the phone sends
    session: Session,
    *,
    draft: VisitDraft,
    photos: Sequence[PhotoUpload],
    move: tuple[Verb, State, MoveForm] | None,
    now: datetime,
    blobs: BlobStore,
) -> Visit:
    """Record the visit and make the move that goes with it: both or neither.

    A repeat of a visit that was received makes no move again.

    Raises:
        what ``record_visit`` and ``move_point`` raise.
    """
    visit = record_visit(session, draft=draft, photos=photos, now=now, blobs=blobs)
    if move is None or visit.received_at != now:
        return visit
    verb, target, form = move
    move_point(
        session,
        visit.point_id,
        verb=verb,
        target=target,
        form=form,
        now=now,
        lon=draft.fix.lon if draft.fix else None,
        lat=draft.fix.lat if draft.fix else None,
    )
    return visit


def submit_point(  # noqa: PLR0913 - what one button of the phone sends
    session: Session,
    *,
    draft: PointDraft,
    photos: Sequence[PhotoUpload],
    now: datetime,
    blobs: BlobStore,
    prefix: str,
    region: Box,
) -> Point:
    """Report a new point and file its photos with it: both or neither.

    Raises:
        what ``report_point`` and ``add_photos`` raise.
    """
    point = report_point(session, draft=draft, now=now, prefix=prefix, region=region)
    add_photos(session, point_id=point.point_id, photos=photos, now=now, blobs=blobs)
    return point
