"""What a person declares about a map layer."""

import re
from pathlib import PurePosixPath

from geoapp.intake.forms import Fields, datum_of, word
from geoapp.intake.readers_layers import LayerFileOptions
from geoapp.intake.services_layers import LEVEL_NAMES, AreaOptions, LayerDeclaration

SHORTEST = 3


def options_of(form: Fields) -> LayerFileOptions:
    """Return how the file is to be read."""
    return LayerFileOptions(
        datum=datum_of(form), layer=word(form, "layer"), name_column=word(form, "name_column")
    )


def declared_of(form: Fields, *, file_name: str, sha256: str) -> LayerDeclaration:
    """Return what is said about the layer; its name comes from the file if none is given."""
    return LayerDeclaration(
        name=word(form, "name") or _spare_name(file_name, sha256),
        title=word(form, "title") or PurePosixPath(file_name).stem,
        source=word(form, "source"),
        licence=word(form, "licence"),
        attribution=word(form, "attribution"),
        map_approval_no=word(form, "approval"),
        is_schematic=bool(form.get("schematic", "")),
    )


def areas_of(form: Fields) -> AreaOptions | None:
    """Return which areas to make from the outlines; None: none."""
    level = word(form, "areas")
    if level not in LEVEL_NAMES:
        return None
    return AreaOptions(
        level=level,
        code_column=word(form, "area_code") or "code",
        name_column=word(form, "area_name") or "name",
    )


def _spare_name(file_name: str, sha256: str) -> str:
    stem = PurePosixPath(file_name).stem.lower()
    plain = re.sub(r"[^a-z0-9]+", "_", stem).strip("_")[:60]
    return plain if len(plain) >= SHORTEST else f"layer_{sha256[:8]}"
