import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from geoapp.core.cluster import Cluster
from geoapp.core.cluster_process import users_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def base():
    """A data folder that the server's account can reach (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="geoapp-"))
    folder.chmod(0o711)
    yield folder
    for data in (folder / "pg").glob("data*"):
        for pid in users_of(data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture
def embedded(base):
    """A cluster of one's own, not yet started; fast, since tests never cut the power."""
    cluster = Cluster(base, durable=False)
    yield cluster
    cluster.stop()


@pytest.fixture
def durable(base):
    """A cluster of one's own as in earnest: what it acknowledged is on the disk."""
    cluster = Cluster(base)
    yield cluster
    cluster.stop()


@pytest.fixture
def connect():
    """connect(url) opens an autocommit connection to that database; all are closed at the end."""
    with ExitStack() as stack:

        def opened(url):
            host = str(make_url(url).query["host"])
            connection = psycopg.connect(host=host, user="geoapp", dbname="geoapp", autocommit=True)
            return stack.enter_context(connection)

        yield opened


@pytest.fixture
def second_program(base):
    """second_program() starts another program that uses the same cluster."""
    with ExitStack() as stack:

        def started():
            return stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.support.cluster_child", str(base)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )

        yield started
