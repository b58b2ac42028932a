from copy import deepcopy
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from geoapp.accounts import scope
from geoapp.accounts.rules import SYSTEM, Actor, Role, UnitKind
from geoapp.accounts.tables import Unit
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import DeadlineKind
from geoapp.intake.readers_ledger import LedgerOptions, read_ledger
from geoapp.intake.rules_ledger_import import CHANGE_NAMES, Change, LedgerTarget
from geoapp.intake.services_ledger import LedgerRefused, import_ledger, plan_ledger
from geoapp.ledger.rules import TaskUnitRole
from geoapp.ledger.tables import (
    Campaign,
    Measure,
    PlaceCandidate,
    Problem,
    SourceDocument,
    Task,
    TaskUnit,
)
from tests.support.database import RolledBack
from tests.support.ledgers import FULL, Table, write_docx, write_xlsx

NOW = datetime(2024, 3, 5, 2, 0, tzinfo=UTC)
TARGET = LedgerTarget()


@pytest.fixture
def read(tmp_path):
    def read_table(table=FULL, kind="xlsx", *, year=2024, may_split=True):
        writer = {"xlsx": write_xlsx, "docx": write_docx}[kind]
        path = writer(table, tmp_path / f"ledger.{kind}")
        options = LedgerOptions(year=year, may_split=may_split)
        return read_ledger(path, options=options, calendar=shipped_calendar())

    return read_table


@pytest.fixture
def office(session):
    """The units that the table names, but for one."""
    root = Unit(name="示范区督察办", kind=UnitKind.INSPECTION_OFFICE)
    session.add(root)
    session.flush()
    names = {
        "市容管理科": UnitKind.DEPARTMENT,
        "督察科": UnitKind.DEPARTMENT,
        "城管中队": UnitKind.DEPARTMENT,
        "东滩镇": UnitKind.TOWN,
    }
    units = {
        name: Unit(name=name, kind=kind, parent_id=root.unit_id) for name, kind in names.items()
    }
    session.add_all(units.values())
    session.flush()
    return {name: unit.unit_id for name, unit in units.items()}


def imported(session, file, target=TARGET):
    return import_ledger(session, file=file, target=target, now=NOW)


def numbers(session):
    return {
        table.__tablename__: session.scalar(select(func.count()).select_from(table))
        for table in (Campaign, Problem, Task, TaskUnit, Measure, PlaceCandidate)
    }


def changed(rows):
    """The table with other rows."""
    table = deepcopy(FULL)
    table.rows = rows(table.rows)
    return table


def test_a_plan_counts_and_writes_nothing(session, office, read):
    plan = plan_ledger(session, file=read(), target=TARGET)
    assert plan.counts == {
        "problems": 3,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "tasks": 4,
        "measures": 12,
        "places": 4,
    }
    assert not plan.refused
    assert numbers(session)["problem"] == 0


def test_a_ledger_becomes_campaign_problems_tasks_measures_and_places(session, office, read):
    result = imported(session, read())
    assert numbers(session) == {
        "campaign": 1,
        "problem": 3,
        "task": 4,
        "task_unit": 2,
        "measure": 12,
        "place_candidate": 4,
    }
    campaign = session.get(Campaign, result.campaign_id)
    assert campaign.name == "整改措施一览表（示范镇环保办）"
    assert (campaign.base_on, campaign.contact_phone) == (date(2024, 3, 4), "021-50001234")
    first = session.scalar(select(Problem).where(Problem.own_no == "1"))
    assert (first.upstream_no, first.seq) == ("12", 1)
    assert first.pollution_types == ["扬尘", "噪音扰民"]


def test_tasks_keep_leader_units_and_the_words_of_their_part(session, office, read):
    imported(session, read())
    whole, part = session.scalars(
        select(Task)
        .join(Problem, Problem.problem_id == Task.problem_id)
        .where(Problem.own_no == "1")
        .order_by(Task.seq)
    )
    assert (whole.lead_leader, whole.description) == ("甲副局长", "")
    assert whole.responsible_unit_id == office["市容管理科"]
    assert whole.responsible_text == "市容管理科（负责牵头联系城管中队、东滩镇）"
    assert part.description == "朝汐路 8 号制砖厂存在环境污染隐患。"
    linked = session.execute(select(TaskUnit.task_id, TaskUnit.unit_id, TaskUnit.role)).all()
    assert {tuple(row) for row in linked} == {
        (whole.task_id, office["城管中队"], TaskUnitRole.CONTACT),
        (whole.task_id, office["东滩镇"], TaskUnitRole.CONTACT),
    }


def test_measures_keep_words_deadline_and_case_number(session, office, read):
    imported(session, read())
    by_words = {row.description: row for row in session.scalars(select(Measure))}
    done = by_words["责令企业立即整改，2 天内拆除设备。"]
    assert (done.deadline_kind, done.progress_pct, done.case_no) == (
        DeadlineKind.DONE,
        100,
        "20240305001",
    )
    assert by_words["一是东滩镇加强巡查。"].due_text == "已完成"
    due = by_words["1、补充审议招标事宜。"]
    assert (due.due_text, due.start_on, due.due_on, due.year_inferred) == (
        "3月底",
        date(2024, 3, 21),
        date(2024, 3, 31),
        True,
    )


def test_a_second_import_changes_nothing_and_says_so(session, office, read):
    first = imported(session, read())
    before = numbers(session)
    versions = list(session.execute(select(Problem.problem_id, Problem.row_version)))
    again = imported(session, read())
    assert (first.changed_nothing, again.changed_nothing) == (False, True)
    assert again.plan.changes_nothing
    assert numbers(session) == before
    assert list(session.execute(select(Problem.problem_id, Problem.row_version))) == versions


def test_the_document_of_the_same_table_changes_nothing_either(session, office, read):
    imported(session, read(kind="xlsx"))
    assert imported(session, read(kind="docx")).changed_nothing


def test_full_width_forms_and_blanks_are_no_change(session, office, read):
    imported(session, read())
    table = changed(lambda rows: [*rows[:4], ["２ 、 举一反三， 全面排查。", "３月中旬"], rows[5]])
    assert imported(session, read(table)).changed_nothing


def other_deadline(rows):
    return [*rows[:4], ["２、举一反三，全面排查。", "4月底"], rows[5]]


def test_a_changed_row_is_refused_unless_an_update_is_wanted(session, office, read):
    imported(session, read())
    file = read(changed(other_deadline))
    plan = plan_ledger(session, file=file, target=TARGET)
    (error,) = [one for one in plan.found if one.severity == "error"]
    assert (error.code, error.row, error.data["own_no"]) == ("intake.ledger_changed", 7, "2")
    with pytest.raises(LedgerRefused) as refused:
        imported(session, file)
    assert refused.value.data == {"count": 1}


def test_an_update_changes_the_named_problem_and_keeps_what_was_done(session, office, read):
    imported(session, read())
    kept = session.scalar(select(Measure).where(Measure.description == "1、补充审议招标事宜。"))
    kept.done_at, kept.progress_pct = NOW, 100
    session.flush()
    before = numbers(session)
    result = imported(session, read(changed(other_deadline)), LedgerTarget(may_update=True))
    assert [row.change for row in result.plan.rows] == [
        Change.UNCHANGED,
        Change.CHANGED,
        Change.UNCHANGED,
    ]
    assert numbers(session) == before
    moved = session.scalar(select(Measure).where(Measure.due_text == "4月底"))
    assert moved.due_on == date(2024, 4, 30)
    assert (kept.done_at, kept.progress_pct) == (NOW, 100)


def test_measures_that_left_the_table_stay_and_are_named(session, office, read):
    imported(session, read())
    file = read(
        changed(
            lambda rows: [
                *rows[:5],
                ["3", "热线工单退单较多。", "丙副局长", "基建科", "梳理工单。", "自3月7日起至28日"],
            ]
        )
    )
    result = imported(session, file, LedgerTarget(may_update=True))
    left = next(one for one in result.found if one.code == "intake.ledger_measures_left")
    assert left.data == {"own_no": "3", "count": 1}
    assert numbers(session)["measure"] == 12


def test_problems_that_left_the_table_stay_and_are_named(session, office, read):
    imported(session, read())
    result = imported(session, read(changed(lambda rows: rows[:5])))
    missing = next(one for one in result.found if one.code == "intake.ledger_missing_now")
    assert missing.data == {"own_nos": "3"}
    assert numbers(session)["problem"] == 3


def test_a_unit_that_is_not_there_is_kept_in_words_and_named_once(session, office, read):
    plan = plan_ledger(session, file=read(), target=TARGET)
    unknown = [one for one in plan.found if one.code == "intake.ledger_unit_unknown"]
    assert [(one.data["name"], one.row, one.severity) for one in unknown] == [
        ("基建科", 9, "warning")
    ]
    imported(session, read())
    task = session.scalar(select(Task).where(Task.responsible_text == "基建科"))
    assert task.responsible_unit_id is None


def test_a_unit_of_another_name_can_be_pointed_out(session, office, read):
    target = LedgerTarget(unit_ids={"基建科": office["督察科"]})
    imported(session, read(), target)
    task = session.scalar(select(Task).where(Task.responsible_text == "基建科"))
    assert task.responsible_unit_id == office["督察科"]


def test_two_units_of_one_name_are_not_chosen_between(session, office, read):
    town = office["东滩镇"]
    session.add(Unit(name="督察科", kind=UnitKind.DEPARTMENT, parent_id=town))
    session.flush()
    plan = plan_ledger(session, file=read(), target=TARGET)
    assert "intake.ledger_unit_ambiguous" in {one.code for one in plan.found}


def test_the_responsible_unit_never_accepts_its_own_work(session, office, read):
    table = Table(
        headings=("序号", "具体问题", "责任单位", "验收单位", "整改措施", "完成时限"),
        rows=[["1", "某处积水。", "督察科", "督察科", "疏通。", "长期坚持"]],
    )
    result = imported(session, read(table))
    assert "intake.ledger_units_same" in {one.code for one in result.found}
    task = session.scalar(select(Task))
    assert (task.responsible_unit_id, task.accepting_unit_id) == (office["督察科"], None)


def test_an_error_anywhere_keeps_the_whole_table_out(session, office, read):
    table = changed(lambda rows: [*rows, ["1", "又一个问题。", "", "", "疏通。", "长期坚持"]])
    with pytest.raises(LedgerRefused):
        imported(session, read(table))
    assert numbers(session)["campaign"] == 0


def test_a_missing_base_year_keeps_the_table_out(session, office, read):
    with pytest.raises(LedgerRefused):
        imported(session, read(year=None))


def test_the_same_table_of_another_year_is_another_content(session, office, read):
    imported(session, read())
    plan = plan_ledger(session, file=read(year=2025), target=TARGET)
    assert plan.number(Change.CHANGED) == 3
    assert "intake.ledger_base_moved" in {one.code for one in plan.found}


def test_a_table_can_go_into_a_campaign_of_another_name(session, office, read):
    result = imported(session, read(), LedgerTarget(campaign_name="示范整改"))
    assert session.get(Campaign, result.campaign_id).name == "示范整改"


def test_the_source_is_kept_once_with_number_secrecy_and_file(session, office, read):
    table = Table(
        title="整改措施清单（保密）",
        above=("示办发[2024]12号", "填报单位：甲局"),
        rows=[["1", "某处积水。", "甲", "督察科", "疏通。", "长期坚持"]],
    )
    target = LedgerTarget(blob_sha256="ab" * 32)
    result = imported(session, read(table, "docx"), target)
    document = session.scalar(select(SourceDocument))
    assert (document.doc_no, document.secrecy) == ("示办发〔2024〕12号", "secret")
    assert document.blob_sha256 == "ab" * 32
    assert session.get(Campaign, result.campaign_id).document_id == document.document_id
    assert session.scalar(select(Problem)).secrecy == "secret"
    imported(session, read(table, "docx"), target)
    assert session.scalar(select(func.count()).select_from(SourceDocument)) == 1


def test_places_are_offered_once_with_their_reason(session, office, read):
    imported(session, read())
    places = session.execute(
        select(PlaceCandidate.name, PlaceCandidate.why, PlaceCandidate.status).order_by(
            PlaceCandidate.problem_id, PlaceCandidate.seq
        )
    ).all()
    assert {tuple(place) for place in places} == {
        ("东滩镇海堤区域渣土消纳点", "town_part", "open"),
        ("南汇嘴镇观海大堤西侧", "town_part", "open"),
        ("朝汐路8号制砖厂", "address", "open"),
        ("滨海中转站", "facility", "open"),
    }


def test_a_file_with_two_tables_asks_which_one(session, office, tmp_path):
    path = write_xlsx(FULL, tmp_path / "two.xlsx")
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book.active).title = "附件2"
    book.save(path)
    file = read_ledger(path, options=LedgerOptions(year=2024), calendar=shipped_calendar())
    plan = plan_ledger(session, file=file, target=TARGET)
    assert plan.refused
    assert "intake.ledger_sheet_wanted" in {one.code for one in plan.found}
    named = plan_ledger(session, file=file, target=LedgerTarget(sheet="附件2"))
    assert named.number(Change.NEW) == 3


def test_who_sees_only_one_unit_is_told_that_a_number_is_taken(database_engine, read):
    with database_engine.connect() as connection, connection.begin() as everything:
        db = RolledBack(connection, hooks=(scope.install,))
        with db.transaction(SYSTEM) as session:
            unit = Unit(name="示范区督察办", kind=UnitKind.INSPECTION_OFFICE)
            session.add(unit)
            session.flush()
            imported(session, read())
        actor = Actor(
            person_id=unit.unit_id,
            name="外镇",
            unit_id=unit.unit_id,
            source="web",
            roles=frozenset({Role.PLANNER}),
            scope_unit_ids=frozenset(),
            sees_all=False,
        )
        with db.transaction(actor) as session:
            same = plan_ledger(session, file=read(), target=TARGET)
            other = plan_ledger(
                session, file=read(changed(other_deadline)), target=LedgerTarget(may_update=True)
            )
        everything.rollback()
    assert same.changes_nothing
    assert [one.code for one in other.found if one.severity == "error"] == ["intake.ledger_hidden"]


def test_every_change_has_a_name():
    assert set(CHANGE_NAMES) == set(Change)
