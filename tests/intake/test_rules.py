import pytest

from geoapp.core.i18n import use_language
from geoapp.intake.rules import (
    LISTED_PER_CODE,
    Findings,
    RowProblem,
    Said,
    Severity,
    causes,
    declare,
)
from geoapp.intake.rules_found import NUL_CHARACTER, PLACE_MISSING, STATUS_UNKNOWN


def test_a_problem_says_its_sentence_in_the_language_of_the_reader():
    problem = RowProblem(code=PLACE_MISSING, severity=Severity.ERROR, file="点位.csv", row=7)
    with use_language("en"):
        assert problem.text == "The row has no position."
    assert problem.text == "本行没有位置坐标。"


def test_a_problem_is_printed_with_its_place():
    problem = RowProblem(
        code=NUL_CHARACTER, severity=Severity.ERROR, file="a.csv", sheet="S", row=3, column="名称"
    )
    printed = problem.as_dict()
    assert printed.pop("text")
    assert printed == {
        "file": "a.csv",
        "sheet": "S",
        "row": 3,
        "column": "名称",
        "code": "intake.nul_character",
        "severity": "error",
    }


def test_an_undeclared_code_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="not declared"):
        RowProblem(code="intake.made_up", severity=Severity.ERROR)


def test_a_code_keeps_its_words():
    known = causes()[STATUS_UNKNOWN]
    assert declare(STATUS_UNKNOWN, known.message, known.hint) == STATUS_UNKNOWN
    with pytest.raises(ValueError, match="declared twice"):
        declare(STATUS_UNKNOWN, "Other words.")


def test_findings_count_everything_and_list_the_first_of_each_code():
    findings = Findings(file="a.csv")
    assert not findings
    assert not findings.refused
    for row in range(LISTED_PER_CODE + 50):
        findings.add(PLACE_MISSING, Severity.WARNING, row=row)
    findings.add(NUL_CHARACTER, Severity.ERROR, row=9)
    findings.add_again(NUL_CHARACTER, Severity.ERROR)
    assert findings.number(Severity.WARNING) == LISTED_PER_CODE + 50
    assert findings.number(Severity.ERROR) == 2
    assert len(findings) == LISTED_PER_CODE + 1
    assert [problem.row for problem in findings][-1] == 9
    assert findings.refused


def test_a_term_inside_a_sentence_is_translated_when_it_is_shown():
    term = Said.term("Brick factory")
    with use_language("en"):
        assert str(term) == "Brick factory"
    assert str(term) == "制砖厂"
