"""What every page of the phone owes its reader: contrast, thumbs, width, few bytes, no scripts."""

import re

import pytest
from playwright.sync_api import expect

from geoapp.accounts.rules import SYSTEM
from geoapp.visits.queries import visits_of
from tests.support.factories import LAT, LON, make_point
from tests.support.judge import axe_violations, scrolls_sideways, small_targets

FIRST_LOAD_BYTES = 150_000
PATHS = ["/field", "/field/points/{id}", "/field/points/{id}/visit", "/field/new"]
FINDINGS = "设备已拆除，东侧仍有约十立方米砖渣未清。"


@pytest.fixture
def inspector(phone_of, place):
    return phone_of(place.site.office.inspector)


@pytest.fixture
def opened(inspector, place):
    """opened(path): the inspector's phone on that page, once it has settled."""

    def at(path):
        inspector.goto(place.address + path.format(id=place.site.brickworks.point_id))
        inspector.wait_for_load_state("networkidle")
        return inspector

    return at


def judged(page):
    return axe_violations(page, strict_contrast=True), small_targets(page), scrolls_sideways(page)


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_read_by_all_and_hit_by_thumbs(opened, path):
    assert judged(opened(path)) == ([], [], False)


def test_a_full_form_its_review_and_its_receipt_are_too(opened, photo_files):
    page = opened("/field/points/{id}/visit")
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    page.get_by_label("现场情况").fill(FINDINGS)
    page.get_by_text("填报进展", exact=True).click()
    for path in photo_files(2):
        page.locator("[data-pick]").set_input_files(path)
    expect(page.locator("[data-shots] > li")).to_have_count(2)
    assert judged(page) == ([], [], False)
    page.get_by_role("button", name="核对并发送").click()
    assert judged(page) == ([], [], False)
    page.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_text("现场核查已接收")).to_be_visible()
    assert judged(page) == ([], [], False)
    page.get_by_role("link", name="查看点位").click()
    page.locator("details.fold > summary").first.click()
    assert judged(page) == ([], [], False)


@pytest.mark.parametrize("path", PATHS)
def test_a_first_load_is_small_and_without_a_map(phone_of, place, path):
    page = phone_of(place.site.office.inspector)
    sizes = {}

    def note(request):
        if not request.url.startswith("blob:"):
            measured = request.sizes()
            sizes[request.url] = measured["responseBodySize"] + measured["responseHeadersSize"]

    page.on("requestfinished", note)
    page.goto(place.address + path.format(id=place.site.brickworks.point_id))
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < FIRST_LOAD_BYTES
    assert not [url for url in sizes if "leaflet" in url or "/maps/" in url]


def test_the_list_asks_for_the_position_once_and_keeps_it_on_the_way_back(phone_of, place):
    with place.database.transaction(SYSTEM) as session:
        make_point(
            session,
            "近处排口",
            lon=LON + 0.002,
            territorial_unit_id=place.site.office.town.unit_id,
        )
    page = phone_of(place.site.office.inspector, lon=None)
    page.goto(f"{place.address}/field")
    expect(page.get_by_text("按完成时限排序。")).to_be_visible()
    first = page.locator(".line-name").first
    expect(first).to_have_text("朝航路89号制砖厂")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": LON + 0.002, "latitude": LAT, "accuracy": 5})
    page.get_by_role("button", name="按距离排序").click()
    expect(first).to_have_text("近处排口")
    expect(page.get_by_text("按距离由近到远")).to_be_visible()
    first.click()
    expect(page.get_by_role("heading", name="近处排口")).to_be_visible()
    page.go_back()
    expect(first).to_have_text("近处排口")


def test_a_long_list_grows_by_twenty(phone_of, place):
    with place.database.transaction(SYSTEM) as session:
        for number in range(30):
            make_point(
                session,
                f"点位{number:02}",
                lon=LON + 0.001 * number,
                territorial_unit_id=place.site.office.town.unit_id,
            )
    page = phone_of(place.site.office.inspector)
    page.goto(f"{place.address}/field")
    expect(page.get_by_text("按距离由近到远")).to_be_visible()
    expect(page.locator("a.list-item")).to_have_count(20)
    page.get_by_role("link", name="显示更多").click()
    expect(page.locator("a.list-item")).to_have_count(31)
    names = page.locator(".line-name").all_inner_texts()
    assert len(set(names)) == 31
    expect(page.get_by_role("link", name="显示更多")).to_have_count(0)


def test_a_photo_that_lost_its_place_gets_the_phones(inspector, place, photo_files):
    inspector.goto(f"{place.point_url}/visit")
    expect(inspector.get_by_text("在现场：距点位 0 米")).to_be_visible()
    inspector.get_by_label("现场情况").fill(FINDINGS)
    (path,) = photo_files(1, lon=None, lat=None)
    inspector.locator("[data-pick]").set_input_files(path)
    expect(inspector.locator("[data-shots] > li")).to_have_count(1)
    inspector.get_by_role("button", name="核对并发送").click()
    inspector.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()
    expect(inspector.get_by_text("（手机位置）")).to_be_visible()


def test_a_new_point_is_found_by_satellites_and_warns_of_its_neighbour(
    inspector, place, photo_files
):
    inspector.goto(f"{place.address}/field/new")
    expect(inspector.get_by_text("已定位")).to_be_visible()
    expect(inspector.get_by_text("附近已有点位，是否为同一处？")).to_be_visible()
    inspector.get_by_label("类别").select_option("illegal_dumping")
    inspector.get_by_label("点位名称").fill("川南奉公路东侧渣土堆")
    inspector.get_by_label("问题描述").fill("路东侧新增渣土堆，约二十立方米，未覆盖。")
    inspector.get_by_role("button", name="核对并发送").click()
    expect(inspector.locator('[data-error-for="photos"]')).to_contain_text("请填写此项")
    (path,) = photo_files(1)
    inspector.locator("[data-pick]").set_input_files(path)
    expect(inspector.locator("[data-shots] > li")).to_have_count(1)
    inspector.get_by_role("button", name="核对并发送").click()
    inspector.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()
    expect(inspector.get_by_text("点位已登记，编号")).to_be_visible()
    inspector.goto(f"{place.address}/field/new")
    expect(inspector.get_by_label("类别")).to_have_value("illegal_dumping")
    expect(inspector.get_by_label("点位名称")).to_have_value("")


def test_a_new_point_is_placed_by_the_cross_of_a_map(phone_of, place):
    page = phone_of(place.site.office.inspector, lon=None)
    page.goto(f"{place.address}/field/new")
    page.get_by_text("在地图上选点").click()
    frame = page.frame_locator("iframe[data-map]")
    frame.get_by_role("button", name=re.compile("此处|位置|选")).last.click()
    expect(page.get_by_text("已在地图上选点")).to_be_visible()
    expect(page.locator("[name=location_method]")).to_have_value("map_click")
    expect(page.locator("#lon")).not_to_have_value("")


def test_without_scripts_a_visit_is_sent_as_a_plain_form(phone_of, place, photo_files):
    page = phone_of(place.site.office.inspector, lon=None, java_script_enabled=False)
    page.goto(f"{place.point_url}/visit")
    page.get_by_label("现场情况").fill(FINDINGS)
    page.get_by_label("不在现场或无法定位的原因").fill("浏览器不支持")
    page.locator("#photo-1").set_input_files(photo_files(1)[0])
    page.get_by_role("button", name="核对并发送").click()
    expect(page.get_by_text("现场核查已接收")).to_be_visible()
    with place.database.reading(SYSTEM) as session:
        (view,) = visits_of(session, place.site.brickworks.point_id)
    assert len(view.photos) == 1
