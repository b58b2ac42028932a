"""Files of points into the database: all rows or none, and the same file twice changes nothing."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Permission, require
from geoapp.accounts.tables import Unit
from geoapp.audit.services import record
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import parse_deadline, shanghai_day
from geoapp.intake.readers_points import PointFile, PointFileOptions, read_points
from geoapp.intake.rules import Findings, RowProblem, Severity, declare
from geoapp.intake.rules_points import PointRow
from geoapp.intake.writers_points import (
    Incoming,
    Settled,
    copy_rows,
    digest_of,
    open_incoming,
    settle,
)
from geoapp.points.rules import Category, State

ROW_DIFFERENT = declare(
    "intake.row_different",
    N_("The row came before with other content; point %(number)s stays as it is."),
    N_("Change the point itself on its page."),
)
CODE_TAKEN = declare(
    "intake.code_taken",
    N_("Another point already has the number %(number)s."),
    N_("Take the number out of the file, or correct it."),
)
ID_TWICE = declare(
    "intake.id_twice",
    N_("The number %(number)s stands in several rows of the file."),
    N_("A number means one point: correct it, or name another column with --column source_id=…"),
)
UNIT_UNKNOWN = declare(
    "intake.unit_unknown",
    N_("There is no unit “%(unit)s”; the name is kept beside the point."),
    N_("Add the unit, or assign the point on its page."),
)
UNITS_SAME = declare(
    "intake.units_same",
    N_("Responsible and accepting unit are both “%(unit)s”; the accepting one is left open."),
)
Told = Callable[[int], None]


@dataclass
class PointImport:
    """What an import did or would do."""

    read: int = 0
    added: int = 0
    unchanged: int = 0
    different: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    refused: bool = False
    mapping: dict[str, dict[str, str]] = field(default_factory=dict)
    sample: list[PointRow] = field(default_factory=list)
    states: Counter[State] = field(default_factory=Counter)
    categories: Counter[Category] = field(default_factory=Counter)
    numbers: dict[Severity, int] = field(default_factory=dict)
    """How many problems there are of each severity, listed or not."""


SAMPLE_ROWS = 10


def _silent(_count: int) -> None:
    """Tell nobody."""


def import_points(  # noqa: PLR0913 - a file, its declaration, and who listens
    session: Session,
    path: Path,
    *,
    options: PointFileOptions,
    prefix: str,
    now: datetime,
    name: str | None = None,
    source: str = "",
    told: Told = _silent,
) -> PointImport:
    """Read *path* and add its points; nothing is added when any row is refused.

    *source* names the data set (default: the file's name): a row is known again by it and by its
    own number. The caller rolls back a refused or tried import.
    """
    require(session.info["actor"], Permission.LEDGER_IMPORT)
    done = PointImport()
    with read_points(path, options, name=name) as file:
        source = source or file.name
        done.mapping = {
            part.name: {which.value: heading for which, heading in part.mapping.items()}
            for part in file.parts
        }
        open_incoming(session)
        known = _Known(session, file.findings)  # asked before COPY takes the connection
        copy_rows(session, _incoming(file, known, done, now=now, told=told))
        done.refused = file.findings.refused
        if not done.refused:
            settled = settle(session, source=source, prefix=prefix, now=now)
            _note(done, settled, file.findings)
        done.problems = list(file.findings)
        done.numbers = {one: file.findings.number(one) for one in Severity}
    if not done.refused and done.added:
        record(
            session,
            action="import",
            entity="point",
            entity_id=source,
            after={"added": done.added, "unchanged": done.unchanged, "file": name or path.name},
        )
    return done


def _note(done: PointImport, settled: Settled, findings: Findings) -> None:
    done.added, done.unchanged = settled.added, settled.unchanged
    done.different = len(settled.different)
    for row, code in settled.different:
        findings.add(ROW_DIFFERENT, Severity.WARNING, row=row, number=code)
    for row, code in settled.codes_taken:
        findings.add(CODE_TAKEN, Severity.ERROR, row=row, number=code)
    for row, number in settled.ids_twice:
        findings.add(ID_TWICE, Severity.ERROR, row=row, number=number)
    done.refused = findings.refused


class _Known:
    """What rows are held against: units by name, asked once, and rows that have no number."""

    def __init__(self, session: Session, findings: Findings) -> None:
        self._ids: dict[str, uuid.UUID] = {}
        self._findings = findings
        self._unknown: set[str] = set()
        self._digests: Counter[str] = Counter()
        for unit_id, name, short in session.execute(
            select(Unit.unit_id, Unit.name, Unit.short_name)
        ):
            for word in filter(None, (name, short)):
                self._ids.setdefault(word, unit_id)

    def find(self, name: str, *, row: int) -> uuid.UUID | None:
        found = self._ids.get(name) if name else None
        if name and found is None:
            if name in self._unknown:
                self._findings.add_again(UNIT_UNKNOWN, Severity.WARNING)
            else:
                self._unknown.add(name)
                self._findings.add(UNIT_UNKNOWN, Severity.WARNING, row=row, unit=name)
        return found

    def own_number(self, digest: str) -> str:
        """Return a number for a row without one: its content, counted when it comes again."""
        self._digests[digest] += 1
        times = self._digests[digest]
        return digest if times == 1 else f"{digest}-{times}"

    def pair(self, row: PointRow) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """Return responsible and accepting unit; never the same."""
        responsible = self.find(row.responsible_unit, row=row.row)
        accepting = self.find(row.accepting_unit, row=row.row)
        if responsible and responsible == accepting:
            unit = row.accepting_unit
            self._findings.add(UNITS_SAME, Severity.WARNING, row=row.row, unit=unit)
            accepting = None
        return responsible, accepting


def _incoming(
    file: PointFile, known: _Known, done: PointImport, *, now: datetime, told: Told
) -> Iterator[Incoming]:
    for batch in file.batches():
        for row in batch:
            done.states[row.status] += 1
            done.categories[row.category] += 1
            yield _convert(row, known, now)
        done.sample.extend(batch[: SAMPLE_ROWS - len(done.sample)])
        done.read += len(batch)
        told(done.read)


def _convert(row: PointRow, known: _Known, now: datetime) -> Incoming:
    found_at = row.found_at or row.updated_at or now
    responsible, accepting = known.pair(row)
    digest = _digest(row)
    unmatched = {
        "responsible_unit": row.responsible_unit if responsible is None else "",
        "accepting_unit": row.accepting_unit if accepting is None else "",
    }
    extra = {**row.extra, **{word: name for word, name in unmatched.items() if name}}
    return Incoming(
        row_no=row.row,
        given_code=row.code,
        source_id=row.source_id or row.code or known.own_number(digest),
        name=row.name,
        category=row.category.value,
        state=row.status.value,
        geometry_wkb=row.geometry_wkb,
        raw_x=row.raw_x,
        raw_y=row.raw_y,
        datum=row.datum,
        address=row.address,
        description=row.text,
        upstream_no=row.upstream_no,
        responsible_unit_id=responsible,
        accepting_unit_id=accepting,
        due_on=_due_on(row, found_at),
        due_text=row.deadline_text,
        found_at=found_at,
        updated_at=row.updated_at or found_at,
        closed_at=row.closed_at,
        extra=extra,
        digest=digest,
    )


def _digest(row: PointRow) -> str:
    return digest_of(
        row.name,
        row.category,
        row.geometry_wkb.hex(),
        row.status,
        row.address,
        row.text,
        row.deadline_text,
        row.responsible_unit,
        row.accepting_unit,
        row.upstream_no,
    )


def _due_on(row: PointRow, found_at: datetime) -> date | None:
    if not row.deadline_text:
        return None
    return parse_deadline(row.deadline_text, base_on=shanghai_day(found_at)).due_on
