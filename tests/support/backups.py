"""A small database and photo store for the tests of backups."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.core.blobs import DiskStore

NOW = datetime(2024, 10, 8, 1, 30, tzinfo=UTC)
ROWS = 500
PHOTOS = [f"photo {number}".encode() * 3000 for number in range(5)]


def execute(url: str, statement: str, **values: object) -> None:
    """Run one statement on the database of *url*."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement), values)


def small_database(url: str) -> str:
    """Fill an empty database with one table of places; its URL."""
    execute(url, "CREATE EXTENSION postgis")
    execute(url, "CREATE TABLE place (id int PRIMARY KEY, geom geometry)")
    rows = "SELECT n, ST_Point(121, 31, 4326) FROM generate_series(1, :rows) n"
    execute(url, f"INSERT INTO place {rows}", rows=ROWS)
    return url


def small_store(folder: Path) -> DiskStore:
    """A photo store with PHOTOS in it."""
    store = DiskStore(folder)
    for photo in PHOTOS:
        store.put(BytesIO(photo))
    return store
