"""README says what is true: its settings, its commands, and every line that one may copy.

Fenced ``sh`` lines begin with ./run, ./test, geoapp or python -m tests.bench; anything else there
fails. Each geoapp and bench line is run as it stands; ./run is started twice for all its lines.
"""

import dataclasses
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import orjson
import pytest
from click.testing import CliRunner

from geoapp.cli.root import main
from geoapp.core.settings import Settings
from tests.support.tree import ROOT, expect_none, read

README = read(Path("README.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCK.findall(README) for line in block.splitlines() if line.strip()]
SMALL = {"tests.bench.point_files": ["--rows", "200"], "tests.bench.points": ["--sizes", "200"]}
"""What keeps a timing short here; its numbers do not matter, that it runs does."""


def lines_of(*beginnings):
    return [line for line in LINES if shlex.split(line)[: len(beginnings)] == [*beginnings]]


def rows_of(heading):
    """First cells of the table under *heading*, without their quotes."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def commands(group, *words):
    """Every command that does something, as one types it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *words, name)
        else:
            yield " ".join(["geoapp", *words, name])


def test_the_settings_table_is_the_settings():
    assert rows_of("Settings") == [
        f"GEOAPP_{item.name.upper()}" for item in dataclasses.fields(Settings)
    ]


def test_defaults_in_the_settings_table_are_true():
    section = README.split("\n## Settings\n", 1)[1].split("\n## ", 1)[0]
    found = dict(re.findall(r"^\| `GEOAPP_(\w+)` \|.*\| `([^`]*)` \|$", section, re.MULTILINE))
    settings = Settings()
    expect_none(
        f"{name}: {said}"
        for name, said in found.items()
        if str(getattr(settings, name.lower())) != said
    )


def test_the_command_table_is_the_commands():
    assert sorted(rows_of("Commands")) == sorted(commands(main))


def test_lines_to_copy_begin_in_one_of_four_ways():
    known = [
        *lines_of("./test"),
        *lines_of("./run"),
        *(line for line in LINES if line.startswith(("geoapp ", "python -m tests.bench."))),
    ]
    assert sorted(known) == sorted(LINES)
    assert lines_of("./run")
    assert lines_of("./test") == ["./test"]  # this very test runs in it


def test_every_option_of_run_in_the_readme_exists():
    known = {name for option in main.get_command(None, "run").params for name in option.opts}
    given = {word for line in lines_of("./run") for word in shlex.split(line)[1:]}
    assert {word for word in given if word.startswith("-")} <= known


def test_every_line_of_geoapp_does_what_it_says(own_database_url, tmp_path, monkeypatch):
    """Some 10 s: the demo is loaded once; the lines run in the order of the README."""
    monkeypatch.setenv("GEOAPP_DATABASE_URL", own_database_url)
    monkeypatch.setenv("GEOAPP_DATA", str(tmp_path))
    lines = lines_of("geoapp")
    assert lines
    for line in lines:
        answer = CliRunner().invoke(main, shlex.split(line)[1:])
        assert answer.exit_code == 0, f"{line}\n{answer.output}"
        assert answer.stdout.strip(), line
        if "--json" in line:
            assert orjson.loads(answer.stdout)["ok"] is True, line


@pytest.mark.parametrize("line", lines_of("python"))
def test_every_timing_runs(line):
    """Some 5 s: a fresh interpreter and a small input."""
    _python, *words = shlex.split(line)
    command = [sys.executable, *words, *SMALL[words[1]]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if "--json" in words:
        assert orjson.loads(done.stdout)


def free_port():
    """A port with a free one behind it: ./run --lan takes two."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue


@pytest.fixture
def fresh(monkeypatch):
    """A new data folder, reachable for the account of the database, and a port of our own."""
    monkeypatch.delenv("GEOAPP_DATABASE_URL", raising=False)
    base = Path(tempfile.mkdtemp(prefix="geoapp-"))
    base.chmod(0o711)
    monkeypatch.setenv("GEOAPP_DATA", str(base / "data"))
    monkeypatch.setenv("GEOAPP_PORT", str(free_port()))
    yield base / "data"
    shutil.rmtree(base)


def test_run_starts_from_nothing_checks_itself_and_serves_phones_until_told_to_end(fresh):
    """Some 30 s: a new server, the demo data, then a second start with TLS on the same folder."""
    checked = subprocess.run(
        ["./run", "--check", "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert orjson.loads(checked.stdout)["ok"] is True
    said = ""
    with subprocess.Popen(["./run", "--lan"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            said += line
            if "Ctrl-C" in line:
                run.terminate()  # as a service does; Ctrl-C takes the same way out
        assert run.wait(timeout=60) == 0, said
    assert f":{os.environ['GEOAPP_PORT']}/" in said
    assert "https://" in said
    assert "/geoapp-ca.crt" in said
    assert not list(fresh.rglob("postmaster.pid"))
