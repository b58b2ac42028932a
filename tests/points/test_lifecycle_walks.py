"""Whatever people try, in whatever order: a point never leaves the table of moves."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM
from geoapp.core.errors import DomainError
from geoapp.points.lifecycle import MOVES
from geoapp.points.protocol import Verb
from geoapp.points.queries import get_point
from geoapp.points.queries_facts import RECTIFYING_VERBS
from geoapp.points.rules import TERMINAL_STATES, State, Substantiation
from geoapp.points.rules_form import MoveForm
from geoapp.points.services import decide_proposal, move_point, report_point
from geoapp.points.tables_moves import MoveProposal, Transition
from tests.points.support import Folder
from tests.support.factories import NOON, make_point, point_draft

WHO = ("inspector", "worker", "planner", "acceptor", "admin", "other_admin", "stranger")
ASIDE = {Verb.MERGE, Verb.REFER, Verb.FIND_UNFOUNDED}  # they end a walk too soon
TABLE = {(move.source, move.target, move.verb): move for move in MOVES}


class Walk(RuleBasedStateMachine):
    """One point, seven people, all verbs; evidence comes and goes."""

    def __init__(self, db, office, main_id, folder):
        super().__init__()
        self.db, self.office, self.main_id, self.folder = db, office, main_id, folder
        folder.photos.clear()
        folder.visits.clear()
        folder.measures.clear()
        self.now = NOON
        with db.transaction(office.inspector) as session:
            draft = point_draft()
            self.point_id = report_point(session, draft=draft, now=self.now).point_id

    def form(self, *, days, tick):
        """Everything at once: a move takes what it asks for."""
        today = self.now.date()
        return MoveForm(
            reason="理由",
            substantiation=Substantiation.TRUE,
            responsible_unit_id=self.office.works.unit_id,
            accepting_unit_id=self.office.office.unit_id,
            due_on=today + timedelta(days=days),
            main_point_id=self.main_id,
            receiving_body="公安局",
            referral_no="1号",
            proposed_unit_id=self.office.town.unit_id,
            immediate_fix=True,
            progress_pct=days % 101,
            failed_items=("未覆盖",),
            five_checks=(tick,) * 5,
            signature="签名",
            notice_text="公示",
            notice_start_on=today,
            notice_days=1 + days % 3,
            notice_url="https://gov.example/gs",
            objection="异议",
            proof_text="每季度",
            proof_due_on=today + timedelta(days=days),
            document_no="1号",
            case_no="1",
        )

    @rule(days=st.integers(1, 20))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(who=st.sampled_from(WHO), what=st.sampled_from(["photos", "visit", "measure", "done"]))
    def evidence_comes(self, who, what):
        match what:
            case "photos":
                for _side in range(2):
                    self.folder.add_photo(at=self.now)
            case "visit":
                self.folder.add_visit(getattr(self.office, who), at=self.now)
            case "measure":
                self.folder.add_measure()
            case "done":
                self.folder.finish_measures()

    @rule(
        verb=st.sampled_from(Verb),
        who=st.sampled_from(WHO),
        goal=st.none() | st.sampled_from(State),
        days=st.integers(-3, 90),
        tick=st.booleans(),
    )
    def somebody_tries_anything(self, verb, who, goal, days, tick):
        self.attempt(verb, who, goal, self.form(days=days, tick=tick))

    @rule(data=st.data(), days=st.integers(1, 9))
    def the_office_works_as_it_should(self, data, days):
        """So that walks come far: all evidence is there, the right people act."""
        self.now += timedelta(days=days)
        state = self.point().state
        ahead = [move for move in MOVES if move.source is state and move.verb not in ASIDE]
        move = data.draw(st.sampled_from(ahead or [m for m in MOVES if m.source is state]))
        who = self.fit(move.roles)
        self.evidence_comes(who, "photos")
        self.evidence_comes(who, "visit")
        self.evidence_comes(who, "measure")
        self.evidence_comes(who, "done")
        self.attempt(move.verb, who, move.target, self.form(days=90 + days, tick=True))
        if self.waiting():
            self.decide(self.fit(move.confirmers, but=who), confirm=True)

    def fit(self, roles, but=""):
        fit = [name for name in WHO if name != but and getattr(self.office, name).roles & roles]
        return fit[0] if fit else "stranger"

    def attempt(self, verb, who, target, form):
        actor = getattr(self.office, who)
        before = self.point()
        try:
            with self.db.transaction(actor) as session:
                done = move_point(
                    session, self.point_id, verb=verb, target=target, form=form, now=self.now
                )
        except DomainError:
            after = self.point()
            assert (after.state, after.row_version) == (before.state, before.row_version)
            return
        state = self.point().state
        assert state is (before.state if isinstance(done, MoveProposal) else State(done.target))

    @precondition(lambda self: self.waiting())
    @rule(who=st.sampled_from(WHO), confirm=st.booleans())
    def somebody_decides(self, who, confirm):
        self.decide(who, confirm=confirm)

    def decide(self, who, *, confirm):
        proposal = self.waiting()[0]
        try:
            with self.db.transaction(getattr(self.office, who)) as session:
                decide_proposal(
                    session,
                    proposal.proposal_id,
                    confirm=confirm,
                    reason="意见",
                    now=self.now,
                )
        except DomainError:
            assert self.waiting()

    def waiting(self):
        with self.db.reading(SYSTEM) as session:
            query = select(MoveProposal).where(
                MoveProposal.point_id == self.point_id, MoveProposal.decision == ""
            )
            return session.scalars(query).all()

    def point(self):
        with self.db.reading(SYSTEM) as session:
            return get_point(session, self.point_id)

    def log(self):
        with self.db.reading(SYSTEM) as session:
            query = select(Transition).where(Transition.point_id == self.point_id)
            return session.scalars(query.order_by(Transition.seq)).all()

    @invariant()
    def everything_holds(self):
        point, log = self.point(), self.log()
        check_way(point, log)
        check_point(point)
        check_people(log)


def check_way(point, log):
    """The log is one unbroken way through the table, and the point stands at its end."""
    state = State.DRAFT
    for line in log:
        move = TABLE[line.source, line.target, line.verb]
        assert line.source == state
        assert line.role in move.roles
        state = State(line.target)
    assert point.state is state


def check_point(point):
    """The columns of the point say the same as its state."""
    ended = point.state in TERMINAL_STATES | {State.ONGOING}
    assert (point.closed_at is not None) == ended
    assert (point.main_point_id is not None) == (point.state is State.MERGED)
    if point.first_due_on:
        assert point.due_on >= point.first_due_on


def check_people(log):
    """Who accepted had no part in the work; what needs two people had two."""
    people, units = set(), set()
    for line in log:
        if line.verb == Verb.ACCEPT:
            assert line.actor_id not in people
            assert line.unit_id not in units
        if line.verb in RECTIFYING_VERBS:
            people.add(line.actor_id)
            units.add(line.unit_id)
        move = TABLE[line.source, line.target, line.verb]
        assert (line.confirmed_by is not None) == bool(move.confirmers)
        assert line.confirmed_by != line.actor_id


@pytest.fixture
def main_id(guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        return make_point(session, "主点位", territorial_unit_id=office.town.unit_id).point_id


def test_no_walk_leaves_the_table_of_moves(guarded_db, office, main_id):
    """Slow (5 s): a thousand tries on a real database, of which a few dozen succeed."""
    folder = Folder().plug()
    run_state_machine_as_test(
        lambda: Walk(guarded_db, office, main_id, folder),
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
