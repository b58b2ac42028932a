"""The door: tries are counted before they are judged, in the database, for every process alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from geoapp.accounts.protocol import (
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    TRIES_A_LOGIN,
    TRIES_AN_ADDRESS,
    hash_token,
    needs_rehash,
)
from geoapp.accounts.queries import actor_for
from geoapp.accounts.rules import SYSTEM
from geoapp.accounts.services_sign_in import (
    SIGN_INS_KEPT,
    TooManyTries,
    WrongCredentials,
    admit,
    note_seen,
    open_sign_in,
    revoke_sign_in,
    sign_in,
)
from geoapp.accounts.tables import Person, SignIn, SignInAttempt
from geoapp.audit.tables import AuditEntry
from tests.accounts.conftest import PASSWORD, build_office

ADDRESS = "10.1.2.3"


def try_once(session, login, *, at, address=ADDRESS):
    return admit(session, login=login, address=address, now=at)


def test_a_sign_in_keeps_the_hash_of_its_token_and_who_where_on_what(guarded, office, now):
    attempt = try_once(guarded, "LiXia", at=now)
    done = sign_in(guarded, attempt, password=PASSWORD, device="Chrome · Android")
    row = guarded.scalars(select(SignIn)).one()
    assert row.token_hash == hash_token(done.token)
    assert (row.person_id, row.device) == (office.inspector.person_id, "Chrome · Android")
    assert row.address_prefix == "10.1.2.0/24"
    assert row.expires_at == done.expires_at == now + timedelta(hours=12)


def test_a_sign_in_is_in_the_audit_log_under_the_persons_own_name(guarded_db, office, now):
    with guarded_db.transaction(SYSTEM) as session:
        sign_in(session, try_once(session, "lixia", at=now), password=PASSWORD)
    with guarded_db.reading(SYSTEM) as session:
        query = select(AuditEntry).where(AuditEntry.action == "sign_in")
        entry = session.scalars(query).one()
    assert (entry.actor_id, entry.actor_name) == (office.inspector.person_id, "李霞")
    assert (entry.source, entry.address_prefix) == ("web", "10.1.2.0/24")


@pytest.mark.parametrize(("login", "password"), [("lixia", "wrong"), ("nobody", PASSWORD)])
def test_what_was_wrong_is_not_said(guarded, office, now, login, password):
    with pytest.raises(WrongCredentials):
        sign_in(guarded, try_once(guarded, login, at=now), password=password)


def test_a_person_who_is_shut_out_or_has_no_password_does_not_come_in(guarded, office, now):
    guarded.get(Person, office.inspector.person_id).is_active = False
    with pytest.raises(WrongCredentials):
        sign_in(guarded, try_once(guarded, "lixia", at=now), password=PASSWORD)
    guarded.get(Person, office.admin.person_id).password_hash = None
    with pytest.raises(WrongCredentials):
        sign_in(guarded, try_once(guarded, "admin", at=now), password=PASSWORD)


def test_an_old_hash_is_renewed_when_the_password_is_at_hand(guarded, office, now):
    person = guarded.get(Person, office.inspector.person_id)
    person.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    sign_in(guarded, try_once(guarded, "lixia", at=now), password=PASSWORD)
    assert not needs_rehash(person.password_hash)


def test_the_wait_doubles_with_each_further_try_up_to_its_limit(guarded, now):
    waits, at = [], now
    for _ in range(TRIES_A_LOGIN):
        try_once(guarded, "lixia", at=at)
    for _ in range(8):
        with pytest.raises(TooManyTries) as caught:
            try_once(guarded, "lixia", at=at)
        waits.append(caught.value.data["seconds"])
        at += timedelta(seconds=waits[-1])
        try_once(guarded, "lixia", at=at)
    assert waits == [30, 60, 120, 240, 480, 960, 960, 960]
    assert waits[0] == FIRST_WAIT.total_seconds()


def test_a_refused_try_does_not_lengthen_the_wait(guarded, now):
    for _ in range(TRIES_A_LOGIN):
        try_once(guarded, "lixia", at=now)
    for second in range(29):
        with pytest.raises(TooManyTries) as caught:
            try_once(guarded, "lixia", at=now + timedelta(seconds=second))
        assert caught.value.data["seconds"] == 30 - second
    try_once(guarded, "lixia", at=now + timedelta(seconds=30))


def test_a_blocked_login_does_not_block_its_colleagues(guarded, now):
    for _ in range(TRIES_A_LOGIN):
        try_once(guarded, "lixia", at=now)
    try_once(guarded, "wangmin", at=now)


def test_one_address_that_tries_many_logins_must_wait_too(guarded, now):
    for number in range(TRIES_AN_ADDRESS):
        try_once(guarded, f"person{number}", at=now)
    with pytest.raises(TooManyTries):
        try_once(guarded, "somebody", at=now)
    try_once(guarded, "somebody", at=now, address="10.9.9.9")


def test_tries_are_forgotten_after_an_hour(guarded, now):
    for _ in range(TRIES_A_LOGIN - 1):
        try_once(guarded, "lixia", at=now)
    later = now + FORGOTTEN_AFTER + timedelta(seconds=1)
    for _ in range(TRIES_A_LOGIN):
        try_once(guarded, "lixia", at=later)
    with pytest.raises(TooManyTries):
        try_once(guarded, "lixia", at=later)


def test_a_success_forgets_the_tries_of_the_login_but_not_those_of_the_address(
    guarded, office, now
):
    for _ in range(3):
        try_once(guarded, "lixia", at=now)
    try_once(guarded, "other", at=now)
    sign_in(guarded, try_once(guarded, "lixia", at=now), password=PASSWORD)
    left = {
        row.subject.partition(":")[0]: row.failures
        for row in guarded.scalars(select(SignInAttempt).order_by(SignInAttempt.failures))
    }
    assert left == {"login": 1, "address": 4}


def test_tries_at_the_same_moment_in_many_processes_do_not_slip_through(committing_db, now):
    def attempt(_number):
        with committing_db.transaction(SYSTEM) as session:
            try:
                try_once(session, "lixia", at=now)
            except TooManyTries:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(attempt, range(16)))
    assert admitted.count(True) == TRIES_A_LOGIN


def test_reaching_the_limit_is_in_the_audit_log_without_a_name(guarded_db, now):
    for _ in range(TRIES_A_LOGIN):
        with guarded_db.transaction(SYSTEM) as session:
            try_once(session, "lixia", at=now)
    with guarded_db.reading(SYSTEM) as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.after) == ("sign_in.blocked", {"failures": TRIES_A_LOGIN})
    assert "lixia" not in entry.entity_id


def test_a_revoked_sign_in_is_over_at_once(guarded, office, now):
    opened = open_sign_in(guarded, office.inspector, now=now)
    assert actor_for(guarded, opened.token, now)
    assert revoke_sign_in(guarded, opened.sign_in_id, now=now)
    assert actor_for(guarded, opened.token, now) is None
    assert not revoke_sign_in(guarded, opened.sign_in_id, now=now)


def test_long_ended_sign_ins_are_swept_out(guarded, office, now):
    open_sign_in(guarded, office.inspector, now=now)
    later = now + SIGN_INS_KEPT + timedelta(days=1)
    kept = open_sign_in(guarded, office.inspector, now=later)
    assert list(guarded.scalars(select(SignIn.sign_in_id))) == [kept.sign_in_id]


def test_that_a_device_is_in_use_is_remembered(guarded, office, now):
    opened = open_sign_in(guarded, office.inspector, now=now)
    later = now + timedelta(minutes=9)
    note_seen(guarded, opened.sign_in_id, now=later)
    actor = actor_for(guarded, opened.token, later)
    assert actor.last_seen_at == later


def test_two_real_processes_share_the_throttle(committing_db, now):
    with committing_db.transaction(SYSTEM) as session:
        build_office(session, now)
    for _ in range(TRIES_A_LOGIN):
        with committing_db.transaction(SYSTEM) as session:
            try_once(session, "lixia", at=now)
    committing_db.close()  # a new pool has new connections, as another process would
    with committing_db.transaction(SYSTEM) as session:
        with pytest.raises(TooManyTries):
            try_once(session, "lixia", at=now)
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2
