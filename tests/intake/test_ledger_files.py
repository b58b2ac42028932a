from datetime import date

import pytest

from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import DeadlineKind
from geoapp.intake.readers_ledger import (
    LedgerOptions,
    read_ledger,
)
from tests.support.ledgers import FULL, HEADINGS, Block, Table, write_docx, write_xlsx

OPTIONS = LedgerOptions(year=2024)


@pytest.fixture
def read(tmp_path):
    def read_table(table, kind="xlsx", options=OPTIONS):
        writer = {"xlsx": write_xlsx, "docx": write_docx}[kind]
        path = writer(table, tmp_path / f"ledger.{kind}")
        return read_ledger(path, options=options, calendar=shipped_calendar())

    return read_table


@pytest.fixture(params=["xlsx", "docx"])
def full(request, read):
    return read(FULL, request.param)


def test_workbook_and_document_of_one_table_read_the_same(read):
    assert read(FULL, "xlsx").sheets == read(FULL, "docx").sheets


def test_the_lines_above_the_table_are_read(full):
    (sheet,) = full.sheets
    assert (sheet.title, sheet.reporting_unit) == ("整改措施一览表", "示范镇环保办")
    assert (sheet.contact, sheet.phone) == ("", "021-50001234")
    assert (sheet.base_text, sheet.base_on) == ("自3月4日起", date(2024, 3, 4))


def test_serials_give_own_and_upstream_number(full):
    numbers = [(problem.own_no, problem.upstream_no) for problem in full.sheets[0].problems]
    assert numbers == [("1", "12"), ("2", "30"), ("3", "")]


def test_merged_cells_keep_one_problem_with_two_tasks(full):
    first = full.sheets[0].problems[0]
    assert [(task.lead_leader, task.responsible_unit) for task in first.tasks] == [
        ("甲副局长", "市容管理科"),
        ("乙副局长", "督察科"),
    ]
    assert first.tasks[0].contact_units == ("城管中队", "东滩镇")
    assert first.tasks[1].text == "朝汐路 8 号制砖厂存在环境污染隐患。"


def test_measures_inside_a_cell_are_parted_and_the_parting_is_shown(full):
    first, second = full.sheets[0].problems[0].tasks
    assert [(one.seq, one.marker, one.text) for one in first.measures] == [
        (1, "", "明确第一责任主体，即知即改。"),
        (2, "一是", "东滩镇加强巡查。"),
        (3, "二是", "海堤地块补种绿化。"),
        (4, "三是", "车辆冲洗后离场。"),
        (5, "", "加强行业监管，持续联合检查。"),
    ]
    assert [(one.seq, one.marker) for one in second.measures] == [(1, ""), (2, ""), (3, "三是")]
    split = [found for found in full.found if found.code == "intake.ledger_measures_split"]
    assert [found.data["count"] for found in split] == [4, 3, 2]


def test_parting_can_be_left_out(read):
    found = read(FULL, options=LedgerOptions(year=2024, may_split=False))
    assert [len(task.measures) for task in found.sheets[0].problems[0].tasks] == [2, 1]


def test_deadlines_are_typed_with_the_base_date_of_the_heading(full):
    measures = {
        problem.own_no: [
            (one.deadline.kind, one.deadline.start_on, one.deadline.due_on)
            for task in problem.tasks
            for one in task.measures
        ]
        for problem in full.sheets[0].problems
    }
    done, ongoing = (DeadlineKind.DONE, None, None), (DeadlineKind.ONGOING, None, None)
    assert measures["1"] == [done] * 4 + [ongoing] + [done] * 3
    part = DeadlineKind.MONTH_PART
    assert measures["2"] == [
        (part, date(2024, 3, 21), date(2024, 3, 31)),
        (part, date(2024, 3, 11), date(2024, 3, 20)),
    ]
    assert measures["3"] == [(DeadlineKind.RANGE, date(2024, 3, 7), date(2024, 3, 28))] * 2


def test_the_case_number_is_found_in_the_deadline_column(full):
    cases = {one.case_no for one in full.sheets[0].problems[0].tasks[1].measures}
    assert cases == {"20240305001"}


def test_places_and_pollution_types_are_offered(full):
    first, second, third = full.sheets[0].problems
    assert [place.text for place in first.places] == [
        "东滩镇海堤区域渣土消纳点",
        "南汇嘴镇观海大堤西侧",
        "朝汐路8号制砖厂",
    ]
    assert [place.text for place in second.places] == ["滨海中转站"]
    assert third.places == ()
    assert first.pollution_types == ("扬尘", "噪音扰民")


def test_every_part_knows_its_cell(read):
    workbook, document = read(FULL, "xlsx").sheets[0], read(FULL, "docx").sheets[0]
    assert workbook.problems[0].tasks[1].measures[0].where.address == "E6"
    assert document.problems[0].tasks[1].measures[0].where.address == "r4c5"
    assert (workbook.where.sheet, document.where.sheet) == ("附件1", "1")


def test_without_a_year_the_base_date_is_asked_for_once(read):
    found = read(FULL, options=LedgerOptions())
    errors = [problem for problem in found.found if problem.severity == "error"]
    assert [(problem.code, problem.row) for problem in errors] == [("intake.ledger_year_needed", 7)]
    assert found.refused


def test_a_given_base_date_wins_over_the_heading_and_says_so(read):
    found = read(FULL, options=LedgerOptions(base_on=date(2024, 3, 11)))
    assert found.sheets[0].base_on == date(2024, 3, 11)
    assert "intake.ledger_base_differs" in {problem.code for problem in found.found}


def test_a_table_whose_merged_cells_were_lost_is_read_the_same_way(read):
    rows = [
        ["1 (12)", "甲村农田焚烧。", "甲副局长", "农业科", "一天一巡。", "长期坚持"],
        ["", "", "", "", "设立宣传牌。", "3月底"],
        ["2", "乙村污水直排。", "乙副局长", "水务站", "截污纳管。", "6月底"],
    ]
    found = read(Table(rows=rows))
    first, second = found.sheets[0].problems
    assert [one.text for one in first.tasks[0].measures] == ["一天一巡。", "设立宣传牌。"]
    assert second.own_no == "2"
    continued = [p for p in found.found if p.code == "intake.ledger_continued"]
    assert [(p.row, p.column) for p in continued] == [(5, "序号")]


def test_a_number_filled_down_beside_each_row_is_one_problem(read):
    rows = [
        ["1", "甲村农田焚烧。", "甲副局长", "农业科", "一天一巡。", "长期坚持"],
        ["1", "甲村农田焚烧。", "甲副局长", "农业科", "设立宣传牌。", "3月底"],
    ]
    (problem,) = read(Table(rows=rows)).sheets[0].problems
    assert len(problem.tasks[0].measures) == 2


def test_the_same_number_for_two_problems_is_an_error_with_both_rows(read):
    rows = [
        ["1", "甲村农田焚烧。", "甲副局长", "农业科", "一天一巡。", "长期坚持"],
        ["2", "乙村污水直排。", "甲副局长", "水务站", "截污纳管。", "长期坚持"],
        ["1", "丙村垃圾堆放。", "甲副局长", "市容科", "清理。", "长期坚持"],
    ]
    found = read(Table(rows=rows))
    twice = next(p for p in found.found if p.code == "intake.ledger_serial_twice")
    assert (twice.row, twice.data["first"], twice.data["second"]) == (6, 4, 6)
    assert "第4行" in twice.text


def test_headings_may_be_other_words_in_another_order(read):
    table = Table(
        headings=(
            "编号",
            "责任单位",
            "存在问题",
            "整改时限",
            "整改目标",
            "配合单位",
            "验收单位",
            "措施",
        ),
        rows=[
            ["1", "甲科", "某处积水。", "2024年5月底", "不再积水", "乙科、丙科", "丁办", "疏通。"]
        ],
    )
    (problem,) = read(table).sheets[0].problems
    (task,) = problem.tasks
    assert (problem.goal, task.responsible_unit, task.accepting_unit) == (
        "不再积水",
        "甲科",
        "丁办",
    )
    assert task.cooperating_units == ("乙科", "丙科")
    assert task.measures[0].deadline.due_on == date(2024, 5, 31)


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_headings_in_two_lines_are_joined(read, kind):
    table = Table(
        headings=(
            Block("序号", rows=2),
            Block("具体问题", rows=2),
            Block("责任单位", columns=2),
            Block("整改措施", rows=2),
            Block("完成时限", rows=2),
        ),
        rows=[
            ["牵头", "配合"],
            ["1", "某处积水。", "甲科", "乙科", "疏通。", "2024年5月底"],
        ],
    )
    (task,) = read(table, kind).sheets[0].problems[0].tasks
    assert (task.responsible_unit, task.cooperating_units) == ("甲科", ("乙科",))


def test_missing_unknown_and_double_headings_are_named(read):
    table = Table(
        headings=("序号", "具体问题", "整改措施", "措施", "天气"),
        rows=[["1", "某处积水。", "疏通。", "疏通。", "晴"]],
    )
    found = {problem.code: problem for problem in read(table).found}
    missing = found["intake.ledger_headings_missing"]
    assert (missing.sheet, missing.row) == ("附件1", 3)
    twice = found["intake.ledger_heading_twice"]
    assert (twice.column, twice.data["first"], twice.severity) == ("措施", "整改措施", "error")
    unknown = found["intake.ledger_heading_unknown"]
    assert (unknown.column, unknown.severity) == ("天气", "warning")


def test_a_longer_heading_is_guessed_and_said(read):
    table = Table(
        headings=("序号", "督察组反馈的具体问题", "责任部门", "整改措施", "完成时限"),
        rows=[["1", "某处积水。", "甲科", "疏通。", "长期坚持"]],
    )
    found = read(table)
    assert found.sheets[0].problems[0].text == "某处积水。"
    guessed = next(p for p in found.found if p.code == "intake.ledger_heading_guessed")
    assert guessed.column == "督察组反馈的具体问题"


def test_section_rows_repeated_headings_and_blank_rows_are_no_problems(read):
    rows = [
        [Block("一、水环境方面", columns=6)],
        ["1", "某处积水。", "甲副局长", "甲科", "疏通。", "长期坚持"],
        ["", "", "", "", "", ""],
        list(HEADINGS),
        ["2", "某处堆土。", "甲副局长", "甲科", "清运。", "长期坚持"],
        ["注：以上时限自印发之日起算", "", "", "", "", ""],
    ]
    found = read(Table(rows=rows))
    assert [problem.own_no for problem in found.sheets[0].problems] == ["1", "2"]
    sections = [p.row for p in found.found if p.code == "intake.ledger_section_row"]
    assert sections == [4, 9]


def test_incomplete_rows_are_named_one_by_one(read):
    rows = [
        ["", "没有编号的问题。", "", "", "疏通。", "长期坚持"],
        ["甲乙丙", "", "甲副局长", "", "", "尽快"],
    ]
    found = read(Table(rows=rows))
    got = {(p.code.removeprefix("intake.ledger_"), p.row, p.severity.value) for p in found.found}
    assert {
        ("serial_missing", 4, "error"),
        ("serial_unusual", 5, "warning"),
        ("problem_empty", 5, "error"),
        ("unit_empty", 5, "warning"),
        ("measure_empty", 5, "warning"),
    } <= got


def test_an_unknown_deadline_is_kept_in_words_with_a_warning(read):
    rows = [["1", "某处积水。", "甲副局长", "甲科", "疏通。", "尽快"]]
    found = read(Table(rows=rows))
    deadline = found.sheets[0].measures[0].deadline
    assert (deadline.kind, deadline.text) == (DeadlineKind.UNCLEAR, "尽快")
    unclear = next(p for p in found.found if p.code == "intake.ledger_deadline_unclear")
    assert (unclear.row, unclear.column) == (4, HEADINGS[5])


def test_a_progress_column_tells_what_is_done(read):
    table = Table(
        headings=("序号", "具体问题", "责任部门", "整改措施", "完成时限", "完成情况"),
        rows=[
            ["1", "某处积水。", "甲科", "疏通。", "2024年5月底", "已完成，经复查无积水"],
            ["2", "某处堆土。", "甲科", "清运。", "2024年5月底", "正在推进"],
        ],
    )
    done, going = read(table).sheets[0].measures
    assert (done.is_done, done.done_note) == (True, "已完成，经复查无积水")
    assert (going.is_done, going.deadline.due_on) == (False, date(2024, 5, 31))


def test_a_mark_of_secrecy_and_a_document_number_are_found(read):
    table = Table(
        title="整改措施清单（保密）",
        above=("示办发[2024]12号", "填报单位：甲局"),
        rows=[["1", "某处积水。", "甲", "甲科", "疏通。", "长期坚持"]],
    )
    found = read(table, "docx")
    assert (found.sheets[0].secrecy, found.sheets[0].doc_no) == ("secret", "示办发〔2024〕12号")
    assert "intake.ledger_secrecy_suggested" in {problem.code for problem in found.found}
