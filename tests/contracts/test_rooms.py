"""Who may import whom inside a floor, and which libraries stay at the edge.

The floors themselves and Folium's place are contracts of import-linter (pyproject.toml).
"""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

from tests.contracts.test_names import OTHER_ROOMS, ROOMS
from tests.support.tree import ROOT, expect_none

ORDER = (
    {"views", "api"},
    {"forms"},
    {"services", "writers"},
    {"queries", "photos"},
    {"readers"},
    {"tables"},
    {"rules", "lifecycle", "solver", "protocol", "columns"},
)
PLAIN = {"rules", "lifecycle", "solver", "protocol"}
NOT_PLAIN = {"flask", "flask_wtf", "werkzeug", "sqlalchemy", "geoalchemy2", "psycopg", "folium"}
EDGE_ROOMS = {"views", "api"}
EDGE = {"geoapp.app", "geoapp.accounts.guard"}
EDGE_FLOORS = {"web", "cli"}
HEAVY = ("folium", "geopandas", "pandas", "openpyxl", "docx", "pyogrio", "boto3")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("geoapp", include_external_packages=True, cache_dir=None)


def room(module: str) -> str:
    return module.rsplit(".", maxsplit=1)[-1].split("_", maxsplit=1)[0]


def rank(module: str) -> int | None:
    return next((number for number, rooms in enumerate(ORDER) if room(module) in rooms), None)


def is_room(module: str) -> bool:
    return module.count(".") == 2 and rank(module) is not None


def test_every_known_room_has_its_place_in_the_order() -> None:
    assert set().union(*ORDER) == ROOMS
    assert ROOMS.isdisjoint(OTHER_ROOMS)


def test_the_contracts_of_import_linter_are_kept() -> None:
    settings = str(Path(ROOT, "pyproject.toml"))
    assert lint_imports(config_filename=settings, cache_dir=None, no_cache=True) == 0


def test_a_room_imports_only_rooms_below_it_on_its_floor(graph: grimp.ImportGraph) -> None:
    expect_none(
        f"{module} -> {other}"
        for module in sorted(filter(is_room, graph.modules))
        for other in sorted(graph.find_modules_directly_imported_by(module))
        if is_room(other)
        and module.split(".")[1] == other.split(".")[1]
        and (rank(other) or 0) < (rank(module) or 0)
    )


def test_views_of_one_floor_are_nobody_elses_business(graph: grimp.ImportGraph) -> None:
    expect_none(
        f"{module} -> {other}"
        for module in sorted(filter(is_room, graph.modules))
        for other in sorted(graph.find_modules_directly_imported_by(module))
        if room(other) in EDGE_ROOMS
        and is_room(other)
        and module.split(".")[1] != other.split(".")[1]
    )


def test_rules_are_plain_python_all_the_way_down(graph: grimp.ImportGraph) -> None:
    expect_none(
        " -> ".join(graph.find_shortest_chain(module, library) or ())
        for module in sorted(graph.modules)
        if module.count(".") == 2 and room(module) in PLAIN
        for library in sorted(NOT_PLAIN & graph.find_upstream_modules(module))
    )


def test_flask_stays_at_the_edge(graph: grimp.ImportGraph) -> None:
    expect_none(
        f"{module} -> flask"
        for module in sorted(graph.find_modules_that_directly_import("flask"))
        if module not in EDGE
        and module.split(".")[1] not in EDGE_FLOORS
        and not (is_room(module) and room(module) in EDGE_ROOMS)
    )


def test_maps_know_neither_flask_nor_sql(graph: grimp.ImportGraph) -> None:
    expect_none(
        " -> ".join(graph.find_shortest_chain(module, library) or ())
        for module in sorted(graph.modules)
        if module.startswith("geoapp.maps.")
        for library in sorted({"flask", "sqlalchemy"} & graph.find_upstream_modules(module))
    )


def test_geo_is_pure(graph: grimp.ImportGraph) -> None:
    expect_none(
        f"{module} -> {library}"
        for module in sorted(graph.modules)
        if module.startswith("geoapp.geo.")
        for library in sorted(
            {"flask", "sqlalchemy", "psycopg"} & graph.find_upstream_modules(module)
        )
    )


START = """
import sys
import geoapp.app
print(*sorted(set(sys.modules) & set(sys.argv[1:])))
"""


def test_heavy_libraries_are_imported_only_where_they_are_used() -> None:
    """Some 1 s: a fresh interpreter imports the whole app, as every start does."""
    command = [sys.executable, "-c", START, *HEAVY]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    expect_none(done.stdout.split())
