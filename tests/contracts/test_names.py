"""A file's name says what is inside; the closed list of rooms keeps it so."""

import tomllib
from pathlib import Path

from tests.support.tree import expect_none, read, tracked

NEVER = {"helper", "helpers", "util", "utils", "manager", "managers", "misc", "common", "stuff"}
DATA_FOLDERS = {"layers", "templates", "migrations"}
NO_FEATURES = {"core", "geo", "maps", "web", "cli"}
ROOMS = {
    "views", "api", "forms", "services", "writers", "queries", "photos", "readers",
    "tables", "rules", "lifecycle", "solver", "protocol", "columns",
}  # fmt: skip
OTHER_ROOMS = {
    "scope": "the one ORM hook that filters rows by their reader",
    "hooks": "the one ORM hook that records every change",
    "guard": "who may enter which page: the edge between Flask and the permission table",
    "ports": "what upper floors add to a point, declared from below",
    "plugs": "what a floor adds to the points below it",
}
TOP_LEVEL = {
    ".ci", ".gitignore", "LICENSE", "README.md", "geoapp", "layers", "migrations", "pyproject.toml",
    "requirements-test.txt", "requirements.txt", "run", "templates", "test", "tests",
}  # fmt: skip


def packages() -> set[str]:
    return {path.parts[1] for path in inside("geoapp", ".py")}


def inside(top: str, *suffixes: str) -> list[Path]:
    """Tracked files in the subfolders of *top*."""
    return [path for path in tracked(*suffixes) if path.parts[0] == top and len(path.parts) > 2]


def room_of(path: Path) -> str:
    """The room a file belongs to: ``rules_days.py`` is a part of ``rules``."""
    return path.stem.split("_")[0]


def test_no_file_has_a_name_that_says_nothing() -> None:
    expect_none(path for path in tracked() if NEVER & set(path.stem.lower().split("_")))


def test_every_file_of_a_feature_is_a_known_room() -> None:
    known = ROOMS | OTHER_ROOMS.keys() | {""}  # "": __init__
    expect_none(
        path
        for path in inside("geoapp", ".py")
        if path.parts[1] not in NO_FEATURES and room_of(path) not in known
    )


def test_folders_that_the_wheel_brings_in_are_no_code_packages() -> None:
    expect_none(DATA_FOLDERS & packages())


def test_the_top_level_holds_what_the_plan_says_and_no_more() -> None:
    expect_none({path.parts[0] for path in tracked()} - TOP_LEVEL)


def test_one_word_opens_every_door() -> None:
    """A folder of pages or tests belongs to a package of the same name."""
    expect_none({path.parts[1] for path in inside("templates", ".html")} - packages())
    whole_product = {"browser", "contracts", "support", "bench"}
    expect_none({path.parts[1] for path in inside("tests", ".py")} - packages() - whole_product)


def test_configuration_stands_in_one_file() -> None:
    expect_none(tracked(".ini", ".cfg"))
    assert tomllib.loads(read(Path("pyproject.toml")))["project"]["name"] == "geoapp"
