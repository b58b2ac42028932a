"""Moves, decisions and comments from the page of a point."""

import uuid

import pytest
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM, Role
from geoapp.points.rules import State
from geoapp.points.tables import PointComment
from tests.points.pages import page_of, stored, work
from tests.support.desk import HTML, in_days
from tests.support.factories import (
    actor_with,
)

NOBODY = uuid.UUID(int=5)


def test_an_assignment_goes_through(desk, office, guarded_db, point):
    desk.send(
        office.planner,
        page_of(point, "/moves"),
        verb="assign",
        substantiation="true",
        responsible_unit_id=office.works.unit_id,
        accepting_unit_id=office.office.unit_id,
        due_on=in_days(30),
    )
    assert stored(guarded_db, point).state is State.ASSIGNED
    assert "已办理：交办" in desk.open(office.planner, "/points")


def test_a_refused_move_comes_back_open_with_everything_typed(desk, office, guarded_db, point):
    text = desk.send(
        office.planner,
        page_of(point, "/moves"),
        status=422,
        verb="assign",
        substantiation="true",
        responsible_unit_id=office.works.unit_id,
        accepting_unit_id=office.works.unit_id,
        due_on=in_days(30),
        reason="请尽快处理",
    )
    assert '<details class="move" id="move-assign" open>' in text
    assert "验收单位不得与责任单位相同" in text
    assert ">请尽快处理</textarea>" in text
    assert f'value="{in_days(30)}"' in text
    assert f'<option value="{office.works.unit_id}" selected>' in text
    assert '<option value="true" selected>' in text
    assert stored(guarded_db, point).state is State.REPORTED


def test_ticks_stay_ticked_when_acceptance_is_refused(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        done = work(session, office, State.COMPLETED)
    text = desk.send(
        office.acceptor,
        page_of(done, "/moves"),
        status=422,
        verb="accept",
        five_checks=["0", "3"],
        signature="acceptor",
    )
    assert text.count(" checked") == 2
    assert 'value="acceptor"' in text


def test_what_a_move_lacks_stands_there_before_it_is_tried(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        busy = work(session, office)
    text = desk.open(office.worker, page_of(busy))
    assert "尚缺 1 项" in text
    assert 'href="#photos"' in text
    text = desk.send(office.worker, page_of(busy, "/moves"), status=422, verb="complete")
    assert "整改后照片" in text
    assert stored(guarded_db, busy).state is State.RECTIFYING


def test_a_final_move_asks_before(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        open_one = work(session, office, State.ASSIGNED)
    text = desk.open(office.planner, page_of(open_one))
    assert "data-confirm=" in text.split('id="move-merge"')[1].split("</details>")[0]


def test_a_move_of_somebody_elses_role_is_403(desk, office, guarded_db, point):
    with guarded_db.transaction(SYSTEM) as session:
        adviser = actor_with(session, Role.ADVISER, unit=office.town)
    for actor in (adviser, office.inspector):
        desk.send(actor, page_of(point, "/moves"), 403, verb="assign", due_on=in_days(9))
    assert stored(guarded_db, point).state is State.REPORTED


def test_a_move_on_a_point_out_of_reach_is_404(desk, office, point):
    desk.send(office.stranger, page_of(point, "/moves"), 404, verb="assign")
    desk.send(office.planner, f"/points/{NOBODY}/moves", 404, verb="assign")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"verb": "explode"}, 400),
        ({"verb": "assign", "due_on": "soon"}, 400),
        ({"verb": "merge", "main_code": "X-1"}, 400),
        ({"verb": "complete"}, 409),
        ({"verb": "assign", "base_version": "99"}, 409),
    ],
)
def test_a_wrong_move_is_refused_by_its_family(desk, office, point, fields, status):
    desk.send(office.planner, page_of(point, "/moves"), status, **fields)
    assert stored(desk.database, point).state is State.REPORTED


def test_programs_get_a_problem_with_the_needs(desk, office, point):
    client = desk.client(office.planner)
    desk.app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(
        page_of(point, "/moves"), data={"verb": "assign"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json["code"] == "point.evidence_missing"


def test_a_form_without_token_is_400(desk, office, point):
    client = desk.client(office.planner)
    for tail in ("/moves", "/comments"):
        answer = client.post(page_of(point, tail), data={"body": "x"}, headers=HTML)
        assert answer.status_code == 400
        assert "web.form_expired" in answer.text


@pytest.fixture
def proposed(desk, office, guarded_db):
    """A point that its unit wants to hand back."""
    with guarded_db.transaction(SYSTEM) as session:
        given = work(session, office, State.ASSIGNED, code="PDZQ-2026-BRK-0002")
    desk.send(
        office.worker,
        page_of(given, "/moves"),
        verb="return_assignment",
        reason="不属本单位职责",
        proposed_unit_id=office.office.unit_id,
    )
    return given


def decision_of(desk, actor, point):
    text = desk.open(actor, page_of(point))
    return text.split("/proposals/")[1].split('"')[0]


def test_a_proposal_shows_what_is_proposed_and_who_decides(desk, office, proposed):
    text = desk.open(office.planner, page_of(proposed))
    assert "不属本单位职责" in text
    assert "<dd>生态环境督察处</dd>" in text
    assert 'value="confirm"' in text
    assert 'value="confirm"' not in desk.open(office.worker, page_of(proposed))


def test_a_second_person_confirms_a_proposal(desk, office, guarded_db, proposed):
    path = page_of(proposed, f"/proposals/{decision_of(desk, office.planner, proposed)}")
    desk.send(office.planner, path, decision="confirm")
    assert stored(guarded_db, proposed).state is State.REPORTED


def test_nobody_confirms_their_own_proposal_but_may_take_it_back(
    desk, office, guarded_db, proposed
):
    path = page_of(proposed, f"/proposals/{decision_of(desk, office.worker, proposed)}")
    desk.send(office.worker, path, 403, decision="confirm")
    desk.send(office.worker, path, decision="decline")
    assert "已撤回" in desk.open(office.worker, "/points")
    desk.send(office.planner, path, 409, decision="confirm")
    assert stored(guarded_db, proposed).state is State.ASSIGNED


def test_declining_without_a_reason_comes_back_to_the_page(desk, office, guarded_db, proposed):
    path = page_of(proposed, f"/proposals/{decision_of(desk, office.planner, proposed)}")
    text = desk.send(office.planner, path, 422, decision="decline")
    assert 'value="confirm"' in text
    desk.send(office.planner, path, decision="decline", reason="属贵单位职责")
    assert "属贵单位职责" in desk.open(office.worker, page_of(proposed))


def test_a_proposal_belongs_to_the_point_of_its_address(desk, office, guarded_db, proposed, point):
    path = page_of(point, f"/proposals/{decision_of(desk, office.planner, proposed)}")
    desk.send(office.planner, path, 404, decision="confirm")
    assert stored(guarded_db, proposed).state is State.ASSIGNED


def test_an_adviser_comments_and_decides_nothing(desk, office, guarded_db, point):
    with guarded_db.transaction(SYSTEM) as session:
        adviser = actor_with(session, Role.ADVISER, unit=office.town)
    desk.send(adviser, page_of(point, "/comments"), body="建议加装喷淋")
    assert "建议加装喷淋" in desk.open(office.planner, page_of(point))


def test_a_comment_too_long_comes_back_with_its_words(desk, office, guarded_db, point):
    text = desk.send(office.planner, page_of(point, "/comments"), 422, body="长" * 4001)
    assert "长" * 4001 in text
    with guarded_db.reading(SYSTEM) as session:
        assert session.scalar(select(func.count(PointComment.comment_id))) == 0


def test_a_briefing_writer_reads_and_does_not_comment(desk, office, guarded_db, point):
    with guarded_db.transaction(SYSTEM) as session:
        writer = actor_with(session, Role.BRIEFING, unit=office.town)
    assert "/comments" not in desk.open(writer, page_of(point))
    desk.send(writer, page_of(point, "/comments"), 403, body="x")


def test_pages_speak_english_too(desk, office, point):
    text = desk.open(office.planner, page_of(point) + "?lang=en")
    assert "What was found" in text
    assert "Moves of others" in text
