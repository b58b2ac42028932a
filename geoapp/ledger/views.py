"""Pages of the ledger: campaigns, their rows, places to put on the map, measures of a point."""

import uuid
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geoapp.accounts.guard import current_actor, reading, requires, writing
from geoapp.accounts.rules import Permission, may
from geoapp.core.errors import Conflict, NotFound, Refused
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.deadlines.rules import shanghai_day
from geoapp.geo.shapes import Box
from geoapp.ledger.queries import (
    get_campaign,
    get_candidate,
    get_problem,
    list_campaigns,
    page_of_problems,
)
from geoapp.ledger.rules import CAMPAIGN_LEVEL_NAMES, PLACE_WHY_TEXTS
from geoapp.ledger.services import (
    MeasureDraft,
    dismiss_candidate,
    finish_measure,
    place_candidate,
)
from geoapp.ledger.services import add_measure as add_measure_to
from geoapp.ledger.tables import Campaign, PlaceCandidate, Problem
from geoapp.points.forms_new import PointForm
from geoapp.points.queries import find_by_code
from geoapp.points.rules import Category
from geoapp.points.services import report_point
from geoapp.web.errors import status_of
from geoapp.web.state import state


class PointNumberUnknown(NotFound):
    """No point that this person may see has the number."""

    code = "ledger.point_number_unknown"
    message = N_("There is no point %(code)s.")
    hint = N_("Give the number as it stands in the list, such as PDZQ-2026-BRK-0001.")


blueprint = Blueprint("ledger", __name__)
LONGEST_SEARCH = 100


@blueprint.get("/ledger")
@requires(Permission.LEDGER_READ)
def board() -> ResponseReturnValue:
    """List the campaigns with their counts."""
    with reading() as session:
        campaigns = list_campaigns(session)
    return render_template(
        "ledger/board.html",
        campaigns=campaigns,
        level_names=CAMPAIGN_LEVEL_NAMES,
        may_import=may(current_actor(), Permission.LEDGER_IMPORT),
    )


@blueprint.get("/ledger/<uuid:campaign_id>")
@requires(Permission.LEDGER_READ)
def campaign(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show the ledger of one campaign in the columns that offices print."""
    q = request.args.get("q", "").strip().replace("\x00", "")[:LONGEST_SEARCH]
    only_open = request.args.get("places") == "open"
    with reading() as session:
        found = get_campaign(session, campaign_id)
        page = page_of_problems(
            session,
            campaign_id=campaign_id,
            q=q,
            only_open_places=only_open,
            after=request.args.get("after"),
            before=request.args.get("before"),
        )
    return render_template(
        "ledger/campaign.html",
        campaign=found,
        page=page,
        q=q,
        only_open=only_open,
        why=PLACE_WHY_TEXTS,
        today=shanghai_day(datetime.now(UTC)),
        may_edit=may(current_actor(), Permission.LEDGER_EDIT),
    )


def _place_of(
    session: Session, candidate_id: uuid.UUID
) -> tuple[PlaceCandidate, Problem, Campaign]:
    candidate = get_candidate(session, candidate_id)
    problem = get_problem(session, candidate.problem_id)
    return candidate, problem, get_campaign(session, problem.campaign_id)


@blueprint.route("/ledger/places/<uuid:candidate_id>", methods=["GET", "POST"])
@requires(Permission.LEDGER_EDIT)
def place(candidate_id: uuid.UUID) -> ResponseReturnValue:
    """Put a place that a problem names on the map, as a point linked to it."""
    with reading() as session:
        candidate, problem, of_campaign = _place_of(session, candidate_id)
    form = PointForm()
    del form["source"]
    del form["point_id"]
    if request.method == "GET":
        form.name.data = candidate.name
        form.description.data = problem.description
        form.category.data = Category.OTHER.value
    status = 200
    if form.validate_on_submit():
        try:
            point_id = _place(candidate, problem, of_campaign, form)
        except (Conflict, Refused) as error:
            flash(str(error), "error")
            status = status_of(type(error))
        else:
            flash(_("“%(name)s” is on the map now.", name=candidate.name), "done")
            return redirect(url_for("points.show", point_id=point_id), 303)
    page = render_template(
        "ledger/place.html",
        candidate=candidate,
        problem=problem,
        parts=problem.description.split(candidate.name, 1),
        why=PLACE_WHY_TEXTS,
        campaign=of_campaign,
        form=form,
        picker_url=url_for("points.picker"),
    )
    return page, 422 if form.errors else status


def _place(
    candidate: PlaceCandidate, problem: Problem, of_campaign: Campaign, form: PointForm
) -> uuid.UUID:
    settings = state().settings
    draft = form.draft(
        point_id=uuid.uuid5(candidate.candidate_id, "point"),  # pressed twice: one point
        source_name=of_campaign.name,
        source_id=str(candidate.candidate_id),
        pollution_types=tuple(problem.pollution_types),
        secrecy=problem.secrecy,
    )
    with writing() as session:
        point = report_point(
            session,
            draft=draft,
            now=datetime.now(UTC),
            prefix=settings.code_prefix,
            region=Box(*settings.region_box),
        )
        place_candidate(session, candidate.candidate_id, point=point)
        return point.point_id


@blueprint.post("/ledger/places/<uuid:candidate_id>/links")
@requires(Permission.LEDGER_EDIT)
def link(candidate_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a name means a point that is there already."""
    code = request.form.get("code", "").strip()
    with writing() as session:
        point = find_by_code(session, code)
        if point is None:
            raise PointNumberUnknown(code=code[:40])
        candidate = place_candidate(session, candidate_id, point=point)
    flash(_("“%(name)s” now means this point.", name=candidate.name), "done")
    return redirect(url_for("points.show", point_id=point.point_id), 303)


@blueprint.post("/ledger/places/<uuid:candidate_id>/dismissals")
@requires(Permission.LEDGER_EDIT)
def dismiss(candidate_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a name is no place to visit."""
    with writing() as session:
        candidate = dismiss_candidate(session, candidate_id, reason=request.form.get("reason", ""))
        campaign_id = get_problem(session, candidate.problem_id).campaign_id
    flash(_("“%(name)s” is dismissed.", name=candidate.name), "done")
    return redirect(url_for("ledger.campaign", campaign_id=campaign_id), 303)


@blueprint.post("/points/<uuid:point_id>/measures")
@requires(Permission.LEDGER_READ)
def add_measure(point_id: uuid.UUID) -> ResponseReturnValue:
    """Add a measure to a point; the responsible unit or the ledger's keeper may."""
    draft = MeasureDraft(
        description=request.form.get("description", ""),
        due_text=request.form.get("due_text", ""),
    )
    with writing() as session:
        measure = add_measure_to(session, point_id, draft=draft, now=datetime.now(UTC))
    flash(_("The measure is saved; deadline: %(words)s.", words=measure.due_text), "done")
    return redirect(url_for("points.show", point_id=point_id), 303)


@blueprint.post("/points/<uuid:point_id>/measures/<uuid:measure_id>/completions")
@requires(Permission.POINT_RECTIFY)
def finish(point_id: uuid.UUID, measure_id: uuid.UUID) -> ResponseReturnValue:
    """Record that a measure is done."""
    with writing() as session:
        finish_measure(
            session,
            point_id,
            measure_id,
            note=request.form.get("note", ""),
            now=datetime.now(UTC),
        )
    flash(_("The measure is recorded as done."), "done")
    return redirect(url_for("points.show", point_id=point_id), 303)
