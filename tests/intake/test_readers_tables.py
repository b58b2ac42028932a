import pytest

from geoapp.intake.readers_files import FileBroken, FileUnknown
from geoapp.intake.readers_tables import (
    HeadingMissing,
    SheetMissing,
    SheetsAmbiguous,
    cell_text,
)
from geoapp.intake.rules_found import ROW_TOO_LONG
from tests.support.point_files import (
    BRICKS,
    DUMP,
    HEADINGS,
    codes,
    read,
    write_csv,
    write_xlsx,
    zip_folder,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_is_read_in_any_usual_encoding_and_delimiter(tmp_path, encoding, delimiter):
    path = write_csv(tmp_path / "a.csv", [BRICKS], encoding=encoding, delimiter=delimiter)
    rows, findings = read(path)
    assert [row.name for row in rows] == ["朝航路89号制砖厂"]
    assert codes(findings) == []


def test_a_title_above_the_headings_is_passed_over(tmp_path):
    above = [["整改点位一览表", "", "", "", ""], ["填报单位：某镇", "", "", "", ""]]
    rows, _findings = read(write_csv(tmp_path / "a.csv", [*above, HEADINGS, BRICKS], headings=[]))
    assert [row.row for row in rows] == [4]
    rows, _findings = read(write_xlsx(tmp_path / "a.xlsx", [BRICKS, DUMP], above=above))
    assert [row.row for row in rows] == [4, 5]


def test_blank_lines_are_no_rows_and_row_numbers_stay_those_of_the_sheet(tmp_path):
    rows, findings = read(write_csv(tmp_path / "a.csv", [BRICKS, [""] * 5, [], DUMP]))
    assert [row.row for row in rows] == [2, 5]
    assert codes(findings) == []


def test_a_row_that_slipped_out_of_its_columns_is_refused(tmp_path):
    slipped = ["合庆镇", "海塘大堤", *DUMP[1:]]
    rows, findings = read(write_csv(tmp_path / "a.csv", [slipped, BRICKS]))
    assert [row.row for row in rows] == [3]
    assert [(problem.code, problem.row) for problem in findings] == [(ROW_TOO_LONG, 2)]


def test_a_quoted_comma_and_line_break_stay_in_their_cell(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["甲,乙\r\n丙", *BRICKS[1:]], DUMP])
    rows, _findings = read(path)
    assert [row.name for row in rows] == ["甲,乙\n丙", DUMP[0]]
    assert [row.row for row in rows] == [2, 3]


def test_an_open_quote_that_swallows_the_file_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('名称,经度,纬度\n"甲,121.5,31.2\n' + "乙,121.5,31.2\n" * 20_000)
    with pytest.raises(FileBroken):
        read(path)


def test_a_table_without_headings_is_refused(tmp_path):
    with pytest.raises(HeadingMissing):
        read(write_csv(tmp_path / "a.csv", [["甲", "121.5", "31.2"]], headings=[]))
    with pytest.raises(HeadingMissing):
        read(write_xlsx(tmp_path / "a.xlsx", [], headings=["甲", "乙"]))


def test_the_one_sheet_with_points_is_found_among_others(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["填写说明"])
    sheet = book.create_sheet("点位")
    for row in (HEADINGS, BRICKS):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    rows, findings = read(tmp_path / "a.xlsx")
    assert len(rows) == 1
    assert findings.sheet == "点位"


def test_several_sheets_with_points_must_be_chosen_from(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [BRICKS], sheets=("浦东", "松江"))
    with pytest.raises(SheetsAmbiguous) as caught:
        read(path)
    assert "浦东, 松江" in caught.value.sentence()
    assert len(read(path, layer="松江")[0]) == 1
    with pytest.raises(SheetMissing):
        read(path, layer="青浦")


def test_numbers_and_days_of_a_sheet_are_read_as_people_see_them(tmp_path):
    from datetime import UTC, datetime

    headings = [*HEADINGS, "编号", "时限", "发现日期", "户数"]
    row = [
        *BRICKS[:2],
        121.7512,
        31.1203,
        "整改中",
        21.0,
        datetime.fromisoformat("2023-09-30"),
        datetime.fromisoformat("2023-09-01T08:00"),
        12,
    ]
    rows, _findings = read(write_xlsx(tmp_path / "a.xlsx", [row], headings=headings))
    assert rows[0].code == "21"
    assert rows[0].deadline_text == "2023-09-30"
    assert rows[0].found_at == datetime(2023, 9, 1, 0, tzinfo=UTC)
    assert rows[0].extra["户数"] == 12
    assert (rows[0].raw_x, rows[0].raw_y) == (121.7512, 31.1203)


def test_a_workbook_with_rotten_parts_is_broken(tmp_path):
    rotten = zip_folder(tmp_path / "a.xlsx", {"xl/workbook.xml": "<nothing/>"})
    with pytest.raises(FileBroken):
        read(rotten)


def test_a_workbook_full_of_entities_is_broken_not_expanded(tmp_path):
    good = write_xlsx(tmp_path / "a.xlsx", [BRICKS])
    import zipfile

    with zipfile.ZipFile(good) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = bomb + parts[sheet]
    with pytest.raises(FileBroken):
        read(zip_folder(tmp_path / "b.xlsx", parts))


def test_a_file_of_another_kind_is_no_table(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(FileUnknown):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (21.0, "21"),
        (21.5, "21.5"),
        (True, "True"),
        (" 甲 ", "甲"),
        ("a_x000D_\r\nb", "a\nb"),
        ("2018-12-30T00:00:00", "2018-12-30"),
        ("2018-12-30 00:00", "2018-12-30"),
        ("2018-12-30T00:00:01", "2018-12-30T00:00:01"),
    ],
)
def test_a_cell_becomes_the_text_that_a_person_sees(cell, text):
    assert cell_text(cell) == text
