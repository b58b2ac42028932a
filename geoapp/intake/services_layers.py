"""Files of map layers into the database: all or nothing, the same content twice changes nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geoapp.accounts.rules import Permission, require
from geoapp.audit.services import record
from geoapp.core.errors import BadInput, NotFound
from geoapp.core.i18n import N_
from geoapp.intake.columns_points import fold_heading
from geoapp.intake.readers_layers import LayerFile, LayerFileOptions, LayerRow, read_layer
from geoapp.intake.readers_tables import cell_text
from geoapp.intake.rules import Findings, RowProblem, Said, Severity, declare
from geoapp.intake.writers_layers import (
    AreaWords,
    Copied,
    areas_of_other_levels,
    copy_features,
    fill_areas,
    lay_features,
)
from geoapp.points.tables_layers import Layer, LayerFeature

NAME = re.compile(r"[a-z0-9_]{1,60}")
SAMPLE_ROWS = 10
BLANK = {"licence": "", "attribution": "", "map_approval_no": ""}
KIND_NAMES = {"point": N_("Single points"), "line": N_("Lines"), "polygon": N_("Areas")}
LEVEL_NAMES = {
    "district": N_("District"),
    "town": N_("Town or street office"),
    "village": N_("Village or neighbourhood"),
    "grid": N_("Patrol cell"),
}

LAYER_EMPTY = declare("intake.layer_empty", N_("The layer holds no shape that can be drawn."))
KINDS_MIXED = declare(
    "intake.layer_kinds_mixed",
    N_("The layer mixes kinds of shapes: %(kinds)s."),
    N_("Export points, lines and areas as one layer each."),
)
AREAS_NEED_OUTLINES = declare(
    "intake.areas_need_outlines",
    N_("The layer holds no outlines, so that it cannot say which areas there are."),
    N_("Import it as a layer only."),
)
AREA_CODE_MISSING = declare(
    "intake.area_code_missing",
    N_("The area has no code."),
    N_("Give each area its official code, or a number of your own."),
)
AREA_NAME_MISSING = declare("intake.area_name_missing", N_("The area has no name."))
AREA_LEVEL_DIFFERS = declare(
    "intake.area_level_differs",
    N_("The code %(area)s belongs to an area of another level: %(level)s."),
    N_("Correct the code, or choose the right level."),
)


class LayerNameWrong(BadInput):
    """The name of a layer stands in addresses and commands."""

    code = "intake.layer_name_wrong"
    message = N_("“%(name)s” cannot be the name of a layer.")
    hint = N_("Use up to 60 small letters, digits and underlines; the title may be in Chinese.")


class AreaColumnMissing(BadInput):
    """Areas are told apart by their code."""

    code = "intake.area_column_missing"
    message = N_("The layer “%(layer)s” has no column “%(heading)s” for its areas.")
    hint = N_("Its columns are: %(headings)s.")


class LayerUnknown(NotFound):
    """No imported layer has this name."""

    code = "intake.layer_unknown"
    message = N_("There is no imported layer “%(name)s”.")
    hint = N_("geoapp layers list shows all of them.")


class Outcome(StrEnum):
    """What an import does to the layer of that name."""

    ADDED = "added"
    REPLACED = "replaced"
    DESCRIBED = "described"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class LayerDeclaration:
    """What a person says about the layer; *name* stands in addresses, *title* on the map."""

    name: str
    title: str = ""
    source: str = ""
    licence: str = ""
    attribution: str = ""
    map_approval_no: str = ""
    is_schematic: bool = False


@dataclass(frozen=True, kw_only=True)
class AreaOptions:
    """Make areas of the administration from the outlines, too: of which level, named by what."""

    level: str
    code_column: str = "code"
    name_column: str = "name"


@dataclass(kw_only=True)
class LayerImport:
    """What an import did or would do."""

    name: str
    outcome: Outcome = Outcome.UNCHANGED
    kind: str = ""
    read: int = 0
    before: int = 0
    """Shapes of the layer that went away."""
    areas_added: int = 0
    areas_changed: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    refused: bool = False
    headings: tuple[str, ...] = ()
    name_column: str = ""
    sample: list[LayerRow] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    numbers: dict[Severity, int] = field(default_factory=dict)
    """How many problems there are of each severity, listed or not."""


def import_layer(  # noqa: PLR0913 - a file, what is declared about it, and who listens
    session: Session,
    path: Path,
    *,
    options: LayerFileOptions,
    declared: LayerDeclaration,
    areas: AreaOptions | None = None,
    name: str | None = None,
    told: Callable[[int], None] = lambda _count: None,
) -> LayerImport:
    """Read *path* as the layer that *declared* names; the caller rolls back a refused import.

    Raises:
        LayerNameWrong, AreaColumnMissing: the declaration. Otherwise as ``read_layer``.
    """
    require(session.info["actor"], Permission.LAYER_IMPORT)
    if not NAME.fullmatch(declared.name):
        raise LayerNameWrong(name=declared.name)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("layer import"))))
    done = LayerImport(name=declared.name)
    with read_layer(path, options, name=name) as file:
        done.headings, done.name_column = file.layer.headings, file.name_column
        copied = copy_features(session, _rows(file, _columns(file, areas), done, told))
        done.read, done.kinds = copied.rows, dict(copied.kinds)
        _check(session, copied, file.findings, areas)
        done.refused = file.findings.refused
        if not done.refused:
            layer = _settle(session, done, copied, declared, file)
            if areas:
                _fill(session, done, areas, layer)
        done.problems = list(file.findings)
        done.numbers = {one: file.findings.number(one) for one in Severity}
    return done


def remove_layer(session: Session, name: str) -> int:
    """Remove an imported layer with its shapes; areas made from it stay.

    Raises:
        LayerUnknown: there is none of that name.
    """
    require(session.info["actor"], Permission.LAYER_IMPORT)
    layer = session.scalar(select(Layer).where(Layer.name == name))
    if layer is None:
        raise LayerUnknown(name=name)
    count = _number(session, layer)
    session.delete(layer)
    session.flush()
    return count


def _number(session: Session, layer: Layer) -> int:
    count = select(func.count()).where(LayerFeature.layer_id == layer.layer_id)
    return session.scalar(count) or 0


def _columns(file: LayerFile, areas: AreaOptions | None) -> tuple[str, str] | None:
    """Return the headings of code and name as the file writes them."""
    if areas is None:
        return None
    known = {fold_heading(one): one for one in file.layer.headings}
    for wanted in (areas.code_column, areas.name_column):
        if fold_heading(wanted) not in known:
            headings = ", ".join(file.layer.headings)
            raise AreaColumnMissing(layer=file.layer.name, heading=wanted, headings=headings)
    return known[fold_heading(areas.code_column)], known[fold_heading(areas.name_column)]


def _rows(
    file: LayerFile,
    columns: tuple[str, str] | None,
    done: LayerImport,
    told: Callable[[int], None],
) -> Iterator[tuple[LayerRow, AreaWords]]:
    read = 0
    for batch in file.batches():
        for row in batch:
            yield row, _area(row, columns, file.findings)
        done.sample.extend(batch[: SAMPLE_ROWS - len(done.sample)])
        read += len(batch)
        told(read)


def _area(row: LayerRow, columns: tuple[str, str] | None, findings: Findings) -> AreaWords:
    if columns is None:
        return AreaWords()
    code, name = (cell_text(row.attributes.get(heading, "")).strip() for heading in columns)
    if not code:
        findings.add(AREA_CODE_MISSING, Severity.ERROR, row=row.row, column=columns[0])
    if not name:
        findings.add(AREA_NAME_MISSING, Severity.ERROR, row=row.row, column=columns[1])
    return AreaWords(code, name)


def _check(session: Session, copied: Copied, findings: Findings, areas: AreaOptions | None) -> None:
    if not copied.rows:
        findings.add(LAYER_EMPTY, Severity.ERROR)
    if len(copied.kinds) > 1:
        names = [Said.term(KIND_NAMES[kind]) for kind in sorted(copied.kinds)]
        findings.add(
            KINDS_MIXED, Severity.ERROR, kinds=Said(lambda: ", ".join(str(one) for one in names))
        )
    if areas is None:
        return
    if copied.rows and set(copied.kinds) != {"polygon"}:
        findings.add(AREAS_NEED_OUTLINES, Severity.ERROR)
    for row, code, other in areas_of_other_levels(session, level=areas.level):
        level = Said.term(LEVEL_NAMES[other])
        findings.add(AREA_LEVEL_DIFFERS, Severity.ERROR, row=row, area=code, level=level)


def _settle(
    session: Session,
    done: LayerImport,
    copied: Copied,
    declared: LayerDeclaration,
    file: LayerFile,
) -> Layer:
    done.kind = next(iter(copied.kinds))
    layer = session.scalar(select(Layer).where(Layer.name == declared.name))
    facts: dict[str, object] = {
        word: getattr(declared, word) or (getattr(layer, word) if layer else spare)
        for word, spare in {**BLANK, "title": declared.name, "source": file.findings.file}.items()
    }
    facts["is_schematic"] = declared.is_schematic
    facts |= {"datum": file.datum.name, "kind": done.kind, "content_sha256": copied.sha256}
    if layer is None:
        done.outcome = Outcome.ADDED
        layer = Layer(name=declared.name, **facts)
        session.add(layer)
    else:
        done.outcome = _compare(layer, facts)
        for word, value in facts.items():
            setattr(layer, word, value)
    session.flush()
    if done.outcome in {Outcome.ADDED, Outcome.REPLACED}:
        done.before = lay_features(session, layer.layer_id)
        after = {"features": done.read, "before": done.before, "sha256": copied.sha256}
        record(session, action="import", entity="layer", entity_id=declared.name, after=after)
    return layer


def _compare(layer: Layer, facts: dict[str, object]) -> Outcome:
    if layer.content_sha256 != facts["content_sha256"]:
        return Outcome.REPLACED
    same = all(getattr(layer, word) == value for word, value in facts.items())
    return Outcome.UNCHANGED if same else Outcome.DESCRIBED


def _fill(session: Session, done: LayerImport, areas: AreaOptions, layer: Layer) -> None:
    done.areas_added, done.areas_changed = fill_areas(
        session, level=areas.level, source=layer.source, is_schematic=layer.is_schematic
    )
    if done.areas_added or done.areas_changed:
        counts = {"level": areas.level, "added": done.areas_added, "changed": done.areas_changed}
        record(session, action="import", entity="admin_area", entity_id=layer.name, after=counts)
