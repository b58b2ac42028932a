"""./run, ./test and .ci/run: valid shell, and set-up that speaks before it acts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ("run", "test", ".ci/run", "geoapp/core/setup.sh")
TOOLS = ("sh", "cat", "sed", "tr", "grep", "mkdir", "flock", "sha256sum", "readlink", "rm", "find")
NEEDED = ("requirements.txt", "requirements-test.txt", "pyproject.toml", "geoapp/core/setup.sh")
NEEDED_BY_MAPS = ("geoapp/static/package-lock.json", "geoapp/maps/vendor.py")


@pytest.fixture
def machine(tmp_path):
    """A checkout on a machine that has almost nothing: only the tools in its bin/."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    for name in NEEDED + NEEDED_BY_MAPS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def give(machine, name, body):
    """Put a program *name* on the machine."""
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def set_up(machine, what="run", language="en", after=""):
    """Run the set-up; its exit code and the lines that it said."""
    script = f'root=$1; . "$1/geoapp/core/setup.sh"; set_up {what}; {after}'
    done = subprocess.run(
        [shutil.which("sh"), "-eu", "-c", script, "sh", str(machine)],
        env={"PATH": str(machine / "bin"), "GEOAPP_LANGUAGE": language},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.fixture
def ready_machine(machine):
    """A machine whose set-up for ./run was done."""
    give(machine, "python", "exit 0")
    for name in (".venv/bin/python", ".venv/bin/geoapp", "geoapp/static/vendor/manifest.json"):
        (machine / name).parent.mkdir(parents=True, exist_ok=True)
        (machine / name).symlink_to(machine / "bin" / "python")
    marks = 'venv_key >"$venv/ready-run"; mkdir "$state"; map_scripts_key >"$state/map-scripts"'
    subprocess.run(
        [shutil.which("sh"), "-c", f'root=$1; . "$1/geoapp/core/setup.sh"; {marks}', "sh", machine],
        env={"PATH": str(machine / "bin")},
        check=True,
    )
    return machine


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_valid_posix_shell_and_say_what_they_are(script):
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)
    lines = (ROOT / script).read_text().splitlines()
    assert any(line.startswith("# ") for line in lines[:2])


@pytest.mark.parametrize("script", SCRIPTS[:3])
def test_commands_may_be_run(script):
    assert os.access(ROOT / script, os.X_OK)


def test_continuous_integration_runs_the_same_test_command(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "test").write_text('#!/bin/sh\necho "tested $*"\n')
    (tmp_path / "test").chmod(0o755)
    done = subprocess.run(
        [str(tmp_path / ".ci" / "run"), "a b"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "tested a b\n"


def test_without_privilege_every_missing_package_is_named_with_its_reason_and_the_command(machine):
    give(machine, "id", "echo 1000")
    give(machine, "apt-get", "echo touched >&2")
    code, said = set_up(machine)
    assert code == 1
    assert [line for line in said if line.startswith("Missing: npm, fetches Leaflet")]
    assert [line for line in said if line.startswith("Missing: python3-venv, ")]
    assert "apt-get install python3 python3-venv npm" in said[-1]
    assert "ask an administrator" in said[-1]
    assert "touched" not in said


def test_the_same_in_chinese(machine):
    give(machine, "id", "echo 1000")
    give(machine, "apt-get", "exit 0")
    code, said = set_up(machine, language="zh_Hans_CN")
    assert code == 1
    assert said[-1].startswith("当前账户无权安装软件包")
    assert "apt-get install python3 python3-venv npm" in said[-1]


def test_elsewhere_than_on_debian_it_says_what_to_install_by_hand(machine):
    give(machine, "id", "echo 0")
    code, said = set_up(machine)
    assert code == 1
    assert said[-1].startswith("This set-up knows Debian and Ubuntu")
    assert "npm" in said[-1]


def test_a_failed_download_is_one_sentence_behind_what_was_to_be_installed(machine):
    give(machine, "id", "echo 0")
    give(machine, "apt-get", '[ "$1" = update ] || { echo "E: no route" >&2; exit 100; }')
    give(machine, "env", 'shift; exec "$@"')
    code, said = set_up(machine)
    assert code == 1
    assert said[-2].startswith("Installing python3 python3-venv npm")
    assert said[-1].startswith("Could not fetch or install python3 python3-venv npm: check the")
    assert "E: no route" in (machine / ".setup" / "setup.log").read_text()


def test_others_install_through_sudo(machine):
    give(machine, "id", "echo 1000")
    give(machine, "sudo", '[ "$1" = -n ] && exit 0; echo "as root: $*" >>"$0.log"; exit 100')
    give(machine, "apt-get", "exit 0")
    code, _said = set_up(machine)
    assert code == 1
    assert "as root: apt-get update" in (machine / "bin" / "sudo.log").read_text()


def test_nothing_is_said_or_done_when_all_is_there(ready_machine):
    assert set_up(ready_machine) == (0, [])


def test_a_second_account_may_start_what_is_ready(ready_machine):
    (ready_machine / ".setup").chmod(0o555)
    ready_machine.chmod(0o555)
    assert set_up(ready_machine) == (0, [])
    ready_machine.chmod(0o755)


def test_a_changed_lock_installs_again(ready_machine):
    with (ready_machine / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")
    (ready_machine / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    (ready_machine / ".venv" / "bin" / "geoapp").unlink()
    give(ready_machine, "uv", "exit 0")
    give(ready_machine, "chmod", "exit 0")
    code, said = set_up(ready_machine)
    assert code == 0
    assert said == [
        "Installing the Python packages of requirements.txt, checked by their hashes ..."
    ]
    assert (ready_machine / ".venv" / "bin" / "geoapp").read_text().startswith("#!")
    (ready_machine / ".venv" / "bin" / "geoapp").chmod(0o755)
    assert set_up(ready_machine) == (0, [])


def test_a_server_of_ones_own_needs_no_postgresql(machine):
    give(machine, "id", "echo 1000")
    done = subprocess.run(
        [
            shutil.which("sh"),
            "-c",
            f'root={machine}; . "$root/geoapp/core/setup.sh"; has_database',
        ],
        env={"PATH": str(machine / "bin"), "GEOAPP_DATABASE_URL": "postgresql://elsewhere/x"},
        check=False,
    )
    assert done.returncode == 0
