import re

import pytest
from flask import request

from geoapp.core.settings import Settings
from geoapp.maps.page import HOLE, MapPage
from geoapp.web.security import map_response
from tests.web.conftest import build_app


def with_echo(app):
    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        return dict(request.form) if request.method == "POST" else dict(request.args)

    @app.post("/echo/json")
    def echo_json():
        return {"got": request.get_json()}

    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def echo(app):
    return with_echo(app)


def test_pages_forbid_inline_script_and_style_and_other_hosts(client):
    policy = client.get("/guide").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_pages_are_never_framed_sniffed_or_kept_by_shared_computers(client):
    headers = client.get("/guide").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_carries_inline_script_style_or_handlers(client):
    for address in ("/guide", "/field/guide", "/nowhere"):
        text = client.get(address).text
        scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
        assert all('type="application/json"' in tag for tag in scripts)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


def test_a_map_document_has_a_nonce_of_its_own_and_may_be_framed_by_us_only(app):
    page = MapPage(f'<script nonce="{HOLE}"></script>')
    with app.test_request_context():
        first, second = map_response(page), map_response(page)
    nonce = re.search(rb'nonce="([^"]+)"', first.data)[1].decode()
    policy = first.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'nonce-{nonce}'" in policy
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert nonce.encode() not in second.data


@pytest.mark.parametrize("address", ["/echo?q=a%00b", "/echo?a%00=1", "/ec%00ho"])
def test_a_nul_byte_in_the_address_is_400(echo, address):
    assert echo.get(address).status_code == 400


def test_a_nul_byte_in_a_form_or_a_file_name_is_400(echo):
    assert echo.post("/echo", data={"name": "a\x00"}).status_code == 400
    assert echo.post("/echo", data={"na\x00me": "a"}).status_code == 400
    head = b'Content-Disposition: form-data; name="f"; filename="a\x00.jpg"'
    body = b"--x\r\n" + head + b"\r\n\r\nx\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    assert echo.post("/echo", data=body, content_type=kind).status_code == 400


def test_a_nul_byte_deep_in_json_is_400_and_its_escaped_spelling_is_text(echo):
    answer = echo.post("/echo/json", json={"a": [{"b": "x\x00"}]})
    assert answer.status_code == 400
    assert answer.json["code"] == "web.nul_byte"
    assert echo.post("/echo/json", json={"a": "\\u0000"}).json == {"got": {"a": "\\u0000"}}


def test_an_endless_address_is_400(echo):
    assert echo.get("/echo?q=" + "a" * 9000).status_code == 400


def test_a_body_over_the_limit_is_413(tmp_path):
    echo = with_echo(build_app(Settings(data=tmp_path, upload_mb=1)))
    kind = "application/x-www-form-urlencoded"
    answer = echo.post("/echo", data=b"a=" + b"x" * (3 * 1024 * 1024), content_type=kind)
    assert answer.status_code == 413
    assert "web.body_too_large" in answer.text


def test_a_form_without_its_token_is_refused_with_a_hint(client):
    answer = client.post("/guide", data={"name": "a"})
    assert answer.status_code == 400
    assert "web.form_expired" in answer.text
    assert "表单已失效" in answer.text


def test_a_form_with_its_token_passes(client):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/guide").text)[1]
    assert client.post("/guide", data={"csrf_token": token}).status_code == 200


def test_only_named_hosts_are_answered(tmp_path):
    client = build_app(Settings(data=tmp_path, trusted_hosts="pd.example, 127.0.0.1")).test_client()
    assert client.get("/guide", base_url="http://pd.example").status_code == 200
    assert client.get("/guide", base_url="http://evil.example").status_code == 400


def test_forwarded_headers_count_only_behind_a_proxy(tmp_path):
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9"}
    plain = build_app(Settings(data=tmp_path)).test_client().get("/guide", headers=sent)
    proxied = build_app(Settings(data=tmp_path, behind_proxy=1)).test_client()
    assert "Strict-Transport-Security" not in plain.headers
    assert "Strict-Transport-Security" in proxied.get("/guide", headers=sent).headers


def test_the_session_cookie_is_for_http_and_this_site_only(client):
    cookie = client.get("/guide?lang=en").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
