import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from geoapp.core.tls import lan_addresses, own_names, prepare_tls, qr_text

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
NAMES = ("192.168.7.20", "127.0.0.1", "localhost")
TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.1.0.0/16 2 0 2
        |-- 10.1.2.3
           /32 host LOCAL
        |-- 10.1.255.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
"""


def server_certificate(tls):
    return x509.load_pem_x509_certificate(tls.chain.read_bytes())


def test_phones_keep_trusting_us_after_a_restart(tmp_path):
    first = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    served = first.chain.read_bytes()
    second = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW + timedelta(days=1))
    assert second.fingerprint == first.fingerprint
    assert second.chain.read_bytes() == served


def test_a_new_address_gets_a_new_certificate_from_the_same_authority(tmp_path):
    first = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    second = prepare_tls(tmp_path / "tls", names=("10.0.0.9", *NAMES), now=NOW)
    names = server_certificate(second).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {str(item.value) for item in names.value} == {"10.0.0.9", *NAMES}
    assert second.fingerprint == first.fingerprint


@pytest.mark.parametrize(("days", "renewed"), [(336, False), (338, True), (5000, True)])
def test_a_certificate_is_renewed_sixty_days_before_its_end(tmp_path, days, renewed):
    first = server_certificate(prepare_tls(tmp_path / "tls", names=NAMES, now=NOW))
    later = NOW + timedelta(days=days)
    second = server_certificate(prepare_tls(tmp_path / "tls", names=NAMES, now=later))
    assert (second.serial_number != first.serial_number) is renewed
    assert second.not_valid_after_utc - later > timedelta(days=60)


def test_a_certificate_lives_shorter_than_phones_allow(tmp_path):
    made = server_certificate(prepare_tls(tmp_path / "tls", names=NAMES, now=NOW))
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=398)


def test_a_lost_key_makes_a_new_authority_and_a_new_certificate(tmp_path):
    first = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    fingerprint, served = first.fingerprint, first.chain.read_bytes()
    (tmp_path / "tls" / "authority.key").unlink()
    second = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    assert second.fingerprint != fingerprint
    assert second.chain.read_bytes() != served


def test_keys_are_readable_by_nobody_else(tmp_path):
    prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    for path in (tmp_path / "tls").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_the_fingerprint_is_written_as_phones_show_it(tmp_path):
    tls = prepare_tls(tmp_path / "tls", names=NAMES, now=NOW)
    assert len(tls.fingerprint.split(":")) == 32


def test_own_addresses_are_read_from_the_kernel_without_the_loopback(tmp_path):
    (tmp_path / "trie").write_text(TRIE)
    found = lan_addresses(tmp_path / "trie")
    assert "10.1.2.3" in found
    assert "127.0.0.1" not in found
    assert len(found) == len(set(found))


def test_a_machine_still_has_the_names_of_its_loopback():
    assert {"127.0.0.1", "localhost"} <= set(own_names())


def test_a_qr_code_is_drawn_in_blocks():
    drawn = qr_text("https://192.168.7.20:8000/")
    assert len(drawn.splitlines()) > 10
    assert "█" in drawn
