"""Signing in, and keeping people and units, as somebody at a screen does it."""

import re

import pytest
from playwright.sync_api import expect

from geoapp.accounts.rules import SYSTEM
from geoapp.core.database import Database
from tests.accounts.conftest import HOOKS, NOON, PASSWORD, build_app, build_office
from tests.support.server import serving


@pytest.fixture
def site(own_database_url, tmp_path):
    """The address of a real server with an office in its database."""
    database = Database(own_database_url, hooks=HOOKS)
    with database.transaction(SYSTEM) as session:
        build_office(session, NOON)
    with serving(build_app(database, tmp_path)) as address:
        yield address
    database.close()


def sign_in(page, site, login, password=PASSWORD, *, then="/"):
    page.goto(f"{site}/sign-in?next={then}")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=False).fill(password)
    page.get_by_role("button", name="登录").click()


def test_an_administrator_adds_a_person_who_chooses_a_password_of_their_own(page, phone, site):
    sign_in(page, site, "admin", then="/people")
    page.get_by_role("link", name="添加人员").click()
    page.get_by_label("姓名").fill("王敏")
    page.get_by_label("登录名").fill("wangmin")
    page.get_by_label("单位", exact=False).select_option(label="\u3000祝桥镇")
    page.get_by_label("角色", exact=False).select_option(label="检查员")
    page.get_by_role("button", name="添加", exact=True).click()
    secret = page.locator("output#password").inner_text()
    assert re.fullmatch(r"[a-z0-9]{5}(-[a-z0-9]{5}){2}", secret)

    sign_in(phone, site, "wangmin", secret, then="/units")
    expect(phone.get_by_role("heading", name="修改密码")).to_be_visible()
    phone.get_by_label("当前密码").fill(secret)
    phone.get_by_label("新密码", exact=False).first.fill("河边的小路很长很长呀")
    phone.get_by_label("再次输入新密码").fill("河边的小路很长很长呀")
    phone.get_by_role("button", name="修改密码").click()
    phone.goto(f"{site}/units")
    expect(phone.get_by_role("heading", name="单位")).to_be_visible()

    page.goto(f"{site}/people")
    page.get_by_role("link", name="王敏").click()
    page.get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_text("此人已停用")).to_be_visible()
    phone.goto(f"{site}/units")
    expect(phone.get_by_role("heading", name="登录")).to_be_visible()
