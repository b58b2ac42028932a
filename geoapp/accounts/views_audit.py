"""The audit log for the administrator: look, filter, verify.

Stands here because the log is a floor below the people who may read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import reading, requires
from geoapp.accounts.rules import Permission
from geoapp.audit.columns import COMPUTED
from geoapp.audit.queries import LogFilter, log_entries
from geoapp.audit.rules import WITHHELD
from geoapp.audit.services import DAMAGE_TEXTS, Anchor, AnchorUnreadable, verify
from geoapp.audit.tables import AuditEntry
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.model import Base
from geoapp.web.paging import Key, read_page

blueprint = Blueprint("audit", __name__)

NEWEST_FIRST = [Key(AuditEntry.seq, descending=True)]
SHOWN_TEXT = 120  # characters of a value in the list
LONGEST_WORD = 100

ACTION_NAMES = {
    "insert": N_("created"),
    "update": N_("changed"),
    "delete": N_("deleted"),
    "bulk_insert": N_("many created"),
    "bulk_update": N_("many changed"),
    "bulk_delete": N_("many deleted"),
    "sign_in": N_("signed in"),
    "sign_out": N_("signed out"),
    "sign_in.blocked": N_("sign-in blocked"),
}
ENTITY_NAMES = {
    "unit": N_("Unit"),
    "person": N_("Person"),
    "role_grant": N_("Role"),
    "sign_in_attempt": N_("Sign-in tries"),
    "point": N_("Point"),
    "point_geometry": N_("Geometry of a point"),
    "transition_log": N_("Move of a point"),
    "problem": N_("Problem"),
    "measure": N_("Measure"),
    "task": N_("Task"),
    "campaign": N_("Campaign"),
    "petition": N_("Petition"),
    "visit": N_("Visit"),
    "evidence": N_("Evidence"),
}
STAND_INS = {WITHHELD: N_("(not recorded)"), COMPUTED: N_("(computed)")}
SOURCE_NAMES = {
    "web": N_("Desk"),
    "field": N_("Phone"),
    "cli": N_("Command"),
    "system": N_("System"),
}


@dataclass(frozen=True)
class Change:
    """One value of an entry, as the list shows it."""

    name: str
    old: str
    new: str


def changes_of(entry: AuditEntry) -> list[Change]:
    """What *entry* changed, value by value."""
    before, after = entry.before or {}, entry.after or {}
    return [Change(name, _shown(before, name), _shown(after, name)) for name in {**before, **after}]


def _shown(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if isinstance(value, str) and value in STAND_INS:
        return _(STAND_INS[value])
    text = "" if value is None else str(value)
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…"


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _word(name: str) -> str:
    return request.args.get(name, "").strip()[:LONGEST_WORD]


@requires(Permission.AUDIT_READ)
def log() -> ResponseReturnValue:
    """Show the log, newest first."""
    wanted = LogFilter(
        who=_word("who"),
        action=_word("action"),
        entity=_word("entity"),
        entity_id=_word("entity_id"),
        from_on=_day("from"),
        to_on=_day("to"),
    )
    with reading() as session:
        page = read_page(
            session,
            log_entries(wanted),
            keys=NEWEST_FIRST,
            after=request.args.get("after"),
            before=request.args.get("before"),
        )
    tables = sorted(
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__audited__
    )
    return render_template(
        "audit/log.html",
        page=page,
        wanted=wanted,
        tables=tables,
        changes_of=changes_of,
        action_names=ACTION_NAMES,
        entity_names=ENTITY_NAMES,
        source_names=SOURCE_NAMES,
    )


@requires(Permission.AUDIT_VERIFY)
def verification() -> ResponseReturnValue:
    """Walk the whole chain and say whether it holds; against an anchor kept outside, if given."""
    words = request.form.get("anchor", "").strip()
    try:
        anchor = Anchor.parse(words) if words else None
    except ValueError:
        raise AnchorUnreadable from None
    with reading() as session:
        result = verify(session, anchor=anchor)
    return render_template(
        "audit/verification.html",
        result=result,
        damage=DAMAGE_TEXTS[result.reason] if result.reason else "",
        verified_at=datetime.now(UTC),
    )


blueprint.add_url_rule("/audit", view_func=log)
blueprint.add_url_rule("/audit/verifications", view_func=verification, methods=["POST"])
