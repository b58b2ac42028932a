"""Changes that a person asks of one point from its page: moves, decisions, comments."""

import uuid
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import reading, requires, writing
from geoapp.accounts.rules import Permission
from geoapp.core.errors import BadInput, Conflict, DomainError, Refused
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.points.forms_moves import read_move_form
from geoapp.points.protocol import VERB_NAMES, Verb
from geoapp.points.rules import State
from geoapp.points.rules_refusals import ProposalMissing
from geoapp.points.services import comment_point, decide_proposal, move_point
from geoapp.points.tables_moves import MoveProposal, Transition
from geoapp.points.views_point import Failed, render_point
from geoapp.web.errors import status_of, wants_json


class VerbUnknown(BadInput):
    """The page names a move that does not exist."""

    code = "point.verb_unknown"
    message = N_("There is no move “%(verb)s”.")
    hint = N_("Open the point again and choose one of its moves.")


def _verb(raw: str) -> Verb:
    try:
        return Verb(raw)
    except ValueError:
        raise VerbUnknown(verb=raw[:40]) from None


def _back(point_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("points.show", point_id=point_id), 303)


def _move(point_id: uuid.UUID, verb: Verb) -> Transition | MoveProposal:
    target = request.form.get("target")
    version = request.form.get("base_version", "")
    with writing() as session:
        return move_point(
            session,
            point_id,
            verb=verb,
            target=State(target) if target in set(State) else None,
            form=read_move_form(session, request.form),
            base_version=int(version) if version.isascii() and version.isdigit() else None,
            now=datetime.now(UTC),
        )


def _refused(point_id: uuid.UUID, form: str, error: DomainError) -> ResponseReturnValue:
    """Show the page again with what was typed; programs get the problem itself."""
    if wants_json():
        raise error
    failed = Failed(form=form, error=error, given=request.form)
    with reading() as session:
        page = render_point(session, point_id, now=datetime.now(UTC), failed=failed)
    return page, status_of(type(error))


@requires(Permission.POINT_READ)
def move(point_id: uuid.UUID) -> ResponseReturnValue:
    """Move a point, or propose the move to the person who has to agree."""
    verb = _verb(request.form.get("verb", ""))
    try:
        result = _move(point_id, verb)
    except (BadInput, Conflict, Refused) as error:
        return _refused(point_id, verb.value, error)
    name = _(VERB_NAMES[verb])
    if isinstance(result, MoveProposal):
        flash(_("Proposed: %(move)s. It waits for a second person.", move=name))
    else:
        flash(_("Done: %(move)s.", move=name), "done")
    return _back(point_id)


@requires(Permission.POINT_READ)
def decide(point_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Agree to a proposed move, decline it, or take one's own proposal back."""
    confirm = request.form.get("decision") == "confirm"
    try:
        with writing() as session:
            decided = decide_proposal(
                session,
                proposal_id,
                confirm=confirm,
                reason=request.form.get("reason", "").strip(),
                now=datetime.now(UTC),
            )
            if decided.point_id != point_id:
                raise ProposalMissing
            taken_back = getattr(decided, "decision", "") == "withdrawn"
    except (BadInput, Conflict, Refused) as error:
        return _refused(point_id, str(proposal_id), error)
    said = _("Taken back.") if taken_back else _("Confirmed.") if confirm else _("Declined.")
    flash(said, "done")
    return _back(point_id)


@requires(Permission.POINT_COMMENT)
def comment(point_id: uuid.UUID) -> ResponseReturnValue:
    """Add advice or a remark; it decides nothing."""
    body = request.form.get("body", "")
    try:
        with writing() as session:
            comment_point(session, point_id, body=body, now=datetime.now(UTC))
    except (BadInput, Conflict, Refused) as error:
        return _refused(point_id, "comment", error)
    flash(_("The comment is saved."), "done")
    return _back(point_id)
