"""``geoapp import``: measures tables, point files and layers, each all or nothing."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import click

from geoapp.accounts.rules import SYSTEM
from geoapp.cli.layers import layer, outcome, weights, worst_first
from geoapp.cli.output import Answer, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core.blobs import BlobStore
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings
from geoapp.deadlines.queries import load_calendar
from geoapp.geo.shapes import Box
from geoapp.intake.columns_points import Field
from geoapp.intake.readers_ledger import LedgerOptions, read_ledger
from geoapp.intake.readers_points import PointFileOptions
from geoapp.intake.rules_ledger_import import LedgerPlan, LedgerTarget
from geoapp.intake.rules_points import IMPORTABLE_STATES
from geoapp.intake.services_ledger import import_ledger, plan_ledger
from geoapp.intake.services_points import PointImport, import_points
from geoapp.ledger.rules import CampaignLevel
from geoapp.points.rules import Category, State

CLI = replace(SYSTEM, source="cli")
LEVEL = click.Choice([one.value for one in CampaignLevel])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CHANGED = N_("%(new)s problems are new and %(changed)s brought up to date in “%(campaign)s”.")
NOTHING = N_("“%(campaign)s” holds all of this already: nothing changed.")
POINTS_IN = N_("%(added)s points are in; %(unchanged)s were there already.")
POINTS_SAME = N_("All %(unchanged)s rows were there already: nothing changed.")
READ = N_("%(count)s rows read")
LINE_WIDTH = 40

Word = TypeVar("Word", bound=StrEnum)


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(group)


@click.group(name="import")
def group() -> None:
    """Bring in a measures table, a file of points, or a map layer."""


group.add_command(layer)


@group.command()
@click.argument("file", type=FILE)
@click.option("--campaign", default="", help="Its name; default: the title of the table.")
@click.option("--level", type=LEVEL, default=CampaignLevel.OWN.value)
@click.option("--year", type=click.IntRange(2000, 2100), help="Of a base date without a year.")
@click.option("--base-on", type=click.DateTime(["%Y-%m-%d"]), help="Deadlines count from here.")
@click.option("--sheet", default="", help="Which table, if the file holds several.")
@click.option("--no-split", is_flag=True, help="Keep numbered measures of one cell together.")
@click.option("--update", is_flag=True, help="Bring problems imported before up to date.")
@dry_run_option
@shared_options
def ledger(  # noqa: PLR0913 - the options of the command
    file: Path,
    *,
    settings: Settings,
    as_json: bool,
    campaign: str,
    level: str,
    year: int | None,
    base_on: datetime | None,
    sheet: str,
    no_split: bool,
    update: bool,
    dry_run: bool,
) -> None:
    """Bring a measures table (.xlsx or .docx) into the ledger; a repeat changes nothing."""
    day = _day(base_on)
    read = LedgerOptions(base_on=day, year=year, may_split=not no_split)
    target = LedgerTarget(
        sheet=sheet, campaign_name=campaign, level=CampaignLevel(level), may_update=update
    )
    with opened(settings) as state, state.database.transaction(CLI) as session:
        table = read_ledger(file, options=read, calendar=load_calendar(session))
        plan = plan_ledger(session, file=table, target=target)
        if not (plan.refused or dry_run):
            target = replace(target, blob_sha256=_keep(state.blobs, file))
            done = import_ledger(session, file=table, target=target, now=datetime.now(UTC))
            plan = replace(done.plan, campaign_id=done.campaign_id, found=done.found)
        if plan.refused or dry_run:
            session.rollback()
    give(_answer_ledger(plan, file, dry_run=dry_run), as_json=as_json)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _keep(blobs: BlobStore, file: Path) -> str:
    with file.open("rb") as stream:
        return blobs.put(stream).sha256


def _answer_ledger(plan: LedgerPlan, file: Path, *, dry_run: bool) -> Answer:
    text = _(
        NOTHING if plan.changes_nothing else CHANGED, campaign=plan.campaign_name, **plan.counts
    )
    return Answer(
        text=outcome(text, file, refused=plan.refused, dry_run=dry_run),
        counts={**plan.counts, **weights(Counter(one.severity for one in plan.found))},
        facts={
            "campaign": plan.campaign_name,
            "campaign_id": plan.campaign_id,
            "base_on": plan.sheet.base_on if plan.sheet else None,
            "case_numbers": _cases(plan),
            "dry_run": dry_run,
        },
        problems=worst_first(plan.found),
        refused=plan.refused,
        code="intake.ledger_refused" if plan.refused else "",
    )


def _cases(plan: LedgerPlan) -> list[str]:
    measures = plan.sheet.measures if plan.sheet else ()
    return sorted({one.case_no for one in measures if one.case_no})


@group.command()
@click.argument("file", type=FILE)
@click.option("--datum", required=True, help="wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file.")
@click.option(
    "--category",
    type=click.Choice([one.value for one in Category]),
    help="Of rows without a known one.",
)
@click.option(
    "--state",
    type=click.Choice([one.value for one in IMPORTABLE_STATES]),
    help="Of rows without one.",
)
@click.option("--column", "columns", multiple=True, help="field=heading, as often as needed.")
@click.option("--status-word", multiple=True, help="word=state, as often as needed.")
@click.option("--category-word", multiple=True, help="word=category, as often as needed.")
@click.option("--layer", "inner", default="", help="Which sheet or layer of the file.")
@click.option("--source", default="", help="Name of the data set; default: the file's name.")
@dry_run_option
@shared_options
def points(
    file: Path,
    *,
    settings: Settings,
    as_json: bool,
    source: str,
    dry_run: bool,
    **said: Any,
) -> None:
    """Bring in points from CSV, XLSX, GeoJSON, GeoPackage, KML or a shapefile."""
    options = _point_options(settings, **said)
    with (
        opened(settings) as app,
        _progress(as_json=as_json) as told,
        app.database.transaction(CLI) as session,
    ):
        done = import_points(
            session,
            file,
            options=options,
            prefix=settings.code_prefix,
            now=datetime.now(UTC),
            source=source,
            told=told,
        )
        if dry_run or done.refused:
            session.rollback()
    give(_answer_points(done, file, dry_run=dry_run), as_json=as_json)


def _point_options(settings: Settings, **said: Any) -> PointFileOptions:
    return PointFileOptions(
        datum=said["datum"],
        columns={which: text for text, which in _pairs(said["columns"], Field, turned=True)},
        states=dict(_pairs(said["status_word"], State)),
        categories=dict(_pairs(said["category_word"], Category)),
        state=State(said["state"]) if said["state"] else None,
        category=Category(said["category"]) if said["category"] else None,
        region=Box(*settings.region_box),
        layer=said["inner"],
    )


def _pairs(
    given: Iterable[str], kind: type[Word], *, turned: bool = False
) -> Iterator[tuple[str, Word]]:
    """Read ``word=value``, or ``value=word`` when *turned*."""
    for text in given:
        left, sign, right = text.partition("=") if turned else text.rpartition("=")
        value, word = (left, right) if turned else (right, left)
        known = ", ".join(kind)
        if not sign or value not in set(kind) or not word:
            raise click.BadParameter(_("“%(words)s”: one of %(known)s.", words=text, known=known))
        yield word, kind(value)


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Callable[[int], None]]:
    """Keep one line about the rows read on a terminal; elsewhere say nothing."""
    if as_json or not sys.stderr.isatty():
        yield lambda _count: None
        return
    try:
        yield lambda count: click.echo(
            f"\r{_(READ, count=f'{count:,}'):<{LINE_WIDTH}}", nl=False, err=True
        )
    finally:
        click.echo("", err=True)


def _answer_points(done: PointImport, file: Path, *, dry_run: bool) -> Answer:
    same = not done.added and done.unchanged == done.read
    text = _(POINTS_SAME if same else POINTS_IN, added=done.added, unchanged=done.unchanged)
    return Answer(
        text=outcome(text, file, refused=done.refused, dry_run=dry_run),
        counts={
            "read": done.read,
            "added": done.added,
            "unchanged": done.unchanged,
            "different": done.different,
            **weights(done.numbers),
        },
        facts={"columns": done.mapping, "dry_run": dry_run},
        problems=worst_first(done.problems),
        refused=done.refused,
        code="intake.points_refused" if done.refused else "",
    )
