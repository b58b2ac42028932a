"""The table of moves: complete, closed, and the same in the database."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from geoapp.accounts.rules import GRANTS, Permission, Role
from geoapp.core.i18n import gettext, use_language
from geoapp.points.lifecycle import MOVES, find_move, moves_from
from geoapp.points.protocol import NEED_TEXTS, VERB_NAMES, Need, Verb
from geoapp.points.rules import OPEN_STATES, STATE_NAMES, TERMINAL_STATES, State
from geoapp.points.rules_effects import changes_of
from geoapp.points.rules_form import MoveForm
from geoapp.points.tables import Point
from geoapp.points.tables_moves import AllowedTransition
from tests.points.examples import BARE
from tests.support.factories import make_point, make_transition


def test_the_database_allows_exactly_the_moves_of_the_table(session):
    rows = session.scalars(select(AllowedTransition)).all()
    in_database = {
        (
            row.number,
            row.source,
            row.target,
            row.verb,
            *map(frozenset, (row.roles, row.confirmers)),
            tuple(row.needs),
        )
        for row in rows
    }
    in_code = {
        (move.number, move.source, move.target, move.verb, move.roles, move.confirmers, move.needs)
        for move in MOVES
    }
    assert in_database == in_code
    assert len(rows) == len(MOVES)


def test_all_21_rows_of_the_office_and_all_22_verbs_are_in_the_table():
    assert {move.number for move in MOVES} == set(range(1, 22))
    assert {move.verb for move in MOVES} == set(Verb)
    assert len(Verb) == 22


def test_every_state_but_draft_can_be_reached_and_every_open_one_left():
    reached = {State.DRAFT}
    while True:
        more = {move.target for move in MOVES if move.source in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State)
    for state in OPEN_STATES:
        assert any(move.target is not state for move in moves_from(state))
    assert not OPEN_STATES & TERMINAL_STATES


def test_a_final_state_is_left_only_by_two_people_or_as_an_ongoing_duty():
    for move in MOVES:
        if move.source in TERMINAL_STATES:
            assert move.confirmers or move.verb is Verb.KEEP_ONGOING


def test_a_verb_names_one_move_unless_several_targets_are_possible():
    assert find_move(State.REPORTED, Verb.ASSIGN).target is State.ASSIGNED
    assert find_move(State.MERGED, Verb.CORRECT) is None
    assert find_move(State.MERGED, Verb.CORRECT, State.ASSIGNED).number == 21
    assert find_move(State.CLOSED, Verb.ACCEPT) is None


def test_whoever_may_create_points_may_report_them_and_nobody_else():
    creators = {role for role, granted in GRANTS.items() if Permission.POINT_CREATE in granted}
    assert find_move(State.DRAFT, Verb.REPORT).roles == creators


def test_nobody_can_open_rectify_and_accept_a_point_in_one_role():
    accept, complete = Verb.ACCEPT, Verb.COMPLETE
    roles = {verb: next(m.roles for m in MOVES if m.verb is verb) for verb in (accept, complete)}
    assert not roles[accept] & roles[complete]
    assert Role.ADMIN not in roles[accept]


def test_every_state_verb_and_need_has_its_chinese_words():
    words = [*STATE_NAMES.values(), *VERB_NAMES.values(), *NEED_TEXTS.values()]
    assert set(STATE_NAMES) == set(State)
    assert set(VERB_NAMES) == set(Verb)
    assert set(NEED_TEXTS) == set(Need)
    with use_language("zh_Hans_CN"):
        assert [word for word in words if gettext(word) == word] == []


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.source}-{move.verb}-{move.target}")
def test_a_move_writes_its_target_and_only_columns_of_the_point(move):
    changes = changes_of(move, BARE, MoveForm())
    assert changes["state"] is move.target
    assert changes["updated_at"] == BARE.now
    assert set(changes) <= set(Point.__table__.columns.keys())


def test_the_database_itself_refuses_a_pair_that_is_not_in_the_table(session):
    point = make_point(session)
    for source, target, verb in (
        (State.DRAFT, State.CLOSED, Verb.CLOSE_OFF),
        (State.REPORTED, State.ASSIGNED, Verb.MERGE),
    ):
        with pytest.raises(IntegrityError, match="allowed_transition"), session.begin_nested():
            make_transition(session, point, source=source, target=target, verb=verb)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transition_log SET reason = 'x'",
        "DELETE FROM transition_log",
        "TRUNCATE transition_log",
    ],
)
def test_the_log_of_moves_can_only_grow(session, statement):
    point = make_point(session)
    make_transition(session, point, source=State.DRAFT, target=State.REPORTED, verb=Verb.REPORT)
    with pytest.raises(ProgrammingError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
