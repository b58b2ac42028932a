"""A new point found on the way: its form, what it sends, what lies around it."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.rules import Permission
from geoapp.accounts.tables import Unit
from geoapp.core.errors import BadInput, Conflict, DomainError, Refused, TooLarge
from geoapp.field.forms import here_from, read_photos
from geoapp.field.forms_new import DATUMS, LINES_ONLY, read_point
from geoapp.field.queries import around
from geoapp.field.services import submit_point
from geoapp.geo.shapes import Box
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES
from geoapp.points.tables import Point
from geoapp.visits.plugs import NAMES
from geoapp.visits.rules import EvidenceRole
from geoapp.visits.writers import MAX_PHOTOS
from geoapp.web.errors import status_of, wants_json
from geoapp.web.security import MEGABYTE
from geoapp.web.state import state

SLOTS = 2  # file fields of a page without scripts
OUTSIDE = "point.outside_region"


@requires(Permission.POINT_CREATE)
def new_point() -> ResponseReturnValue:
    """Show the form of a new point."""
    with reading() as session:
        return _form(session)


@requires(Permission.POINT_CREATE)
def report() -> ResponseReturnValue:
    """Receive a new point with its photos."""
    try:
        with writing() as session:
            point = _submit(session)
    except (BadInput, Conflict, Refused, TooLarge) as error:
        if wants_json():
            raise
        with reading() as session:
            page = _form(session, error=error)
        return page, status_of(type(error))
    page_url = url_for("field.point", point_id=point.point_id, new="")
    if not wants_json():
        return redirect(page_url, 303)
    answer = jsonify(point_id=str(point.point_id), code=point.code, receipt_url=page_url)
    return answer, 201


def _submit(session: Session) -> Point:
    now = datetime.now(UTC)
    settings = state().settings
    photos = read_photos(request.form, request.files)
    return submit_point(
        session,
        draft=read_point(request.form, photos, now=now),
        photos=photos,
        now=now,
        blobs=state().blobs,
        prefix=settings.code_prefix,
        region=Box(*settings.region_box),
    )


@requires(Permission.POINT_READ)
def nearby() -> ResponseReturnValue:
    """Answer with what already lies around a place."""
    here = here_from(request.args.get("near", ""))
    rows = []
    if here is not None:
        with reading() as session:
            rows = around(session, here=here, now=datetime.now(UTC))
    return render_template("field/_nearby.html", rows=rows, states=STATE_NAMES)


def _form(session: Session, error: DomainError | None = None) -> str:
    given = request.form
    units = select(Unit.unit_id, Unit.name).where(Unit.is_active).order_by(Unit.name)
    return render_template(
        "field/new.html",
        categories=[
            (kind, name) for kind, name in CATEGORY_NAMES.items() if kind not in LINES_ONLY
        ],
        units=list(session.execute(units)),
        datums=[(datum.name, datum.label) for datum in DATUMS],
        given=given,
        error=error,
        is_outside=error is not None and error.code == OUTSIDE,
        point_id=given.get("point_id") or str(uuid.uuid4()),
        started_at=given.get("started_at") or datetime.now(UTC).isoformat(),
        slots=range(1, SLOTS + 1),
        roles=EvidenceRole,
        names=NAMES,
        data=_page_data(),
    )


def _page_data() -> dict[str, Any]:
    """Everything that the page's scripts need to know."""
    return {
        "personId": str(current_actor().person_id),
        "nearbyUrl": url_for("field.nearby"),
        "outsideCode": OUTSIDE,
        "limits": {"bytes": state().settings.upload_mb * MEGABYTE, "photos": MAX_PHOTOS},
    }
