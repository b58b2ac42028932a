import json
import re
import shutil

import pytest

from geoapp.maps import vendor
from geoapp.maps.vendor import FILES, STATIC_DIR, FetchFailed, NpmMissing


@pytest.fixture
def pins(tmp_path):
    """A copy of the pins, without vendor/."""
    for name in vendor.PINS:
        shutil.copy(STATIC_DIR / name, tmp_path / name)
    return tmp_path


def test_set_up_has_fetched_what_the_pins_ask_for():
    assert vendor.is_current(STATIC_DIR), "run: python -m geoapp.maps.vendor"
    assert vendor.fetch() is False


def test_every_declared_file_is_there_and_says_its_licence():
    folder = STATIC_DIR / "vendor"
    assert [name for name in FILES.values() if not (folder / name).is_file()] == []
    for package in {name.split("/")[0] for name in FILES.values()}:
        assert (folder / package / "LICENSE").is_file()


def test_pins_name_exact_versions_and_no_address():
    wanted = json.loads((STATIC_DIR / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    lock = (STATIC_DIR / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "http" not in lock
    assert "omit-lockfile-registry-resolved=true" in (STATIC_DIR / ".npmrc").read_text()


def test_a_changed_pin_asks_for_a_new_fetch(pins):
    shutil.copytree(STATIC_DIR / "vendor", pins / "vendor")
    assert vendor.is_current(pins)
    lock = pins / "package-lock.json"
    lock.write_text(lock.read_text().replace("1.9.4", "1.9.3"))
    assert not vendor.is_current(pins)


def test_without_npm_the_message_says_what_to_install(pins, monkeypatch):
    monkeypatch.setenv("PATH", str(pins))
    with pytest.raises(NpmMissing) as caught:
        vendor.fetch(pins)
    assert "apt-get install npm" in str(caught.value)


def test_a_failed_fetch_is_one_sentence_and_leaves_nothing_half_made(pins):
    wanted = pins / "package.json"
    wanted.write_text(wanted.read_text().replace("1.9.4", "1.9.3"))  # no longer what the lock says
    with pytest.raises(FetchFailed) as caught:
        vendor.fetch(pins)
    assert "\n" not in str(caught.value)
    assert not (pins / "vendor").exists()


def test_no_file_of_ours_or_theirs_points_to_a_source_map_or_another_host_on_load():
    for name in FILES.values():
        text = (STATIC_DIR / "vendor" / name).read_bytes()
        assert b"sourceMappingURL" not in text, name
