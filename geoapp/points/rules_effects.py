"""What a move changes on its point, beside the state; plain Python."""

from typing import Any

from geoapp.points.lifecycle import Move
from geoapp.points.protocol import Verb
from geoapp.points.rules import State, Substantiation
from geoapp.points.rules_facts import Facts
from geoapp.points.rules_form import MoveForm

Changes = dict[str, Any]
NOT_YET_DONE = 99  # percent: what was called complete was not
ENDED = frozenset({State.CLOSED, State.ONGOING})


def changes_of(move: Move, facts: Facts, form: MoveForm) -> Changes:
    """Return the columns of the point that *move* writes, with their new values."""
    by_verb = {
        Verb.ASSIGN: _assign,
        Verb.FIND_UNFOUNDED: _find_unfounded,
        Verb.MERGE: _merge,
        Verb.REFER: _refer,
        Verb.RETURN_ASSIGNMENT: _return,
        Verb.RECORD_PROGRESS: _progress,
        Verb.COMPLETE: _complete,
        Verb.REJECT: _rework,
        Verb.UPHOLD_OBJECTION: _rework,
        Verb.CLOSE_OFF: _close,
        Verb.CLOSE_WITHOUT_NOTICE: _close,
        Verb.KEEP_ONGOING: _keep_ongoing,
        Verb.END_ONGOING: _end_ongoing,
        Verb.REPORT_RELAPSE: _relapse,
        Verb.EXTEND: _deadline,
    }
    changes: Changes = {"state": move.target, "updated_at": facts.now}
    if move.verb is Verb.CORRECT:
        return changes | _correct(move)
    effect = by_verb.get(move.verb)
    return changes | (effect(facts, form) if effect else {})


def _given(**values: object) -> Changes:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _deadline(facts: Facts, form: MoveForm) -> Changes:
    """Set the deadline; the first one is kept for good, unless it was set too late."""
    if form.due_on is None and not form.due_text:
        return {}
    known = [day for day in (facts.first_due_on or facts.due_on, form.due_on) if day]
    first = min(known, default=None)
    return {"due_on": form.due_on, "due_text": form.due_text, "first_due_on": first}


def _assign(facts: Facts, form: MoveForm) -> Changes:
    return (
        {"started_on": facts.today, "first_due_on": facts.first_due_on or facts.due_on}
        | _deadline(facts, form)
        | _given(
            substantiation=form.substantiation,
            responsible_unit_id=form.responsible_unit_id,
            accepting_unit_id=form.accepting_unit_id,
            inspector_id=form.inspector_id,
        )
    )


def _find_unfounded(facts: Facts, form: MoveForm) -> Changes:
    return {
        "substantiation": Substantiation.UNTRUE,
        "closed_at": facts.now,
        "closed_reason": form.reason,
    }


def _merge(facts: Facts, form: MoveForm) -> Changes:
    return {
        "main_point_id": form.main_point_id,
        "closed_at": facts.now,
        "closed_reason": form.reason,
    }


def _refer(facts: Facts, form: MoveForm) -> Changes:
    body = f"{form.receiving_body.strip()} {form.referral_no.strip()}"
    return {"closed_at": facts.now, "closed_reason": body}


def _return(_facts: Facts, _form: MoveForm) -> Changes:
    """Take the unit off; the clock runs on."""
    return {"responsible_unit_id": None}


def _progress(_facts: Facts, form: MoveForm) -> Changes:
    return {"progress_pct": form.progress_pct}


def _complete(_facts: Facts, form: MoveForm) -> Changes:
    return {"progress_pct": 100} | _given(case_no=form.case_no.strip())


def _rework(facts: Facts, form: MoveForm) -> Changes:
    left = facts.progress_pct if form.progress_pct is None else form.progress_pct
    return _deadline(facts, form) | {"progress_pct": min(left, NOT_YET_DONE)}


def _close(facts: Facts, form: MoveForm) -> Changes:
    return {
        "closed_at": facts.now,
        "closed_reason": form.reason,
        "relapsed_at": None,
        "criticised_at": None,
    }


def _keep_ongoing(_facts: Facts, form: MoveForm) -> Changes:
    return {"proof_due_on": form.proof_due_on}


def _end_ongoing(_facts: Facts, form: MoveForm) -> Changes:
    return {"proof_due_on": None, "closed_reason": form.reason}


def _relapse(facts: Facts, form: MoveForm) -> Changes:
    return _deadline(facts, form) | {
        "relapsed_at": facts.now,
        "closed_at": None,
        "closed_reason": "",
        "proof_due_on": None,
        "progress_pct": 0,
        "started_on": facts.today,
    }


def _correct(move: Move) -> Changes:
    """Undo what the mistaken end had written."""
    undone: Changes = {} if move.target in ENDED else {"closed_at": None, "closed_reason": ""}
    if move.source is State.MERGED:
        undone["main_point_id"] = None
    if move.source is State.UNFOUNDED:
        undone["substantiation"] = None
    return undone
