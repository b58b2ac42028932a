"""The same table a second time: nothing twice, nothing lost, and no change unasked."""

from datetime import date

import pytest
from sqlalchemy import select

from geoapp.intake.rules_ledger_import import Change, LedgerTarget
from geoapp.intake.services_ledger import LedgerRefused, plan_ledger
from geoapp.ledger.tables import (
    Measure,
    Problem,
)
from tests.support.ledger_imports import NOW, TARGET, changed, imported, numbers, other_deadline


def test_a_second_import_changes_nothing_and_says_so(session, named_units, read_table):
    first = imported(session, read_table())
    before = numbers(session)
    versions = list(session.execute(select(Problem.problem_id, Problem.row_version)))
    again = imported(session, read_table())
    assert (first.changed_nothing, again.changed_nothing) == (False, True)
    assert again.plan.changes_nothing
    assert numbers(session) == before
    assert list(session.execute(select(Problem.problem_id, Problem.row_version))) == versions


def test_the_document_of_the_same_table_changes_nothing_either(session, named_units, read_table):
    imported(session, read_table(kind="xlsx"))
    assert imported(session, read_table(kind="docx")).changed_nothing


def test_full_width_forms_and_blanks_are_no_change(session, named_units, read_table):
    imported(session, read_table())
    table = changed(lambda rows: [*rows[:4], ["２ 、 举一反三， 全面排查。", "３月中旬"], rows[5]])
    assert imported(session, read_table(table)).changed_nothing


def test_a_changed_row_is_refused_unless_an_update_is_wanted(session, named_units, read_table):
    imported(session, read_table())
    file = read_table(changed(other_deadline))
    plan = plan_ledger(session, file=file, target=TARGET)
    (error,) = [one for one in plan.found if one.severity == "error"]
    assert (error.code, error.row, error.data["own_no"]) == ("intake.ledger_changed", 7, "2")
    with pytest.raises(LedgerRefused) as refused:
        imported(session, file)
    assert refused.value.data == {"count": 1}


def test_an_update_changes_the_named_problem_and_keeps_what_was_done(
    session, named_units, read_table
):
    imported(session, read_table())
    kept = session.scalar(select(Measure).where(Measure.description == "1、补充审议招标事宜。"))
    kept.done_at, kept.progress_pct = NOW, 100
    session.flush()
    before = numbers(session)
    result = imported(session, read_table(changed(other_deadline)), LedgerTarget(may_update=True))
    assert [row.change for row in result.plan.rows] == [
        Change.UNCHANGED,
        Change.CHANGED,
        Change.UNCHANGED,
    ]
    assert numbers(session) == before
    moved = session.scalar(select(Measure).where(Measure.due_text == "4月底"))
    assert moved.due_on == date(2024, 4, 30)
    assert (kept.done_at, kept.progress_pct) == (NOW, 100)


def test_measures_that_left_the_table_stay_and_are_named(session, named_units, read_table):
    imported(session, read_table())
    file = read_table(
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


def test_problems_that_left_the_table_stay_and_are_named(session, named_units, read_table):
    imported(session, read_table())
    result = imported(session, read_table(changed(lambda rows: rows[:5])))
    missing = next(one for one in result.found if one.code == "intake.ledger_missing_now")
    assert missing.data == {"own_nos": "3"}
    assert numbers(session)["problem"] == 3
