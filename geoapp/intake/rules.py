"""What can be wrong in an imported file: one code a cause, its sentence, and where it stands."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext

LISTED_PER_CODE = 200
"""Problems of one code that are listed; the rest are counted, so that a report stays readable."""


class Severity(StrEnum):
    """How much a problem weighs: an error keeps the row out."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True)
class Said:
    """A part of a sentence that is put into words when it is shown, in the reader's language."""

    speak: Callable[[], str]

    @classmethod
    def term(cls, text: str) -> "Said":
        """Return the translation of an ``N_()`` text, later."""
        return cls(partial(gettext, text))

    def __str__(self) -> str:
        return self.speak()


@dataclass(frozen=True)
class Cause:
    """The sentence of a problem code and how to mend it; holes are filled from the data."""

    message: str
    hint: str


_CAUSES: dict[str, Cause] = {}


def declare(code: str, message: str, hint: str = "") -> str:
    """Enter *code* (``intake.cause``) with its ``N_()`` texts into the table; give the code back.

    Raises:
        ValueError: the code is there already with other words.
    """
    cause = Cause(message, hint)
    if _CAUSES.setdefault(code, cause) != cause:
        msg = f"problem code {code!r} is declared twice"
        raise ValueError(msg)
    return code


def declare_error(error: type[DomainError]) -> str:
    """Enter the code and the texts of an error class, for a row that the error would refuse."""
    return declare(error.code, error.message, error.hint)


def causes() -> Mapping[str, Cause]:
    """All declared codes with their texts."""
    return dict(_CAUSES)


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """One thing that is wrong or was decided, and the cell it stands in.

    *row* is the row number that the office sees in its table program, 0 for the whole file;
    *column* is the heading as written, empty for the whole row.
    """

    code: str
    severity: Severity
    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    data: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in _CAUSES:
            msg = f"problem code {self.code!r} is not declared"
            raise ValueError(msg)

    @property
    def text(self) -> str:
        """The sentence with its hint, in the current language."""
        cause = _CAUSES[self.code]
        parts = (gettext(part, **self.data) for part in (cause.message, cause.hint) if part)
        return " ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape that commands print with ``--json``."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "severity": self.severity.value,
            "text": self.text,
        }


@dataclass
class Findings:
    """Problems in the order they were found: all counted, the first of each code listed."""

    file: str = ""
    sheet: str = ""
    listed: list[RowProblem] = field(default_factory=list)
    counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    _listed: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.listed)

    def __iter__(self) -> Iterator[RowProblem]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def add(
        self, code: str, severity: Severity, /, *, row: int = 0, column: str = "", **data: object
    ) -> None:
        """Count the problem, and list it unless its code has filled its share of the list."""
        self.counts[code, severity] += 1
        if self._listed[code] < LISTED_PER_CODE:
            self._listed[code] += 1
            problem = RowProblem(
                code=code,
                severity=severity,
                file=self.file,
                sheet=self.sheet,
                row=row,
                column=column,
                data=data,
            )
            self.listed.append(problem)

    def add_again(self, code: str, severity: Severity) -> None:
        """Count one more of a problem whose first instance says everything (an unknown word)."""
        self.counts[code, severity] += 1

    def number(self, severity: Severity) -> int:
        """How many problems of this *severity* there are, listed or not."""
        return sum(n for (_, one), n in self.counts.items() if one == severity)

    @property
    def refused(self) -> bool:
        """True when something keeps the file, or a row of it, out."""
        return self.number(Severity.ERROR) > 0
