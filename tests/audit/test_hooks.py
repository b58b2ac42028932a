"""Every change of an audited row reaches the log, and only what really happened."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from geoapp.accounts.rules import ANONYMOUS, SYSTEM, Role, UnitKind
from geoapp.accounts.tables import Person, RoleGrant, SignInAttempt, Unit
from geoapp.audit.services import explain, record
from tests.audit.support import entries, make_unit


def test_an_insert_is_logged_with_what_was_written(audited):
    unit = make_unit(audited, "祝桥镇")
    audited.commit()
    [entry] = entries(audited)
    assert (entry.seq, entry.action, entry.entity) == (1, "insert", "unit")
    assert entry.entity_id == str(unit.unit_id)
    assert entry.before is None
    assert entry.after["name"] == "祝桥镇"
    assert entry.after["kind"] == "town"
    assert (entry.source, entry.actor_name) == ("system", "system")


def test_an_update_is_logged_with_the_changed_columns_only(audited):
    unit = make_unit(audited)
    audited.commit()
    unit.name, unit.liaison_name = "合庆镇", unit.liaison_name
    audited.commit()
    entry = entries(audited)[-1]
    assert (entry.action, entry.before, entry.after) == (
        "update",
        {"name": "祝桥镇"},
        {"name": "合庆镇"},
    )


def test_an_update_that_changes_nothing_is_not_logged(audited):
    unit = make_unit(audited)
    audited.commit()
    unit.name = "祝桥镇"
    audited.commit()
    assert len(entries(audited)) == 1


def test_a_delete_is_logged_with_what_was_there(audited):
    unit = make_unit(audited)
    audited.commit()
    audited.delete(unit)
    audited.commit()
    entry = entries(audited)[-1]
    assert (entry.action, entry.after) == ("delete", None)
    assert entry.before["name"] == "祝桥镇"


def test_who_from_where_by_which_device_and_why_are_logged(audited_db):
    person_id, unit_id = uuid.uuid4(), uuid.uuid4()
    inspector = replace(
        ANONYMOUS,
        person_id=person_id,
        name="张三",
        unit_id=unit_id,
        source="field",
        roles=frozenset({Role.INSPECTOR}),
        address_prefix="10.1.2.0/24",
    )
    with audited_db.transaction(inspector) as session:
        explain(session, reason="现场核实", device_id="phone-7")
        unit = make_unit(session)
    with audited_db.transaction(SYSTEM) as session:
        [entry] = entries(session)
    assert (entry.actor_id, entry.actor_name, entry.unit_id) == (person_id, "张三", unit_id)
    assert (entry.source, entry.address_prefix) == ("field", "10.1.2.0/24")
    assert (entry.device_id, entry.reason) == ("phone-7", "现场核实")
    assert unit.created_by == person_id


def test_a_password_hash_never_reaches_the_log_but_its_change_does(audited):
    unit = make_unit(audited)
    person = Person(login="zhang", name="张三", unit_id=unit.unit_id, password_hash="$argon2id$a")
    audited.add(person)
    audited.commit()
    person.password_hash = "$argon2id$b"
    audited.commit()
    log = entries(audited)
    assert log[-1].after == {"password_hash": "[withheld]"}
    assert "argon2id" not in str([(entry.before, entry.after) for entry in log])


def test_a_change_of_a_withheld_column_is_an_entry_of_its_own(audited):
    unit = make_unit(audited)
    person = Person(login="zhang", name="张三", unit_id=unit.unit_id)
    audited.add(person)
    audited.commit()
    person.password_hash = "$argon2id$b"
    audited.commit()
    assert entries(audited)[-1].before == {"password_hash": None}


def test_a_row_that_is_a_log_itself_is_not_logged(audited):
    audited.execute(
        insert(SignInAttempt).values(subject="a", failures=1, last_at=datetime.now(UTC))
    )
    audited.commit()
    assert entries(audited) == []


def test_a_rolled_back_savepoint_leaves_no_entry(audited):
    root = make_unit(audited, "督察办")
    savepoint = audited.begin_nested()
    make_unit(audited, "祝桥镇", parent=root)
    savepoint.rollback()
    with audited.begin_nested():
        make_unit(audited, "合庆镇", parent=root)
    audited.commit()
    assert [entry.after["name"] for entry in entries(audited)] == ["督察办", "合庆镇"]


def test_a_savepoint_inside_a_rolled_back_savepoint_leaves_no_entry(audited):
    root = make_unit(audited, "督察办")
    outer = audited.begin_nested()
    make_unit(audited, "甲", parent=root)
    with audited.begin_nested():
        make_unit(audited, "乙", parent=root)
    outer.rollback()
    make_unit(audited, "丙", parent=root)
    audited.commit()
    assert [entry.after["name"] for entry in entries(audited)] == ["督察办", "丙"]


def test_a_rolled_back_transaction_leaves_no_entry(committing_db):
    session = committing_db._open(SYSTEM)
    make_unit(session)
    session.rollback()
    session.close()
    with committing_db.transaction(SYSTEM) as session:
        record(session, action="demo.load", entity="demo", entity_id="1")
    with committing_db.reading(SYSTEM) as session:
        assert [entry.action for entry in entries(session)] == ["demo.load"]


def test_a_change_made_without_flush_is_still_logged(committing_db):
    with committing_db.transaction(SYSTEM) as session:
        session.add(Unit(name="祝桥镇", kind=UnitKind.TOWN))
    with committing_db.reading(SYSTEM) as session:
        assert len(entries(session)) == 1


@pytest.mark.parametrize("target", [Unit, Unit.__table__])
def test_a_bulk_statement_is_logged_with_its_number_of_rows(audited, target):
    root = make_unit(audited, "督察办")
    rows = [
        {"unit_id": uuid.uuid4(), "name": f"村{n}", "kind": "village", "parent_id": root.unit_id}
        for n in range(3)
    ]
    audited.execute(insert(target), rows[:2])
    audited.execute(insert(target), rows[2:])
    audited.execute(update(target).where(Unit.kind == "village").values(liaison_name="李"))
    audited.execute(delete(target).where(Unit.kind == "village"))
    audited.commit()
    bulk = [(entry.action, entry.after) for entry in entries(audited)[1:]]
    assert bulk == [
        ("bulk_insert", {"rows": 3}),
        ("bulk_update", {"rows": 3}),
        ("bulk_delete", {"rows": 3}),
    ]


def test_bulk_statements_on_both_sides_of_a_savepoint_are_counted_apart(audited):
    make_unit(audited)
    audited.execute(update(Unit).values(liaison_name="李"))
    savepoint = audited.begin_nested()
    audited.execute(update(Unit).values(liaison_name="王"))
    savepoint.rollback()
    audited.commit()
    assert [entry.after for entry in entries(audited)[1:]] == [{"rows": 1}]


def test_a_grant_is_logged_like_any_other_row(audited):
    unit = make_unit(audited)
    person = Person(login="zhang", name="张三", unit_id=unit.unit_id)
    audited.add(person)
    audited.flush()
    audited.add(
        RoleGrant(
            person_id=person.person_id,
            role=Role.PLANNER,
            unit_id=unit.unit_id,
            valid_from=person.created_at,
        )
    )
    audited.commit()
    assert entries(audited)[-1].after["role"] == "planner"
