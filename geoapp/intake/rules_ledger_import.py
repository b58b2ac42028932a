"""What an import of a measures table will change: rows told apart by their content."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import orjson

from geoapp.core.i18n import N_
from geoapp.deadlines.rules_text import fold
from geoapp.intake.rules import RowProblem, Severity, declare
from geoapp.intake.rules_ledger import LedgerMeasure, LedgerProblem, LedgerSheet, LedgerTask
from geoapp.ledger.rules import CampaignLevel

CHANGED = declare(
    "intake.ledger_changed",
    N_("Problem %(own_no)s was imported before with other words."),
    N_("Choose to update, or leave the row out."),
)
UPDATED = declare("intake.ledger_updated", N_("Problem %(own_no)s is brought up to date."))
HIDDEN = declare(
    "intake.ledger_hidden",
    N_("Problem %(own_no)s stands in this campaign already, outside your area, in other words."),
    N_("Ask a planner who sees the whole campaign to import the table."),
)
MISSING = declare(
    "intake.ledger_missing_now",
    N_("Imported before, but no longer in the table: %(own_nos)s. They stay as they are."),
)
UNIT_UNKNOWN = declare(
    "intake.ledger_unit_unknown",
    N_("“%(name)s” is none of the units here; it is kept in words."),
    N_("Add the unit, or say which one is meant."),
)
UNIT_AMBIGUOUS = declare(
    "intake.ledger_unit_ambiguous",
    N_("Several units are called “%(name)s”; it is kept in words."),
    N_("Say which one is meant."),
)
UNITS_SAME = declare(
    "intake.ledger_units_same",
    N_("“%(name)s” is both responsible and accepting; the accepting unit is left open."),
    N_("Name another unit to accept the work."),
)
SHEET_WANTED = declare(
    "intake.ledger_sheet_wanted",
    N_("The file holds several measures tables: %(sheets)s."),
    N_("Name the sheet to import."),
)
MEASURES_LEFT = declare(
    "intake.ledger_measures_left",
    N_("%(count)s earlier measures of problem %(own_no)s are no longer in the table; they stay."),
)
BASE_MOVED = declare(
    "intake.ledger_base_moved",
    N_("This campaign counts from %(before)s, the table from %(now)s."),
    N_("Check the base date of the table."),
)


class Change(StrEnum):
    """What an import does to one problem."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


CHANGE_NAMES = {
    Change.NEW: N_("New"),
    Change.CHANGED: N_("Changed"),
    Change.UNCHANGED: N_("Unchanged"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTarget:
    """Where a measures table goes, as a person says it."""

    sheet: str = ""
    """Which table, if the file has several."""
    campaign_name: str = ""
    """Empty: the title of the table and its reporting unit."""
    level: CampaignLevel = CampaignLevel.OWN
    may_update: bool = False
    """Bring problems that were imported before up to date."""
    blob_sha256: str | None = None
    """The stored file, as the source of the campaign."""
    unit_ids: Mapping[str, uuid.UUID] = field(default_factory=dict)
    """Names of the table that mean a unit with another name here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProblem:
    """One problem of the table and what becomes of it."""

    problem: LedgerProblem
    change: Change
    content_sha256: str
    units: Mapping[str, uuid.UUID]
    """The known units among those that the problem names, by folded name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPlan:
    """What an import would do; nothing has been written."""

    campaign_name: str
    campaign_id: uuid.UUID | None
    """None: the campaign will be made."""
    sheet: LedgerSheet | None
    rows: tuple[PlannedProblem, ...]
    found: tuple[RowProblem, ...]

    @property
    def refused(self) -> bool:
        """True when something has to be mended first."""
        return self.sheet is None or any(
            problem.severity is Severity.ERROR for problem in self.found
        )

    def number(self, change: Change) -> int:
        """How many problems are new, changed or unchanged."""
        return sum(row.change is change for row in self.rows)

    @property
    def changes_nothing(self) -> bool:
        """True when every problem stands in the ledger already, word for word."""
        return bool(self.rows) and self.number(Change.UNCHANGED) == len(self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers that a preview shows."""
        new = [row.problem for row in self.rows if row.change is not Change.UNCHANGED]
        tasks = [task for problem in new for task in problem.tasks]
        return {
            "problems": len(self.rows),
            "new": self.number(Change.NEW),
            "changed": self.number(Change.CHANGED),
            "unchanged": self.number(Change.UNCHANGED),
            "tasks": len(tasks),
            "measures": sum(len(task.measures) for task in tasks),
            "places": sum(len(problem.places) for problem in new),
        }


def content_sha256(problem: LedgerProblem, *, base_on: date | None) -> str:
    """Return the hash of what the row says, blanks and full-width forms aside.

    The base date belongs to it: "9月底" of another year is another deadline.
    """
    content = {
        "numbers": [problem.own_no, problem.upstream_no],
        "text": _plain(problem.text),
        "goal": _plain(problem.goal),
        "types": problem.pollution_types,
        "places": [place.text for place in problem.places],
        "base": base_on.isoformat() if base_on else None,
        "tasks": [_task_content(task) for task in problem.tasks],
    }
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(text: str) -> str:
    return fold(text).text


def _task_content(task: LedgerTask) -> dict[str, object]:
    return {
        "text": _plain(task.text),
        "leader": _plain(task.lead_leader),
        "responsible": _plain(task.responsible_text),
        "person": _plain(task.responsible_person),
        "cooperating": task.cooperating_units,
        "contact": task.contact_units,
        "accepting": _plain(task.accepting_unit),
        "measures": [_measure_content(measure) for measure in task.measures],
    }


def _measure_content(measure: LedgerMeasure) -> list[object]:
    return [
        _plain(measure.marker + measure.text),
        _plain(measure.deadline.text),
        measure.is_done,
        _plain(measure.done_note),
        measure.case_no,
    ]
