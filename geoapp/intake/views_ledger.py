"""A measures table: preview as understood, confirmation all or nothing."""

from datetime import UTC, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geoapp.accounts.guard import reading, requires, writing
from geoapp.accounts.queries import unit_tree
from geoapp.accounts.rules import Permission
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.deadlines.queries import load_calendar
from geoapp.deadlines.rules import KIND_NAMES
from geoapp.intake import rules_ledger_import as found
from geoapp.intake.forms import Ticket
from geoapp.intake.forms_ledger import options_of, target_of
from geoapp.intake.readers_ledger import read_ledger
from geoapp.intake.rules_ledger import LedgerFile
from geoapp.intake.rules_ledger_import import CHANGE_NAMES, LedgerPlan, LedgerTarget
from geoapp.intake.services_ledger import LedgerRefused, import_ledger, plan_ledger
from geoapp.intake.views_files import groups, no_file, preview_page, said, taken, unpacked
from geoapp.ledger.rules import CAMPAIGN_LEVEL_NAMES

ROWS_SHOWN = 200  # of the table as understood; the problems below it are all listed
UNITS_OPEN = (found.UNIT_UNKNOWN, found.UNIT_AMBIGUOUS)


def _read(session: Session, ticket: Ticket) -> tuple[LedgerFile, LedgerTarget]:
    with unpacked(ticket) as path:
        file = read_ledger(
            path,
            name=ticket.name,
            options=options_of(request.form),
            calendar=load_calendar(session),
        )
    return file, target_of(request.form, sha256=ticket.sha256)


@requires(Permission.LEDGER_IMPORT)
def preview_ledger() -> ResponseReturnValue:
    """Show the table as understood, and every problem; nothing is written."""
    try:
        ticket = taken("ledger")
    except DomainError as error:
        return no_file(error)
    return _preview(ticket)


def _preview(ticket: Ticket) -> ResponseReturnValue:
    plan, file, trouble = None, None, None
    with reading() as session:
        units = [(str(row.unit.unit_id), row.indented) for row in unit_tree(session)]
        try:
            file, target = _read(session, ticket)
            plan = plan_ledger(session, file=file, target=target)
        except DomainError as error:
            trouble = error
    return preview_page(
        "intake/ledger.html",
        ticket,
        trouble,
        refused=plan is None or plan.refused,
        plan=plan,
        sheets=_sheets(file),
        rows=plan.rows[:ROWS_SHOWN] if plan else (),
        groups=groups(plan.found) if plan else [],
        units=units,
        open_units=_open_units(plan),
        levels=[(key.value, _(name)) for key, name in CAMPAIGN_LEVEL_NAMES.items()],
        kind_names=KIND_NAMES,
        change_names=CHANGE_NAMES,
    )


def _sheets(file: LedgerFile | None) -> list[tuple[str, str]]:
    names = [sheet.where.sheet for sheet in file.sheets] if file else []
    return [("", _("Please choose")), *((name, name) for name in names)]


def _open_units(plan: LedgerPlan | None) -> list[tuple[str, str]]:
    """Names that need a unit, and those that this form gave one."""
    given = zip(request.form.getlist("unit_name"), request.form.getlist("unit_id"), strict=False)
    words = {name: chosen for name, chosen in given if chosen}
    problems = plan.found if plan else ()
    open_ = {str(one.data["name"]): "" for one in problems if one.code in UNITS_OPEN}
    return sorted((open_ | words).items())


@requires(Permission.LEDGER_IMPORT)
def import_ledger_file() -> ResponseReturnValue:
    """Write the table into the ledger, whole or not at all."""
    try:
        ticket = taken("ledger")
    except DomainError as error:
        return no_file(error)
    try:
        with writing() as session:
            file, target = _read(session, ticket)
            done = import_ledger(session, file=file, target=target, now=datetime.now(UTC))
    except LedgerRefused:
        return _preview(ticket)
    return said(
        {
            "kind": "ledger",
            "file": ticket.name,
            "nothing": done.changed_nothing,
            "campaign": done.plan.campaign_name,
            "campaign_id": str(done.campaign_id),
            "counts": done.plan.counts,
        }
    )


def add_addresses(blueprint: Blueprint) -> None:
    """Give the pages of this module their addresses."""
    blueprint.add_url_rule("/imports/ledger/previews", view_func=preview_ledger, methods=["POST"])
    blueprint.add_url_rule("/imports/ledger", view_func=import_ledger_file, methods=["POST"])
