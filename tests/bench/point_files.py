"""Reads point files against plain geopandas: ``python -m tests.bench.point_files [--json]``.

Each reading is a process of its own, so that peak memory is its own; the ratio is our seconds by
geopandas' seconds on the same file in the same run. Ours understands words, times and twins and
converts the datum; geopandas only loads.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

FORMATS = ["gpkg", "geojson", "csv", "xlsx"]
STATES = ["整改中", "已销号", "公示中", "待核实"]
CATEGORIES = ["渣土", "制砖厂", "餐饮", "扬尘"]

OURS = """
from geoapp.intake.readers_points import PointFileOptions, read_points
with read_points(path, PointFileOptions(datum="gcj02")) as file:
    rows = sum(len(batch) for batch in file.batches())
"""
BASELINE = """
import geopandas, pandas
if path.suffix == ".csv":
    frame = pandas.read_csv(path)
elif path.suffix == ".xlsx":
    frame = pandas.read_excel(path)
else:
    frame = geopandas.read_file(path)
if path.suffix in {".csv", ".xlsx"}:
    points = geopandas.points_from_xy(frame["经度"], frame["纬度"])
    frame = geopandas.GeoDataFrame(frame, geometry=points, crs=4326)
rows = len(frame)
"""
FRAME = """
import json, re, sys, time
from pathlib import Path
path = Path(sys.argv[1])
start = time.perf_counter()
{body}
seconds = time.perf_counter() - start
status = Path("/proc/self/status").read_text()  # ru_maxrss would still hold the parent's peak
peak_mb = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
print(json.dumps({{"rows": rows, "seconds": round(seconds, 2), "peak_mb": round(peak_mb)}}))
"""


def write_files(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same *rows* points of Shanghai in every format."""
    import geopandas
    import pandas as pd

    dice = random.Random(20241008)  # noqa: S311 - the same points in every run
    frame = pd.DataFrame(
        {
            "名称": [f"点位{n:06d}号" for n in range(rows)],
            "编号": [f"PD-{n:06d}" for n in range(rows)],
            "类别": [dice.choice(CATEGORIES) for _ in range(rows)],
            "状态": [dice.choice(STATES) for _ in range(rows)],
            "地址": [f"某路{dice.randrange(2000)}号" for _ in range(rows)],
            "问题描述": ["露天堆放，未覆盖，雨天泥水外溢，现场无围挡。"] * rows,
            "时限": ["9月底"] * rows,
            "发现日期": [f"2023-09-{dice.randrange(1, 31):02d} 08:30" for _ in range(rows)],
            "经度": [round(dice.uniform(121.2, 121.9), 6) for _ in range(rows)],
            "纬度": [round(dice.uniform(30.8, 31.4), 6) for _ in range(rows)],
        }
    )
    paths = {suffix: folder / f"points.{suffix}" for suffix in FORMATS}
    frame.to_csv(paths["csv"], index=False)
    frame.to_excel(paths["xlsx"], index=False)
    places = geopandas.points_from_xy(frame["经度"], frame["纬度"], crs=4326)
    layer = geopandas.GeoDataFrame(frame.drop(columns=["经度", "纬度"]), geometry=places)
    layer.to_file(paths["gpkg"], driver="GPKG")
    layer.to_file(paths["geojson"], driver="GeoJSON")
    return paths


def timed(body: str, path: Path) -> dict[str, float]:
    """Run *body* on *path* in a process of its own."""
    script = FRAME.format(body=body)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def main() -> int:
    """Print seconds, peak memory and the ratio for each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=28_230)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix, path in write_files(Path(folder), wanted.rows).items():
            ours, baseline = timed(OURS, path), timed(BASELINE, path)
            results.append(
                {
                    "format": suffix,
                    "rows": ours["rows"],
                    "ours_s": ours["seconds"],
                    "geopandas_s": baseline["seconds"],
                    "ratio": round(ours["seconds"] / baseline["seconds"], 2),
                    "ours_peak_mb": ours["peak_mb"],
                    "geopandas_peak_mb": baseline["peak_mb"],
                }
            )
    if wanted.json:
        sys.stdout.write(json.dumps({"point_files": results}) + "\n")
        return 0
    for one in results:
        sys.stdout.write("  ".join(f"{key} {value}" for key, value in one.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
