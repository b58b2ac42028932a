"""The embedded server on a full disk.

A real small disk needs the right to mount: root has it, others through sudo or a user namespace.
Where the machine grants none of them (some containers), the stories on a small disk are not told,
and /dev/full, which gives the same errors to single files, stands for it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from geoapp.core.cluster import Cluster
from geoapp.core.cluster_errors import DiskFull

ROOT = Path(__file__).parents[2]
FIRST_START = """
import sys
from pathlib import Path
from geoapp.core.cluster import Cluster
from geoapp.core.errors import DomainError
try:
    Cluster(Path(sys.argv[1]) / "data").start()
except DomainError as error:
    print(error.code)
"""


def in_a_small_disk(way, folder, size, command):
    """*command* where *folder* is a file system of *size*, in a mount namespace of its own."""
    mount = f'mount -t tmpfs -o size={size},mode=0755 none "$1" && shift && exec "$@"'
    back = ["unshare", "--user", f"--map-user={os.geteuid()}"] if "--user" in way else []
    return [*way, "sh", "-c", mount, "sh", str(folder), *back, *command]


def way_to_mount():
    """The first way that works here; None: nobody may mount."""
    for way in (
        ["unshare", "--mount"],
        ["sudo", "-n", "unshare", "--mount"],
        ["unshare", "--user", "--map-root-user", "--mount"],
    ):
        command = in_a_small_disk(way, "/mnt", "1m", ["true"])
        try:
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return way
        except FileNotFoundError:
            continue
    return None


WAY = way_to_mount()


if WAY:

    def test_a_full_disk_is_named_and_every_acknowledged_row_is_there_after_it(base):
        """Takes seconds: the disk is real and is really filled."""
        story = [sys.executable, "-m", "tests.support.full_disk", str(base)]
        command = in_a_small_disk(WAY, base, "220m", story)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["refused"] == DiskFull.code
        assert 0 < told["acknowledged"] <= told["found"]

    def test_a_first_start_without_space_is_called_by_that_name(base):
        start = [sys.executable, "-c", FIRST_START, str(base)]
        command = in_a_small_disk(WAY, base, "12m", start)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == DiskFull.code, done.stderr


def test_a_server_that_cannot_write_for_lack_of_space_is_called_by_that_name(embedded, connect):
    connect(embedded.start()).execute("CREATE TABLE kept AS SELECT 1")
    embedded.stop()
    note = embedded.data / "postmaster.opts"  # the first file that a starting server writes
    note.unlink()
    note.symlink_to("/dev/full")
    with pytest.raises(DiskFull) as caught:
        embedded.start()
    assert str(embedded.base) in str(caught.value)
    note.unlink()
    assert connect(embedded.start()).execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_a_table_that_finds_no_space_refuses_the_row_and_keeps_serving(embedded, connect):
    connection = connect(embedded.start())
    connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    connection.execute("CREATE TABLE growing (n int)")
    path = connection.execute("SELECT pg_relation_filepath('growing')").fetchone()[0]
    embedded.stop()
    (embedded.data / path).unlink()
    (embedded.data / path).symlink_to("/dev/full")
    connection = connect(embedded.start())
    with pytest.raises(psycopg.errors.DiskFull):
        connection.execute("INSERT INTO growing VALUES (1)")
    assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_cluster_can_be_named_before_anything_exists(base):
    assert Cluster(base / "not" / "yet").url().startswith("postgresql+psycopg://geoapp@/geoapp?")
