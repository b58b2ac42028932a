"""What a command says: counts and problems, in words or as one JSON object."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import click
import orjson

from geoapp.core.errors import DomainError
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _

EXIT_REFUSED = 1
SHOWN_PROBLEMS = 50  # a terminal page; --json gives all


class Problem(Protocol):
    """One thing wrong with an input, as the readers of ``intake`` report it."""

    @property
    def file(self) -> str:
        """The input it stands in."""

    @property
    def sheet(self) -> str:
        """Its sheet or layer; empty: there is only one."""

    @property
    def row(self) -> int | None:
        """Its row as people count, from 1; 0 or None: the whole file."""

    @property
    def column(self) -> str:
        """Its column, by heading."""

    @property
    def code(self) -> str:
        """What is wrong, for machines."""

    @property
    def severity(self) -> str:
        """error, warning or note."""

    @property
    def text(self) -> str:
        """The sentence in the current language."""


@dataclass
class Answer:
    """What a command did.

    *counts* are named numbers, *facts* anything else worth saying, *problems* what was wrong.
    """

    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    text: str = ""
    refused: bool = False
    code: str = ""


def _problem_row(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row or None,
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity,
        "text": problem.text,
    }


def _place(problem: Problem) -> str:
    row = "" if not problem.row else _("row %(row)s", row=problem.row)
    column = " ".join(problem.column.split())  # headings may have several lines
    return " ".join(part for part in (problem.file, problem.sheet, row, column) if part)


def _say_problems(problems: Iterable[Problem], total: int) -> None:
    for shown, problem in enumerate(problems):
        if shown == SHOWN_PROBLEMS:
            more = _("… and %(count)s more; --json lists all.", count=total - shown)
            click.echo(more, err=True)
            return
        click.echo(f"  [{problem.severity}] {_place(problem)}: {problem.text}", err=True)


def give(answer: Answer, *, as_json: bool) -> None:
    """Print *answer*; end with code 1 when the command refused."""
    if as_json:
        body = {
            "ok": not answer.refused,
            "code": answer.code or None,
            "text": answer.text,
            "counts": answer.counts,
            **answer.facts,
            "problems": [_problem_row(problem) for problem in answer.problems],
        }
        click.echo(orjson.dumps(body, default=str, option=orjson.OPT_INDENT_2).decode())
    else:
        if answer.text:
            click.echo(answer.text, err=answer.refused)
        for name, count in answer.counts.items():
            click.echo(f"  {name}: {count:,}")
        _say_problems(answer.problems, len(answer.problems))
    if answer.refused:
        sys.exit(EXIT_REFUSED)


def refuse(error: DomainError, *, as_json: bool) -> NoReturn:
    """Say the sentence of *error* and end with code 1."""
    give(Answer(text=str(error), refused=True, code=error.code), as_json=as_json)
    sys.exit(EXIT_REFUSED)


DRY_RUN_DONE = N_("Nothing was written: this was a dry run.")
