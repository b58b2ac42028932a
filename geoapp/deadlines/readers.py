"""Readers of the data shipped with deadlines: the working calendar and the usual time limits."""

import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from geoapp.deadlines.rules import DayStatus, DayTable, LimitUnit

FOLDER = Path(__file__).parent
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ShippedDay:
    """One calendar day as shipped."""

    day: date
    is_workday: bool
    workday_no: int
    name: str
    status: DayStatus
    source: str


@dataclass(frozen=True, slots=True)
class ShippedLimit:
    """One time limit as shipped."""

    event: str
    amount: int
    unit: LimitUnit
    cut_off: time | None
    note: str


def _named_days(data: dict[str, Any]) -> dict[date, tuple[bool, str, str]]:
    """Map each day that a notice names to (worked, holiday, notice)."""
    named: dict[date, tuple[bool, str, str]] = {}
    for notice in data["notice"]:
        for holiday in notice["holidays"]:
            day, last_on = holiday["off"]
            while day <= last_on:
                named[day] = (False, holiday["name"], notice["source"])
                day += timedelta(days=1)
            for worked in holiday.get("worked", ()):
                named[worked] = (True, holiday["name"], notice["source"])
    return named


@cache
def shipped_days() -> tuple[ShippedDay, ...]:
    """Return the whole shipped calendar, day by day, without a gap."""
    data = tomllib.loads((FOLDER / "calendar.toml").read_text(encoding="utf-8"))
    named = _named_days(data)
    fixed = {day: item["name"] for item in data["fixed"] for day in item["days"]}
    count = (data["last_on"] - data["first_on"]).days + 1
    days = [data["first_on"] + timedelta(days=place) for place in range(count)]
    facts: list[tuple[bool, str, DayStatus, str]] = []
    for day in days:
        is_official = day <= data["official_until"]
        status = DayStatus.OFFICIAL if is_official else DayStatus.PREDICTED
        holiday = "" if is_official else fixed.get(day.strftime("%m-%d"), "")
        plain = (day.weekday() < SATURDAY and not holiday, holiday, "")
        is_workday, name, source = named.get(day, plain)
        facts.append((is_workday, name, status, source))
    numbers = accumulate(int(fact[0]) for fact in facts)
    return tuple(
        ShippedDay(day, is_workday, number, name, status, source)
        for day, number, (is_workday, name, status, source) in zip(
            days, numbers, facts, strict=True
        )
    )


@cache
def shipped_calendar() -> DayTable:
    """Return the shipped calendar for counting, where there is no database."""
    days = shipped_days()
    return DayTable(
        first_on=days[0].day,
        numbers=tuple(day.workday_no for day in days),
        official=tuple(day.status is DayStatus.OFFICIAL for day in days),
    )


@cache
def shipped_limits() -> tuple[ShippedLimit, ...]:
    """Return the time limits found in practice."""
    data = tomllib.loads((FOLDER / "limits.toml").read_text(encoding="utf-8"))
    return tuple(
        ShippedLimit(
            event=item["event"],
            amount=item["amount"],
            unit=LimitUnit(item["unit"]),
            cut_off=item.get("cut_off"),
            note=item["note"],
        )
        for item in data["limit"]
    )
