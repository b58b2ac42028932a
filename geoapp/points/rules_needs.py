"""What each move demands, checked over what is known and what is given; plain Python."""

from collections.abc import Callable
from datetime import datetime, timedelta

from geoapp.accounts.rules import Role
from geoapp.deadlines.rules import DeadlineKind, parse_deadline, shanghai_day
from geoapp.points.lifecycle import Move
from geoapp.points.protocol import Need, Verb
from geoapp.points.rules import MIN_TEXT_LENGTH, LocationMethod, RiskGrade, State, Substantiation
from geoapp.points.rules_facts import Facts, PhotoFact
from geoapp.points.rules_form import ACCEPTANCE_STANDARDS, MoveForm

TWO = 2  # photos from two sides; domain table, moves 3 and 11
NEAR_M = 100  # metres from the point; domain table, move 11
VISIT_AGE = timedelta(days=7)  # domain table, move 13
MAX_RETURNS = 1  # domain table, move 6
FULL_PERCENT = 100
MAX_NOTICE_DAYS = 366  # longer ones are slips of the pen
GRAVE = frozenset({RiskGrade.RED, RiskGrade.ORANGE})
FOUNDED = frozenset(
    {Substantiation.TRUE, Substantiation.MOSTLY_TRUE, Substantiation.PARTLY_TRUE},
)
NO_MAIN = frozenset({State.DRAFT, State.MERGED, State.UNFOUNDED})
"""States of a point into which no other may be merged."""

Check = Callable[[Facts, MoveForm], bool]


def missing(move: Move, facts: Facts, form: MoveForm) -> tuple[Need, ...]:
    """Return what *move* still lacks, in the order of the office's table."""
    return tuple(need for need in move.needs if not fulfils(need, move, facts, form))


def fulfils(need: Need, move: Move, facts: Facts, form: MoveForm) -> bool:
    """Tell whether *facts* and *form* give what *need* demands of *move*."""
    if need is Need.NEW_DEADLINE:
        return _new_deadline(facts, form, must_grow=move.verb is Verb.EXTEND)
    return CHECKS[need](facts, form)


def is_open_to(move: Move, facts: Facts) -> bool:
    """Tell whether *move* makes sense at all: a correction leads back to where it came from."""
    return move.verb is not Verb.CORRECT or move.target is facts.previous_state


def confirmers_of(move: Move, facts: Facts) -> frozenset[Role]:
    """Return whose word the move needs besides; a second extension is the office's own matter."""
    if move.verb is Verb.EXTEND and facts.extensions:
        return frozenset({Role.ADMIN})
    return move.confirmers


def is_independent(facts: Facts) -> bool:
    """Another person, of another unit, than everybody who planned or rectified; no exception."""
    if facts.actor_id is None or facts.actor_unit_id is None:
        return False
    people = {rectifier.person_id for rectifier in facts.rectifiers}
    units = {rectifier.unit_id for rectifier in facts.rectifiers} | {facts.responsible_unit_id}
    return facts.actor_id not in people and facts.actor_unit_id not in units


def _geometry(facts: Facts, _form: MoveForm) -> bool:
    measured = facts.location_method is LocationMethod.GNSS
    return facts.has_geometry and (facts.accuracy_m is not None or not measured)


def _photo(facts: Facts, form: MoveForm) -> bool:
    """One since the present state began; at the report also one announced by its id."""
    if facts.state_since is None:
        return bool(facts.photos or form.evidence_ids or facts.has_document)
    return any(photo.uploaded_at >= facts.state_since for photo in facts.photos)


def _units_differ(facts: Facts, form: MoveForm) -> bool:
    responsible = form.responsible_unit_id or facts.responsible_unit_id
    accepting = form.accepting_unit_id or facts.accepting_unit_id
    return responsible is not None and accepting is not None and responsible != accepting


def _deadline(facts: Facts, form: MoveForm) -> bool:
    if form.due_on or facts.due_on:
        return True
    words = form.due_text.strip()
    return bool(words) and parse_deadline(words, base_on=None).kind is DeadlineKind.ONGOING


def _new_deadline(facts: Facts, form: MoveForm, *, must_grow: bool) -> bool:
    if form.due_on is None or form.due_on < facts.today:
        return False
    if facts.due_on is None:
        return True
    return form.due_on > facts.due_on or (form.due_on == facts.due_on and not must_grow)


def _main_point(facts: Facts, form: MoveForm) -> bool:
    if form.main_point_id is None or form.main_point_id == facts.point_id:
        return False
    return facts.main_state is not None and facts.main_state not in NO_MAIN


def _proposed_unit(facts: Facts, form: MoveForm) -> bool:
    return form.proposed_unit_id not in {None, facts.responsible_unit_id}


def _measures(facts: Facts, _form: MoveForm) -> bool:
    return bool(facts.measures) and all(
        measure.has_unit and measure.has_deadline for measure in facts.measures
    )


def _case_plan(facts: Facts, form: MoveForm) -> bool:
    return facts.risk_grade not in GRAVE or facts.has_case_plan or bool(form.document_no.strip())


def _progress(_facts: Facts, form: MoveForm) -> bool:
    return form.progress_pct is not None and 0 <= form.progress_pct <= FULL_PERCENT


def _measures_done(facts: Facts, _form: MoveForm) -> bool:
    return all(measure.is_finished for measure in facts.measures)


def _at_the_place(photo: PhotoFact, since: datetime | None) -> bool:
    near = photo.distance_m is not None and photo.distance_m <= NEAR_M
    return near and photo.taken_at is not None and (since is None or photo.taken_at >= since)


def _after_photos(facts: Facts, _form: MoveForm) -> bool:
    good = [
        photo
        for photo in facts.photos
        if photo.role == "after" and _at_the_place(photo, facts.rectifying_since)
    ]
    return len(good) >= TWO


def _case_no(facts: Facts, form: MoveForm) -> bool:
    return not facts.is_punished or bool(form.case_no.strip() or facts.case_no)


def _recent_visit(facts: Facts, _form: MoveForm) -> bool:
    """Own, on site, at most 7 days old, and after the work began (again)."""
    return any(
        visit.inspector_id == facts.actor_id
        and visit.is_on_site
        and facts.now - visit.ended_at <= VISIT_AGE
        and (facts.rectifying_since is None or visit.ended_at >= facts.rectifying_since)
        for visit in facts.visits
    )


def _five_checks(_facts: Facts, form: MoveForm) -> bool:
    return len(form.five_checks) == ACCEPTANCE_STANDARDS and all(form.five_checks)


def _notice(facts: Facts, form: MoveForm) -> bool:
    if not form.notice_text.strip() or form.notice_start_on is None or form.notice_days is None:
        return False
    accepted_on = shanghai_day(facts.state_since) if facts.state_since else facts.today
    return 1 <= form.notice_days <= MAX_NOTICE_DAYS and form.notice_start_on >= accepted_on


def _notice_over(facts: Facts, _form: MoveForm) -> bool:
    return facts.notice_ends_on is not None and facts.today > facts.notice_ends_on


def _notice_proof(facts: Facts, form: MoveForm) -> bool:
    return bool(form.notice_url.strip() or facts.notice_url or form.evidence_ids)


def _proof_plan(facts: Facts, form: MoveForm) -> bool:
    return (
        bool(form.proof_text.strip())
        and form.proof_due_on is not None
        and form.proof_due_on > facts.today
    )


def _relapse_photo(facts: Facts, _form: MoveForm) -> bool:
    return any(_at_the_place(photo, facts.closed_at) for photo in facts.photos)


CHECKS: dict[Need, Check] = {
    Need.GEOMETRY: _geometry,
    Need.CATEGORY: lambda facts, _form: facts.category is not None,
    Need.TEXT: lambda facts, _form: len(facts.description.strip()) >= MIN_TEXT_LENGTH,
    Need.PHOTO: _photo,
    Need.SUBSTANTIATION: lambda _facts, form: form.substantiation in FOUNDED,
    Need.RESPONSIBLE_UNIT: lambda facts, form: bool(
        form.responsible_unit_id or facts.responsible_unit_id
    ),
    Need.ACCEPTING_UNIT: lambda facts, form: bool(
        form.accepting_unit_id or facts.accepting_unit_id
    ),
    Need.UNITS_DIFFER: _units_differ,
    Need.DEADLINE: _deadline,
    Need.VISIT: lambda facts, _form: bool(facts.visits),
    Need.TWO_PHOTOS: lambda facts, _form: len(facts.photos) >= TWO,
    Need.REASON: lambda _facts, form: bool(form.reason.strip()),
    Need.MAIN_POINT: _main_point,
    Need.RECEIVING_BODY: lambda _facts, form: bool(form.receiving_body.strip()),
    Need.REFERRAL_NO: lambda _facts, form: bool(form.referral_no.strip()),
    Need.PROPOSED_UNIT: _proposed_unit,
    Need.RETURNS_LEFT: lambda facts, _form: facts.returns < MAX_RETURNS,
    Need.MEASURES: _measures,
    Need.CASE_PLAN: _case_plan,
    Need.IMMEDIATE_FIX: lambda _facts, form: form.immediate_fix,
    Need.PROGRESS: _progress,
    Need.MEASURES_DONE: _measures_done,
    Need.AFTER_PHOTOS: _after_photos,
    Need.CASE_NO: _case_no,
    Need.FAILED_ITEMS: lambda _facts, form: any(item.strip() for item in form.failed_items),
    Need.INDEPENDENCE: lambda facts, _form: is_independent(facts),
    Need.RECENT_VISIT: _recent_visit,
    Need.FIVE_CHECKS: _five_checks,
    Need.SIGNATURE: lambda _facts, form: bool(form.signature.strip()),
    Need.NOTICE: _notice,
    Need.OBJECTION: lambda _facts, form: bool(form.objection.strip()),
    Need.NOTICE_OVER: _notice_over,
    Need.NOTICE_PROOF: _notice_proof,
    Need.NO_NOTICE_NEEDED: lambda _facts, form: bool(form.document_no.strip()),
    Need.PROOF_PLAN: _proof_plan,
    Need.RELAPSE_PHOTO: _relapse_photo,
    Need.DOCUMENT: lambda _facts, form: bool(form.document_no.strip()),
}
"""One check a need; the new deadline alone depends on the move too."""
