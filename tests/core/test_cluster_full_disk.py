"""The embedded server on a full disk."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geoapp.core.cluster import Cluster
from geoapp.core.cluster_errors import DiskFull

ROOT = Path(__file__).parents[2]
SMALL_DISK = "size=220m,mode=0755"


def in_a_small_disk(folder, command):
    """*command* inside a mount namespace in which *folder* is a file system of 220 MB."""
    mount = f'mount -t tmpfs -o {SMALL_DISK} none "$1" && shift && exec "$@"'
    inside = ["sh", "-c", mount, "sh", str(folder), *command]
    if os.geteuid() == 0:
        return ["unshare", "--mount", *inside]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0:
        return ["sudo", "-n", "unshare", "--mount", *inside]
    inside[5:5] = ["unshare", "--user", f"--map-user={os.geteuid()}"]
    return ["unshare", "--user", "--map-root-user", "--mount", *inside]


def test_a_full_disk_is_named_and_every_acknowledged_row_is_there_after_it(base):
    """Takes seconds: the disk is real and is really filled."""
    story = [sys.executable, "-m", "tests.support.full_disk", str(base)]
    command = in_a_small_disk(base, story)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["refused"] == DiskFull.code
    assert 0 < told["acknowledged"] <= told["found"]


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


def test_an_initdb_without_space_is_called_by_that_name_too(base):
    """The folder of the first start is a full one."""
    command = in_a_small_disk(base, [sys.executable, "-c", FIRST_START, str(base)])
    command = [part.replace("size=220m", "size=12m") for part in command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == DiskFull.code, done.stderr


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


def test_a_cluster_can_be_named_before_anything_exists(base):
    assert Cluster(base / "not" / "yet").url().startswith("postgresql+psycopg://geoapp@/geoapp?")
