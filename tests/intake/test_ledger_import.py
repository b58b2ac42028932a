from datetime import date

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
from geoapp.intake.services_ledger import LedgerRefused, plan_ledger
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
from tests.support.ledger_imports import TARGET, changed, imported, numbers, other_deadline
from tests.support.ledgers import FULL, Table, write_xlsx


def test_a_plan_counts_and_writes_nothing(session, named_units, read_table):
    plan = plan_ledger(session, file=read_table(), target=TARGET)
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


def test_a_ledger_becomes_campaign_problems_tasks_measures_and_places(
    session, named_units, read_table
):
    result = imported(session, read_table())
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


def test_tasks_keep_leader_units_and_the_words_of_their_part(session, named_units, read_table):
    imported(session, read_table())
    whole, part = session.scalars(
        select(Task)
        .join(Problem, Problem.problem_id == Task.problem_id)
        .where(Problem.own_no == "1")
        .order_by(Task.seq)
    )
    assert (whole.lead_leader, whole.description) == ("甲副局长", "")
    assert whole.responsible_unit_id == named_units["市容管理科"]
    assert whole.responsible_text == "市容管理科（负责牵头联系城管中队、东滩镇）"
    assert part.description == "朝汐路 8 号制砖厂存在环境污染隐患。"
    linked = session.execute(select(TaskUnit.task_id, TaskUnit.unit_id, TaskUnit.role)).all()
    assert {tuple(row) for row in linked} == {
        (whole.task_id, named_units["城管中队"], TaskUnitRole.CONTACT),
        (whole.task_id, named_units["东滩镇"], TaskUnitRole.CONTACT),
    }


def test_measures_keep_words_deadline_and_case_number(session, named_units, read_table):
    imported(session, read_table())
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


def test_a_unit_that_is_not_there_is_kept_in_words_and_named_once(session, named_units, read_table):
    plan = plan_ledger(session, file=read_table(), target=TARGET)
    unknown = [one for one in plan.found if one.code == "intake.ledger_unit_unknown"]
    assert [(one.data["name"], one.row, one.severity) for one in unknown] == [
        ("基建科", 9, "warning")
    ]
    imported(session, read_table())
    task = session.scalar(select(Task).where(Task.responsible_text == "基建科"))
    assert task.responsible_unit_id is None


def test_a_unit_of_another_name_can_be_pointed_out(session, named_units, read_table):
    target = LedgerTarget(unit_ids={"基建科": named_units["督察科"]})
    imported(session, read_table(), target)
    task = session.scalar(select(Task).where(Task.responsible_text == "基建科"))
    assert task.responsible_unit_id == named_units["督察科"]


def test_two_units_of_one_name_are_not_chosen_between(session, named_units, read_table):
    town = named_units["东滩镇"]
    session.add(Unit(name="督察科", kind=UnitKind.DEPARTMENT, parent_id=town))
    session.flush()
    plan = plan_ledger(session, file=read_table(), target=TARGET)
    assert "intake.ledger_unit_ambiguous" in {one.code for one in plan.found}


def test_the_responsible_unit_never_accepts_its_own_work(session, named_units, read_table):
    table = Table(
        headings=("序号", "具体问题", "责任单位", "验收单位", "整改措施", "完成时限"),
        rows=[["1", "某处积水。", "督察科", "督察科", "疏通。", "长期坚持"]],
    )
    result = imported(session, read_table(table))
    assert "intake.ledger_units_same" in {one.code for one in result.found}
    task = session.scalar(select(Task))
    assert (task.responsible_unit_id, task.accepting_unit_id) == (named_units["督察科"], None)


def test_an_error_anywhere_keeps_the_whole_table_out(session, named_units, read_table):
    table = changed(lambda rows: [*rows, ["1", "又一个问题。", "", "", "疏通。", "长期坚持"]])
    with pytest.raises(LedgerRefused):
        imported(session, read_table(table))
    assert numbers(session)["campaign"] == 0


def test_a_missing_base_year_keeps_the_table_out(session, named_units, read_table):
    with pytest.raises(LedgerRefused):
        imported(session, read_table(year=None))


def test_the_same_table_of_another_year_is_another_content(session, named_units, read_table):
    imported(session, read_table())
    plan = plan_ledger(session, file=read_table(year=2025), target=TARGET)
    assert plan.number(Change.CHANGED) == 3
    assert "intake.ledger_base_moved" in {one.code for one in plan.found}


def test_a_table_can_go_into_a_campaign_of_another_name(session, named_units, read_table):
    result = imported(session, read_table(), LedgerTarget(campaign_name="示范整改"))
    assert session.get(Campaign, result.campaign_id).name == "示范整改"


def test_the_source_is_kept_once_with_number_secrecy_and_file(session, named_units, read_table):
    table = Table(
        title="整改措施清单（保密）",
        above=("示办发[2024]12号", "填报单位：甲局"),
        rows=[["1", "某处积水。", "甲", "督察科", "疏通。", "长期坚持"]],
    )
    target = LedgerTarget(blob_sha256="ab" * 32)
    result = imported(session, read_table(table, "docx"), target)
    document = session.scalar(select(SourceDocument))
    assert (document.doc_no, document.secrecy) == ("示办发〔2024〕12号", "secret")
    assert document.blob_sha256 == "ab" * 32
    assert session.get(Campaign, result.campaign_id).document_id == document.document_id
    assert session.scalar(select(Problem)).secrecy == "secret"
    imported(session, read_table(table, "docx"), target)
    assert session.scalar(select(func.count()).select_from(SourceDocument)) == 1


def test_places_are_offered_once_with_their_reason(session, named_units, read_table):
    imported(session, read_table())
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


def test_a_file_with_two_tables_asks_which_one(session, named_units, tmp_path):
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


def test_who_sees_only_one_unit_is_told_that_a_number_is_taken(database_engine, read_table):
    with database_engine.connect() as connection, connection.begin() as everything:
        db = RolledBack(connection, hooks=(scope.install,))
        with db.transaction(SYSTEM) as session:
            unit = Unit(name="示范区督察办", kind=UnitKind.INSPECTION_OFFICE)
            session.add(unit)
            session.flush()
            imported(session, read_table())
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
            same = plan_ledger(session, file=read_table(), target=TARGET)
            other = plan_ledger(
                session,
                file=read_table(changed(other_deadline)),
                target=LedgerTarget(may_update=True),
            )
        everything.rollback()
    assert same.changes_nothing
    assert [one.code for one in other.found if one.severity == "error"] == ["intake.ledger_hidden"]


def test_every_change_has_a_name():
    assert set(CHANGE_NAMES) == set(Change)
