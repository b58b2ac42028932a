"""The pages about oneself, as a browser sees them."""

from sqlalchemy import select

from geoapp.accounts.guard import safe_target
from geoapp.accounts.protocol import TRIES_A_LOGIN
from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.tables import Person, SignIn
from geoapp.audit.tables import AuditEntry
from tests.accounts.conftest import PASSWORD
from tests.accounts.pages import HTML, enter, open_page, send, sign_in


def cookie_of(answer):
    return next(value for value in answer.headers.getlist("Set-Cookie") if "geoapp" in value)


def test_signing_in_leads_on_to_the_wanted_page(client):
    asked = client.get("/account/devices", headers=HTML)
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/account/devices"
    answer = sign_in(client, "lixia", next="/account/devices")
    assert (answer.status_code, answer.location) == (303, "/account/devices")
    assert "李霞" in open_page(client, "/account/devices")


def test_the_wanted_page_never_lies_on_another_host(client):
    for trap in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:0", ""):
        assert safe_target(trap) == "/"
    for path in ("/points?q=a", "/点位"):
        assert safe_target(path) == path
    assert sign_in(client, "lixia", next="//evil.example").location == "/"


def test_the_cookie_is_out_of_reach_of_scripts(client):
    cookie = cookie_of(sign_in(client, "lixia"))
    assert cookie.startswith("geoapp=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_is_bound_to_this_host(client):
    client.application.config["PREFERRED_URL_SCHEME"] = "https"
    client.environ_base["HTTP_REFERER"] = "https://localhost/sign-in"
    cookie = cookie_of(sign_in(client, "lixia"))
    assert cookie.startswith("__Host-geoapp=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_wrong_password_and_an_unknown_login_look_the_same(client):
    wrong = sign_in(client, "lixia", "wrong password")
    unknown = sign_in(client, "nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 422
    assert "登录名或密码不正确" in wrong.text
    assert "登录名或密码不正确" in unknown.text
    assert "wrong password" not in wrong.text


def test_too_many_wrong_tries_must_wait_and_are_told_how_long(client, guarded_db):
    for _ in range(TRIES_A_LOGIN):
        assert sign_in(client, "lixia", "wrong password").status_code == 422
    blocked = sign_in(client, "lixia")
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 30
    assert "请等待" in blocked.text
    with guarded_db.reading(SYSTEM) as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert "sign_in.blocked" in actions


def test_a_form_without_its_token_is_refused(client):
    answer = client.post("/sign-in", data={"login": "lixia", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/account/devices").status_code == 401


def test_signing_out_ends_the_sign_in_in_the_database_too(client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    cookie = client.get_cookie("geoapp").value
    answer = send(client, "/sign-out", page="/account/devices")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    client.set_cookie("geoapp", cookie)
    assert client.get("/account/devices").status_code == 401


def test_a_page_of_another_role_is_refused(client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    assert "无权进行此操作" in open_page(client, "/people", 403)


def test_a_view_that_forgot_its_mark_is_open_to_nobody(client):
    assert client.get("/unmarked").status_code == 403


def test_a_script_is_told_401_and_not_led_to_a_form(client):
    answer = client.get("/account/devices", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["code"] == "accounts.sign_in_needed"


def test_changing_the_password_signs_other_devices_out(app, client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    other = enter(app.test_client(), guarded_db, office.inspector)
    new = "a new long password"
    answer = send(client, "/account/password", old=PASSWORD, new=new, repeat=new)
    assert answer.status_code == 303
    assert client.get("/account/devices").status_code == 200
    assert other.get("/account/devices").status_code == 401
    assert sign_in(other, "lixia").status_code == 422
    assert sign_in(other, "lixia", new).status_code == 303


def test_a_weak_repeated_or_wrong_password_changes_nothing(client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    good = "a new long password"
    for old, new, repeat in (
        (PASSWORD, "short", "short"),
        (PASSWORD, "1234567890", "1234567890"),
        (PASSWORD, good, "another long password"),
        ("not the old one", good, good),
    ):
        answer = send(client, "/account/password", old=old, new=new, repeat=repeat)
        assert answer.status_code == 422
    assert sign_in(client.application.test_client(), "lixia").status_code == 303


def test_a_password_set_by_somebody_else_must_be_changed_first(client, guarded_db, office):
    with guarded_db.transaction(SYSTEM) as session:
        session.get(Person, office.admin.person_id).must_change_password = True
    enter(client, guarded_db, office.admin)
    detour = client.get("/people", headers=HTML)
    assert (detour.status_code, detour.location) == (303, "/account/password")
    assert client.get("/people").status_code == 403
    new = "a new long password"
    send(client, "/account/password", old=PASSWORD, new=new, repeat=new)
    assert client.get("/people").status_code == 200


def test_another_device_can_be_signed_out_from_the_list(app, client, guarded_db, office):
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile"
    sign_in(phone, "lixia")
    enter(client, guarded_db, office.inspector)
    assert "Chrome · Android" in open_page(client, "/account/devices")
    with guarded_db.reading(SYSTEM) as session:
        row = session.scalars(select(SignIn).where(SignIn.device.contains("Android"))).one()
    send(client, f"/account/devices/{row.sign_in_id}/ends", page="/account/devices")
    assert phone.get("/account/devices").status_code == 401
    assert client.get("/account/devices").status_code == 200


def test_nobody_signs_out_the_device_of_somebody_else(app, client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    other = enter(app.test_client(), guarded_db, office.admin)
    with guarded_db.reading(SYSTEM) as session:
        query = select(SignIn).where(SignIn.person_id == office.admin.person_id)
        row = session.scalars(query).one()
    send(client, f"/account/devices/{row.sign_in_id}/ends", page="/account/devices")
    assert other.get("/account/devices").status_code == 200


def test_a_request_remembers_that_the_device_is_in_use(client, guarded_db, office):
    enter(client, guarded_db, office.inspector)
    with guarded_db.transaction(SYSTEM) as session:
        row = session.scalars(select(SignIn)).one()
        long_ago = row.created_at = row.last_seen_at = row.created_at.replace(year=2025)
    open_page(client, "/account/devices")
    with guarded_db.reading(SYSTEM) as session:
        assert session.scalars(select(SignIn.last_seen_at)).one() > long_ago


def test_the_pages_speak_english_when_asked(client):
    assert "Sign in" in open_page(client, "/sign-in?lang=en")
    assert "登录" in open_page(client, "/sign-in?lang=zh")
