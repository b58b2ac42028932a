"""The proof of the record of changes, as somebody with the machine asks for it."""

import orjson
import pytest
from click.testing import CliRunner

from geoapp.cli import main


@pytest.fixture
def verify(own_database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("GEOAPP_DATABASE_URL", own_database_url)
    monkeypatch.setenv("GEOAPP_DATA", str(tmp_path))

    def run(*words):
        done = CliRunner().invoke(main, ["audit", "verify", "--json", *words])
        return done.exit_code, orjson.loads(done.stdout)

    return run


def test_the_end_that_a_check_printed_holds_in_the_next(verify):
    code, first = verify()
    assert (code, first["ok"]) == (0, True)
    code, second = verify("--anchor", first["anchor"])
    assert (code, second["ok"]) == (0, True)


@pytest.mark.parametrize("words", ["nonsense", "7", "7:zz", "-1:" + "0" * 64, "7:abcd"])
def test_an_anchor_that_is_none_is_refused_with_a_reason(verify, words):
    code, said = verify("--anchor", words)
    assert (code, said["code"]) == (1, "audit.anchor_unreadable")


def test_an_anchor_of_another_chain_is_damage(verify):
    code, said = verify("--anchor", "99999:" + "0" * 64)
    assert (code, said["ok"], said["code"]) == (1, False, "audit.damaged")
