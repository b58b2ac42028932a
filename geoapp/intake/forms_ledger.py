"""What a person says about a measures table before it goes in."""

import uuid
from datetime import date

from geoapp.intake.forms import Fields, pairs_of, word
from geoapp.intake.readers_ledger import LedgerOptions
from geoapp.intake.rules_ledger_import import LedgerTarget
from geoapp.ledger.rules import CampaignLevel

YEARS = range(2000, 2101)


def options_of(form: Fields) -> LedgerOptions:
    """Return how the table is to be read; what cannot be a date or a year counts as not given."""
    return LedgerOptions(
        base_on=_day(word(form, "base_on")),
        year=_year(word(form, "year")),
        may_split=not form.get("no_split", ""),
    )


def target_of(form: Fields, *, sha256: str) -> LedgerTarget:
    """Return where the table is to go."""
    level = word(form, "level")
    return LedgerTarget(
        sheet=word(form, "sheet"),
        campaign_name=word(form, "campaign"),
        level=CampaignLevel(level) if level in set(CampaignLevel) else CampaignLevel.OWN,
        may_update=bool(form.get("update", "")),
        blob_sha256=sha256,
        unit_ids=dict(_units(form)),
    )


def _units(form: Fields) -> list[tuple[str, uuid.UUID]]:
    found = []
    for name, chosen in pairs_of(form, "unit_name", "unit_id"):
        try:
            found.append((name, uuid.UUID(chosen)))
        except ValueError:
            continue
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _year(text: str) -> int | None:
    digits = text.removesuffix("年")
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) in YEARS else None
