"""Reader of the checklists shipped with visits."""

import tomllib
from functools import cache
from pathlib import Path

from geoapp.points.rules import Category
from geoapp.visits.rules import VisitMethod
from geoapp.visits.rules_checklist import Checklists, Item

FILE = Path(__file__).parent / "checklists.toml"


class ChecklistsWrong(ValueError):
    """The file of checklists contradicts itself; a mistake of whoever edited it."""


def read_checklists(text: str) -> Checklists:
    """Read checklists from TOML.

    Raises:
        ChecklistsWrong: names the list and the item that does not exist, or the missing list.
    """
    data = tomllib.loads(text)
    items = {key: Item(key, item["zh"], item["en"]) for key, item in data["item"].items()}
    for group in ("category", "method"):
        for name, keys in data[group].items():
            unknown = [key for key in keys if key not in items]
            if unknown:
                raise ChecklistsWrong(f"{group}.{name}: {', '.join(unknown)}")
    missing = [kind.value for kind in Category if kind.value not in data["category"]]
    missing += [kind.value for kind in VisitMethod if kind.value not in data["method"]]
    if missing:
        raise ChecklistsWrong(f"no list for {', '.join(missing)}")
    return Checklists(
        items=items,
        by_category={kind: tuple(data["category"][kind.value]) for kind in Category},
        by_method={kind: tuple(data["method"][kind.value]) for kind in VisitMethod},
    )


@cache
def shipped_checklists() -> Checklists:
    """Return the checklists that come with the app."""
    return read_checklists(FILE.read_text(encoding="utf-8"))
