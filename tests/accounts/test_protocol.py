"""Passwords and tokens are kept as hashes that were made to be slow or long."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from geoapp.accounts import protocol
from geoapp.accounts.protocol import (
    GROUP_LETTERS,
    GROUPS,
    LETTERS,
    MAX_PASSWORD,
    LoginWrong,
    PasswordWeak,
    address_prefix,
    check_login,
    check_password,
    device_label,
    hash_password,
    hash_token,
    make_password,
    make_token,
    matches,
    needs_rehash,
    subject_of_address,
    subject_of_login,
)


def test_passwords_are_hashed_with_argon2id_as_rfc_9106_recommends():
    used = extract_parameters(hash_password("correct horse battery"))
    assert used.type is Type.ID
    assert (used.memory_cost, used.time_cost, used.parallelism) == (65536, 3, 4)
    assert (used.salt_len, used.hash_len) == (16, 32)


def test_a_password_matches_its_own_hash_only():
    kept = hash_password("correct horse battery")
    assert matches("correct horse battery", kept)
    assert not matches("correct horse batterie", kept)
    assert hash_password("correct horse battery") != kept


def test_full_width_letters_are_the_same_keys():
    assert matches("ｃorrect horse battery１", hash_password("correct horse battery1"))


def test_nothing_matches_where_there_is_no_password_or_a_broken_one():
    assert not matches("correct horse battery", None)
    assert not matches("correct horse battery", "no hash at all")


def test_an_unknown_login_costs_the_same_work_as_a_wrong_password():
    """Equal cost parameters, not a stopwatch: a clock in a test lies on a busy machine."""
    assert not matches("wrong password", None)
    nobody = extract_parameters(protocol._nobody_hash())
    assert nobody == extract_parameters(hash_password("correct horse battery"))


def test_a_hash_with_older_parameters_is_renewed():
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8192).hash("correct horse"))
    assert not needs_rehash(hash_password("correct horse battery"))


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "123456789",
        "x" * (MAX_PASSWORD + 1),
        "1234567890",
        "Password123",
        "zhangwei01",
        "aaaaaaaaaaaa",
        "abababababab",
        "ａａａａａａａａａａ",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password):
    with pytest.raises(PasswordWeak):
        check_password(password, login="zhangwei01")


@pytest.mark.parametrize(
    "password", ["abcdefghij", "我家门前有条小河流过村庄", "0123456780", "x y z 1 2 3"]
)
def test_any_long_password_may_be_used_whatever_it_is_made_of(password):
    check_password(password, login="zhangwei")


def test_a_random_password_is_long_readable_and_new_each_time():
    made = {make_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [GROUP_LETTERS] * GROUPS
        assert set("".join(groups)) <= set(LETTERS)
        check_password(password, login="zhangwei")
    assert not set("01lioIO") & set(LETTERS)


def test_a_token_is_kept_as_its_sha_256():
    token = make_token()
    assert len(token) >= 43
    assert len(hash_token(token)) == 32
    assert make_token() != token


@pytest.mark.parametrize(
    ("typed", "login"),
    [(" ZhangWei ", "zhangwei"), ("ｌｉ．ｘｉａ", "li.xia"), ("13800000000", "13800000000")],
)
def test_a_login_name_is_read_kindly(typed, login):
    assert check_login(typed) == login


@pytest.mark.parametrize("typed", ["", "a", "张伟", "-li", "li xia", "x" * 65, "li\x00", "li/xia"])
def test_a_login_name_of_other_letters_is_refused(typed):
    with pytest.raises(LoginWrong):
        check_login(typed)


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_of_an_address_only_the_network_is_remembered(address, prefix):
    assert address_prefix(address) == prefix


def test_the_throttle_names_no_person_and_no_machine():
    assert "lixia" not in subject_of_login("lixia")
    assert subject_of_login("LiXia ") == subject_of_login("lixia")
    assert subject_of_address("10.1.2.3") != subject_of_address("10.1.2.4")
    assert subject_of_address("2001:db8::1") == subject_of_address("2001:db8::2")
    assert subject_of_address("") == subject_of_address("unix:")


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Safari MicroMessenger/8", "WeChat · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Edg/130", "Edge · Windows"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_as_people_know_it(agent, label):
    assert device_label(agent) == label
