"""The embedded server in bad times: killed, half made, leaving stale files, on a full disk."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from geoapp.core.cluster_errors import RunElsewhere
from geoapp.core.cluster_files import lock_now, open_lock
from geoapp.core.cluster_process import end_orphans, postmaster_of, users_of
from geoapp.core.cluster_watch import kept_alive


@pytest.fixture
def stranger():
    """A living process that has nothing to do with us."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def kill_all(cluster):
    for pid in users_of(cluster.data):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert end_orphans(cluster.data, patience_s=5)


def test_kill_9_of_every_process_loses_nothing_acknowledged(durable, connect):
    connection = connect(durable.start())
    connection.execute("CREATE TABLE kept (n int)")
    for n in range(100):
        connection.execute("INSERT INTO kept VALUES (%s)", [n])
    kill_all(durable)
    connection = connect(durable.start())
    assert connection.execute("SELECT count(*), max(n) FROM kept").fetchone() == (100, 99)


def test_kill_9_of_the_postmaster_alone_clears_its_orphans_first(durable, connect):
    busy = connect(durable.start())
    busy.execute("CREATE TABLE kept AS SELECT 1")
    os.kill(postmaster_of(durable.data), signal.SIGKILL)
    assert connect(durable.start()).execute("SELECT count(*) FROM kept").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")


def test_a_server_that_died_under_its_users_is_healed(embedded, connect):
    embedded.start()
    assert not embedded.heal()
    kill_all(embedded)
    assert embedded.heal()
    assert connect(embedded.url()).execute("SELECT 1").fetchone() == (1,)


def test_a_watched_server_comes_back_by_itself(embedded):
    embedded.start()
    with kept_alive(embedded, every_s=0.05):
        first = postmaster_of(embedded.data)
        kill_all(embedded)
        patience = time.monotonic() + 60
        while (second := postmaster_of(embedded.data)) is None:
            assert time.monotonic() < patience
    assert second != first
    assert embedded.start() == embedded.url()


def test_a_watch_ends_with_its_block_and_leaves_a_stopped_server_alone(embedded):
    with kept_alive(embedded, every_s=0.01):
        embedded.start()
        embedded.stop()
    assert postmaster_of(embedded.data) is None


def test_a_user_killed_with_9_does_not_keep_the_server_running(embedded, second_program):
    program = second_program()
    program.stdout.readline()
    embedded.start()
    program.kill()
    program.wait()
    embedded.stop()
    assert postmaster_of(embedded.data) is None


def test_a_stale_pid_file_with_a_recycled_pid_harms_nobody(embedded, connect, stranger):
    embedded.start()
    kill_all(embedded)
    pid_file = embedded.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    embedded.stop()
    assert stranger.poll() is None
    assert connect(embedded.start()).execute("SELECT 1").fetchone() == (1,)
    assert stranger.poll() is None


@pytest.mark.parametrize("content", ["", "nonsense\n", "99999999\n"])
def test_a_broken_pid_file_and_a_dead_socket_do_not_stop_a_start(embedded, connect, content):
    embedded.start()
    kill_all(embedded)
    (embedded.data / "postmaster.pid").write_text(content)
    (embedded.base / "pg" / "run" / ".s.PGSQL.5432").touch()
    assert connect(embedded.start()).execute("SELECT 1").fetchone() == (1,)


def test_a_kill_in_the_middle_of_initdb_leaves_nothing_half_made(
    embedded, connect, second_program, base
):
    program = second_program()
    made = base / "pg" / "data.init"
    while not users_of(made):
        assert program.poll() is None
    program.kill()
    for pid in users_of(made):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    program.wait()
    assert not embedded.data.exists()
    assert connect(embedded.start()).execute("SELECT 1").fetchone() == (1,)
    assert not made.exists()


def test_an_initdb_whose_caller_was_killed_is_waited_for(embedded, connect, second_program, base):
    program = second_program()
    made = base / "pg" / "data.init"
    while not made.exists():
        assert program.poll() is None
    program.kill()
    assert connect(embedded.start()).execute("SELECT 1").fetchone() == (1,)
    assert not made.exists()


def test_a_server_that_we_cannot_see_is_not_started_twice(embedded):
    embedded.start()
    embedded.stop()
    elsewhere = open_lock(embedded.base / "pg" / "server.lock")
    try:
        assert lock_now(elsewhere)
        with pytest.raises(RunElsewhere):
            embedded.start()
    finally:
        os.close(elsewhere)


def test_the_running_server_itself_holds_its_lock(embedded):
    embedded.start()
    probe = open_lock(embedded.base / "pg" / "server.lock")
    try:
        assert not lock_now(probe)
        embedded.stop()
        assert lock_now(probe)
    finally:
        os.close(probe)


def test_processes_that_vanish_while_we_look_are_no_users():
    assert os.getpid() in users_of(Path.cwd())
