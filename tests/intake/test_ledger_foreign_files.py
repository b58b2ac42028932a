"""Ledger files that no template of ours made: odd cells, other formats, hostile archives."""

import zipfile
from datetime import date

import openpyxl
import pytest

from geoapp.intake.readers_files import ArchiveTooLarge, FileBroken
from geoapp.intake.readers_ledger import (
    LedgerFormatOld,
    LedgerFormatUnknown,
    LedgerOptions,
    read_ledger,
)
from tests.support.ledgers import FULL, Table, write_docx, write_xlsx

OPTIONS = LedgerOptions(year=2024)


def test_real_dates_and_numbers_in_cells_are_read(tmp_path):
    path = write_xlsx(
        Table(rows=[["1", "某处积水。", "甲", "甲科", "疏通。", "x"]]), tmp_path / "ledger.xlsx"
    )
    book = openpyxl.load_workbook(path)
    book.active["A4"] = 1
    book.active["F4"] = date(2024, 5, 31)
    book.save(path)
    (problem,) = read_ledger(path, options=OPTIONS).sheets[0].problems
    assert problem.own_no == "1"
    assert problem.tasks[0].measures[0].deadline.due_on == date(2024, 5, 31)


def test_a_file_without_such_a_table_is_said(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "天气"
    book.save(tmp_path / "weather.xlsx")
    found = read_ledger(tmp_path / "weather.xlsx")
    assert [problem.code for problem in found.found] == ["intake.ledger_no_table"]
    assert found.refused


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", LedgerFormatOld),
        (b"%PDF-1.7", LedgerFormatUnknown),
        (b"", LedgerFormatUnknown),
        (b"PK\x03\x04 no zip at all", FileBroken),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_content(tmp_path, content, error):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    with pytest.raises(error):
        read_ledger(path)


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "ledger.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(LedgerFormatUnknown):
        read_ledger(path)


def rewritten(source, target, member, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == member else data)
    return target


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("xlsx", "xl/worksheets/sheet1.xml"),
        ("xlsx", "xl/styles.xml"),
        ("xlsx", "xl/workbook.xml"),
        ("docx", "word/document.xml"),
    ],
)
def test_entities_are_never_expanded(tmp_path, kind, member):
    writer = {"xlsx": write_xlsx, "docx": write_docx}[kind]
    source = writer(FULL, tmp_path / f"good.{kind}")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def add_entities(data):
        head, found, rest = data.partition(b"?>")
        return head + found + bomb + rest if found else bomb + data

    path = rewritten(source, tmp_path / f"bad.{kind}", member, add_entities)
    with pytest.raises(FileBroken):
        read_ledger(path)


def test_a_merge_over_the_whole_sheet_is_refused_before_it_is_unpacked(tmp_path):
    source = write_xlsx(FULL, tmp_path / "good.xlsx")
    path = rewritten(
        source,
        tmp_path / "bad.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b'ref="A1:F1"', b'ref="A1:XFD1048576"'),
    )
    with pytest.raises(ArchiveTooLarge):
        read_ledger(path)


def test_a_densely_packed_member_is_refused(tmp_path):
    source = write_docx(FULL, tmp_path / "good.docx")
    path = rewritten(
        source, tmp_path / "bad.docx", "word/document.xml", lambda data: data + b" " * 30_000_000
    )
    with pytest.raises(ArchiveTooLarge):
        read_ledger(path)


def test_a_format_left_in_the_last_row_of_a_sheet_costs_nothing(tmp_path):
    path = write_xlsx(FULL, tmp_path / "ledger.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(path)
    assert len(read_ledger(path, options=OPTIONS).sheets[0].problems) == 3


def test_a_hidden_sheet_is_left_out(tmp_path):
    path = write_xlsx(FULL, tmp_path / "ledger.xlsx")
    book = openpyxl.load_workbook(path)
    book.active.sheet_state = "hidden"
    book.create_sheet("空白")
    book.save(path)
    assert read_ledger(path, options=OPTIONS).sheets == ()
