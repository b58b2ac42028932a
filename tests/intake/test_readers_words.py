from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from geoapp.intake import rules_found as found
from geoapp.intake.rules import Severity
from geoapp.points.rules import Category, State
from tests.support.point_files import BRICKS, DUMP, codes, one, read, write_csv


def test_an_unknown_status_refuses_its_rows_and_names_the_accepted_words(tmp_path):
    rows = [[*BRICKS[:4], "快好了"], DUMP, [*DUMP[:4], "快好了"]]
    path = write_csv(tmp_path / "a.csv", rows)
    read_rows, findings = read(path)
    (problem,) = findings
    assert [row.row for row in read_rows] == [3]
    assert (problem.code, problem.row, problem.column) == (found.STATUS_UNKNOWN, 2, "状态")
    assert "整改中 (rectifying)" in problem.text
    assert findings.number(Severity.ERROR) == 2
    mapped, findings = read(path, states={"快好了": State.COMPLETED})
    assert [row.status for row in mapped] == [State.COMPLETED, State.CLOSED, State.COMPLETED]
    assert not findings.refused


def test_an_unknown_category_is_refused_unless_one_was_given_for_such_rows(tmp_path):
    path = one(tmp_path, 类别="路灯")
    rows, findings = read(path, category=None)
    assert rows == []
    assert codes(findings) == [found.CATEGORY_UNKNOWN]
    (row,), findings = read(path, category=Category.OTHER)
    assert row.category is Category.OTHER
    assert row.extra["类别"] == "路灯"
    assert codes(findings) == [found.CATEGORY_ASSUMED]
    (row,), findings = read(path, category=None, categories={"路灯": Category.NOISE})
    assert row.category is Category.NOISE


def test_a_file_without_status_or_category_says_what_is_assumed_or_missing(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["甲", "121.5", "31.2"]], headings=["名称", "lon", "lat"])
    rows, findings = read(path, category=None)
    assert rows == []
    assert codes(findings) == [found.CATEGORY_COLUMN_MISSING]
    (row,), findings = read(path, category=Category.DUST)
    assert (row.category, row.status) == (Category.DUST, State.REPORTED)
    assert codes(findings) == [found.STATUS_ASSUMED]
    (row,), findings = read(path, category=Category.DUST, state=State.ASSIGNED)
    assert row.status is State.ASSIGNED
    assert codes(findings) == []


def test_a_nameless_row_takes_its_address_and_says_so(tmp_path):
    (row,), findings = read(one(tmp_path, 名称="", 地址="朝航路89号"))
    assert row.name == "朝航路89号"
    assert codes(findings) == [found.NAME_FROM_ELSEWHERE]
    rows, findings = read(one(tmp_path, 名称=""))
    assert rows == []
    assert codes(findings) == [found.NAME_MISSING]


def test_times_follow_the_zone_and_what_is_no_time_stays_as_a_remark(tmp_path):
    path = one(tmp_path, 发现日期="2018-12-31T23:55:30", 销号时间="长期坚持")
    (row,), findings = read(path, zone=ZoneInfo("America/Los_Angeles"))
    assert row.found_at == datetime(2019, 1, 1, 7, 55, 30, tzinfo=UTC)
    assert row.closed_at is None
    assert row.extra["销号时间"] == "长期坚持"
    assert codes(findings) == [found.TIME_UNREADABLE]
