"""Point rows into the database by COPY and set-wise SQL, so that 100,000 cost seconds."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.database import actor_of
from geoapp.points.rules import CATEGORY_CODES

COLUMNS: dict[str, str] = {
    "point_id": "uuid",
    "row_no": "integer",
    "given_code": "text",
    "source_id": "text",
    "digest": "text",
    "name": "text",
    "category": "text",
    "state": "text",
    "geom": "geometry(Geometry,4326)",
    "raw_x": "double precision",
    "raw_y": "double precision",
    "datum": "text",
    "address": "text",
    "description": "text",
    "upstream_no": "text",
    "responsible_unit_id": "uuid",
    "accepting_unit_id": "uuid",
    "due_on": "date",
    "due_text": "text",
    "found_at": "timestamptz",
    "updated_at": "timestamptz",
    "closed_at": "timestamptz",
    "extra": "jsonb",
}
COPY = f"COPY incoming_point ({', '.join(COLUMNS)}) FROM STDIN"
PATIENCE = "SET LOCAL statement_timeout = '15min'"  # COPY lasts as long as the file is being read
CREATE = (
    "CREATE TEMPORARY TABLE incoming_point ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    + ", area_id uuid, territorial_unit_id uuid, short_code text, code text) ON COMMIT DROP"
)
LOCATE = """
UPDATE incoming_point SET area_id = found.area_id, territorial_unit_id = found.unit_id,
    short_code = found.short_code
FROM (
    SELECT DISTINCT ON (i.point_id) i.point_id, a.area_id, a.unit_id, a.short_code
    FROM incoming_point i JOIN admin_area a ON ST_Covers(a.geom, ST_PointOnSurface(i.geom))
    ORDER BY i.point_id,
        array_position(ARRAY['town', 'village', 'grid', 'district'], a.level), a.code
) found WHERE found.point_id = incoming_point.point_id
"""
KNOWN = """
SELECT count(*) FILTER (WHERE p.extra->>'import_digest' = i.digest),
       count(*) FILTER (WHERE p.extra->>'import_digest' IS DISTINCT FROM i.digest)
FROM incoming_point i JOIN point p ON p.source_name = :source AND p.source_id = i.source_id
"""
DIFFERENT = """
SELECT i.row_no, p.code FROM incoming_point i
JOIN point p ON p.source_name = :source AND p.source_id = i.source_id
WHERE p.extra->>'import_digest' IS DISTINCT FROM i.digest ORDER BY i.row_no LIMIT 200
"""
FORGET = """
DELETE FROM incoming_point i USING point p
WHERE p.source_name = :source AND p.source_id = i.source_id
"""
TAKEN = """
SELECT i.row_no, i.given_code FROM incoming_point i JOIN point p ON p.code = i.given_code
WHERE i.given_code <> '' ORDER BY i.row_no LIMIT 200
"""
TWICE = """
SELECT row_no, source_id FROM (
    SELECT row_no, source_id, count(*) OVER (PARTITION BY source_id) AS times
    FROM incoming_point
) counted WHERE times > 1 ORDER BY source_id, row_no LIMIT 200
"""
CODE_TWICE = """
SELECT row_no, given_code FROM (
    SELECT row_no, given_code, count(*) OVER (PARTITION BY given_code) AS times
    FROM incoming_point WHERE given_code <> ''
) counted WHERE times > 1 ORDER BY given_code, row_no LIMIT 200
"""
NUMBER = """
WITH series AS (
    SELECT point_id, :prefix || coalesce(short_code, '') || '-'
        || extract(year FROM found_at AT TIME ZONE 'Asia/Shanghai')::int || '-'
        || (CAST(:codes AS jsonb) ->> category) AS series
    FROM incoming_point WHERE given_code = ''
), taken AS (
    INSERT INTO code_counter AS c (series, last_number)
    SELECT series, count(*) FROM series GROUP BY series
    ON CONFLICT (series) DO UPDATE SET last_number = c.last_number + excluded.last_number
    RETURNING c.series, c.last_number
), numbered AS (
    SELECT s.point_id, s.series,
        t.last_number - count(*) OVER (PARTITION BY s.series)
        + row_number() OVER (PARTITION BY s.series ORDER BY i.row_no) AS number
    FROM series s JOIN taken t USING (series) JOIN incoming_point i USING (point_id)
)
UPDATE incoming_point i SET code = n.series || '-' || lpad(n.number::text, 4, '0')
FROM numbered n WHERE n.point_id = i.point_id
"""
INSERT = """
INSERT INTO point (point_id, code, name, category, state, geom, raw_x, raw_y, datum,
    location_method, address, description, upstream_no, area_id, territorial_unit_id,
    responsible_unit_id, accepting_unit_id, due_on, first_due_on, due_text, found_at, updated_at,
    closed_at, source_name, source_id, extra, created_by)
SELECT point_id, coalesce(nullif(given_code, ''), code), name, category, state, geom, raw_x,
    raw_y, datum, 'imported', address, description, upstream_no, area_id, territorial_unit_id,
    responsible_unit_id, accepting_unit_id, due_on, due_on, due_text, found_at, updated_at,
    closed_at, :source, source_id, extra, :person
FROM incoming_point
"""
LAY = """
INSERT INTO point_geometry (point_geometry_id, point_id, geom, valid_from, reason, created_by)
SELECT gen_random_uuid(), point_id, geom, :now, :source, :person FROM incoming_point
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One row as it goes into the temporary table; names as in COLUMNS."""

    row_no: int
    given_code: str
    source_id: str
    name: str
    category: str
    state: str
    geometry_wkb: bytes
    raw_x: float | None
    raw_y: float | None
    datum: str
    address: str
    description: str
    upstream_no: str
    responsible_unit_id: uuid.UUID | None
    accepting_unit_id: uuid.UUID | None
    due_on: date | None
    due_text: str
    found_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    extra: Mapping[str, object]
    digest: str

    def values(self) -> tuple[object, ...]:
        """Return the cells in the order of COLUMNS."""
        extra = {**self.extra, "import_digest": self.digest}
        return (
            uuid.uuid4(),
            self.row_no,
            self.given_code,
            self.source_id,
            self.digest,
            self.name,
            self.category,
            self.state,
            self.geometry_wkb.hex(),
            self.raw_x,
            self.raw_y,
            self.datum,
            self.address,
            self.description,
            self.upstream_no,
            self.responsible_unit_id,
            self.accepting_unit_id,
            self.due_on,
            self.due_text,
            self.found_at,
            self.updated_at,
            self.closed_at,
            orjson.dumps(extra, default=str).decode(),
        )


def digest_of(*parts: object) -> str:
    """Return 32 hex digits of the SHA-256 of *parts*: the same row, the same digits."""
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()[:32]


def open_incoming(session: Session) -> None:
    """Make the temporary table of this transaction."""
    session.execute(text(PATIENCE))
    session.execute(text("DROP TABLE IF EXISTS pg_temp.incoming_point"))
    session.execute(text(CREATE))


def copy_rows(session: Session, rows: Iterable[Incoming]) -> None:
    """Send *rows* to the temporary table."""
    raw: Any = session.connection().connection.driver_connection  # psycopg's own, for COPY
    with raw.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the incoming rows; pairs are (row, code)."""

    added: int
    unchanged: int
    different: list[tuple[int, str]]
    codes_taken: list[tuple[int, str]]
    ids_twice: list[tuple[int, str]]


def _pairs(session: Session, query: str, **data: object) -> list[tuple[int, str]]:
    return [(row, word or "") for row, word in session.execute(text(query), data)]


def settle(session: Session, *, source: str, prefix: str, now: datetime) -> Settled:
    """Turn the incoming rows into points; rows that came before stay as they are."""
    named = {"source": source}
    session.execute(text("ANALYZE incoming_point"))
    ids_twice = _pairs(session, TWICE)
    unchanged, _other = session.execute(text(KNOWN), named).one()
    different = _pairs(session, DIFFERENT, source=source)
    session.execute(text(FORGET), named)
    taken = _pairs(session, TAKEN) + _pairs(session, CODE_TWICE)
    told = Settled(
        added=0,
        unchanged=unchanged,
        different=different,
        codes_taken=taken,
        ids_twice=ids_twice,
    )
    if taken or ids_twice:
        return told
    session.execute(text(LOCATE))
    codes = orjson.dumps({kind.value: code for kind, code in CATEGORY_CODES.items()}).decode()
    session.execute(text(NUMBER), {"prefix": prefix, "codes": codes})
    person = {"person": actor_of(session).person_id}
    added = session.execute(text(INSERT), {**named, **person})
    session.execute(text(LAY), {**named, **person, "now": now})
    return replace(told, added=int(added.rowcount))  # type: ignore[attr-defined]
