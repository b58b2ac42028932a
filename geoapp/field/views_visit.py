"""The visit form, what it sends, and its receipt."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.rules import Permission
from geoapp.core.errors import BadInput, Conflict, DomainError, Refused, TooLarge
from geoapp.core.i18n import language
from geoapp.field.forms import read_photos, read_visit, read_wish
from geoapp.field.queries import Spot, field_offers, spot_of
from geoapp.field.services import submit_visit
from geoapp.points.forms_moves import FIELDS_OF_NEED, read_move_form
from geoapp.points.protocol import NEED_TEXTS, VERB_NAMES, Need
from geoapp.points.queries import get_point, point_row
from geoapp.points.rules import OPEN_STATES, STATE_NAMES, State
from geoapp.points.services import MoveOffer
from geoapp.points.tables import Point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.visits.plugs import NAMES
from geoapp.visits.queries import VisitView, get_visit
from geoapp.visits.readers import shipped_checklists
from geoapp.visits.rules import (
    COARSE_FIX_M,
    OFF_SITE_FACTOR,
    OFF_SITE_FLOOR_M,
    PRESENCE,
    EvidenceRole,
    VisitMethod,
)
from geoapp.visits.tables import Visit
from geoapp.visits.writers import MAX_PHOTOS
from geoapp.web.errors import status_of, wants_json
from geoapp.web.security import MEGABYTE
from geoapp.web.state import state

NO_ID = uuid.UUID(int=0)
SLOTS = 4  # file fields of a page without scripts
FROM_THE_VISIT = frozenset({"reason", "failed_items", "five_checks"})
"""Fields of a move that the visit itself fills: what was seen, and the checklist."""


@dataclass(frozen=True)
class Failed:
    """A visit that was refused: why, and what was typed."""

    error: DomainError
    given: Mapping[str, str]


@requires(Permission.VISIT_RECORD)
def visit(point_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form of a visit."""
    with reading() as session:
        return _form(session, point_id)


@requires(Permission.VISIT_RECORD)
def record(point_id: uuid.UUID) -> ResponseReturnValue:
    """Receive a visit: a receipt for scripts, the receipt's page for people."""
    try:
        with writing() as session:
            row, is_new = _submit(session, point_id)
    except (BadInput, Conflict, Refused, TooLarge) as error:
        if wants_json():
            raise
        with reading() as session:
            page = _form(session, point_id, failed=Failed(error, request.form))
        return page, status_of(type(error))
    page_url = url_for("field.receipt", visit_id=row.visit_id)
    if not wants_json():
        return redirect(page_url, 303)
    with reading() as session:
        answer = _receipt(get_visit(session, row.visit_id), page_url)
    return answer, 201 if is_new else 200


def _submit(session: Session, point_id: uuid.UUID) -> tuple[Visit, bool]:
    now = datetime.now(UTC)
    draft = read_visit(request.form, point_id=point_id, now=now)
    photos = read_photos(request.form, request.files)
    wish = read_wish(request.form, draft, photos)
    move = (wish.verb, wish.target, read_move_form(session, wish.args)) if wish else None
    row = submit_visit(session, draft=draft, photos=photos, move=move, now=now, blobs=state().blobs)
    return row, row.received_at == now


def _receipt(view: VisitView, page_url: str) -> Response:
    """What a phone may rely on: the id, the hash of everything, the hash of each photo."""
    return jsonify(
        visit_id=str(view.visit.visit_id),
        point_id=str(view.visit.point_id),
        received_at=view.visit.received_at.isoformat(),
        payload_sha256=view.visit.payload_sha256,
        photos=[
            {"evidence_id": str(photo.evidence.evidence_id), "sha256": photo.evidence.sha256}
            for photo in view.photos
        ],
        receipt_url=page_url,
    )


@requires(Permission.VISIT_READ)
def receipt(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the server has received, and what came of it."""
    with reading() as session:
        view = get_visit(session, visit_id)
        point = get_point(session, view.visit.point_id)
        return render_template(
            "field/receipt.html",
            view=view,
            point=point,
            row=point_row(session, point.point_id, now=datetime.now(UTC)),
            moves=_made_with(session, view.visit, Transition, Transition.at),
            proposals=_made_with(session, view.visit, MoveProposal, MoveProposal.proposed_at),
            names=NAMES,
            verbs=VERB_NAMES,
            states=STATE_NAMES,
        )


def _made_with(session: Session, row: Visit, kind: Any, at: Any) -> list[Any]:
    """Return the moves or proposals that came in the same breath as the visit."""
    query = select(kind).where(kind.point_id == row.point_id, at == row.received_at)
    return list(session.scalars(query))


def _form(session: Session, point_id: uuid.UUID, failed: Failed | None = None) -> str:
    now = datetime.now(UTC)
    point = get_point(session, point_id)
    given = failed.given if failed else {}
    offers = [_offer(offer) for offer in field_offers(session, point, now=now)]
    spot = spot_of(session, point)
    return render_template(
        "field/visit.html",
        point=point,
        row=point_row(session, point_id, now=now),
        offers=offers,
        items=_items(point),
        methods=VisitMethod,
        chosen=given.get("method") or _usual_method(point),
        usual_role=_usual_role(point),
        roles=EvidenceRole,
        names=NAMES,
        verbs=VERB_NAMES,
        states=STATE_NAMES,
        needs=NEED_TEXTS,
        given=given,
        error=failed.error if failed else None,
        visit_id=given.get("visit_id") or str(uuid.uuid4()),
        started_at=given.get("started_at") or now.isoformat(),
        slots=range(1, SLOTS + 1),
        data=_page_data(point, spot),
    )


def _offer(offer: MoveOffer) -> dict[str, Any]:
    """Say of a move what it needs and which fields the phone shows for it."""
    needs = [
        {"need": need, "is_met": need not in offer.missing, "kind": _kind(need)}
        for need in offer.move.needs
    ]
    fields = [name for need in offer.missing for name in FIELDS_OF_NEED.get(need, ())]
    return {
        "move": offer.move,
        "value": f"{offer.move.verb.value}:{offer.move.target.value}",
        "needs": needs,
        "fields": [name for name in dict.fromkeys(fields) if name not in FROM_THE_VISIT],
        "confirmers": offer.confirmers,
    }


def _kind(need: Need) -> str:
    """How the page can see that a need is met: by its fields, by the visit, or not at all."""
    names = [name for name in FIELDS_OF_NEED.get(need, ()) if name not in FROM_THE_VISIT]
    return f"fields {' '.join(names)}" if names else need.value


def _items(point: Point) -> list[dict[str, Any]]:
    """Return every item of the category, then those of single methods, with their methods."""
    lists = shipped_checklists()
    own = lists.by_category[point.category]
    extra = dict.fromkeys(key for keys in lists.by_method.values() for key in keys)
    asked = dict.fromkeys(own, "")
    for key in extra:
        if key not in own:
            methods = [how.value for how, keys in lists.by_method.items() if key in keys]
            asked[key] = " ".join(methods)
    return [
        {"key": key, "text": lists.items[key].text(language()), "methods": methods}
        for key, methods in asked.items()
    ]


def _usual_method(point: Point) -> str:
    if point.state is State.COMPLETED:
        return VisitMethod.ACCEPTANCE.value
    return (VisitMethod.ON_SITE if point.state in OPEN_STATES else VisitMethod.LOOK_BACK).value


def _usual_role(point: Point) -> str:
    if point.state in {State.REPORTED, State.ASSIGNED, State.PLANNED}:
        return EvidenceRole.BEFORE.value
    return (EvidenceRole.DURING if point.state is State.RECTIFYING else EvidenceRole.AFTER).value


def _page_data(point: Point, spot: Spot) -> dict[str, Any]:
    """Everything that the page's scripts need to know."""
    return {
        "pointId": str(point.point_id),
        "personId": str(current_actor().person_id),
        "receipts": url_for("field.receipt", visit_id=NO_ID).removesuffix(str(NO_ID)),
        "spot": {"lon": spot.lon, "lat": spot.lat, "shape": spot.shape},
        "offSite": {
            "floorM": OFF_SITE_FLOOR_M,
            "factor": OFF_SITE_FACTOR,
            "coarseM": COARSE_FIX_M,
            "presence": sorted(how.value for how in PRESENCE),
        },
        "limits": {"bytes": state().settings.upload_mb * MEGABYTE, "photos": MAX_PHOTOS},
        "standards": list(shipped_checklists().by_method[VisitMethod.ACCEPTANCE]),
    }
