"""A file of points: preview with its columns and words, confirmation all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import shapely
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geoapp.accounts.guard import requires, writing
from geoapp.accounts.rules import Permission
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.geo.shapes import Box
from geoapp.intake.columns_points import Field
from geoapp.intake.forms import Ticket, datum_choices
from geoapp.intake.forms_points import (
    category_choices,
    column_choices,
    options_of,
    state_choices,
    unknown_categories,
    unknown_states,
)
from geoapp.intake.readers_files import TABLES
from geoapp.intake.readers_points import PointFileOptions, read_points
from geoapp.intake.services_points import PointImport, import_points
from geoapp.intake.views_files import groups, no_file, preview_page, said, taken, unpacked
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES
from geoapp.web.state import state


@dataclass
class _Look:
    """What a preview found out before it gave up, if it did."""

    options: PointFileOptions
    headings: tuple[str, ...] = ()
    guessed: Mapping[Field, str] = field(default_factory=dict)
    is_table: bool = True
    done: PointImport | None = None
    trouble: DomainError | None = None


def _options() -> PointFileOptions:
    return options_of(request.form, region=Box(*state().settings.region_box))


def _import(session: Session, ticket: Ticket, look: _Look) -> PointImport:
    with unpacked(ticket) as path:
        with read_points(path, look.options, name=ticket.name) as file:
            look.is_table = file.kind in TABLES
            look.headings = file.parts[0].columns.headings
            look.guessed = file.parts[0].mapping
        return import_points(
            session,
            path,
            options=look.options,
            prefix=state().settings.code_prefix,
            now=datetime.now(UTC),
            name=ticket.name,
            source=request.form.get("source", "").strip(),
        )


def _try(ticket: Ticket, *, keep: bool) -> _Look:
    """Import for good when *keep* and nothing is wrong; otherwise look, and take it back."""
    look = _Look(_options())
    try:
        with writing() as session:
            look.done = _import(session, ticket, look)
            if look.done.refused or not keep:
                session.rollback()
    except DomainError as error:
        look.trouble = error
    return look


@requires(Permission.LEDGER_IMPORT)
def preview_points() -> ResponseReturnValue:
    """Show columns, words, first rows and every problem; nothing stays written."""
    try:
        ticket = taken("points")
    except DomainError as error:
        return no_file(error)
    return _page(ticket, _try(ticket, keep=False))


@requires(Permission.LEDGER_IMPORT)
def import_points_file() -> ResponseReturnValue:
    """Add the points of the file, all or none."""
    try:
        ticket = taken("points")
    except DomainError as error:
        return no_file(error)
    look = _try(ticket, keep=True)
    done = look.done
    if done is None or done.refused or look.trouble:
        return _page(ticket, look)
    counts = {"read": done.read, "added": done.added, "unchanged": done.unchanged}
    return said(
        {
            "kind": "points",
            "file": ticket.name,
            "nothing": not done.added,
            "counts": counts | {"different": done.different},
        }
    )


def _page(ticket: Ticket, look: _Look) -> ResponseReturnValue:
    done = look.done
    problems = done.problems if done else []
    return preview_page(
        "intake/points.html",
        ticket,
        look.trouble,
        refused=done is None or done.refused,
        done=done,
        groups=groups(problems, done.numbers) if done else [],
        headings=[heading for heading in look.headings if heading],
        choices=column_choices(look.options, look.guessed, with_places=look.is_table),
        datums=datum_choices(),
        states=state_choices(),
        categories=category_choices(),
        open_states=unknown_states(problems, look.options),
        open_categories=unknown_categories(problems, look.options),
        state_names=STATE_NAMES,
        category_names=CATEGORY_NAMES,
        sample=_sample(done),
    )


def _sample(done: PointImport | None) -> list[dict[str, str]]:
    rows = []
    for row in done.sample if done else ():
        place = shapely.from_wkb(row.geometry_wkb).representative_point()
        rows.append(
            {
                "row": str(row.row),
                "name": row.name,
                "category": _(CATEGORY_NAMES[row.category]),
                "state": row.status.value,
                "place": f"{place.x:.5f}, {place.y:.5f}",
                "unit": row.responsible_unit,
                "deadline": row.deadline_text,
            }
        )
    return rows


def add_addresses(blueprint: Blueprint) -> None:
    """Give the pages of this module their addresses."""
    blueprint.add_url_rule("/imports/points/previews", view_func=preview_points, methods=["POST"])
    blueprint.add_url_rule("/imports/points", view_func=import_points_file, methods=["POST"])
