import re
from copy import deepcopy

import pytest
import shapely
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.audit.tables import AuditEntry
from geoapp.ledger.tables import Campaign, Measure, PlaceCandidate, Problem
from geoapp.points.tables import AdminArea, Point
from geoapp.points.tables_layers import Layer, LayerFeature
from tests.accounts.pages import HTML, TOKEN, open_page
from tests.support.ledgers import FULL, write_docx, write_xlsx
from tests.support.point_files import BRICKS, DUMP, write_csv, write_layer

TICKET = re.compile(r'name="ticket" value="([^"]+)"')
TOWN = shapely.MultiPolygon([shapely.box(121.5, 31.2, 121.6, 31.3)])


@pytest.fixture
def count(office_db):
    def rows(table):
        with office_db.transaction(SYSTEM) as session:
            return session.scalar(select(func.count()).select_from(table))

    return rows


@pytest.fixture
def ledger(tmp_path):
    return write_xlsx(FULL, tmp_path / "一览表.xlsx")


def upload(client, kind, path, **fields):
    token = TOKEN.search(client.get("/imports", headers=HTML).text)
    with path.open("rb") as file:
        return client.post(
            f"/imports/{kind}/previews",
            data={"csrf_token": token[1], "file": (file, path.name), **fields},
            headers=HTML,
        )


def confirm(client, kind, preview, **fields):
    data = {
        "csrf_token": TOKEN.search(preview.text)[1],
        "ticket": TICKET.search(preview.text)[1],
        "confirmed": "yes",
        **fields,
    }
    return client.post(f"/imports/{kind}", data=data, headers=HTML, follow_redirects=True)


def test_the_board_offers_three_kinds_of_import(planner):
    page = open_page(planner, "/imports")
    for kind in ("ledger", "points", "layer"):
        assert f'action="/imports/{kind}/previews"' in page


def test_who_may_not_import_finds_no_door(as_person):
    open_page(as_person("lixia"), "/imports", status=403)


def test_a_ledger_is_shown_as_understood_before_anything_is_written(planner, ledger, count):
    before = count(AuditEntry)
    page = upload(planner, "ledger", ledger, year="2024")
    assert page.status_code == 200
    assert "9月底" not in page.text
    for words in ("20240305001", "长期坚持", "东滩镇海堤区域渣土消纳点", "2024年3月31日"):
        assert words in page.text
    assert "intake.ledger_measures_split" in page.text
    assert (count(Campaign), count(AuditEntry)) == (0, before)


def test_a_confirmed_ledger_is_in_and_the_second_time_changes_nothing(
    planner, ledger, count, tmp_path
):
    preview = upload(planner, "ledger", ledger, year="2024")
    said = confirm(planner, "ledger", preview, year="2024", campaign="海堤专项")
    assert said.status_code == 200
    assert "海堤专项" in said.text
    numbers = [count(table) for table in (Campaign, Problem, Measure, PlaceCandidate)]
    assert numbers[:2] == [1, 3]
    again = upload(
        planner, "ledger", write_docx(FULL, tmp_path / "b.docx"), year="2024", campaign="海堤专项"
    )
    assert "此前已全部导入" in again.text
    entries = count(AuditEntry)
    said = confirm(planner, "ledger", again, year="2024", campaign="海堤专项")
    assert "没有变化" in said.text
    assert [count(table) for table in (Campaign, Problem, Measure, PlaceCandidate)] == numbers
    assert count(AuditEntry) == entries


def test_a_year_that_is_missing_is_asked_for_and_nothing_goes_in_without_it(planner, ledger, count):
    preview = upload(planner, "ledger", ledger)
    assert "intake.ledger_year_needed" in preview.text
    refused = confirm(planner, "ledger", preview)
    assert refused.status_code == 422
    assert count(Problem) == 0
    assert confirm(planner, "ledger", preview, year="2024").status_code == 200
    assert count(Problem) == 3


def test_a_unit_with_another_name_is_chosen_in_the_preview(
    planner, ledger, count, office_db, office
):
    preview = upload(planner, "ledger", ledger, year="2024")
    assert 'name="unit_name" value="市容管理科"' in preview.text
    choice = {"unit_name": ["市容管理科"], "unit_id": [str(office.town.unit_id)]}
    confirm(planner, "ledger", preview, year="2024", **choice)
    with office_db.transaction(SYSTEM) as session:
        from geoapp.ledger.tables import Task

        units = set(session.scalars(select(Task.responsible_unit_id)))
    assert office.town.unit_id in units


def test_one_bad_row_of_a_ledger_keeps_all_of_it_out(planner, tmp_path, count):
    table = deepcopy(FULL)
    table.rows.append(["3", "同号问题。", "丙副局长", "基建科", "1、整改。", "3月底"])
    before = count(AuditEntry)
    preview = upload(planner, "ledger", write_xlsx(table, tmp_path / "a.xlsx"), year="2024")
    assert "intake.ledger_serial_twice" in preview.text
    assert confirm(planner, "ledger", preview, year="2024").status_code == 422
    assert (count(Campaign), count(AuditEntry)) == (0, before)


def test_points_are_looked_at_without_a_trace_and_then_added(planner, tmp_path, count):
    before = count(AuditEntry)
    preview = upload(
        planner, "points", write_csv(tmp_path / "a.csv", [BRICKS, DUMP]), datum="wgs84"
    )
    assert preview.status_code == 200
    assert BRICKS[0] in preview.text
    assert (count(Point), count(AuditEntry)) == (0, before)
    said = confirm(planner, "points", preview, datum="wgs84")
    assert said.status_code == 200
    assert count(Point) == 2
    said = confirm(planner, "points", preview, datum="wgs84")
    assert "没有变化" in said.text
    assert count(Point) == 2


def test_words_that_are_not_known_get_a_meaning_in_the_preview(planner, tmp_path, count):
    row = [BRICKS[0], "砖窑", *BRICKS[2:4], "已摘牌"]
    preview = upload(planner, "points", write_csv(tmp_path / "a.csv", [row]), datum="wgs84")
    assert 'name="status_word" value="已摘牌"' in preview.text
    assert confirm(planner, "points", preview, datum="wgs84").status_code == 422
    assert count(Point) == 0
    meanings = {
        "status_word": "已摘牌",
        "status_meaning": "closed",
        "category_word": "砖窑",
        "category_meaning": "brick_factory",
    }
    assert confirm(planner, "points", preview, datum="wgs84", **meanings).status_code == 200
    assert count(Point) == 1


def test_a_column_is_chosen_in_the_preview(planner, tmp_path, count):
    headings = ["甲", "类别", "经度", "纬度", "状态"]
    path = write_csv(tmp_path / "a.csv", [BRICKS], headings=headings)
    preview = upload(planner, "points", path, datum="wgs84")
    assert "intake.name_missing" in preview.text
    confirm(planner, "points", preview, datum="wgs84", column_name="甲")
    assert count(Point) == 1


def test_a_missing_datum_is_said_and_can_be_given_without_a_new_upload(planner, tmp_path, count):
    preview = upload(planner, "points", write_csv(tmp_path / "a.csv", [BRICKS]))
    assert preview.status_code == 400
    assert confirm(planner, "points", preview, datum="gcj02").status_code == 200
    assert count(Point) == 1


def test_a_layer_is_shown_and_comes_in_with_its_areas(planner, tmp_path, count):
    columns = {"code": ["310115139000"], "name": ["祝桥镇"]}
    path = write_layer(tmp_path / "towns.gpkg", columns, [TOWN])
    preview = upload(planner, "layer", path, datum="wgs84", title="街镇界")
    assert "祝桥镇" in preview.text
    assert count(Layer) == 0
    fields = {"datum": "wgs84", "name": "towns", "title": "街镇界", "areas": "town"}
    assert confirm(planner, "layer", preview, **fields).status_code == 200
    assert [count(table) for table in (Layer, LayerFeature, AdminArea)] == [1, 1, 1]
    assert "没有变化" in confirm(planner, "layer", preview, **fields).text


def test_no_file_and_a_file_of_no_kind_are_said(planner, tmp_path):
    empty = tmp_path / "a.csv"
    empty.touch()
    answer = upload(planner, "points", empty, datum="wgs84")
    assert answer.status_code == 303
    assert "未选择文件" in open_page(planner, "/imports")
    odd = tmp_path / "a.xlsx"
    odd.write_bytes(b"%PDF-1.7")
    assert upload(planner, "ledger", odd).status_code == 400


def test_more_than_the_limit_is_refused(planner):
    answer = planner.post(
        "/imports/points/previews",
        data=b"x" * 3_000_000,
        content_type="multipart/form-data; boundary=x",
        headers=HTML,
    )
    assert answer.status_code == 413


def test_nobody_confirms_the_file_of_somebody_else(planner, as_person, ledger, count):
    preview = upload(planner, "ledger", ledger, year="2024")
    clerk = as_person("clerk")
    own = open_page(clerk, "/imports")
    data = {"csrf_token": TOKEN.search(own)[1], "year": "2024"}
    for ticket in (TICKET.search(preview.text)[1], "forged"):
        answer = clerk.post("/imports/ledger", data={**data, "ticket": ticket}, headers=HTML)
        assert answer.status_code == 303
    assert "不属于您" in open_page(clerk, "/imports")
    points = planner.post(
        "/imports/points",
        data={
            "csrf_token": TOKEN.search(preview.text)[1],
            "ticket": TICKET.search(preview.text)[1],
            "datum": "wgs84",
        },
        headers=HTML,
    )
    assert points.status_code == 303
    assert (count(Campaign), count(Point)) == (0, 0)
