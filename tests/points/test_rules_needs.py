"""Each need refuses what lacks it and passes what has it; no database."""

import pytest

from geoapp.accounts.rules import Role
from geoapp.points.lifecycle import MOVES, find_move
from geoapp.points.protocol import Need, Verb
from geoapp.points.rules import State, Substantiation
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_needs import confirmers_of, fulfils, is_open_to, missing
from tests.points.examples import (
    BARE,
    EMPTY,
    FAILS,
    ME,
    OTHER,
    PASSES,
    TODAY,
    WORKS,
    facts,
)


def cases(table):
    return [
        pytest.param(need, known, form, id=f"{need}-{number}")
        for need, examples in table.items()
        for number, (known, form) in enumerate(examples)
    ]


def a_move_with(need):
    return next(move for move in MOVES if need in move.needs)


def test_every_need_has_examples_of_both_kinds_and_belongs_to_a_move():
    used = {need for move in MOVES for need in move.needs}
    assert set(PASSES) == set(FAILS) == set(Need) == used


@pytest.mark.parametrize(("need", "known", "form"), cases(PASSES))
def test_what_has_it_passes(need, known, form):
    assert fulfils(need, a_move_with(need), known, form)


@pytest.mark.parametrize(("need", "known", "form"), cases(FAILS))
def test_what_lacks_it_is_refused(need, known, form):
    assert not fulfils(need, a_move_with(need), known, form)


def test_what_is_missing_comes_in_the_order_of_the_table():
    move = find_move(State.REPORTED, Verb.ASSIGN)
    assert missing(move, BARE, EMPTY) == move.needs
    form = MoveForm(substantiation=Substantiation.TRUE, due_on=TODAY)
    assert missing(move, BARE, form) == (
        Need.RESPONSIBLE_UNIT,
        Need.ACCEPTING_UNIT,
        Need.UNITS_DIFFER,
    )


def test_rework_may_keep_a_deadline_that_an_extension_must_exceed():
    known, form = facts(due_on=TODAY), MoveForm(due_on=TODAY)
    reject = find_move(State.COMPLETED, Verb.REJECT)
    extend = find_move(State.COMPLETED, Verb.EXTEND)
    assert fulfils(Need.NEW_DEADLINE, reject, known, form)
    assert not fulfils(Need.NEW_DEADLINE, extend, known, form)


def test_a_correction_leads_only_back_to_where_the_point_came_from():
    back = [move for move in MOVES if move.verb is Verb.CORRECT and move.source is State.MERGED]
    open_ = [move.target for move in back if is_open_to(move, facts(previous_state=State.ASSIGNED))]
    assert open_ == [State.ASSIGNED]
    assert not any(is_open_to(move, BARE) for move in back)


def test_the_second_extension_needs_the_inspection_office():
    extend = find_move(State.RECTIFYING, Verb.EXTEND)
    assert Role.ACCEPTOR in confirmers_of(extend, BARE)
    assert confirmers_of(extend, facts(extensions=1)) == {Role.ADMIN}


def test_a_form_survives_being_written_down_and_read_back():
    form = MoveForm(
        reason="理由",
        substantiation=Substantiation.TRUE,
        responsible_unit_id=WORKS,
        due_on=TODAY,
        immediate_fix=True,
        progress_pct=0,
        failed_items=("一", "二"),
        five_checks=(True, False, True, True, True),
        evidence_ids=(ME, OTHER),
        notice_start_on=TODAY,
        notice_days=10,
    )
    details = form.details()
    assert "reason" not in details
    assert "signature" not in details
    more = details | {"payload_sha256": "…"}
    assert MoveForm.from_details(more, reason="理由") == form
