"""The chain can be proven, and no single change of it goes unseen."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geoapp.accounts.rules import SYSTEM
from geoapp.audit.services import Anchor, Damage, current_anchor, record, verify
from tests.audit.support import make_unit

LENGTH = 6
OPEN_THE_SAFE = (
    "ALTER TABLE audit_log DISABLE TRIGGER ALL; ALTER TABLE audit_head DISABLE TRIGGER ALL"
)
CHANGED_COLUMNS = {
    "at": "at + interval '1 second'",
    "actor_id": "gen_random_uuid()",
    "actor_name": "actor_name || 'x'",
    "unit_id": "gen_random_uuid()",
    "source": "source || 'x'",
    "address_prefix": "address_prefix || 'x'",
    "device_id": "device_id || 'x'",
    "device_at": "now()",
    "action": "action || 'x'",
    "entity": "entity || 'x'",
    "entity_id": "entity_id || 'x'",
    "before": "'{}'::jsonb",
    "after": "after || '{\"n\": -1}'",
    "reason": "reason || 'x'",
    "prev_hash": "sha256(prev_hash)",
    "hash": "sha256(hash)",
}
SET_COLUMN = "UPDATE audit_log SET {column} = {value} WHERE seq = {seq}"
WAYS = {
    "edit": [SET_COLUMN],
    "remove": ["DELETE FROM audit_log WHERE seq = {seq}"],
    "cut off": ["DELETE FROM audit_log WHERE seq >= {seq}"],
    "swap": [
        "UPDATE audit_log SET seq = 99 WHERE seq = {seq}",
        "UPDATE audit_log SET seq = {seq} WHERE seq = {other}",
        "UPDATE audit_log SET seq = {other} WHERE seq = 99",
    ],
    "insert": [
        "CREATE TEMPORARY TABLE copy ON COMMIT DROP AS SELECT * FROM audit_log WHERE seq = {other}",
        "UPDATE audit_log SET seq = -seq - 1 WHERE seq >= {seq}",
        "UPDATE audit_log SET seq = -seq WHERE seq < 0",
        "UPDATE copy SET seq = {seq}",
        "INSERT INTO audit_log SELECT * FROM copy",
    ],
}
AS_ANYBODY_READS_IT = """
SELECT encode(hash, 'hex') AS hash, to_jsonb(log) || jsonb_build_object(
    'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'prev_hash', encode(prev_hash, 'hex')) AS entry
FROM audit_log AS log ORDER BY seq
"""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def chain(audited):
    """A session in which LENGTH entries stand in the log."""
    for number in range(LENGTH):
        record(audited, action="test", entity="thing", entity_id=str(number), after={"n": number})
    audited.commit()
    return audited


def damaged(session, *changes):
    """The verdict after somebody with all rights ran *changes*; afterwards all is as before."""
    savepoint = session.begin_nested()
    for change in (OPEN_THE_SAFE, *changes):
        session.execute(text(change))
    result = verify(session)
    savepoint.rollback()
    return result


def test_an_empty_log_is_whole(audited):
    result = verify(audited)
    assert (result.ok, result.rows, result.first_bad_seq) == (True, 0, None)


def test_an_untouched_chain_is_whole_and_ends_at_its_anchor(chain):
    result = verify(chain)
    assert (result.ok, result.rows) == (True, LENGTH)
    assert result.anchor == current_anchor(chain)
    assert Anchor.parse(str(result.anchor)) == result.anchor


@pytest.mark.parametrize("column", CHANGED_COLUMNS)
def test_a_change_of_any_column_is_found_in_its_row(chain, column):
    value = CHANGED_COLUMNS[column]
    result = damaged(chain, SET_COLUMN.format(column=column, value=value, seq=3))
    assert (result.ok, result.first_bad_seq) == (False, 3)
    assert result.reason is (Damage.UNLINKED if column == "prev_hash" else Damage.ALTERED)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_any_single_change_anywhere_is_found(chain, data):
    seq = data.draw(st.integers(1, LENGTH))
    other = data.draw(st.integers(1, LENGTH).filter(lambda n: n != seq))
    column = data.draw(st.sampled_from(sorted(CHANGED_COLUMNS)))
    way = data.draw(st.sampled_from(sorted(WAYS)))
    names = {"seq": seq, "other": other, "column": column, "value": CHANGED_COLUMNS[column]}
    drop = "ALTER TABLE audit_log DROP CONSTRAINT ck_audit_log_seq_positive"
    result = damaged(chain, drop, *(change.format(**names) for change in WAYS[way]))
    assert not result.ok
    assert result.first_bad_seq <= max(seq, other)


def test_an_emptied_log_is_found(chain):
    result = damaged(chain, "DELETE FROM audit_log")
    assert (result.ok, result.first_bad_seq, result.reason) == (False, 1, Damage.CUT)


def test_a_lost_head_is_found(chain):
    assert not damaged(chain, "DELETE FROM audit_head").ok
    assert not damaged(chain, "UPDATE audit_head SET seq = seq - 1").ok


def test_a_consistently_rewritten_log_is_found_with_an_anchor_kept_outside(chain):
    anchor = current_anchor(chain)
    savepoint = chain.begin_nested()
    chain.execute(text(OPEN_THE_SAFE))
    chain.execute(text("DELETE FROM audit_log"))
    chain.execute(text("UPDATE audit_head SET seq = 0, hash = decode(repeat('00', 32), 'hex')"))
    chain.execute(text("ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_move_head"))
    savepoint.commit()
    for number in range(LENGTH):
        record(chain, action="forged", entity="thing", entity_id=str(number))
    chain.commit()
    assert verify(chain).ok  # honest limit: from inside it looks whole
    result = verify(chain, anchor=anchor)
    assert (result.first_bad_seq, result.reason) == (LENGTH, Damage.REWRITTEN)


def test_a_log_shorter_than_its_anchor_was_cut(chain):
    anchor = Anchor(seq=LENGTH + 1, hash=bytes(32))
    assert verify(chain, anchor=anchor).reason is Damage.CUT


@pytest.mark.parametrize("words", ["", "7", "x:00", "1:zz", "1:00", "-1:" + "00" * 32])
def test_an_unreadable_anchor_is_refused(words):
    with pytest.raises(ValueError, match=r".*"):
        Anchor.parse(words)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET reason = 'x'",
        "UPDATE audit_log SET reason = 'x' WHERE false",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "UPDATE audit_head SET seq = 0",
        "INSERT INTO audit_head (audit_head_id, seq, hash) SELECT 1, seq, hash FROM audit_head",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "INSERT INTO audit_log SELECT * FROM audit_log WHERE seq = 1",
        "SET LOCAL session_replication_role = replica; DELETE FROM audit_log",
    ],
)
def test_the_database_itself_refuses(chain, statement):
    with pytest.raises(DBAPIError):
        chain.execute(text(statement))


def test_two_transactions_at_once_keep_one_chain_without_gaps(committing_db):
    start = Barrier(4)

    def work(worker):
        start.wait()
        for number in range(10):
            with committing_db.transaction(SYSTEM) as session:
                record(session, action="w", entity="thing", entity_id=f"{worker}/{number}")
                record(session, action="w", entity="thing", entity_id=f"{worker}/{number}b")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with committing_db.reading(SYSTEM) as session:
        result = verify(session)
        seqs = list(session.scalars(text("SELECT seq FROM audit_log ORDER BY seq")))
    assert result.ok
    assert seqs == list(range(1, 81))


def test_a_batch_larger_than_one_statement_keeps_the_chain(audited):
    for number in range(4500):
        record(audited, action="w", entity="thing", entity_id=str(number))
    audited.commit()
    assert (verify(audited).ok, verify(audited).rows) == (True, 4500)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(value=VALUES, words=st.text())
def test_whatever_is_recorded_is_read_back_with_the_same_hash(audited, value, words):
    record(
        audited, action="test", entity="thing", entity_id=words, reason=words, after={"v": value}
    )
    audited.commit()
    assert verify(audited).ok


def test_the_hash_can_be_recomputed_without_this_program(audited):
    make_unit(audited, "祝桥镇\n“\\x7f\t")
    record(audited, action="a", entity="b", entity_id="c", after={"甲": [1.5, {"z": None, "a": 1}]})
    audited.commit()
    rows = audited.execute(text(AS_ANYBODY_READS_IT))
    for row in rows:
        entry = {key: value for key, value in row.entry.items() if key != "hash"}
        written = json.dumps(
            entry, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
        assert hashlib.sha256(written).hexdigest() == row.hash
