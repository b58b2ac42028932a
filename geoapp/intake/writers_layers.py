"""Shapes of a layer into the database by COPY; areas of the administration from the same shapes."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.database import actor_of
from geoapp.intake.readers_layers import LayerRow

CREATE = """
CREATE TEMPORARY TABLE incoming_feature (
    row_no integer, name text, properties jsonb, geom geometry(Geometry,4326),
    area_code text, area_name text
) ON COMMIT DROP
"""
COPY = "COPY incoming_feature (row_no, name, properties, geom, area_code, area_name) FROM STDIN"
PATIENCE = "SET LOCAL statement_timeout = '15min'"  # COPY lasts as long as the file is being read
CLEAR = "DELETE FROM layer_feature WHERE layer_id = :layer_id"
LAY = """
INSERT INTO layer_feature (layer_id, name, properties, geom)
SELECT :layer_id, name, properties, geom FROM incoming_feature ORDER BY row_no
"""
OTHER_LEVEL = """
SELECT i.row_no, i.area_code, a.level FROM incoming_feature i
JOIN admin_area a ON a.code = i.area_code AND a.level <> :level ORDER BY i.row_no LIMIT 200
"""
AREAS = """
WITH whole AS (
    SELECT area_code AS code, min(area_name) AS name,
        ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Union(geom)), 3)) AS geom
    FROM incoming_feature GROUP BY area_code
), placed AS (
    SELECT w.*, (
        SELECT a.area_id FROM admin_area a
        WHERE array_position(:levels, a.level) < array_position(:levels, :level)
            AND ST_Covers(a.geom, ST_PointOnSurface(w.geom))
        ORDER BY array_position(:levels, a.level) DESC, a.code LIMIT 1
    ) AS parent_id, (
        SELECT u.unit_id FROM unit u
        WHERE u.name = w.name AND u.is_active AND u.kind = :level ORDER BY u.unit_id LIMIT 1
    ) AS unit_id
    FROM whole w
)
INSERT INTO admin_area AS a (area_id, code, name, level, parent_id, unit_id, source, is_schematic,
    geom, created_by)
SELECT gen_random_uuid(), code, name, :level, parent_id, unit_id, :source, :schematic, geom,
    :person FROM placed
ON CONFLICT (code) DO UPDATE SET name = excluded.name, geom = excluded.geom,
    parent_id = coalesce(excluded.parent_id, a.parent_id),
    unit_id = coalesce(a.unit_id, excluded.unit_id),
    source = excluded.source, is_schematic = excluded.is_schematic, row_version = a.row_version + 1
WHERE a.name <> excluded.name OR a.is_schematic <> excluded.is_schematic
    OR ST_AsBinary(a.geom) <> ST_AsBinary(excluded.geom)
RETURNING (xmax = 0)
"""
ADOPT = """
UPDATE admin_area AS c SET parent_id = p.area_id FROM admin_area p
WHERE p.level = :level AND c.parent_id IS NULL
    AND array_position(:levels, c.level) = array_position(:levels, p.level) + 1
    AND ST_Covers(p.geom, ST_PointOnSurface(c.geom))
"""
LEVELS = ["district", "town", "village", "grid"]
"""Levels of areas from the largest down."""


@dataclass(slots=True)
class Copied:
    """What went into the temporary table."""

    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AreaWords:
    """What one shape is called as an area."""

    code: str = ""
    name: str = ""


def copy_features(session: Session, rows: Iterable[tuple[LayerRow, AreaWords]]) -> Copied:
    """Send *rows* to a temporary table, counting kinds and hashing the content on the way."""
    session.execute(text(PATIENCE))
    session.execute(text("DROP TABLE IF EXISTS pg_temp.incoming_feature"))
    session.execute(text(CREATE))
    copied, digest = Copied(), hashlib.sha256()
    raw: Any = session.connection().connection.driver_connection  # psycopg's own, for COPY
    with raw.cursor() as cursor, cursor.copy(COPY) as copy:
        for row, area in rows:
            properties = orjson.dumps(dict(row.attributes), default=str)
            for part in (row.name.encode(), properties, row.geometry_wkb):
                digest.update(len(part).to_bytes(8, "big") + part)
            copied.rows += 1
            copied.kinds[row.kind] += 1
            copy.write_row(
                (
                    row.row,
                    row.name,
                    properties.decode(),
                    row.geometry_wkb.hex(),
                    area.code,
                    area.name,
                )
            )
    copied.sha256 = digest.hexdigest()
    return copied


def lay_features(session: Session, layer_id: uuid.UUID) -> int:
    """Replace the shapes of the layer by those of the temporary table; how many went away."""
    gone = session.execute(text(CLEAR), {"layer_id": layer_id})
    session.execute(text(LAY), {"layer_id": layer_id})
    return int(gone.rowcount)  # type: ignore[attr-defined]


def areas_of_other_levels(session: Session, *, level: str) -> list[tuple[int, str, str]]:
    """Return (row, code, level) of shapes whose code is known on another level."""
    found = session.execute(text(OTHER_LEVEL), {"level": level})
    return [(row, code, other) for row, code, other in found]


def fill_areas(session: Session, *, level: str, source: str, is_schematic: bool) -> tuple[int, int]:
    """Make areas of the temporary table's shapes, one a code; how many are new and changed."""
    found = session.scalars(
        text(AREAS),
        {
            "level": level,
            "levels": LEVELS,
            "source": source,
            "schematic": is_schematic,
            "person": actor_of(session).person_id,
        },
    )
    fresh = Counter(found)
    session.execute(text(ADOPT), {"level": level, "levels": LEVELS})
    return fresh[True], fresh[False]
