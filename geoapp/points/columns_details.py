"""What was given along with a move, as label and value for people; plain Python."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.deadlines.rules import day_text
from geoapp.points.rules import SUBSTANTIATION_NAMES, Substantiation

DETAIL_NAMES: dict[str, str] = {
    "substantiation": N_("Substantiated?"),
    "responsible_unit_id": N_("Responsible unit"),
    "accepting_unit_id": N_("Accepting unit"),
    "proposed_unit_id": N_("Proposed unit"),
    "due_on": N_("Deadline"),
    "due_text": N_("Deadline in words"),
    "receiving_body": N_("Receiving body"),
    "referral_no": N_("Number of the referral letter"),
    "progress_pct": N_("Progress in percent"),
    "case_no": N_("Enforcement case number"),
    "failed_items": N_("What failed"),
    "five_checks": N_("Five acceptance standards"),
    "signature": N_("Signature"),
    "notice_text": N_("Text of the notice"),
    "notice_start_on": N_("First day of the notice"),
    "notice_ends_on": N_("Last day of the notice"),
    "notice_url": N_("Link to the notice"),
    "objection": N_("Objection that was upheld"),
    "proof_text": N_("How it is proved again"),
    "proof_due_on": N_("Next proof on"),
    "document_no": N_("Number of the document"),
}
"""What the log of moves keeps, in the order in which it is told."""


def told(details: Mapping[str, Any], units: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return *details* of a move as pairs (label, value); *units* gives names for ids."""
    pairs = [
        (_(label), _value(name, details[name], units))
        for name, label in DETAIL_NAMES.items()
        if details.get(name) not in (None, "", [])
    ]
    return [(label, value) for label, value in pairs if value]


def _value(name: str, value: Any, units: Mapping[str, str]) -> str:
    if name.endswith("_unit_id"):
        return units.get(str(value), "")
    if name.endswith("_on"):
        return day_text(date.fromisoformat(str(value)))
    if name == "substantiation":
        return _(SUBSTANTIATION_NAMES[Substantiation(value)])
    if name == "five_checks":
        return f"{sum(map(bool, value))}/{len(value)}"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
