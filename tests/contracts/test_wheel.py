"""The wheel holds what the tree holds, and works where there is no tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.tree import ROOT, expect_none

BROUGHT_IN = ("layers", "templates", "migrations")
VENDOR = "geoapp/static/vendor/"


def files_to_ship() -> set[str]:
    """Tracked files, and new ones that git does not ignore, under their names in the wheel."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    names = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    inside = {name for name in names if name.startswith("geoapp/")}
    brought = {f"geoapp/{name}" for name in names if name.split("/")[0] in BROUGHT_IN}
    vendor = {str(path.relative_to(ROOT)) for path in (ROOT / VENDOR).rglob("*") if path.is_file()}
    return inside | brought | vendor


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without network and without a fresh environment."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_exactly_what_the_tree_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expect_none(f"only in the wheel: {name}" for name in sorted(names - files_to_ship()))
    expect_none(f"not in the wheel: {name}" for name in sorted(files_to_ship() - names))


def test_the_wheel_carries_licence_command_and_extras(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        facts = {
            name.split("/", 1)[1]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name and not name.endswith("RECORD")
        }
    assert "Apache License" in facts["licenses/LICENSE"]
    assert "geoapp = geoapp.cli:main" in facts["entry_points.txt"]
    assert "Provides-Extra: s3" in facts["METADATA"]


ELSEWHERE = """
import sys
from pathlib import Path

import geoapp
from geoapp.app import create_app
from geoapp.core.blobs import DiskStore
from geoapp.core.database import Database
from geoapp.core.migrate import head
from geoapp.core.resources import data_dir
from geoapp.core.settings import read_settings

here, url = Path.cwd(), sys.argv[1]
assert here in Path(geoapp.__file__).parents, geoapp.__file__
assert all(here in data_dir(name).parents for name in ("layers", "templates", "migrations"))
assert head()
settings = read_settings({}, data=here / "data")
app = create_app(settings, database=Database(url), blobs=DiskStore(here / "blobs"))
page = {"Accept": "text/html"}
answer = app.test_client().get("/", follow_redirects=True, headers=page)
assert answer.status_code == 200, answer.status
assert "zh" in answer.text[:200], answer.text[:200]
app.extensions["geoapp"].database.close()
"""


def test_the_wheel_works_outside_the_checkout(
    wheel: Path, tmp_path: Path, database_url: str
) -> None:
    """Some 3 s: a fresh interpreter imports the app from the unpacked wheel and shows a page."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ELSEWHERE, database_url],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
