from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from geoapp.accounts.rules import SYSTEM
from geoapp.points.columns import HistoryKind
from geoapp.points.protocol import Verb
from geoapp.points.queries import get_point, history
from geoapp.points.rules import State, Substantiation
from geoapp.points.rules_form import MoveForm
from geoapp.points.rules_refusals import (
    EvidenceMissing,
    MoveForbidden,
    MoveNotAllowed,
    PersonNeeded,
    ProposalDecided,
    ProposalMissing,
    ProposalOwn,
    ProposalWaiting,
)
from geoapp.points.services import decide_proposal, offers, report_point
from geoapp.points.tables_moves import MoveProposal, Transition
from tests.points.support import DAY, DUE, Folder, assign_form, move
from tests.support.factories import NOON, make_point, point_draft

REFER = MoveForm(receiving_body="公安局", referral_no="浦环移〔2026〕1号", reason="涉嫌犯罪")
EXTEND = MoveForm(reason="汛期无法施工", due_on=date(2026, 5, 31), document_no="祝府〔2026〕4号")


@pytest.fixture
def folder():
    return Folder().plug()


@pytest.fixture
def point_id(guarded_db, office, folder):
    with guarded_db.transaction(office.inspector) as session:
        return report_point(session, draft=point_draft(), now=NOON).point_id


@pytest.fixture
def assigned(guarded_db, office, point_id):
    move(guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office))
    return point_id


def decide(db, actor, proposal, *, confirm=True, reason="同意", at=NOON + DAY):
    with db.transaction(actor) as session:
        return decide_proposal(
            session, proposal.proposal_id, confirm=confirm, reason=reason, now=at
        )


def read(db, point_id):
    with db.reading(SYSTEM) as session:
        return get_point(session, point_id)


def test_a_referral_waits_for_the_inspection_office_and_then_names_both(
    guarded_db, office, point_id
):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    assert isinstance(proposal, MoveProposal)
    assert read(guarded_db, point_id).state is State.REPORTED
    done = decide(guarded_db, office.admin, proposal)
    assert isinstance(done, Transition)
    assert (done.actor_id, done.role) == (office.planner.person_id, "planner")
    assert done.confirmed_by == office.admin.person_id
    assert (done.at, done.reason) == (NOON + DAY, "涉嫌犯罪")
    point = read(guarded_db, point_id)
    assert (point.state, point.closed_at) == (State.REFERRED, NOON + DAY)
    assert point.closed_reason == "公安局 浦环移〔2026〕1号"


def test_nobody_confirms_the_own_proposal_and_may_only_withdraw_it(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with pytest.raises(ProposalOwn):
        decide(guarded_db, office.planner, proposal)
    taken_back = decide(guarded_db, office.planner, proposal, confirm=False, reason="")
    assert (taken_back.decision, taken_back.decided_by) == ("withdrawn", None)
    assert read(guarded_db, point_id).state is State.REPORTED


def test_the_database_itself_demands_two_people(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    alone = text(
        "UPDATE move_proposal SET decision = 'confirmed', decided_at = now(),"
        " decided_by = proposed_by WHERE proposal_id = :id"
    )
    with (
        guarded_db.transaction(SYSTEM) as session,
        pytest.raises(IntegrityError, match="two_people"),
        session.begin_nested(),
    ):
        session.execute(alone, {"id": proposal.proposal_id})


@pytest.mark.parametrize("who", ["acceptor", "inspector", "worker"])
def test_only_a_role_that_confirms_decides(guarded_db, office, point_id, who):
    with guarded_db.transaction(SYSTEM) as session:
        point = get_point(session, point_id)
        point.responsible_unit_id = office.works.unit_id
        point.accepting_unit_id = office.office.unit_id
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with pytest.raises(MoveForbidden):
        decide(guarded_db, getattr(office, who), proposal)


def test_declining_needs_words_and_leaves_the_point(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with pytest.raises(EvidenceMissing):
        decide(guarded_db, office.admin, proposal, confirm=False, reason=" ")
    declined = decide(guarded_db, office.admin, proposal, confirm=False, reason="证据不足")
    assert (declined.decision, declined.decided_by) == ("declined", office.admin.person_id)
    with pytest.raises(ProposalDecided):
        decide(guarded_db, office.admin, proposal)
    assert read(guarded_db, point_id).state is State.REPORTED


def test_a_second_proposal_waits_until_the_first_is_decided(guarded_db, office, point_id):
    move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with pytest.raises(ProposalWaiting):
        move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with guarded_db.reading(office.planner) as session:
        found = offers(session, get_point(session, point_id), NOON)
    allowed = {offer.move.verb: offer.allowed for offer in found}
    assert (allowed[Verb.ASSIGN], allowed[Verb.REFER]) == (True, False)


def test_what_the_move_demands_is_checked_again_when_it_is_confirmed(
    guarded_db, office, point_id, folder
):
    for _side in range(2):
        folder.add_photo(role="before")
    folder.add_visit(office.inspector)
    form = MoveForm(reason="现场未见问题")
    proposal = move(guarded_db, office.planner, point_id, Verb.FIND_UNFOUNDED, form)
    folder.photos.pop()
    with guarded_db.transaction(SYSTEM) as session:
        get_point(session, point_id).accepting_unit_id = office.office.unit_id
    with pytest.raises(EvidenceMissing) as refusal:
        decide(guarded_db, office.acceptor, proposal)
    assert refusal.value.data["needs"] == ["two_photos"]
    folder.add_photo(role="before")
    decide(guarded_db, office.acceptor, proposal)
    point = read(guarded_db, point_id)
    assert (point.state, point.substantiation) == (State.UNFOUNDED, Substantiation.UNTRUE)


def test_a_move_that_overtakes_a_proposal_withdraws_it(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    move(guarded_db, office.planner, point_id, Verb.ASSIGN, assign_form(office))
    with pytest.raises(ProposalDecided):
        decide(guarded_db, office.admin, proposal)


def test_a_proposal_from_another_state_cannot_be_confirmed(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with guarded_db.transaction(SYSTEM) as session:  # as a repair by hand would leave it
        get_point(session, point_id).state = State.PLANNED
    with pytest.raises(MoveNotAllowed):
        decide(guarded_db, office.admin, proposal)


def test_an_extension_keeps_the_first_deadline_and_the_old_one_until_approved(
    guarded_db, office, assigned
):
    proposal = move(guarded_db, office.worker, assigned, Verb.EXTEND, EXTEND)
    assert read(guarded_db, assigned).due_on == DUE
    done = decide(guarded_db, office.acceptor, proposal)
    point = read(guarded_db, assigned)
    assert (point.due_on, point.first_due_on) == (date(2026, 5, 31), DUE)
    assert (point.state, done.due_on) == (State.ASSIGNED, date(2026, 5, 31))


def test_a_second_extension_is_for_the_inspection_office_alone(guarded_db, office, assigned):
    first = move(guarded_db, office.worker, assigned, Verb.EXTEND, EXTEND)
    decide(guarded_db, office.acceptor, first)
    again = replace(EXTEND, due_on=date(2026, 6, 30))
    second = move(guarded_db, office.worker, assigned, Verb.EXTEND, again)
    with pytest.raises(MoveForbidden):
        decide(guarded_db, office.acceptor, second)
    decide(guarded_db, office.admin, second)
    assert read(guarded_db, assigned).first_due_on == DUE


def test_a_unit_may_return_an_assignment_once_and_the_clock_runs_on(guarded_db, office, assigned):
    back = MoveForm(reason="不属我单位职责", proposed_unit_id=office.town.unit_id)
    proposal = move(guarded_db, office.worker, assigned, Verb.RETURN_ASSIGNMENT, back)
    decide(guarded_db, office.planner, proposal)
    point = read(guarded_db, assigned)
    assert (point.state, point.responsible_unit_id) == (State.REPORTED, None)
    assert (point.due_on, point.first_due_on) == (DUE, DUE)
    move(guarded_db, office.planner, assigned, Verb.ASSIGN, assign_form(office))
    with pytest.raises(EvidenceMissing) as refusal:
        move(guarded_db, office.worker, assigned, Verb.RETURN_ASSIGNMENT, back)
    assert refusal.value.data["needs"] == ["returns_left"]


def test_a_relapse_reopens_the_same_point_with_a_red_mark(guarded_db, office, folder):
    with guarded_db.transaction(SYSTEM) as session:
        closed = make_point(
            session,
            state=State.CLOSED,
            territorial_unit_id=office.town.unit_id,
            responsible_unit_id=office.works.unit_id,
            accepting_unit_id=office.office.unit_id,
            due_on=date(2026, 1, 30),
            progress_pct=100,
        ).point_id
    folder.add_photo(at=NOON + DAY, role="before")
    again = MoveForm(reason="又堆放渣土", due_on=date(2026, 3, 31))
    proposal = move(guarded_db, office.inspector, closed, Verb.REPORT_RELAPSE, again, at=NOON + DAY)
    decide(guarded_db, office.planner, proposal, at=NOON + 2 * DAY)
    point = read(guarded_db, closed)
    assert (point.state, point.relapsed_at) == (State.ASSIGNED, NOON + 2 * DAY)
    assert (point.closed_at, point.progress_pct) == (None, 0)
    assert (point.due_on, point.first_due_on) == (date(2026, 3, 31), date(2026, 1, 30))


def test_a_mistaken_end_is_corrected_by_two_administrators_to_where_it_was(
    guarded_db, office, assigned
):
    with guarded_db.transaction(SYSTEM) as session:
        main = make_point(session, "主点位", territorial_unit_id=office.town.unit_id).point_id
    move(guarded_db, office.planner, assigned, Verb.MERGE, MoveForm(main_point_id=main))
    wrong = MoveForm(reason="不是同一处")
    with pytest.raises(MoveNotAllowed):
        move(guarded_db, office.admin, assigned, Verb.CORRECT, wrong, target=State.REPORTED)
    proposal = move(guarded_db, office.admin, assigned, Verb.CORRECT, wrong)
    decide(guarded_db, office.other_admin, proposal)
    point = read(guarded_db, assigned)
    assert (point.state, point.main_point_id, point.closed_at) == (State.ASSIGNED, None, None)


def test_the_program_itself_is_not_one_of_two_people(guarded_db, office, point_id):
    with pytest.raises(PersonNeeded):
        move(guarded_db, SYSTEM, point_id, Verb.REFER, REFER)


def test_a_proposal_of_a_hidden_point_is_not_there(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with pytest.raises(ProposalMissing):
        decide(guarded_db, office.stranger, proposal)


def test_the_history_shows_who_proposed_and_who_decided(guarded_db, office, point_id):
    proposal = move(guarded_db, office.planner, point_id, Verb.REFER, REFER, at=NOON + DAY / 2)
    decide(guarded_db, office.admin, proposal)
    with guarded_db.reading(office.planner) as session:
        lines = history(session, point_id)
    kinds = [line.kind for line in lines]
    assert kinds == [HistoryKind.MOVE, HistoryKind.PROPOSAL, HistoryKind.MOVE]
    assert (lines[0].confirmed_name, lines[1].confirmed_name) == ("Admin", "Admin")
    assert (lines[1].decision, lines[1].decision_reason) == ("confirmed", "同意")


def test_every_proposal_row_names_a_pair_of_the_table(guarded_db, office, point_id):
    move(guarded_db, office.planner, point_id, Verb.REFER, REFER)
    with guarded_db.transaction(SYSTEM) as session:
        row = session.scalars(select(MoveProposal)).one()
        row.target = "closed"
        with pytest.raises(IntegrityError, match="allowed_transition"):
            session.flush()
        session.rollback()
