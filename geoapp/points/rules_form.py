"""Everything that a person gives along with a move; plain Python."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from geoapp.deadlines.rules import LimitUnit
from geoapp.points.rules import Substantiation

ACCEPTANCE_STANDARDS = 5  # measures, punishment, effect, similar cases, lasting mechanism


@dataclass(frozen=True, kw_only=True)
class MoveForm:
    """What a person gives with a move; what the move does not ask for stays empty."""

    reason: str = ""
    substantiation: Substantiation | None = None
    responsible_unit_id: uuid.UUID | None = None
    accepting_unit_id: uuid.UUID | None = None
    inspector_id: uuid.UUID | None = None
    due_on: date | None = None
    due_text: str = ""
    """The deadline in the original words, such as 长期坚持."""
    main_point_id: uuid.UUID | None = None
    receiving_body: str = ""
    referral_no: str = ""
    proposed_unit_id: uuid.UUID | None = None
    immediate_fix: bool = False
    progress_pct: int | None = None
    failed_items: tuple[str, ...] = ()
    five_checks: tuple[bool, ...] = ()
    """The five acceptance standards, in their order."""
    signature: str = ""
    notice_text: str = ""
    notice_start_on: date | None = None
    notice_days: int | None = None
    notice_unit: LimitUnit = LimitUnit.WORKDAY
    notice_url: str = ""
    objection: str = ""
    proof_text: str = ""
    proof_due_on: date | None = None
    document_no: str = ""
    case_no: str = ""
    evidence_ids: tuple[uuid.UUID, ...] = ()

    def details(self) -> dict[str, Any]:
        """Return what was given as plain JSON, for the log of moves; *reason* stands apart."""
        return {
            item.name: _plain(value)
            for item in fields(self)
            if (value := getattr(self, item.name)) != item.default and item.name != "reason"
        }

    @classmethod
    def from_details(cls, details: Mapping[str, Any], *, reason: str = "") -> "MoveForm":
        """Return the form that ``details()`` came from; keys of others are passed over."""
        known = {item.name for item in fields(cls)}
        given = {
            name: _READ.get(name, _as_is)(value) for name, value in details.items() if name in known
        }
        return cls(**{**given, "reason": reason})


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, bool | int) else str(value)


def _as_is(value: Any) -> Any:
    return value


def _ids(value: Any) -> tuple[uuid.UUID, ...]:
    return tuple(uuid.UUID(part) for part in value)


_READ: dict[str, Callable[[Any], Any]] = {
    "substantiation": Substantiation,
    "responsible_unit_id": uuid.UUID,
    "accepting_unit_id": uuid.UUID,
    "inspector_id": uuid.UUID,
    "main_point_id": uuid.UUID,
    "proposed_unit_id": uuid.UUID,
    "due_on": date.fromisoformat,
    "notice_start_on": date.fromisoformat,
    "proof_due_on": date.fromisoformat,
    "notice_unit": LimitUnit,
    "failed_items": tuple,
    "five_checks": tuple,
    "evidence_ids": _ids,
}
