"""How long lists, strip and map of points take: ``python -m tests.bench.points [--json]``.

Each time stands beside a plain statement of the same run: ``SELECT count(*)`` for lists and
counts, a plain SELECT of place, state and category for the map. Ratios travel between machines,
milliseconds do not.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.accounts import scope
from geoapp.accounts.rules import SYSTEM, Actor, Role, UnitKind
from geoapp.core.database import Database
from geoapp.deadlines.rules import Lamp
from geoapp.deadlines.services import seed
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.queries import count_strip, list_points, map_columns, map_shapes, nearest
from geoapp.points.rules import Category, State
from tests.support.database import cloned_database, shared_cluster
from tests.support.factories import LAT, LON, actor_with, make_unit

SIZES = (30_000, 100_000)
ROUNDS = 7
NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)
TOWNS = 20

FILL = text(
    """
    INSERT INTO point (point_id, code, name, category, description, address, geom,
        location_method, state, found_at, updated_at, started_on, due_on, progress_pct,
        territorial_unit_id, responsible_unit_id)
    SELECT gen_random_uuid(), 'PDZQ-2026-BRK-' || n, '点位' || n % 977 || '号',
        CASE WHEN n % 50 = 0 THEN 'river_segment'
             ELSE (CAST(:categories AS text[]))[1 + n % :kinds] END,
        '露天堆放渣土约' || n % 311 || '立方米，未覆盖。', n % 89 || '号',
        CASE WHEN n % 50 = 0 THEN ST_MakeLine(place, ST_Translate(place, 0.01, 0.01))
             ELSE place END,
        'imported', (CAST(:states AS text[]))[1 + n % :places],
        CAST(:now AS timestamptz) - n % 400 * interval '1 day',
        CAST(:now AS timestamptz) - n % 3000 * interval '1 hour',
        CAST(:now AS date) - n % 90,
        CASE WHEN n % 6 > 0 THEN CAST(:now AS date) - 30 + n % 97 END, n % 101,
        (CAST(:units AS uuid[]))[1 + n % 20], (CAST(:units AS uuid[]))[1 + n % 17]
    FROM generate_series(1, :count) AS n, LATERAL (
        SELECT ST_SetSRID(ST_MakePoint(121.2 + n * 0.6180339887 % 1 * 0.8,
                                       30.8 + n * 0.7548776662 % 1 * 0.8), 4326) AS place
    ) AS spread
    """
)


@contextmanager
def filled(count: int) -> Iterator[tuple[Database, dict[str, Actor]]]:
    """A database of *count* points in twenty towns, and who looks at it."""
    with cloned_database(shared_cluster()) as url:
        database = Database(url, hooks=(scope.install,))
        seed(database)
        with database.transaction(SYSTEM) as session:
            top = make_unit(session, "区督察办", kind=UnitKind.INSPECTION_OFFICE)
            towns = [make_unit(session, f"{number}镇", parent=top) for number in range(TOWNS)]
            actors = {
                "whole district": actor_with(session, Role.PLANNER, unit=top),
                "one town": actor_with(session, Role.PLANNER, unit=towns[3]),
            }
            session.execute(FILL, _values(count, [town.unit_id for town in towns]))
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("VACUUM ANALYZE"))
        yield database, actors
        database.close()


def _values(count: int, units: list[Any]) -> dict[str, Any]:
    kinds = [kind.value for kind in Category if kind is not Category.RIVER_SEGMENT]
    states = [state.value for state in State if state not in {State.DRAFT, State.MERGED}]
    return {
        "count": count,
        "now": NOW,
        "units": units,
        "categories": kinds,
        "kinds": len(kinds),
        "states": states,
        "places": len(states),
    }


def _deep(session: Session) -> Any:
    """Page through ten pages, as somebody who looks for something does."""
    after = None
    for _page in range(10):
        after = list_points(session, now=NOW, after=after).after
    return after


WATCHED: dict[str, tuple[str, Callable[[Session], Any]]] = {
    "list newest": ("count", lambda session: list_points(session, now=NOW)),
    "list by deadline": (
        "count",
        lambda session: list_points(session, now=NOW, sort=PointSort.DUE),
    ),
    "list by number": ("count", lambda session: list_points(session, now=NOW, sort=PointSort.CODE)),
    "list by name": ("count", lambda session: list_points(session, now=NOW, sort=PointSort.NAME)),
    "list red lamps first": (
        "count",
        lambda session: list_points(session, now=NOW, sort=PointSort.LAMP),
    ),
    "list only red": (
        "count",
        lambda session: list_points(
            session, now=NOW, filter=PointFilter(lamps=frozenset({Lamp.RED}))
        ),
    ),
    "search two words": (
        "count",
        lambda session: list_points(session, now=NOW, filter=PointFilter(q="渣土 点位13")),
    ),
    "search one letter": (
        "count",
        lambda session: list_points(session, now=NOW, filter=PointFilter(q="7")),
    ),
    "ten pages": ("count", _deep),
    "nearest": ("count", lambda session: nearest(session, lon=LON, lat=LAT, now=NOW)),
    "strip": ("count", lambda session: count_strip(session, now=NOW)),
    "map columns": ("columns", lambda session: map_columns(session, now=NOW)),
    "map shapes": ("columns", lambda session: map_shapes(session, now=NOW)),
}
BASELINES = {
    "count": "SELECT count(*) FROM point",
    "columns": "SELECT point_id, ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)), state, "
    "category FROM point",
}


def _milliseconds(work: Callable[[], Any]) -> float:
    work()
    taken = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def measure(count: int) -> list[dict[str, Any]]:
    """Return the median milliseconds of everything watched, with the ratio to its baseline."""
    rows = []
    with filled(count) as (database, actors):
        with database.engine.connect() as connection:
            plain = {
                name: _milliseconds(lambda query=query: connection.execute(text(query)).all())
                for name, query in BASELINES.items()
            }
        for who, actor in actors.items():
            for what, (baseline, work) in WATCHED.items():
                with database.reading(actor) as session:
                    taken = _milliseconds(lambda work=work, session=session: work(session))
                rows.append(
                    {
                        "points": count,
                        "who": who,
                        "what": what,
                        "ms": round(taken, 1),
                        "baseline": baseline,
                        "baseline_ms": round(plain[baseline], 1),
                        "ratio": round(taken / plain[baseline], 2),
                    }
                )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of points")
    given = parser.parse_args()
    server = shared_cluster()
    server.start()
    try:
        rows = [row for count in given.sizes for row in measure(count)]
    finally:
        server.stop()
    if given.json:
        sys.stdout.write(json.dumps({"rows": rows}, ensure_ascii=False) + "\n")
        return
    for row in rows:
        sys.stdout.write(
            f"{row['points']:>7} {row['who']:<15} {row['what']:<21} {row['ms']:>8.1f} ms"
            f" {row['ratio']:>8.2f} × {row['baseline']} ({row['baseline_ms']:.1f} ms)\n"
        )


if __name__ == "__main__":
    main()
