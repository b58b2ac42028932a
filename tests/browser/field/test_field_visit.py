"""A visit on a phone of 360 × 740: recorded, refused, interrupted, sent twice."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM
from geoapp.points.rules import State
from geoapp.points.tables import Point
from geoapp.visits.queries import visits_of
from tests.support.factories import LAT, LON

FINDINGS = "设备已拆除，东侧仍有约十立方米砖渣未清。"


@pytest.fixture
def inspector(phone_of, place):
    return phone_of(place.site.office.inspector)


@pytest.fixture
def worker(phone_of, place):
    return phone_of(place.site.office.worker)


def visits(place):
    with place.database.reading(SYSTEM) as session:
        return visits_of(session, place.site.brickworks.point_id)


def point_now(place):
    with place.database.reading(SYSTEM) as session:
        query = select(Point).where(Point.point_id == place.site.brickworks.point_id)
        return session.scalars(query).one()


def add_photos(page, paths, role=None):
    for path in paths:
        before = page.locator("[data-shots] > li").count()
        page.locator("[data-pick]").set_input_files(path)
        expect(page.locator("[data-shots] > li")).to_have_count(before + 1)
        if role:
            page.locator("[data-shot-role]").last.select_option(role)


def review(page):
    page.get_by_role("button", name="核对并发送").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def send(page):
    review(page)
    page.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()


def test_two_photos_and_a_move_are_recorded_at_the_place(inspector, place, photo_files):
    inspector.goto(f"{place.address}/field")
    inspector.get_by_role("link", name=re.compile("制砖厂")).click()
    inspector.get_by_role("link", name="现场核查").click()
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    add_photos(inspector, photo_files(2), role="during")
    inspector.get_by_role("group", name="生产设备已拆除").get_by_label("是").check()
    inspector.get_by_text("填报进展", exact=True).click()
    inspector.locator("input[type=range]").fill("60")
    send(inspector)
    expect(inspector.get_by_text("现场核查已接收")).to_be_visible()
    expect(inspector.get_by_text("进展 60 %")).to_be_visible()
    expect(inspector.locator("figure.photo")).to_have_count(2)

    (view,) = visits(place)
    assert view.visit.checklist == {"equipment_removed": "yes"}
    assert view.visit.accuracy_m == 8
    assert [photo.warnings for photo in view.photos] == [(), ()]
    assert point_now(place).progress_pct == 60


def test_off_site_asks_for_a_reason_and_only_then(phone_of, place):
    page = phone_of(place.site.office.inspector, lat=LAT + 0.005)
    page.goto(f"{place.point_url}/visit")
    expect(page.get_by_text("不在现场：距点位")).to_be_visible()
    page.get_by_label("现场情况").fill(FINDINGS)
    page.get_by_role("button", name="核对并发送").click()
    expect(page.get_by_text("请填写此项。")).to_be_visible()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.get_by_label("不在现场或无法定位的原因").fill("厂门上锁，在路对面查看")
    send(page)
    expect(page.get_by_text("原因：厂门上锁，在路对面查看")).to_be_visible()
    assert visits(place)[0].is_off_site


def test_at_the_place_nobody_is_asked_for_a_reason(inspector, place):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    expect(inspector.get_by_label("不在现场或无法定位的原因")).not_to_be_visible()


def test_a_second_fix_replaces_the_first(phone_of, place):
    page = phone_of(place.site.office.inspector, lat=LAT + 0.005)
    page.goto(f"{place.point_url}/visit")
    expect(page.get_by_text("不在现场：距点位")).to_be_visible()
    page.context.set_geolocation({"longitude": LON, "latitude": LAT, "accuracy": 5})
    page.get_by_role("button", name="重新定位").click()
    expect(page.get_by_text("在现场：距点位 0 米")).to_be_visible()
    expect(page.get_by_text("精度 ±5 米")).to_be_visible()


def test_a_phone_without_position_says_why_and_still_sends(phone_of, place):
    page = phone_of(place.site.office.inspector, lon=None)
    page.goto(f"{place.point_url}/visit")
    page.get_by_role("button", name="获取位置").click()
    expect(page.get_by_text("手机拒绝提供位置")).to_be_visible()
    page.get_by_label("现场情况").fill(FINDINGS)
    page.get_by_label("不在现场或无法定位的原因").fill("手机禁止定位")
    send(page)
    expect(page.get_by_text("无定位", exact=False).first).to_be_visible()


def test_a_refused_move_keeps_everything(worker, place, photo_files, complaints):
    worker.goto(f"{place.point_url}/visit")
    expect(worker.get_by_text("在现场：距点位 0 米")).to_be_visible()
    worker.get_by_label("现场情况").fill(FINDINGS)
    first, second = photo_files(2)
    add_photos(worker, [first], role="after")
    worker.get_by_text("申请验收").click()
    need = worker.locator('[data-need="after_photos"]:visible')
    expect(need).to_contain_text("还缺")
    review(worker)
    expect(worker.get_by_role("dialog")).to_contain_text("还缺")
    worker.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()
    expect(worker.locator('[data-error-for="move"]')).to_contain_text("申请验收")
    complaints.expect("422")
    assert visits(place) == []
    expect(worker.get_by_label("现场情况")).to_have_value(FINDINGS)
    expect(worker.locator("[data-shots] > li")).to_have_count(1)

    add_photos(worker, [second], role="after")
    expect(need).to_contain_text("已具备")
    send(worker)
    expect(worker.get_by_text("现场核查已接收")).to_be_visible()
    assert point_now(place).state is State.COMPLETED
    assert len(visits(place)[0].photos) == 2


def test_a_killed_page_gets_its_words_back(inspector, place):
    inspector.goto(f"{place.point_url}/visit")
    visit_id = inspector.locator("input[name=visit_id]").input_value()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    inspector.get_by_role("group", name="生产设备已拆除").get_by_label("否").check()
    inspector.get_by_label("核查方式").select_option("spot_check")
    inspector.reload()
    expect(inspector.get_by_text("的草稿")).to_be_visible()
    expect(inspector.get_by_label("现场情况")).to_have_value(FINDINGS)
    expect(inspector.get_by_label("核查方式")).to_have_value("spot_check")
    expect(inspector.locator('[name="check-equipment_removed"][value=no]')).to_be_checked()
    assert inspector.locator("input[name=visit_id]").input_value() == visit_id
    send(inspector)
    expect(inspector.get_by_text("现场核查已接收")).to_be_visible()
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_label("现场情况")).to_have_value("")


def test_a_lost_answer_is_sent_again_and_counts_once(inspector, place, photo_files, complaints):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    add_photos(inspector, photo_files(1))

    def lose_the_answer(route):
        route.fetch()
        route.abort("connectionreset")

    inspector.route(re.compile("/visits$"), lose_the_answer, times=1)
    send(inspector)
    dialog = inspector.get_by_role("dialog")
    expect(dialog).to_contain_text("内容未丢失")
    complaints.expect("ERR_CONNECTION_RESET")
    assert len(visits(place)) == 1
    dialog.get_by_role("button", name="发送", exact=True).click()
    expect(inspector.get_by_text("现场核查已接收")).to_be_visible()
    (view,) = visits(place)
    assert len(view.photos) == 1


def test_a_visit_changed_after_a_lost_answer_leads_to_its_receipt(inspector, place, complaints):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)

    def lose_the_answer(route):
        route.fetch()
        route.abort("connectionreset")

    inspector.route(re.compile("/visits$"), lose_the_answer, times=1)
    send(inspector)
    dialog = inspector.get_by_role("dialog")
    expect(dialog).to_contain_text("内容未丢失")
    dialog.get_by_role("button", name="返回").click()
    inspector.get_by_label("现场情况").fill("改过的文字")
    send(inspector)
    dialog.get_by_role("link", name="查看回执").click()
    expect(inspector.get_by_text(FINDINGS)).to_be_visible()
    complaints.expect("ERR_CONNECTION_RESET")
    complaints.expect("409")


def test_somebody_elses_answer_is_no_receipt(inspector, place):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    portal = {"status": 200, "content_type": "text/html", "body": "<h1>Free WiFi</h1>"}
    inspector.route(re.compile("/visits$"), lambda route: route.fulfill(**portal), times=1)
    send(inspector)
    expect(inspector.get_by_role("dialog")).to_contain_text("应答的不是本系统")
    assert visits(place) == []


def test_too_many_bytes_name_the_photo_and_the_size(inspector, place, tmp_path):
    inspector.goto(f"{place.point_url}/visit")
    for name in ("IMG_1.jpg", "IMG_2.jpg"):
        (tmp_path / name).write_bytes(name.encode() + bytes(3_000_000))
    add_photos(inspector, [str(tmp_path / "IMG_1.jpg")])
    inspector.locator("[data-pick]").set_input_files(str(tmp_path / "IMG_2.jpg"))
    told = inspector.locator('[data-error-for="photos"]')
    expect(told).to_contain_text("未添加“IMG_2.jpg”（2.9 MB）：一次发送总共不超过 5.0 MB")
    expect(inspector.locator("[data-shots] > li")).to_have_count(1)


def test_a_file_that_is_no_photo_is_refused_beside_it(inspector, place, tmp_path, complaints):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    (tmp_path / "IMG_9.jpg").write_bytes(b"no photo at all")
    add_photos(inspector, [str(tmp_path / "IMG_9.jpg")])
    send(inspector)
    expect(inspector.locator(".shot .error")).to_contain_text("不是可读取的照片")
    complaints.expect("400")
    inspector.get_by_role("button", name="删除").click()
    send(inspector)
    expect(inspector.get_by_text("现场核查已接收")).to_be_visible()


def test_the_kind_of_check_decides_what_is_asked(inspector, place):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_role("group", name="整改措施全部落实")).not_to_be_visible()
    inspector.get_by_label("核查方式").select_option("acceptance")
    expect(inspector.get_by_role("group", name="整改措施全部落实")).to_be_visible()
    inspector.get_by_label("核查方式").select_option("documents")
    expect(inspector.get_by_role("group", name="整改措施全部落实")).not_to_be_visible()
