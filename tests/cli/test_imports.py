"""The import commands on a real database that really commits."""

import json

import pytest
import shapely
from click.testing import CliRunner
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.app import HOOKS
from geoapp.audit.services import verify
from geoapp.audit.tables import AuditEntry
from geoapp.cli import main
from geoapp.core.database import Database
from geoapp.ledger.tables import Campaign, Problem
from geoapp.points.tables import Point
from geoapp.points.tables_layers import Layer
from tests.support.ledgers import FULL, write_docx, write_xlsx
from tests.support.point_files import BRICKS, DUMP, write_csv, write_layer

PROBLEM = {"file", "sheet", "row", "column", "code", "severity", "text"}
TOWN = shapely.box(121.5, 31.2, 121.6, 31.3)


@pytest.fixture
def data(own_database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("GEOAPP_DATABASE_URL", own_database_url)
    monkeypatch.setenv("GEOAPP_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def count(own_database_url):
    database = Database(own_database_url, hooks=HOOKS)

    def rows(*tables):
        with database.reading(SYSTEM) as session:
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    yield rows
    with database.reading(SYSTEM) as session:
        assert verify(session).ok
    database.close()


def geoapp(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def told(*words, code=0):
    result = geoapp(*words, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_ledger_goes_in_once_from_either_format(data, count):
    """Some 3 s: the first command fills in the calendar."""
    book = write_xlsx(FULL, data / "a.xlsx")
    tried = told("import", "ledger", book, "--year", "2024", "--campaign", "海堤", "--dry-run")
    assert (tried["dry_run"], tried["counts"]["new"]) == (True, 3)
    assert count(Campaign, AuditEntry)[0] == 0
    done = told("import", "ledger", book, "--year", "2024", "--campaign", "海堤")
    assert (done["ok"], done["code"], done["case_numbers"]) == (True, None, ["20240305001"])
    assert all(set(one) == PROBLEM for one in done["problems"])
    before = count(Campaign, Problem, AuditEntry)
    document = write_docx(FULL, data / "a.docx")
    again = told("import", "ledger", document, "--year", "2024", "--campaign", "海堤")
    assert (again["counts"]["unchanged"], again["counts"]["new"]) == (3, 0)
    assert "没有变化" in again["text"]
    assert count(Campaign, Problem, AuditEntry) == before


def test_a_ledger_without_its_year_is_refused_with_the_place_of_the_error(data, count):
    refused = told("import", "ledger", write_xlsx(FULL, data / "a.xlsx"), code=1)
    assert (refused["ok"], refused["code"]) == (False, "intake.ledger_refused")
    first = refused["problems"][0]
    assert (first["code"], first["severity"]) == ("intake.ledger_year_needed", "error")
    assert (first["file"], first["sheet"]) == ("a.xlsx", "附件1")
    assert first["row"]
    assert count(Campaign) == [0]


def test_points_go_in_once_all_or_none(data, count):
    path = write_csv(data / "a.csv", [BRICKS, DUMP])
    assert told("import", "points", path, "--datum", "wgs84", "--dry-run")["counts"]["added"] == 2
    assert count(Point) == [0]
    assert told("import", "points", path, "--datum", "wgs84")["counts"]["added"] == 2
    before = count(Point, AuditEntry)
    again = told("import", "points", path, "--datum", "wgs84")
    assert (again["counts"]["added"], again["counts"]["unchanged"]) == (0, 2)
    bad = write_csv(data / "b.csv", [[*BRICKS[:4], "已摘牌"], DUMP])
    refused = told("import", "points", bad, "--datum", "wgs84", code=1)
    assert refused["problems"][0]["code"] == "intake.status_unknown"
    assert (refused["problems"][0]["row"], refused["problems"][0]["column"]) == (2, "状态")
    assert count(Point, AuditEntry) == before
    mended = told("import", "points", bad, "--datum", "wgs84", "--status-word", "已摘牌=closed")
    assert mended["counts"]["added"] == 2


def test_columns_categories_and_states_are_said_on_the_command_line(data, count):
    path = write_csv(data / "a.csv", [["甲点", "121.5", "31.2"]], headings=["甲", "lon", "lat"])
    words = ["--column", "name=甲", "--category", "dust", "--state", "assigned"]
    done = told("import", "points", path, "--datum", "wgs84", *words)
    assert done["columns"] == {"": {"name": "甲", "lon": "lon", "lat": "lat"}}
    assert count(Point) == [1]


def test_a_layer_goes_in_once_and_is_listed_and_removed(data, count):
    path = write_layer(data / "a.gpkg", {"name": ["祝桥镇"]}, [TOWN])
    words = ["import", "layer", path, "--name", "towns", "--datum", "wgs84"]
    assert told(*words, "--dry-run")["outcome"] == "added"
    assert count(Layer) == [0]
    assert told(*words)["outcome"] == "added"
    assert told(*words)["outcome"] == "unchanged"
    assert [one["name"] for one in told("layers", "list")["list"]] == ["towns"]
    told("layers", "remove", "towns", "--dry-run")
    assert count(Layer) == [1]
    told("layers", "remove", "towns")
    assert told("layers", "remove", "towns", code=1)["code"] == "intake.layer_unknown"


@pytest.mark.parametrize(
    "words",
    [
        ["import", "points", "none.csv", "--datum", "wgs84"],
        ["import", "points", __file__],
        ["import", "points", __file__, "--datum", "wgs84", "--column", "colour=甲"],
        ["import", "points", __file__, "--datum", "wgs84", "--status-word", "甲=sold"],
        ["import", "ledger", __file__, "--year", "soon"],
        ["import", "layer", __file__, "--datum", "wgs84"],
    ],
)
def test_a_wrong_call_ends_with_2(data, words):
    assert geoapp(*words).exit_code == 2


def test_a_file_that_cannot_be_read_ends_with_1_and_its_code(data):
    odd = data / "a.xlsx"
    odd.write_bytes(b"%PDF-1.7")
    assert told("import", "ledger", odd, code=1)["code"] == "intake.ledger_format_unknown"
    path = write_csv(data / "a.csv", [BRICKS])
    assert told("import", "points", path, "--datum", "mars", code=1)["code"] == "geo.datum_unknown"
