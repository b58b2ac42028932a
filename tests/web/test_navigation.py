import re

from geoapp.web.navigation import NavItem, Person, Shell
from tests.web.conftest import build_app


def bar(client, address="/guide"):
    return re.search(r'<nav class="nav".*?</nav>', client.get(address).text, re.DOTALL)[0]


def test_the_bar_marks_where_one_is(client):
    assert '<a href="/guide" aria-current="page">' in bar(client)
    assert '<a href="/" aria-current="page">' in bar(client, "/")


def test_ways_that_are_closed_to_a_person_or_not_built_are_not_shown():
    items = (
        NavItem("guide", "Ledger"),
        NavItem("board", "Points"),
        NavItem("missing.page", "Points"),
    )
    app = build_app(shell=Shell(items=items, may_open=lambda permission: permission == "open"))
    app.view_functions["guide"].permission = "open"
    text = bar(app.test_client())
    assert 'href="/guide"' in text
    assert 'href="/"' not in text


def test_phone_ways_are_shown_on_phone_pages_only():
    items = (NavItem("guide", "Ledger"), NavItem("phone", "Points", area="field"))
    client = build_app(shell=Shell(items=items)).test_client()
    assert "/field/guide" not in bar(client)
    assert 'href="/field/guide" aria-current="page"' in client.get("/field/guide").text


def test_who_is_signed_in_is_named_and_can_leave():
    shell = Shell(person=lambda: Person("王敏"), sign_in="board", sign_out="guide")
    text = build_app(shell=shell).test_client().get("/guide").text
    assert "王敏" in text
    assert re.search(r'<form method="post" action="/guide">.*退出登录', text, re.DOTALL)
    assert ">登录<" not in text


def test_a_stranger_is_offered_the_sign_in():
    text = (
        build_app(shell=Shell(sign_in="board", sign_out="guide")).test_client().get("/guide").text
    )
    assert re.search(r'<a class="lang" href="/">登录</a>', text)
    assert "退出登录" not in text
