"""Pages of visits and the photos themselves; each photo only to who may see its point."""

import uuid
from typing import cast

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geoapp.accounts.guard import reading, requires
from geoapp.accounts.rules import Permission
from geoapp.points.queries import get_point
from geoapp.visits.photos import COPY_MEDIA_TYPE
from geoapp.visits.plugs import NAMES
from geoapp.visits.queries import get_evidence, get_visit
from geoapp.visits.rules_refusals import EvidenceNotFound
from geoapp.web.state import state

KEPT = "private, max-age=31536000, immutable"  # the bytes behind an id never change
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}

blueprint = Blueprint("visits", __name__)


@blueprint.get("/visits/<uuid:visit_id>")
@requires(Permission.VISIT_READ)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Show one visit with its photos, answers and position."""
    with reading() as session:
        view = get_visit(session, visit_id)
        point = get_point(session, view.visit.point_id)
        return render_template("visits/show.html", view=view, point=point, names=NAMES)


@blueprint.get("/evidence/<uuid:evidence_id>/thumb")
@requires(Permission.VISIT_READ)
def thumb(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Send the small copy of a photo."""
    return _copy(evidence_id, "thumb_sha256")


@blueprint.get("/evidence/<uuid:evidence_id>/web")
@requires(Permission.VISIT_READ)
def web(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Send the copy of a photo for screens."""
    return _copy(evidence_id, "web_sha256")


@blueprint.get("/evidence/<uuid:evidence_id>/original")
@requires(Permission.VISIT_READ)
def original(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Send the file as it came, to be saved: only copies of ours are ever shown."""
    with reading() as session:
        evidence = get_evidence(session, evidence_id)
        stream = state().blobs.open(evidence.sha256)
    ending = ENDINGS.get(evidence.media_type, "bin")
    response = send_file(
        stream,
        mimetype=evidence.media_type,
        as_attachment=True,
        download_name=f"{evidence.role.value}-{str(evidence_id)[:8]}.{ending}",
        etag=evidence.sha256,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _copy(evidence_id: uuid.UUID, which: str) -> ResponseReturnValue:
    """Send a copy drawn by us; asked again with its tag, only say that it is the same."""
    with reading() as session:
        sha256 = _hash_of(session, evidence_id, which)
    response = Response(content_type=COPY_MEDIA_TYPE)
    response.set_etag(sha256)
    response.headers["Cache-Control"] = KEPT
    if not request.if_none_match.contains(sha256):
        with state().blobs.open(sha256) as stream:
            response.data = stream.read()
    return response.make_conditional(request)


def _hash_of(session: Session, evidence_id: uuid.UUID, which: str) -> str:
    sha256 = cast("str | None", getattr(get_evidence(session, evidence_id), which))
    if sha256 is None:
        raise EvidenceNotFound
    return sha256
