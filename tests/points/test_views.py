"""The desk of points, page by page: what it shows, whom it refuses, what it keeps."""

from datetime import date

import pytest

from geoapp.accounts.rules import SYSTEM
from geoapp.points.protocol import Verb
from geoapp.points.rules import Secrecy, State
from tests.points.pages import page_of, put, work
from tests.support.desk import HTML
from tests.support.factories import (
    LAT,
    LON,
    make_transition,
)

# the list


def test_the_board_lists_points_with_lamp_state_unit_and_map(desk, office, point):
    text = desk.open(office.planner, "/points")
    for words in (point.name, point.code, "待核实", "制砖厂", "共 1 条"):
        assert words in text
    assert 'src="/points/map?' in text


def test_filters_of_the_address_reach_list_counters_and_map(desk, office, guarded_db, point):
    with guarded_db.transaction(SYSTEM) as session:
        put(session, office, "合庆养殖场", code="B-2", state=State.CLOSED)
    text = desk.open(office.planner, "/points?q=朝航路&state=reported")
    assert point.name in text
    assert "合庆养殖场" not in text
    assert "/points/map?q=%E6%9C%9D%E8%88%AA%E8%B7%AF&amp;state=reported" in text
    assert "合庆养殖场" in desk.open(office.planner, "/points?lamp=grey")


def test_counters_leave_their_own_filter_out_so_that_one_can_change_over(
    desk, office, guarded_db, point
):
    with guarded_db.transaction(SYSTEM) as session:
        put(session, office, "合庆养殖场", code="B-2", state=State.CLOSED)
    text = desk.open(office.planner, "/points?state=closed")
    assert 'data-state="reported"' in text
    assert "共 1 条" in text


@pytest.mark.parametrize("query", ["state=gone", "unit=7", "bbox=1,2", "lamp=pink", "sort=up"])
def test_a_value_that_no_filter_offers_is_a_friendly_400(desk, office, query):
    text = desk.open(office.planner, f"/points?{query}", status=400)
    assert "point.value_wrong" in text
    assert "不能取值" in text


def test_a_made_up_place_in_the_list_is_400(desk, office):
    assert "web.cursor_wrong" in desk.open(office.planner, "/points?after=abc", status=400)


def test_filters_without_a_field_survive_a_new_search(desk, office, point):
    text = desk.open(office.planner, f"/points?bbox={LON - 1},{LAT - 1},{LON + 1},{LAT + 1}")
    assert 'name="bbox"' in text


def test_an_empty_board_says_what_to_do(desk, office):
    assert "没有符合条件的点位" in desk.open(office.planner, "/points?q=zzz")


def test_pages_of_the_list_follow_each_other_without_gap(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        for number in range(60):
            put(session, office, f"点位{number:02}", code=f"N-{number:02}")
    first = desk.open(office.planner, "/points?sort=code")
    assert "点位49" in first
    assert "点位50" not in first
    follow = first.split('href="')
    after = next(part.split('"')[0] for part in follow if "after=" in part).replace("&amp;", "&")
    second = desk.open(office.planner, after)
    assert "点位49" not in second
    assert "点位50" in second
    assert "点位59" in second


def test_a_deadline_on_days_not_announced_yet_is_marked(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        far = work(session, office, due_on=date(2035, 3, 5))
    assert "≈" in desk.open(office.planner, "/points")
    assert "≈" in desk.open(office.planner, page_of(far))


def test_nobody_sees_the_points_of_another_town(desk, office, point):
    assert point.name not in desk.open(office.stranger, "/points")
    for tail in ("", "/card"):
        desk.open(office.stranger, page_of(point, tail), status=404)
    found = desk.client(office.stranger).get("/points/columns.json").json
    assert found["ids"] == []


def test_a_secret_point_is_hidden_from_those_without_the_right(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        secret = work(session, office, secrecy=Secrecy.SECRET)
    desk.open(office.worker, page_of(secret), status=404)
    assert "涉密" in desk.open(office.planner, page_of(secret))


def test_who_is_not_signed_in_is_led_to_the_door(desk, point):
    client = desk.app.test_client()
    assert client.get("/points", headers=HTML).status_code == 303
    assert client.get(page_of(point)).status_code == 401
    assert client.post(page_of(point, "/moves")).status_code in {400, 401}


# one point


def test_a_point_shows_what_is_known_and_hides_what_is_not(desk, office, point):
    text = desk.open(office.planner, page_of(point))
    assert point.description in text
    assert "立案号" not in text
    assert "未交办" in text


def test_the_reasons_of_the_lamp_stand_in_words(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        late = work(session, office, due_on=date(2026, 1, 5))
    assert "已逾期</p>" in desk.open(office.planner, page_of(late))


def test_a_point_out_of_a_file_says_which(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        come = put(
            session, office, source_name="点位.xlsx", source_id="7", extra={"import_digest": "a"}
        )
        said = put(session, office, code="B-2", source_name="信访件", source_id="1", extra={})
    assert "导入自 点位.xlsx" in desk.open(office.planner, page_of(come))
    assert "来源：信访件" in desk.open(office.planner, page_of(said))


def test_the_main_point_of_a_merged_one_is_linked(desk, office, guarded_db, point):
    with guarded_db.transaction(SYSTEM) as session:
        merged = put(session, office, code="B-2", state=State.MERGED, main_point_id=point.point_id)
    assert f'href="{page_of(point)}"' in desk.open(office.planner, page_of(merged))


def test_the_history_tells_what_was_given_with_a_move(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        told = work(session, office)
        make_transition(
            session,
            told,
            source=State.RECTIFYING,
            target=State.RECTIFYING,
            verb=Verb.RECORD_PROGRESS,
            actor=office.worker,
            reason="已清运一半",
            details={"progress_pct": 50, "responsible_unit_id": str(office.works.unit_id)},
        )
    text = desk.open(office.planner, page_of(told))
    for words in ("已清运一半", "<dd>50</dd>", "<dd>市容环卫处</dd>"):
        assert words in text


def test_hostile_words_stay_words(desk, office, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        bad = put(session, office, "<img src=x onerror=alert(1)>", description="<script>x</script>")
    for path in ("/points", page_of(bad), page_of(bad, "/card"), page_of(bad, "/edit")):
        text = desk.open(office.planner, path)
        assert "<img src=x" not in text
        assert "<script>x" not in text
