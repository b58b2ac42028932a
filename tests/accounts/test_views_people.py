"""The administrator keeps people, roles and units."""

import re
import uuid

import pytest
from sqlalchemy import select

from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.tables import Person, RoleGrant, Unit
from tests.accounts.conftest import PASSWORD
from tests.accounts.pages import enter, open_page, send, sign_in

SECRET = re.compile(r'<output[^>]*id="password"[^>]*>([^<]+)</output>')


@pytest.fixture
def admin(client, guarded_db, office):
    return enter(client, guarded_db, office.admin)


def grant_of(db, person):
    with db.reading(SYSTEM) as session:
        query = select(RoleGrant).where(RoleGrant.person_id == person.person_id)
        return session.scalars(query).one()


def test_people_are_listed_with_unit_and_role(admin):
    page = open_page(admin, "/people")
    assert "李霞" in page
    assert "祝桥镇" in page
    assert "检查员" in page


def test_people_are_found_by_part_of_a_name(admin):
    assert "lixia" in open_page(admin, "/people?q=霞")
    assert "未找到人员" in open_page(admin, "/people?q=%25")


def test_a_new_person_signs_in_with_the_password_shown_once(admin, app, office, guarded_db):
    answer = send(
        admin,
        "/people/new",
        name="王敏",
        login=" WangMin ",
        phone="021-5000",
        unit_id=office.town.unit_id,
        role="planner",
        language="zh_Hans_CN",
    )
    assert answer.status_code == 201
    secret = SECRET.search(answer.text)[1]
    browser = app.test_client()
    assert sign_in(browser, "wangmin", secret).status_code == 303
    assert browser.get("/units").status_code == 403  # first a password of one's own
    assert secret not in open_page(admin, "/people?q=wangmin")


def test_a_login_name_cannot_be_taken_twice(admin, office):
    fields = {"unit_id": office.town.unit_id, "role": "planner", "language": "en"}
    answer = send(admin, "/people/new", name="李霞二", login="lixia", **fields)
    assert answer.status_code == 409
    assert "已被使用" in answer.text
    answer = send(admin, "/people/new", name="李霞二", login="李霞", **fields)
    assert answer.status_code == 422


def test_a_person_is_changed(admin, office, guarded_db):
    path = f"/people/{office.inspector.person_id}"
    assert "李霞" in open_page(admin, path)
    answer = send(
        admin, path, name="李晓霞", login="lixia", phone="", unit_id=office.village.unit_id
    )
    assert answer.status_code == 303
    with guarded_db.reading(SYSTEM) as session:
        person = session.get(Person, office.inspector.person_id)
    assert (person.name, person.unit_id) == ("李晓霞", office.village.unit_id)


def test_a_reset_password_ends_the_old_one_and_all_sign_ins(admin, app, office, guarded_db):
    browser = enter(app.test_client(), guarded_db, office.inspector)
    path = f"/people/{office.inspector.person_id}"
    secret = SECRET.search(send(admin, f"{path}/passwords", page=path).text)[1]
    assert browser.get("/account/devices").status_code == 401
    assert sign_in(browser, "lixia", PASSWORD).status_code == 422
    assert sign_in(browser, "lixia", secret).status_code == 303


def test_shutting_a_person_out_works_at_once(admin, app, office, guarded_db):
    browser = enter(app.test_client(), guarded_db, office.inspector)
    path = f"/people/{office.inspector.person_id}"
    send(admin, f"{path}/activations", page=path, is_active="0")
    assert browser.get("/account/devices").status_code == 401
    assert sign_in(browser, "lixia").status_code == 422
    send(admin, f"{path}/activations", page=path, is_active="1")
    assert sign_in(browser, "lixia").status_code == 303


def test_a_role_given_opens_and_a_role_taken_closes(admin, app, office, guarded_db):
    browser = enter(app.test_client(), guarded_db, office.inspector)
    path = f"/people/{office.inspector.person_id}"
    grant = grant_of(guarded_db, office.inspector)
    answer = send(admin, f"{path}/grants/{grant.role_grant_id}/ends", page=path)
    assert answer.status_code == 303
    assert browser.get("/units").status_code == 403
    send(admin, f"{path}/grants", page=path, role="adviser", unit_id=office.village.unit_id)
    assert browser.get("/units").status_code == 200


def test_the_last_administrator_stays(admin, office, guarded_db):
    path = f"/people/{office.admin.person_id}"
    grant = grant_of(guarded_db, office.admin)
    for action, fields in (
        (f"grants/{grant.role_grant_id}/ends", {}),
        ("activations", {"is_active": "0"}),
    ):
        answer = send(admin, f"{path}/{action}", page=path, **fields)
        assert answer.status_code == 422
        assert "最后一名管理员" in answer.text
    assert admin.get("/people").status_code == 200


def test_the_role_of_a_person_is_taken_only_from_that_person(admin, office, guarded_db):
    grant = grant_of(guarded_db, office.inspector)
    path = f"/people/{office.admin.person_id}"
    answer = send(admin, f"{path}/grants/{grant.role_grant_id}/ends", page=path)
    assert answer.status_code == 404


def test_an_unknown_person_is_not_found(admin):
    assert open_page(admin, f"/people/{uuid.uuid4()}", 404)


def test_the_tree_of_units_shows_who_stands_under_whom(admin):
    page = open_page(admin, "/units")
    assert page.index("区督察办") < page.index("祝桥镇") < page.index("立新村")


def test_everybody_may_look_at_the_units_and_nobody_else_may_change_them(
    client, office, guarded_db
):
    enter(client, guarded_db, office.inspector)
    assert "添加下级" not in open_page(client, "/units")
    assert open_page(client, "/units/new", 403)
    assert open_page(client, f"/units/{office.town.unit_id}", 403)


def unit_fields(**changes):
    return {"name": "合庆镇", "kind": "town", "short_name": "HQ", **changes}


def test_a_unit_is_added_and_moved(admin, office, guarded_db):
    page = f"/units/new?parent={office.root.unit_id}"
    answer = send(admin, "/units/new", page=page, **unit_fields(parent_id=office.root.unit_id))
    assert answer.status_code == 303
    with guarded_db.reading(SYSTEM) as session:
        added = session.scalars(select(Unit).where(Unit.name == "合庆镇")).one()
    path = f"/units/{office.village.unit_id}"
    answer = send(
        admin,
        path,
        **unit_fields(name="立新村", kind="village", parent_id=added.unit_id, is_active="y"),
    )
    assert answer.status_code == 303
    with guarded_db.reading(SYSTEM) as session:
        village = session.get(Unit, office.village.unit_id)
    assert (village.parent_id, village.is_active) == (added.unit_id, True)


@pytest.mark.parametrize(
    ("place", "name", "status"),
    [("village", "祝桥镇", 422), ("town", "祝桥镇", 422), ("", "祝桥镇", 422)],
)
def test_a_unit_cannot_stand_below_itself_or_beside_the_root(admin, office, place, name, status):
    parent = getattr(office, place).unit_id if place else ""
    path = f"/units/{office.town.unit_id}"
    answer = send(admin, path, **unit_fields(name=name, parent_id=parent, is_active="y"))
    assert answer.status_code == status
    assert "不能放在该位置" in answer.text


def test_two_units_under_one_parent_have_two_names(admin, office):
    answer = send(admin, "/units/new", **unit_fields(name="祝桥镇", parent_id=office.root.unit_id))
    assert answer.status_code == 409


def test_a_value_that_is_no_unit_is_refused(admin):
    assert send(admin, "/units/new", **unit_fields(parent_id="x")).status_code == 422
    assert open_page(admin, "/units/new?parent=x")
