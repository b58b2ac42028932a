from playwright.sync_api import expect


def lon_lat(page):
    return [float(page.get_by_label(name).input_value()) for name in ("经度", "纬度")]


def test_a_click_puts_the_place_into_the_form(page, map_site):
    page.goto(f"{map_site}/place?lon=121.5")
    frame = page.frame_locator("iframe")
    expect(frame.locator("output")).to_have_text("121.50000, 31.10000")
    frame.locator("#map").click(position={"x": 200, "y": 80})
    expect(page.get_by_label("经度")).not_to_have_value("121.5")
    lon, lat = lon_lat(page)
    assert 121.4 < lon < 121.5
    assert 31.1 < lat < 31.2


def test_arrow_keys_and_enter_choose_the_place_under_the_cross(page, map_site):
    page.goto(f"{map_site}/place?lon=121.5")
    frame = page.frame_locator("iframe")
    expect(frame.locator("output")).to_have_text("121.50000, 31.10000")
    frame.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_label("经度")).not_to_have_value("121.5")
    assert lon_lat(page)[0] > 121.5


def test_typed_coordinates_move_the_map(page, map_site):
    page.goto(f"{map_site}/place?lon=121.5")
    frame = page.frame_locator("iframe")
    expect(frame.locator("output")).to_have_text("121.50000, 31.10000")
    page.get_by_label("纬度").fill("31.25")
    page.get_by_label("纬度").press("Tab")
    expect(frame.locator("output")).to_have_text("121.50000, 31.25000")


def test_the_button_under_the_thumb_takes_the_middle(phone, map_site):
    phone.goto(f"{map_site}/place")
    frame = phone.frame_locator("iframe")
    button = frame.get_by_role("button", name="选定此处")
    assert button.bounding_box()["height"] >= 48
    button.tap()
    expect(phone.get_by_label("经度")).not_to_have_value("")


def test_in_picker_mode_a_point_under_the_click_is_no_card_but_a_place(page, map_site):
    page.goto(f"{map_site}/place?lon=121.5")
    frame = page.frame_locator("iframe")
    frame.locator("#map").click()
    expect(frame.locator("output")).not_to_have_text("")
    expect(frame.locator(".card-box")).to_have_count(0)
