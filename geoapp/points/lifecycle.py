"""The one table of moves: from state to state, by whom, with which evidence."""

from dataclasses import dataclass

from geoapp.accounts.rules import Role
from geoapp.points.protocol import Need, Verb
from geoapp.points.rules import OPEN_STATES, State

F, U, P, A, D = Role.INSPECTOR, Role.RESPONSIBLE, Role.PLANNER, Role.ACCEPTOR, Role.ADMIN


@dataclass(frozen=True)
class Move:
    """One allowed pair of states.

    *number* is the row of the office's procedure; *confirmers* non-empty means that the move is
    only proposed until a second person with one of these roles agrees; *clock* names the event
    in ``deadline_rule`` whose limit starts.
    """

    number: int
    source: State
    target: State
    verb: Verb
    roles: frozenset[Role]
    needs: tuple[Need, ...]
    clock: str = ""
    confirmers: frozenset[Role] = frozenset()


def _row(  # noqa: PLR0913, PLR0917 - one argument a column of the office's table
    number: int,
    sources: tuple[State, ...],
    target: State,
    verb: Verb,
    roles: set[Role],
    needs: tuple[Need, ...],
    *,
    clock: str = "",
    confirmers: tuple[Role, ...] = (),
) -> tuple[Move, ...]:
    return tuple(
        Move(number, source, target, verb, frozenset(roles), needs, clock, frozenset(confirmers))
        for source in sources
    )


_OPEN = tuple(state for state in State if state in OPEN_STATES)
S, N = State, Need
_CORRECTIONS = (
    (S.UNFOUNDED, S.REPORTED),
    (S.MERGED, S.REPORTED),
    (S.MERGED, S.ASSIGNED),
    (S.REFERRED, S.REPORTED),
    (S.REFERRED, S.ASSIGNED),
    (S.CLOSED, S.IN_NOTICE),
    (S.CLOSED, S.ACCEPTED),
    (S.CLOSED, S.ONGOING),
)

MOVES: tuple[Move, ...] = (
    *_row(
        1,
        (S.DRAFT,),
        S.REPORTED,
        Verb.REPORT,
        {F, P, D},
        (N.GEOMETRY, N.PHOTO, N.CATEGORY, N.TEXT),
        clock="verify",
    ),
    *_row(
        2,
        (S.REPORTED,),
        S.ASSIGNED,
        Verb.ASSIGN,
        {P},
        (N.SUBSTANTIATION, N.RESPONSIBLE_UNIT, N.ACCEPTING_UNIT, N.UNITS_DIFFER, N.DEADLINE),
        clock="arrive",
    ),
    *_row(
        3,
        (S.REPORTED,),
        S.UNFOUNDED,
        Verb.FIND_UNFOUNDED,
        {P},
        (N.VISIT, N.TWO_PHOTOS, N.REASON),
        confirmers=(A,),
    ),
    *_row(4, (S.REPORTED, S.ASSIGNED), S.MERGED, Verb.MERGE, {P}, (N.MAIN_POINT,)),
    *_row(
        5,
        (S.REPORTED, S.ASSIGNED),
        S.REFERRED,
        Verb.REFER,
        {P},
        (N.RECEIVING_BODY, N.REFERRAL_NO),
        clock="referral_reply",
        confirmers=(D,),
    ),
    *_row(
        6,
        (S.ASSIGNED,),
        S.REPORTED,
        Verb.RETURN_ASSIGNMENT,
        {U},
        (N.REASON, N.PROPOSED_UNIT, N.RETURNS_LEFT),
        clock="reassign",
        confirmers=(P,),
    ),
    *_row(
        7,
        (S.ASSIGNED,),
        S.PLANNED,
        Verb.PLAN,
        {U},
        (N.MEASURES, N.CASE_PLAN),
        clock="plan",
    ),
    *_row(8, (S.ASSIGNED,), S.RECTIFYING, Verb.FIX_AT_ONCE, {U}, (N.IMMEDIATE_FIX,)),
    *_row(
        9,
        (S.PLANNED,),
        S.RECTIFYING,
        Verb.START,
        {U},
        (N.MEASURES,),
        confirmers=(A,),
    ),
    *_row(10, (S.RECTIFYING,), S.RECTIFYING, Verb.RECORD_PROGRESS, {U, F}, (N.REASON, N.PROGRESS)),
    *_row(
        11,
        (S.RECTIFYING,),
        S.COMPLETED,
        Verb.COMPLETE,
        {U},
        (N.MEASURES_DONE, N.AFTER_PHOTOS, N.CASE_NO),
        clock="acceptance",
    ),
    *_row(
        12,
        (S.COMPLETED,),
        S.RECTIFYING,
        Verb.REJECT,
        {A},
        (N.FAILED_ITEMS, N.PHOTO, N.NEW_DEADLINE),
    ),
    *_row(
        13,
        (S.COMPLETED,),
        S.ACCEPTED,
        Verb.ACCEPT,
        {A},
        (N.INDEPENDENCE, N.RECENT_VISIT, N.FIVE_CHECKS, N.SIGNATURE),
        clock="publish_notice",
    ),
    *_row(14, (S.ACCEPTED,), S.IN_NOTICE, Verb.PUBLISH_NOTICE, {P}, (N.NOTICE,), clock="notice"),
    *_row(
        15,
        (S.IN_NOTICE,),
        S.RECTIFYING,
        Verb.UPHOLD_OBJECTION,
        {P},
        (N.OBJECTION, N.NEW_DEADLINE),
    ),
    *_row(
        16,
        (S.IN_NOTICE,),
        S.CLOSED,
        Verb.CLOSE_OFF,
        {P, D},
        (N.NOTICE_OVER, N.NOTICE_PROOF),
        clock="look_back",
    ),
    *_row(
        17,
        (S.ACCEPTED,),
        S.CLOSED,
        Verb.CLOSE_WITHOUT_NOTICE,
        {D},
        (N.NO_NOTICE_NEEDED,),
        clock="look_back",
    ),
    *_row(18, (S.CLOSED,), S.ONGOING, Verb.KEEP_ONGOING, {P}, (N.PROOF_PLAN,), clock="proof"),
    *_row(18, (S.ONGOING,), S.CLOSED, Verb.END_ONGOING, {P}, (N.REASON,)),
    *_row(
        19,
        (S.CLOSED, S.ONGOING),
        S.ASSIGNED,
        Verb.REPORT_RELAPSE,
        {F, D},
        (N.RELAPSE_PHOTO, N.REASON),
        clock="escalate",
        confirmers=(P,),
    ),
    *(
        move
        for state in _OPEN
        for move in _row(
            20,
            (state,),
            state,
            Verb.EXTEND,
            {U},
            (N.REASON, N.NEW_DEADLINE, N.DOCUMENT),
            confirmers=(A, D),
        )
    ),
    *(
        move
        for source, target in _CORRECTIONS
        for move in _row(21, (source,), target, Verb.CORRECT, {D}, (N.REASON,), confirmers=(D,))
    ),
)

_BY_SOURCE: dict[State, tuple[Move, ...]] = {
    state: tuple(move for move in MOVES if move.source is state) for state in State
}
_BY_KEY = {(move.source, move.verb, move.target): move for move in MOVES}


def moves_from(state: State) -> tuple[Move, ...]:
    """All moves that leave *state*, in the order of the office's table."""
    return _BY_SOURCE[state]


def find_move(source: State, verb: Verb, target: State | None = None) -> Move | None:
    """Return the move of that name; *target* is needed only where a verb has several."""
    if target is not None:
        return _BY_KEY.get((source, verb, target))
    found = [move for move in _BY_SOURCE[source] if move.verb is verb]
    return found[0] if len(found) == 1 else None
