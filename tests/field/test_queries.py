"""The phone's list and point page: whose points, in which order, with which signs."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.points.protocol import Verb
from geoapp.points.rules import Category, State
from tests.support.factories import LAT, LON, make_point, make_transition
from tests.support.field_forms import HTML, read


def test_a_stranger_is_led_to_the_sign_in(app):
    answer = app.test_client().get("/field", headers=HTML)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_the_list_shows_lamp_state_and_deadline(client, site):
    page = read(client, "/field")
    assert site.brickworks.name in page
    assert 'data-lamp="green"' in page
    assert "整改中" in page
    assert "到期" in page


def test_the_list_is_nearest_first_once_it_knows_where(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            "近处排口",
            lon=LON + 0.001,
            category=Category.WATER_OUTFALL,
            territorial_unit_id=site.office.town.unit_id,
        )
    page = read(client, f"/field/items?near={LON + 0.001},{LAT}")
    assert page.index("近处排口") < page.index(site.brickworks.name)
    assert "95 米" in page
    assert 'transform="rotate(270 12 12)"' in page


def test_the_next_lines_of_a_near_list_follow_the_first(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        for number in range(24):
            make_point(
                session,
                f"点位{number:02}",
                lon=LON + 0.001 * number,
                territorial_unit_id=site.office.town.unit_id,
            )
    first = read(client, f"/field/items?near={LON},{LAT}")
    assert first.count("list-item") == 20
    rest = read(client, f"/field/items?near={LON},{LAT}&shown=20")
    assert rest.count("list-item") == 5
    assert "点位23" in rest
    by_deadline = read(client, "/field")
    after = re.search(r"after=([^&\"]+)", by_deadline)[1]
    assert read(client, f"/field?after={after}").count("list-item") == 5


def test_mine_are_the_points_on_my_list_and_those_of_my_area_on_nobodys(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        town = {"territorial_unit_id": site.office.town.unit_id}
        make_point(session, "无人认领", **town)
        make_point(session, "同事的点位", inspector_id=site.office.planner.person_id, **town)
        make_point(session, "已销号点位", state=State.CLOSED, **town)
        make_point(session, "外镇点位", territorial_unit_id=site.office.other_town.unit_id)
    mine = read(client, "/field")
    assert "无人认领" in mine
    assert not any(name in mine for name in ("同事的点位", "已销号点位", "外镇点位"))
    everything = read(client, "/field?chip=all")
    assert all(name in everything for name in ("无人认领", "同事的点位", "已销号点位"))
    assert "外镇点位" not in everything


def test_a_responsible_unit_sees_what_it_has_to_rectify(client_of, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        own = {"responsible_unit_id": site.office.works.unit_id}
        make_point(session, "等待验收", state=State.COMPLETED, **own)
    page = read(client_of(site.office.worker), "/field")
    assert site.brickworks.name in page
    assert "等待验收" not in page


def test_sent_back_are_the_points_that_an_acceptance_refused(client, guarded_db, site):
    assert site.brickworks.name not in read(client, "/field?chip=returned")
    with guarded_db.transaction(SYSTEM) as session:
        make_transition(
            session,
            site.brickworks,
            source=State.COMPLETED,
            target=State.RECTIFYING,
            verb=Verb.REJECT,
            actor=site.office.acceptor,
            at=datetime.now(UTC),
        )
    assert site.brickworks.name in read(client, "/field?chip=returned")


def test_red_are_the_overdue_ones(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        make_point(
            session,
            "逾期点位",
            state=State.ASSIGNED,
            due_on=datetime.now(UTC).date() - timedelta(days=9),
            inspector_id=site.office.inspector.person_id,
        )
    page = read(client, "/field?chip=red")
    assert "逾期点位" in page
    assert site.brickworks.name not in page


def test_the_search_looks_at_name_number_and_address(client, site):
    assert site.brickworks.name in read(client, "/field?q=朝航路")
    assert site.brickworks.name in read(client, "/field?q=BRK-0001")
    assert "没有符合条件的点位" in read(client, "/field?q=没有这样的点")


@pytest.mark.parametrize(
    "query", ["near=x", "near=200,31", "shown=-3", "chip=what", "shown=9999999"]
)
def test_nonsense_in_the_address_means_the_usual_list(client, site, query):
    assert site.brickworks.name in read(client, f"/field?{query}") or "shown" in query


def test_the_point_page_leads_there_and_calls_the_contact(client, site):
    page = read(client, f"/field/points/{site.brickworks.point_id}")
    assert f'href="geo:{LAT:.6f},{LON:.6f}' in page
    assert 'href="tel:021-55550000"' in page
    assert f"/field/points/{site.brickworks.point_id}/visit" in page


def test_a_point_of_another_town_is_not_there(client, guarded_db, site):
    with guarded_db.transaction(SYSTEM) as session:
        far = make_point(session, territorial_unit_id=site.office.other_town.unit_id)
    for path in ("", "/visit"):
        read(client, f"/field/points/{far.point_id}{path}", 404)
