"""The key of the form tokens: made once, whole, readable by one account."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from geoapp.accounts.guard import SECRET_BYTES, SecretUnwritable, secret_key
from geoapp.core.settings import Settings


def test_the_key_is_made_on_the_first_start_and_stays(tmp_path):
    settings = Settings(data=tmp_path / "new")
    key = secret_key(settings)
    assert len(key) == SECRET_BYTES
    assert secret_key(settings) == key
    assert secret_key(Settings(data=tmp_path)) != key


def test_nobody_else_may_read_the_key(tmp_path):
    secret_key(Settings(data=tmp_path))
    path = tmp_path / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    secret_key(Settings(data=tmp_path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["secret_key"]


def test_two_starts_at_once_agree_on_one_key(tmp_path):
    settings = Settings(data=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(16)))
    assert len(keys) == 1


def test_a_data_folder_that_refuses_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SecretUnwritable) as caught:
        secret_key(Settings(data=tmp_path / "file"))
    assert caught.value.data["path"].endswith("secret_key")
