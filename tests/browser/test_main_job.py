"""The main job, end to end: a ledger goes in, the map and the phone form come out."""

import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from playwright.sync_api import expect

from geoapp.accounts.rules import SYSTEM, Role, UnitKind
from geoapp.accounts.services import create_person, grant_role
from geoapp.accounts.services_units import create_unit
from geoapp.audit.services import verify
from geoapp.deadlines.services import seed
from tests.support.browser import PHONE
from tests.support.site_photos import site_photo

LON, LAT = 121.7503, 31.1152
PASSWORD = "a long enough password"
HEADINGS = ["序号", "具体问题", "牵头领导", "责任部门", "整改措施", "完成时限\n(自8月29日起)"]
ROWS = [
    [
        "1 (21)",
        "江镇镇川南奉公路88号制砖厂原料露天堆放，扬尘污染周边环境。",
        "甲某",
        "祝桥镇",
        "1、清运露天堆放的原料。",
        "9月底",
    ],
    [None, None, None, None, "2、建立每周巡查制度。", "长期坚持"],
]


def write_ledger(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["整改工作措施一览表"])
    sheet.append(["填报单位：祝桥镇", None, "联系人：乙某", None, "联系电话：021-00000000"])
    for row in [HEADINGS, *ROWS]:
        sheet.append(row)
    for column in "ABCD":
        sheet.merge_cells(f"{column}4:{column}5")
    sheet.merge_cells("A1:F1")
    book.save(path)


@pytest.fixture
def office(live_database):
    """Units and one person a role, each with the same known password."""
    seed(live_database)
    now = datetime.now(UTC) - timedelta(days=1)
    with live_database.transaction(SYSTEM) as session:
        root = create_unit(session, name="区督察办", kind=UnitKind.INSPECTION_OFFICE)
        town = create_unit(session, name="祝桥镇", kind=UnitKind.TOWN, parent_id=root.unit_id)
        bureau = create_unit(
            session, name="区城管执法局", kind=UnitKind.DEPARTMENT, parent_id=root.unit_id
        )
        for login, role, unit in (
            ("planner", Role.PLANNER, root),
            ("inspector", Role.INSPECTOR, town),
            ("unit", Role.RESPONSIBLE, town),
            ("acceptor", Role.ACCEPTOR, bureau),
        ):
            person = create_person(
                session,
                login=login,
                name=login,
                unit_id=unit.unit_id,
                password=PASSWORD,
                must_change_password=False,
            )
            grant_role(session, person.person_id, role=role, unit_id=unit.unit_id, now=now)


def sign_in(page, address, login):
    page.goto(f"{address}/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def import_ledger(desk, address, path):
    desk.goto(f"{address}/imports")
    desk.locator("#ledger-file").set_input_files(path)
    desk.locator("form", has=desk.locator("#ledger-file")).locator("button").click()
    desk.locator("#year").fill("2026")
    desk.locator("#campaign").fill("制砖厂专项")
    desk.locator("form", has=desk.locator("#year")).locator("button:not(.primary)").click()
    expect(desk.get_by_text("9月30日").first).to_be_visible()
    desk.locator("button[name=confirmed]").click()
    desk.locator(".actions a.primary").click()


def test_a_ledger_goes_in_and_the_map_and_the_phone_form_come_out(
    open_page, live_server, live_database, office, tmp_path
):
    """One journey through the whole product; slow because a whole office works in it."""
    ledger = tmp_path / "一览表.xlsx"
    write_ledger(ledger)
    desk = open_page()
    sign_in(desk, live_server, "planner")

    import_ledger(desk, live_server, ledger)
    expect(desk.get_by_role("heading", name="制砖厂专项")).to_be_visible()

    desk.locator("a[href*='/ledger/places/']").first.click()
    desk.locator("#category").select_option("brick_factory")
    desk.locator("#lon").fill(str(LON))
    desk.locator("#lat").fill(str(LAT))
    desk.get_by_role("button", name="保存为点位").click()
    expect(desk.get_by_text("待核实").first).to_be_visible()
    point_url = desk.url

    assign(desk)
    unit = open_page()
    sign_in(unit, live_server, "unit")
    fix_at_once(unit, point_url)

    visit_on_the_phone(open_page, live_server, tmp_path)

    desk.goto(point_url)
    expect(desk.get_by_text(re.compile("60\\s*%")).first).to_be_visible()
    expect(desk.get_by_text("原料已清运六成，地面已覆盖。").first).to_be_visible()
    expect(desk.locator("figure.photo")).to_have_count(2)
    desk.goto(f"{live_server}/points")
    frame = desk.frame_locator("iframe[data-map]")
    expect(frame.locator(".leaflet-container")).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("制砖厂"))).to_be_visible()

    with live_database.reading(SYSTEM) as session:
        result = verify(session)
    assert result.ok
    assert result.rows > 10


def assign(desk):
    move = desk.locator("details.move", has=desk.locator("input[name=verb][value=assign]"))
    move.locator("summary").click()
    move.locator("[name=substantiation]").select_option("true")
    move.locator("[name=responsible_unit_id]").select_option(label="祝桥镇")
    move.locator("[name=accepting_unit_id]").select_option(label="区城管执法局")
    move.locator("[name=inspector_id]").select_option(label="inspector · 祝桥镇")
    due = datetime.now(UTC).date() + timedelta(days=60)
    move.locator("[name=due_on]").fill(due.isoformat())
    move.locator("button[type=submit]").click()
    expect(desk.get_by_text("已交办").first).to_be_visible()


def fix_at_once(page, point_url):
    page.goto(point_url)
    move = page.locator("details.move", has=page.locator("input[value=fix_at_once]"))
    move.locator("summary").click()
    move.locator("[name=immediate_fix]").check()
    move.locator("button[type=submit]").click()
    expect(page.get_by_text("整改中").first).to_be_visible()


def visit_on_the_phone(open_page, address, tmp_path):
    now = datetime.now(UTC)
    photos = []
    for number, colour in enumerate([(120, 110, 90), (60, 120, 70)]):
        path = tmp_path / f"IMG_{number}.jpg"
        taken = now - timedelta(minutes=5 - number)
        path.write_bytes(site_photo(taken_at=taken, lon=LON, lat=LAT, colour=colour))
        photos.append(path)
    phone = open_page(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        geolocation={"longitude": LON, "latitude": LAT, "accuracy": 8},
        permissions=["geolocation"],
    )
    sign_in(phone, address, "inspector")
    phone.goto(f"{address}/field")
    phone.locator("#lines a", has_text="制砖厂").first.click()
    phone.locator("a[href$='/visit']").first.click()
    phone.locator("#findings").fill("原料已清运六成，地面已覆盖。")
    expect(phone.locator("[data-add]")).to_be_visible()  # the page's script has taken over
    for number, path in enumerate(photos, start=1):
        phone.locator("[data-pick]").set_input_files(path)
        expect(phone.locator(".shot")).to_have_count(number)
    phone.locator("input[name=move][value*=record_progress]").check()
    phone.locator("input[type=range]").fill("60")
    phone.get_by_role("button", name="核对并发送").click()
    phone.locator("[data-send]").click()
    phone.wait_for_url(re.compile("receipts"))
