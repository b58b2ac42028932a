"""Readers of the files of the demo story."""

import csv
from functools import cache
from pathlib import Path

from geoapp.accounts.rules import Role, UnitKind
from geoapp.demo.columns import PersonRow, UnitRow

FOLDER = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def unit_rows() -> tuple[UnitRow, ...]:
    """Return the units, each after its parent."""
    return tuple(UnitRow(**row | {"kind": UnitKind(row["kind"])}) for row in _rows("units.csv"))  # type: ignore[arg-type]


@cache
def person_rows() -> tuple[PersonRow, ...]:
    """Return the people."""
    return tuple(
        PersonRow(
            login=row["login"],
            name=row["name"],
            role=Role(row["role"]),
            unit=row["unit"],
            grant_unit=row["grant_unit"],
            signs_in=bool(row["signs_in"]),
        )
        for row in _rows("people.csv")
    )
