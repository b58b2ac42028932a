"""``geoapp import layer`` and ``geoapp layers``: map layers of the office's own."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.cli.output import DRY_RUN_DONE, Answer, Problem, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings
from geoapp.intake.readers_layers import LayerFileOptions
from geoapp.intake.rules import RowProblem, Severity
from geoapp.intake.services_layers import (
    LEVEL_NAMES,
    AreaOptions,
    LayerDeclaration,
    LayerImport,
    Outcome,
    import_layer,
    remove_layer,
)
from geoapp.points.queries_layers import imported_layers
from geoapp.points.tables_layers import LayerFeature

CLI = replace(SYSTEM, source="cli")
OUTCOME_TEXTS = {
    Outcome.ADDED: N_("The layer %(name)s is in, with %(count)s shapes."),
    Outcome.REPLACED: N_(
        "The layer %(name)s held other content: its %(before)s shapes were replaced by %(count)s."
    ),
    Outcome.DESCRIBED: N_("The shapes of %(name)s stay; its title or origin was brought up."),
    Outcome.UNCHANGED: N_("The layer %(name)s holds exactly this already: nothing changed."),
}
REFUSED = N_("The file %(file)s was not imported: nothing was written.")


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(layers)


@click.group()
def layers() -> None:
    """Show or remove imported map layers."""


@layers.command(name="list")
@shared_options
def list_layers(*, settings: Settings, as_json: bool) -> None:
    """Show the imported layers."""
    with opened(settings) as state, state.database.reading(SYSTEM) as session:
        counted = select(LayerFeature.layer_id, func.count()).group_by(LayerFeature.layer_id)
        shapes = {row[0]: row[1] for row in session.execute(counted)}
        rows = [
            {
                "name": layer.name,
                "title": layer.title,
                "kind": layer.kind,
                "datum": layer.datum,
                "shapes": shapes.get(layer.layer_id, 0),
            }
            for layer in imported_layers(session)
        ]
    text = "\n".join("\t".join(str(cell) for cell in row.values()) for row in rows)
    text = text or _("No layer was imported yet.")
    give(Answer(text=text, counts={"layers": len(rows)}, facts={"list": rows}), as_json=as_json)


@layers.command()
@click.argument("name")
@dry_run_option
@shared_options
def remove(name: str, *, settings: Settings, as_json: bool, dry_run: bool) -> None:
    """Remove the imported layer NAME; areas that were made from it stay."""
    with opened(settings) as state, state.database.transaction(CLI) as session:
        count = remove_layer(session, name)
        if dry_run:
            session.rollback()
    text = _("The layer %(name)s is removed, with %(count)s shapes.", name=name, count=count)
    told = _(DRY_RUN_DONE) if dry_run else text
    give(Answer(text=told, counts={"shapes": count}, facts={"name": name}), as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Name in addresses: small letters, digits, _.")
@click.option("--datum", required=True, help="wgs84, cgcs2000, gcj02, bd09, EPSG:n, or file.")
@click.option("--title", default="", help="What the map calls it.")
@click.option("--layer", "inner", default="", help="Which layer of the file.")
@click.option("--name-column", default="", help="The column that labels a shape.")
@click.option("--source", default="", help="Where the data come from.")
@click.option("--attribution", default="", help="The words that the map must show.")
@click.option("--licence", default="", help="The licence of the data.")
@click.option("--approval", default="", help="The approval number of a published map.")
@click.option("--schematic", is_flag=True, help="Drawn coarsely, not surveyed.")
@click.option("--areas", type=click.Choice(list(LEVEL_NAMES)), help="Also fill the areas.")
@click.option("--area-code", default="code", show_default=True, help="Column of the area's code.")
@click.option("--area-name", default="name", show_default=True, help="Column of its name.")
@dry_run_option
@shared_options
def layer(
    file: Path,
    *,
    settings: Settings,
    as_json: bool,
    dry_run: bool,
    **said: Any,
) -> None:
    """Bring FILE in as the map layer NAME; other content of that name is replaced."""
    with opened(settings) as state, state.database.transaction(CLI) as session:
        done = import_layer(
            session,
            file,
            options=LayerFileOptions(
                datum=said["datum"], layer=said["inner"], name_column=said["name_column"]
            ),
            declared=LayerDeclaration(
                name=said["name"],
                title=said["title"],
                source=said["source"],
                licence=said["licence"],
                attribution=said["attribution"],
                map_approval_no=said["approval"],
                is_schematic=said["schematic"],
            ),
            areas=_areas(**said),
        )
        if dry_run or done.refused:
            session.rollback()
    give(_answer(done, file, dry_run=dry_run), as_json=as_json)


def _areas(
    *, areas: str | None, area_code: str, area_name: str, **_others: object
) -> AreaOptions | None:
    if not areas:
        return None
    return AreaOptions(level=areas, code_column=area_code, name_column=area_name)


def outcome(text: str, file: Path, *, refused: bool, dry_run: bool) -> str:
    """Say *text*, or why nothing of it came true."""
    if refused:
        return _(REFUSED, file=file.name)
    if dry_run:
        return " ".join((_(DRY_RUN_DONE), _("It would say: %(words)s", words=text)))
    return text


def worst_first(problems: Collection[RowProblem]) -> list[Problem]:
    """Return *problems* with the errors before the warnings before the notes."""
    return [one for kind in Severity for one in problems if one.severity is kind]


def weights(numbers: Mapping[Severity, int]) -> dict[str, int]:
    """Return how many problems there are of each weight, listed or not."""
    return {f"{kind.value}s": numbers.get(kind, 0) for kind in Severity}


def _answer(done: LayerImport, file: Path, *, dry_run: bool) -> Answer:
    text = _(OUTCOME_TEXTS[done.outcome], name=done.name, before=done.before, count=done.read)
    return Answer(
        text=outcome(text, file, refused=done.refused, dry_run=dry_run),
        counts={
            "read": done.read,
            "before": done.before,
            "areas_added": done.areas_added,
            "areas_changed": done.areas_changed,
            **weights(done.numbers),
        },
        facts={
            "name": done.name,
            "kind": done.kind,
            "outcome": None if done.refused else done.outcome.value,
            "dry_run": dry_run,
        },
        problems=worst_first(done.problems),
        refused=done.refused,
        code="intake.layer_refused" if done.refused else "",
    )
