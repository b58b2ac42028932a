"""Where upper floors plug into a point: facts for its moves, blocks of its page, filters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Actor
from geoapp.points.tables import Point

FactSource = Callable[[Session, Point, Actor, datetime], dict[str, Any]]
"""Some fields of ``rules_facts.Facts``: visits give photos and visits, the ledger measures."""
Narrower = Callable[[str], ColumnElement[bool]]
"""The condition on ``Point`` that one value of a filter in the address means."""


@dataclass(frozen=True, kw_only=True)
class PointPanel:
    """A block on the point's page: *load* gives the data of *template*."""

    key: str
    title: str
    template: str
    load: Callable[[Session, Point, Actor], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Plug:
    """What one upper floor adds to a point."""

    facts: FactSource | None = None
    panels: tuple[PointPanel, ...] = ()
    narrowers: Mapping[str, Narrower] = field(default_factory=dict)


FACT_SOURCES: list[FactSource] = []
PANELS: list[PointPanel] = []
NARROWERS: dict[str, Narrower] = {}


def plug_in(plugs: Iterable[Plug]) -> None:
    """Let *plugs* be all that upper floors add; a second call replaces the first."""
    FACT_SOURCES.clear()
    PANELS.clear()
    NARROWERS.clear()
    for plug in plugs:
        if plug.facts:
            FACT_SOURCES.append(plug.facts)
        PANELS.extend(plug.panels)
        NARROWERS.update(plug.narrowers)
