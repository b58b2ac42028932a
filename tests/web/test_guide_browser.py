from playwright.sync_api import expect

from tests.support.browser import DESK, PHONE
from tests.support.judge import axe_violations, scrolls_sideways, small_targets


def test_desk_parts_satisfy_axe(page, site):
    page.goto(f"{site}/guide")
    assert axe_violations(page) == []


def test_phone_parts_satisfy_axe_with_seven_to_one_contrast(phone, site):
    phone.goto(f"{site}/field/guide")
    assert axe_violations(phone, strict_contrast=True) == []


def test_everything_on_a_phone_page_is_large_enough_for_a_thumb(phone, site):
    phone.goto(f"{site}/field/guide")
    phone.get_by_label("菜单").click()
    assert small_targets(phone) == []


def test_no_page_scrolls_sideways_at_360_or_1440(open_page, site):
    for size in (PHONE, DESK):
        page = open_page(viewport=size)
        for address in ("/guide", "/field/guide", "/"):
            page.goto(site + address)
            assert not scrolls_sideways(page), (size, address)


def test_a_dangerous_button_asks_first_and_no_means_no(page, site):
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{site}/guide")
    page.get_by_role("button", name="删除草稿").click()
    dialog = page.get_by_role("dialog", name="请确认")
    expect(dialog).to_contain_text("确定删除这份草稿？")
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    assert "POST" not in sent
    page.get_by_role("button", name="删除草稿").click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="确定").click()
    assert sent.count("POST") == 1


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page, site):
    page.goto(f"{site}/guide")
    menu = page.locator("details.menu", has_text="王敏")
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("heading", level=1).click(),
    ):
        menu.locator("summary").click()
        expect(menu).to_have_attribute("open", "")
        close()
        expect(menu).not_to_have_attribute("open", "")


def test_the_language_switch_works_without_leaving_the_page(page, site):
    page.goto(f"{site}/guide?state=closed")
    page.get_by_role("banner").get_by_role("link", name="English").first.click()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_attached()
    assert "state=closed" in page.url


def test_the_first_tab_stop_leads_past_the_bar(page, site):
    page.goto(f"{site}/guide")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()


def test_fields_with_errors_say_so_to_screen_readers(page, site):
    page.goto(f"{site}/guide")
    page.get_by_label("现场情况").fill("太短")
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    field = page.get_by_label("现场情况")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("至少写 10 个字。")
