"""Which fields a page shows for a move, and how they are read back."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.deadlines.rules import LimitUnit
from geoapp.points.forms import LONGEST_TEXT, ValueWrong
from geoapp.points.protocol import Need
from geoapp.points.queries import find_by_code
from geoapp.points.rules import Substantiation
from geoapp.points.rules_form import ACCEPTANCE_STANDARDS, MoveForm

STANDARD_TEXTS = (
    N_("All measures are carried out."),
    N_("The offence has been punished."),
    N_("The effect meets the standard."),
    N_("Similar cases have been looked for and rectified."),
    N_("A lasting mechanism stops it at the source."),
)
"""The five acceptance standards, in the order of ``MoveForm.five_checks``."""

FIELDS_OF_NEED: dict[Need, tuple[str, ...]] = {
    Need.SUBSTANTIATION: ("substantiation",),
    Need.RESPONSIBLE_UNIT: ("responsible_unit_id",),
    Need.ACCEPTING_UNIT: ("accepting_unit_id",),
    Need.UNITS_DIFFER: ("accepting_unit_id",),
    Need.DEADLINE: ("due_on", "due_text", "inspector_id"),
    Need.NEW_DEADLINE: ("due_on",),
    Need.REASON: ("reason",),
    Need.MAIN_POINT: ("main_code",),
    Need.RECEIVING_BODY: ("receiving_body",),
    Need.REFERRAL_NO: ("referral_no",),
    Need.PROPOSED_UNIT: ("proposed_unit_id",),
    Need.IMMEDIATE_FIX: ("immediate_fix",),
    Need.CASE_PLAN: ("document_no",),
    Need.PROGRESS: ("progress_pct",),
    Need.CASE_NO: ("case_no",),
    Need.FAILED_ITEMS: ("failed_items",),
    Need.FIVE_CHECKS: ("five_checks",),
    Need.SIGNATURE: ("signature",),
    Need.NOTICE: ("notice_text", "notice_start_on", "notice_days", "notice_unit"),
    Need.NOTICE_PROOF: ("notice_url",),
    Need.NO_NOTICE_NEEDED: ("document_no",),
    Need.OBJECTION: ("objection",),
    Need.PROOF_PLAN: ("proof_text", "proof_due_on"),
    Need.DOCUMENT: ("document_no",),
}
"""Which fields of the page answer a need; needs without fields rest on photos, visits, clocks."""

OPTIONAL_FIELDS = frozenset({"due_text", "inspector_id", "notice_unit"})
"""Never marked as missing: a day answers the need as well, or the field has a value already."""


class MainPointUnknown(BadInput):
    """The number of the main point is no number of ours."""

    code = "point.main_unknown"
    message = N_("There is no point %(code)s.")
    hint = N_("Give the number as it stands in the list, such as PDZQ-2026-BRK-0001.")


def fields_of(needs: tuple[Need, ...]) -> tuple[str, ...]:
    """Return the fields that a page shows for *needs*; a reason may always be given."""
    names = [name for need in needs for name in FIELDS_OF_NEED.get(need, ())]
    return tuple(dict.fromkeys([*names, "reason"]))


def wanted_fields(needs: tuple[Need, ...]) -> frozenset[str]:
    """Return the fields that have to be filled in for *needs*, those still missing."""
    return frozenset(name for need in needs for name in FIELDS_OF_NEED.get(need, ())) - (
        OPTIONAL_FIELDS
    )


def unanswerable(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """Return those of *needs* that no field of the page can give."""
    return tuple(need for need in needs if need not in FIELDS_OF_NEED)


def read_move_form(session: Session, args: MultiDict[str, str]) -> MoveForm:
    """Read the fields of a move from its page.

    ``main_code`` is the main point's number; ``failed_items`` (one a line) and ``evidence_ids``
    repeat their name; ``five_checks`` repeats with the numbers 0 to 4 of the standards ticked.

    Raises:
        ValueWrong: a date, number or unit cannot be read.
        MainPointUnknown: no point has the number given.
    """
    values = {
        name: _value(name, raw, read)
        for name, read in _READ.items()
        if (raw := args.get(name, "").strip())
    }
    ticked = set(args.getlist("five_checks"))
    if ticked:
        values["five_checks"] = tuple(str(n) in ticked for n in range(ACCEPTANCE_STANDARDS))
    values["failed_items"] = tuple(
        line.strip()
        for item in args.getlist("failed_items")
        for line in item.splitlines()
        if line.strip()
    )
    values["evidence_ids"] = tuple(
        _value("evidence_ids", raw, uuid.UUID) for raw in args.getlist("evidence_ids")
    )
    if code := args.get("main_code", "").strip():
        main = find_by_code(session, code)
        if main is None:
            raise MainPointUnknown(code=code[:40])
        values["main_point_id"] = main.point_id
    return MoveForm(**values)


def _value(name: str, raw: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(raw[:LONGEST_TEXT])
    except ValueError:
        raise ValueWrong(name=name, value=raw[:40]) from None


_TEXTS = (
    "reason",
    "due_text",
    "receiving_body",
    "referral_no",
    "signature",
    "notice_text",
    "notice_url",
    "objection",
    "proof_text",
    "document_no",
    "case_no",
)
_IDS = ("responsible_unit_id", "accepting_unit_id", "inspector_id", "proposed_unit_id")
_DAYS = ("due_on", "notice_start_on", "proof_due_on")
_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(_IDS, uuid.UUID),
    **dict.fromkeys(_DAYS, date.fromisoformat),
    "progress_pct": int,
    "notice_days": int,
    "notice_unit": LimitUnit,
    "substantiation": Substantiation,
    "immediate_fix": bool,
}
