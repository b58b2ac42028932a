"""What goes wrong on the way: a sign-in that ends, a shape that is no dot, a back button."""

import re

import pytest
import shapely
from playwright.sync_api import expect

from geoapp.accounts.rules import SYSTEM
from geoapp.points.rules import Category
from geoapp.visits.queries import visits_of
from tests.support.factories import LAT, LON, make_point
from tests.support.field_site import token_for

FINDINGS = "设备已拆除，东侧仍有约十立方米砖渣未清。"
METRE_NORTH = 1 / 110_900  # degrees of latitude at 31° N
YARD = shapely.box(LON, LAT, LON + 0.004, LAT + 0.002)
RIVER = shapely.LineString([(LON, LAT), (LON + 0.002, LAT), (LON + 0.004, LAT + 0.003)])


def send(page):
    page.get_by_role("button", name="核对并发送").click()
    page.get_by_role("dialog").get_by_role("button", name="发送", exact=True).click()


@pytest.mark.parametrize(
    ("shape", "lon", "north_m"),
    [
        (YARD, LON + 0.002, 100),
        (YARD, LON + 0.002, -37),
        (YARD, LON - 0.001, -80),
        (RIVER, LON + 0.001, -45),
        (RIVER, LON + 0.003, 20),
    ],
    ids=["inside the yard", "beside it", "off its corner", "beside the river", "at its bend"],
)
def test_the_phone_measures_what_the_server_measures(phone_of, place, shape, lon, north_m):
    with place.database.transaction(SYSTEM) as session:
        point = make_point(
            session,
            "有形状的点位",
            shape=shape,
            category=Category.RIVER_SEGMENT if shape is RIVER else Category.WASTE_DUMP,
            territorial_unit_id=place.site.office.town.unit_id,
        )
    page = phone_of(place.site.office.inspector, lon=lon, lat=LAT + north_m * METRE_NORTH)
    page.goto(f"{place.address}/field/points/{point.point_id}/visit")
    told = page.locator("[data-position-main]")
    expect(told).to_contain_text("距点位")
    shown = int(re.search(r"(\d+) 米", told.inner_text())[1])
    page.get_by_label("现场情况").fill(FINDINGS)
    if page.get_by_label("不在现场或无法定位的原因").is_visible():
        page.get_by_label("不在现场或无法定位的原因").fill("隔河查看")
    send(page)
    expect(page.get_by_text("现场核查已接收")).to_be_visible()
    with place.database.reading(SYSTEM) as session:
        (view,) = visits_of(session, point.point_id)
    assert shown == pytest.approx(view.visit.distance_m, abs=1)


def test_a_sign_in_that_ends_meanwhile_costs_nothing(phone_of, place, photo_files, complaints):
    page = phone_of(place.site.office.inspector)
    page.goto(f"{place.point_url}/visit")
    expect(page.get_by_text("在现场：距点位 0 米")).to_be_visible()
    page.get_by_label("现场情况").fill(FINDINGS)
    page.locator("[data-pick]").set_input_files(photo_files(1)[0])
    expect(page.locator("[data-shots] > li")).to_have_count(1)
    page.context.clear_cookies()
    send(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("登录已过期")
    token = token_for(place.database, place.site.office.inspector)
    page.context.add_cookies([{"name": "geoapp", "value": token, "url": place.address}])
    dialog.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_text("现场核查已接收")).to_be_visible()
    expect(page.locator("figure.photo")).to_have_count(1)
    complaints.expect("401")
    complaints.expect("400")


def test_back_from_the_receipt_leads_past_the_form(phone_of, place):
    page = phone_of(place.site.office.inspector)
    page.goto(place.point_url)
    page.get_by_role("link", name="现场核查").click()
    expect(page.get_by_text("在现场：距点位 0 米")).to_be_visible()
    page.get_by_label("现场情况").fill(FINDINGS)
    send(page)
    expect(page.get_by_text("现场核查已接收")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(place.point_url)


def test_two_drafts_of_two_people_stay_apart(phone_of, place):
    page = phone_of(place.site.office.inspector)
    page.goto(f"{place.point_url}/visit")
    page.get_by_label("现场情况").fill(FINDINGS)
    page.goto(place.point_url)
    token = token_for(place.database, place.site.office.worker)
    page.context.add_cookies([{"name": "geoapp", "value": token, "url": place.address}])
    page.goto(f"{place.point_url}/visit")
    expect(page.get_by_label("现场情况")).to_have_value("")


def test_a_draft_can_be_thrown_away(phone_of, place):
    page = phone_of(place.site.office.inspector)
    page.goto(f"{place.point_url}/visit")
    page.get_by_label("现场情况").fill(FINDINGS)
    page.reload()
    expect(page.get_by_text("的草稿")).to_be_visible()
    page.get_by_role("button", name="清除草稿").click()
    expect(page.get_by_label("现场情况")).to_have_value("")
    expect(page.get_by_text("的草稿")).not_to_be_visible()
