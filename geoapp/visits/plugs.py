"""What visits add to a point: facts for its moves, and two blocks of its page."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor
from geoapp.core.i18n import N_
from geoapp.points.ports import Plug, PointPanel
from geoapp.points.tables import Point
from geoapp.visits.queries import before_and_after, facts, photos_of, visits_of
from geoapp.visits.rules import EVIDENCE_ROLE_NAMES, VISIT_METHOD_NAMES
from geoapp.visits.rules_checklist import ANSWER_NAMES
from geoapp.visits.rules_warnings import PHOTO_WARNING_NAMES

NAMES: dict[str, Mapping[Any, str]] = {
    "methods": VISIT_METHOD_NAMES,
    "roles": EVIDENCE_ROLE_NAMES,
    "warnings": PHOTO_WARNING_NAMES,
    "answers": ANSWER_NAMES,
}


def load_visits(session: Session, point: Point, _actor: Actor) -> dict[str, Any]:
    """Return what the block of visits shows."""
    return {"visits": visits_of(session, point.point_id), "names": NAMES}


def load_photos(session: Session, point: Point, _actor: Actor) -> dict[str, Any]:
    """Return what the block of photos shows: first the pair of before and after."""
    photos = photos_of(session, point.point_id)
    return {"photos": photos, "pair": before_and_after(photos), "names": NAMES}


PLUG = Plug(
    facts=facts,
    panels=(
        PointPanel(
            key="photos", title=N_("Photos"), template="visits/_photos.html", load=load_photos
        ),
        PointPanel(
            key="visits", title=N_("Visits"), template="visits/_visits.html", load=load_visits
        ),
    ),
)
