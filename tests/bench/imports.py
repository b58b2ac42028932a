"""Imports of points against a plain COPY and geopandas: ``python -m tests.bench.imports [--json]``.

The same rows go into the same server three times, each time in a process of its own: our import
(reads, checks, understands, numbers, writes points and their geometry history), geopandas'
``to_postgis`` of the read file, and psycopg's COPY of ready-made rows, which is the floor. The
ratio is our seconds by theirs. ``--rows`` may be given several times.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.point_files import FRAME, write_files
from tests.support.database import cloned_database, shared_cluster

SIZES = [28_230, 100_000]
PREPARE = """
import os
from geoapp.app import HOOKS
from geoapp.core.database import Database
database = Database(os.environ["BENCH_URL"], hooks=HOOKS)
"""
OURS = """
from datetime import UTC, datetime
from geoapp.accounts.rules import SYSTEM
from geoapp.intake.readers_points import PointFileOptions
from geoapp.intake.services_points import import_points
with database.transaction(SYSTEM) as session:
    done = import_points(session, path, options=PointFileOptions(datum="gcj02"), prefix="PD",
                         now=datetime.now(UTC))
assert not done.refused, [str(one.text) for one in done.problems[:3]]
rows = done.added + done.unchanged
"""
GEOPANDAS = """
import geopandas
frame = geopandas.read_file(path)
frame.to_postgis("bench_frame", database.engine, if_exists="replace", chunksize=5000)
rows = len(frame)
"""
COPY = """
import geopandas, shapely
frame = geopandas.read_file(path)
wkbs = shapely.to_wkb(frame.geometry.values, hex=True, include_srid=True)
cells = [frame[name].tolist() for name in frame.columns if name != "geometry"]
start = time.perf_counter()  # the rows are ready: only the writing counts
with database.engine.begin() as connection:
    raw = connection.connection.driver_connection
    names = ", ".join(f"c{n} text" for n in range(len(cells)))
    raw.execute(f"CREATE TABLE bench_copy (geom geometry(Geometry, 4326), {names})")
    with raw.cursor() as cursor, cursor.copy("COPY bench_copy FROM STDIN") as copy:
        for row in zip(wkbs, *cells, strict=True):
            copy.write_row(tuple(None if cell is None else str(cell) for cell in row))
    raw.execute("CREATE INDEX ON bench_copy USING gist (geom)")
rows = len(frame)
"""
WAYS = {"ours": OURS, "again": OURS, "geopandas": GEOPANDAS, "copy": COPY}


def timed(body: str, path: Path, url: str) -> dict[str, float]:
    """Run *body* on *path* in a process of its own; loading the app does not count."""
    script = PREPARE + FRAME.format(body=body)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={"BENCH_URL": url, "PATH": "/usr/bin:/bin"},
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(rows: int) -> dict[str, float]:
    """Import *rows* points in every way; the second import of ours must change nothing."""
    cluster = shared_cluster()
    cluster.start()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            cloned_database(cluster) as url,
        ):
            path = write_files(Path(folder), rows)["gpkg"]
            seen = {name: timed(body, path, url) for name, body in WAYS.items()}
    finally:
        cluster.stop()
    told: dict[str, float] = {"rows": seen["ours"]["rows"]}
    for name, one in seen.items():
        told |= {f"{name}_s": one["seconds"], f"{name}_peak_mb": one["peak_mb"]}
    for name in ("geopandas", "copy"):
        told[f"ratio_to_{name}"] = round(told["ours_s"] / max(told[f"{name}_s"], 0.01), 2)
    return told


def main() -> int:
    """Print seconds, peak memory and ratios for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    results = [measure(rows) for rows in wanted.rows or SIZES]
    if wanted.json:
        sys.stdout.write(json.dumps({"imports": results}) + "\n")
        return 0
    for one in results:
        sys.stdout.write("  ".join(f"{key} {value}" for key, value in one.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
