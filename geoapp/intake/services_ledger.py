"""Measures tables into the ledger: first a plan that writes nothing, then all or nothing."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import PurePath

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from geoapp.core.errors import Refused
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import day_text
from geoapp.deadlines.rules_text import fold
from geoapp.intake import rules_ledger_import as found
from geoapp.intake.queries_ledger import (
    KnownProblem,
    find_campaign,
    known_problems,
    units_by_name,
)
from geoapp.intake.rules import Findings, RowProblem, Said, Severity
from geoapp.intake.rules_ledger import LedgerFile, LedgerProblem, LedgerSheet, LedgerTask
from geoapp.intake.rules_ledger_import import (
    Change,
    LedgerPlan,
    LedgerTarget,
    PlannedProblem,
    content_sha256,
)
from geoapp.intake.writers_ledger import LedgerWriter, linked_points
from geoapp.ledger.services import create_campaign, link_point
from geoapp.ledger.tables import Campaign, SourceDocument
from geoapp.points.rules import Secrecy


class LedgerRefused(Refused):
    """The table cannot go in as it is."""

    code = "intake.ledger_refused"
    message = N_("The measures table was not imported: %(count)s errors.")
    hint = N_("Mend the rows that are named, and import it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerImport:
    """What an import did."""

    plan: LedgerPlan
    campaign_id: uuid.UUID
    problem_ids: tuple[uuid.UUID, ...]
    """The problems that were made or brought up to date."""
    found: tuple[RowProblem, ...]

    @property
    def changed_nothing(self) -> bool:
        """True when the ledger held everything already."""
        return not self.problem_ids


def plan_ledger(session: Session, *, file: LedgerFile, target: LedgerTarget) -> LedgerPlan:
    """Say what importing *file* would change; write nothing."""
    findings = Findings(file=file.name)
    sheet = _choose_sheet(file, target, findings)
    if sheet is None:
        return LedgerPlan(
            campaign_name=target.campaign_name,
            campaign_id=None,
            sheet=None,
            rows=(),
            found=(*file.found, *findings),
        )
    findings.sheet = sheet.where.sheet
    name = target.campaign_name or _campaign_name(file, sheet)
    campaign = find_campaign(session, name)
    known = known_problems(session, campaign.campaign_id) if campaign else {}
    if campaign is not None:
        _compare_base(campaign, sheet, findings)
    units = _UnitFinder(units_by_name(session), target, findings)
    rows = tuple(_plan_problem(problem, sheet.base_on, known, units) for problem in sheet.problems)
    _say_changes(rows, known, target, findings)
    read = (one for one in file.found if one.sheet in {"", sheet.where.sheet})
    return LedgerPlan(
        campaign_name=name,
        campaign_id=campaign.campaign_id if campaign else None,
        sheet=sheet,
        rows=rows,
        found=(*read, *findings),
    )


def import_ledger(
    session: Session, *, file: LedgerFile, target: LedgerTarget, now: datetime
) -> LedgerImport:
    """Write the measures table into the ledger; the same content again changes nothing.

    Raises:
        LedgerRefused: an error stands in the plan; nothing has been written.
    """
    # two imports of one table at once would make the campaign twice
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("ledger import"))))
    plan = plan_ledger(session, file=file, target=target)
    sheet = plan.sheet
    if plan.refused or sheet is None:
        errors = sum(one.severity is Severity.ERROR for one in plan.found)
        raise LedgerRefused(count=errors)
    campaign_id = plan.campaign_id
    if campaign_id is not None and plan.changes_nothing:  # not even its document is new
        return LedgerImport(plan=plan, campaign_id=campaign_id, problem_ids=(), found=plan.found)
    if campaign_id is None:
        campaign_id = _make_campaign(session, plan, sheet, target).campaign_id
    writer = LedgerWriter(session, campaign_id, _document(session, sheet, target), sheet, now)
    problem_ids: list[uuid.UUID] = []
    for seq, row in enumerate(plan.rows, start=1):
        if row.change is not Change.UNCHANGED:
            problem_ids.append(writer.write(row, seq=seq).problem_id)
    for problem_id in problem_ids:
        for point_id in linked_points(session, problem_id):
            link_point(session, problem_id=problem_id, point_id=point_id)  # its lamp follows
    return LedgerImport(
        plan=plan,
        campaign_id=campaign_id,
        problem_ids=tuple(problem_ids),
        found=(*plan.found, *_left(file, sheet, writer)),
    )


def _choose_sheet(file: LedgerFile, target: LedgerTarget, findings: Findings) -> LedgerSheet | None:
    named = [sheet for sheet in file.sheets if target.sheet in {"", sheet.where.sheet}]
    if len(named) == 1:
        return named[0]
    if file.sheets:
        names = "、".join(sheet.where.sheet for sheet in file.sheets)
        findings.add(found.SHEET_WANTED, Severity.ERROR, sheets=names)
    return None


def _campaign_name(file: LedgerFile, sheet: LedgerSheet) -> str:
    title = sheet.title or PurePath(file.name).stem
    return f"{title}（{sheet.reporting_unit}）" if sheet.reporting_unit else title


def _compare_base(campaign: Campaign, sheet: LedgerSheet, findings: Findings) -> None:
    before, now = campaign.base_on, sheet.base_on
    if before is not None and now is not None and before != now:
        findings.add(
            found.BASE_MOVED,
            Severity.WARNING,
            before=Said(partial(day_text, before)),
            now=Said(partial(day_text, now)),
        )


def _plan_problem(
    problem: LedgerProblem,
    base_on: date | None,
    known: dict[str, KnownProblem],
    units: "_UnitFinder",
) -> PlannedProblem:
    digest = content_sha256(problem, base_on=base_on)
    before = known.get(problem.own_no)
    if before is None:
        change = Change.NEW
    else:
        same = before.content_sha256 == digest
        change = Change.UNCHANGED if same else Change.CHANGED
    return PlannedProblem(
        problem=problem, change=change, content_sha256=digest, units=units.of(problem)
    )


def _say_changes(
    rows: tuple[PlannedProblem, ...],
    known: dict[str, KnownProblem],
    target: LedgerTarget,
    findings: Findings,
) -> None:
    for row in rows:
        if row.change is not Change.CHANGED:
            continue
        if not known[row.problem.own_no].is_visible:
            findings.add(
                found.HIDDEN,
                Severity.ERROR,
                row=row.problem.where.row,
                own_no=row.problem.own_no,
            )
        else:
            findings.add(
                found.UPDATED if target.may_update else found.CHANGED,
                Severity.NOTICE if target.may_update else Severity.ERROR,
                row=row.problem.where.row,
                own_no=row.problem.own_no,
            )
    named = {row.problem.own_no for row in rows}
    missing = [no for no, one in known.items() if one.is_visible and no not in named]
    if missing:
        findings.add(found.MISSING, Severity.NOTICE, own_nos="、".join(missing))


@dataclass(slots=True)
class _UnitFinder:
    """Finds the units that a table names, and says once which ones are not there."""

    known: dict[str, frozenset[uuid.UUID]]
    target: LedgerTarget
    findings: Findings

    def of(self, problem: LedgerProblem) -> dict[str, uuid.UUID]:
        found_units: dict[str, uuid.UUID] = {}
        for task in problem.tasks:
            for name in _unit_names(task):
                unit_id = self._find(name, task.where.row)
                if unit_id is not None:
                    found_units[fold(name).text] = unit_id
            same = fold(task.accepting_unit).text == fold(task.responsible_unit).text
            if task.accepting_unit and same:
                self._say(found.UNITS_SAME, task.accepting_unit, task.where.row)
        return found_units

    def _find(self, name: str, row: int) -> uuid.UUID | None:
        given = self.target.unit_ids.get(name)
        if given is not None:
            return given
        ids = self.known.get(fold(name).text, frozenset())
        if len(ids) == 1:
            return next(iter(ids))
        self._say(found.UNIT_AMBIGUOUS if ids else found.UNIT_UNKNOWN, name, row)
        return None

    def _say(self, code: str, name: str, row: int) -> None:
        if not any(one.code == code and one.data["name"] == name for one in self.findings):
            self.findings.add(code, Severity.WARNING, row=row, name=name)


def _unit_names(task: LedgerTask) -> tuple[str, ...]:
    names = (
        task.responsible_unit,
        *task.cooperating_units,
        *task.contact_units,
        task.accepting_unit,
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _make_campaign(
    session: Session, plan: LedgerPlan, sheet: LedgerSheet, target: LedgerTarget
) -> Campaign:
    campaign = create_campaign(
        session, name=plan.campaign_name, level=target.level, base_on=sheet.base_on
    )
    campaign.starts_on = sheet.base_on
    campaign.reporting_unit = sheet.reporting_unit
    campaign.contact, campaign.contact_phone = sheet.contact, sheet.phone
    campaign.document_id = _document(session, sheet, target)
    session.flush()
    return campaign


def _document(session: Session, sheet: LedgerSheet, target: LedgerTarget) -> uuid.UUID | None:
    """Return the source document, made once by its number or its bytes; None: nothing known."""
    same = []
    if sheet.doc_no:
        same.append(SourceDocument.doc_no == sheet.doc_no)
    if target.blob_sha256:
        same.append(SourceDocument.blob_sha256 == target.blob_sha256)
    if not same:
        return None
    found_id = session.scalar(select(SourceDocument.document_id).where(or_(*same)).limit(1))
    if found_id is not None:
        return found_id
    document = SourceDocument(
        doc_no=sheet.doc_no,
        title=sheet.title,
        secrecy=sheet.secrecy or Secrecy.INTERNAL,
        blob_sha256=target.blob_sha256,
    )
    session.add(document)
    session.flush()
    return document.document_id


def _left(file: LedgerFile, sheet: LedgerSheet, writer: LedgerWriter) -> Findings:
    findings = Findings(file=file.name, sheet=sheet.where.sheet)
    for own_no, count in writer.left.items():
        findings.add(found.MEASURES_LEFT, Severity.NOTICE, own_no=own_no, count=count)
    return findings
