"""A measures table as read: sheet, problems, tasks, measures, places named in the words."""

from dataclasses import dataclass, field
from datetime import date

from geoapp.core.i18n import gettext
from geoapp.deadlines.rules import Deadline
from geoapp.intake.rules import RowProblem, Severity
from geoapp.ledger.rules import PLACE_WHY_TEXTS, PlaceWhy
from geoapp.points.rules import Secrecy


@dataclass(frozen=True, slots=True)
class CellRef:
    """Where something stood in the file; two files of one table differ in nothing else."""

    sheet: str = ""
    row: int = 0
    """As the office counts: the row of the sheet, or of the table in a document."""
    address: str = ""
    """``E4`` in a workbook, ``r4c5`` in the table of a document."""


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """Words that seem to name a place; a person puts it on the map, nobody else."""

    text: str
    span: tuple[int, int]
    """Where the words stand in the problem's original text."""
    why: PlaceWhy

    @property
    def reason(self) -> str:
        """Why they were taken for a place, in the current language."""
        return gettext(PLACE_WHY_TEXTS[self.why])


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMeasure:
    """One action, with the deadline that its row gives."""

    seq: int
    text: str
    marker: str = ""
    """The number that stood before it: ``1、``, ``一是``."""
    deadline: Deadline
    is_done: bool = False
    """The deadline or the progress column says so."""
    done_note: str = ""
    """How it is known to be done, in the ledger's words."""
    case_no: str = ""
    where: CellRef = field(default=CellRef(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTask:
    """What one leader and one unit have to do about a problem."""

    text: str
    """The wording of this part: the problem's own, or that of a sub-row."""
    lead_leader: str = ""
    responsible_unit: str = ""
    responsible_text: str = ""
    """The cell of the responsible unit as written."""
    responsible_person: str = ""
    cooperating_units: tuple[str, ...] = ()
    contact_units: tuple[str, ...] = ()
    accepting_unit: str = ""
    measures: tuple[LedgerMeasure, ...] = ()
    where: CellRef = field(default=CellRef(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerProblem:
    """One finding with its two serial numbers."""

    own_no: str
    upstream_no: str = ""
    text: str
    goal: str = ""
    tasks: tuple[LedgerTask, ...] = ()
    places: tuple[PlaceFound, ...] = ()
    pollution_types: tuple[str, ...] = ()
    where: CellRef = field(default=CellRef(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSheet:
    """One measures table with its head lines."""

    title: str = ""
    doc_no: str = ""
    """发文字号, with hexagonal brackets."""
    secrecy: Secrecy | None = None
    """What a mark such as （保密） suggests; none: no mark."""
    reporting_unit: str = ""
    contact: str = ""
    phone: str = ""
    base_text: str = ""
    """The words of the base date as written, such as 自8月29日起."""
    base_on: date | None = None
    problems: tuple[LedgerProblem, ...] = ()
    where: CellRef = field(default=CellRef(), compare=False)

    @property
    def measures(self) -> tuple[LedgerMeasure, ...]:
        """All measures in order."""
        return tuple(
            measure
            for problem in self.problems
            for task in problem.tasks
            for measure in task.measures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """A file as read: its measures tables, and everything that was wrong or decided."""

    name: str
    sheets: tuple[LedgerSheet, ...] = ()
    found: tuple[RowProblem, ...] = field(default=(), compare=False)

    @property
    def refused(self) -> bool:
        """True when something has to be mended before the file can go in."""
        return any(problem.severity is Severity.ERROR for problem in self.found)
