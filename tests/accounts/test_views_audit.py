"""The administrator reads and verifies the log."""

import pytest
from sqlalchemy import select, text

from geoapp.accounts.rules import SYSTEM
from geoapp.audit.services import current_anchor
from geoapp.audit.tables import AuditEntry
from tests.accounts.pages import enter, open_page, send


@pytest.fixture
def admin(client, guarded_db, office):
    return enter(client, guarded_db, office.admin)


def test_the_log_shows_who_did_what(admin):
    page = open_page(admin, "/audit")
    assert "祝桥镇" in page
    assert "管理员" in page
    assert "登录" in page
    assert "内容不记录" in page
    assert "argon2" not in page


def test_the_log_is_filtered_by_person_kind_and_day(admin):
    assert "立新村" in open_page(admin, "/audit?entity=unit")
    assert "立新村" not in open_page(admin, "/audit?entity=person")
    assert "没有符合条件的记录" in open_page(admin, "/audit?who=nobody")
    assert "没有符合条件的记录" in open_page(admin, "/audit?to=2001-01-01")
    assert "立新村" in open_page(admin, "/audit?from=2001-01-01&to=nonsense")


def test_the_log_is_shown_page_by_page(admin, guarded_db):
    with guarded_db.reading(SYSTEM) as session:
        newest = session.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq.desc())).first()
    page = open_page(admin, "/audit?who=system")
    assert f">{newest}<" not in page
    assert open_page(admin, "/audit?after=nonsense", 400)


def test_an_inspector_does_not_see_the_log(client, office, guarded_db):
    enter(client, guarded_db, office.inspector)
    assert open_page(client, "/audit", 403)
    assert send(client, "/audit/verifications", page="/account/devices").status_code == 403


def test_an_untouched_log_is_whole(admin, guarded_db):
    with guarded_db.reading(SYSTEM) as session:
        anchor = str(current_anchor(session))
    answer = send(admin, "/audit/verifications", page="/audit")
    assert "日志完整无损" in answer.text
    assert anchor in answer.text
    answer = send(admin, "/audit/verifications", page="/audit", anchor=anchor)
    assert "日志完整无损" in answer.text


def test_a_tampered_log_is_named_with_its_entry(admin, guarded_db):
    with guarded_db.transaction(SYSTEM) as session:
        session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE audit_log SET reason = 'x' WHERE seq = 2"))
    answer = send(admin, "/audit/verifications", page="/audit")
    assert "日志在第 2 条处受损" in answer.text
    assert "写入后被改动" in answer.text


def test_an_unreadable_anchor_is_refused(admin):
    answer = send(admin, "/audit/verifications", page="/audit", anchor="1:2")
    assert answer.status_code == 400
