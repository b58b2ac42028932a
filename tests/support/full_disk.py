"""The story of a full disk, told as JSON; run on a small file system that it may fill.

python -m tests.support.full_disk FOLDER
"""

import json
import os
import sys
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from geoapp.core.cluster import Cluster
from geoapp.core.errors import DomainError

ROW_BYTES = 200_000
BALLAST_BYTES = 40_000_000


def connect(url):
    host = str(make_url(url).query["host"])
    return psycopg.connect(host=host, user="geoapp", dbname="geoapp", autocommit=True)


def insert_until_full(url):
    """How many rows were acknowledged before the server said that the disk is full."""
    acknowledged = 0
    connection = connect(url)
    connection.execute("CREATE TABLE kept (body bytea)")
    connection.execute("ALTER TABLE kept ALTER body SET STORAGE EXTERNAL")
    try:
        while True:
            connection.execute("INSERT INTO kept VALUES (%s)", [os.urandom(ROW_BYTES)])
            acknowledged += 1
    except psycopg.OperationalError:
        return acknowledged


def fill(path):
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65_536))
        except OSError:
            return


def tell(folder):
    cluster = Cluster(folder / "data")
    ballast, rim = folder / "ballast", folder / "rim"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    acknowledged = insert_until_full(cluster.start())
    fill(rim)
    cluster.stop()
    fill(rim)
    try:
        cluster.start()
        refused = ""
    except DomainError as error:
        refused = error.code
    rim.unlink()
    ballast.unlink()
    connection = connect(cluster.start())
    (found,) = connection.execute("SELECT count(*) FROM kept").fetchone()
    connection.execute("INSERT INTO kept VALUES ('')")
    cluster.stop()
    return {"acknowledged": acknowledged, "refused": refused, "found": found}


if __name__ == "__main__":
    print(json.dumps(tell(Path(sys.argv[1]))))  # noqa: T201 - the test reads it
