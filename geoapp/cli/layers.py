"""``geoapp import layer`` and ``geoapp layers``: map layers of the office's own."""

from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import func, select

from geoapp.accounts.rules import SYSTEM
from geoapp.cli.output import DRY_RUN_DONE, Answer, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings
from geoapp.intake.readers_layers import LayerFileOptions
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
def layer(  # noqa: PLR0913 - the options of the command
    file: Path,
    *,
    settings: Settings,
    as_json: bool,
    name: str,
    datum: str,
    title: str,
    inner: str,
    name_column: str,
    source: str,
    attribution: str,
    licence: str,
    approval: str,
    schematic: bool,
    areas: str | None,
    area_code: str,
    area_name: str,
    dry_run: bool,
) -> None:
    """Bring FILE in as the map layer NAME; other content of that name is replaced."""
    declared = LayerDeclaration(
        name=name,
        title=title,
        source=source,
        licence=licence,
        attribution=attribution,
        map_approval_no=approval,
        is_schematic=schematic,
    )
    columns = (
        AreaOptions(level=areas, code_column=area_code, name_column=area_name) if areas else None
    )
    options = LayerFileOptions(datum=datum, layer=inner, name_column=name_column)
    with opened(settings) as state, state.database.transaction(CLI) as session:
        done = import_layer(
            session,
            file,
            options=options,
            declared=declared,
            areas=columns,
        )
        if dry_run or done.refused:
            session.rollback()
    give(_answer(done, file, dry_run=dry_run), as_json=as_json)


def _answer(done: LayerImport, file: Path, *, dry_run: bool) -> Answer:
    text = _(OUTCOME_TEXTS[done.outcome], name=done.name, before=done.before, count=done.read)
    if done.refused:
        text = _(REFUSED, file=file.name)
    elif dry_run:
        text = f"{_(DRY_RUN_DONE)} {_('It would say: %(words)s', words=text)}"
    return Answer(
        text=text,
        counts={
            "read": done.read,
            "before": done.before,
            "areas_added": done.areas_added,
            "areas_changed": done.areas_changed,
        },
        facts={
            "name": done.name,
            "kind": done.kind,
            "outcome": None if done.refused else done.outcome.value,
            "dry_run": dry_run,
        },
        problems=[*done.problems],
        refused=done.refused,
        code="intake.layer_refused" if done.refused else "",
    )
