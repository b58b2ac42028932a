"""Tables of the problem point: the place, its geometry over time, its numbers, its comments."""

import uuid
from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    Float,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.accounts.rules import Actor
from geoapp.accounts.tables import Unit, within
from geoapp.core.model import Base, Stamped, Versioned, geometry
from geoapp.points.rules import (
    Category,
    LocationMethod,
    RiskGrade,
    Secrecy,
    State,
    Substantiation,
)

POINT_FK = "point.point_id"
UNIT_FK = Unit.unit_id

LINE_ONLY_FOR_RIVERS = (
    "(category = 'river_segment') = (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING'))"
)
ON_THE_GLOBE = (
    "ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 "
    "AND ST_YMin(geom) >= -85 AND ST_YMax(geom) <= 85"
)
NEVER_LAST = "coalesce(due_on, '9999-12-31'::date)"
"""Deadlines in order, what has none behind them; never null, as paging wants it."""
SEARCHED = (
    "lower(coalesce(code, '') || ' ' || name || ' ' || address || ' ' || description || ' ' || "
    "liable_party || ' ' || case_no || ' ' || upstream_no)"
)


class AdminArea(Versioned, Base):
    """A district, town, village or patrol cell, found for a point by polygon."""

    __tablename__ = "admin_area"
    __table_args__ = (
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
        CheckConstraint("level IN ('district', 'town', 'village', 'grid')", name="level"),
    )

    area_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    """The official statistics code (12 digits), or an office's own."""
    short_code: Mapped[str] = mapped_column(default="", server_default="")
    """The town's part of our numbering, such as ZQ for 祝桥."""
    name: Mapped[str]
    level: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin_area.area_id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    """The territorial unit that answers for the area."""
    source: Mapped[str] = mapped_column(default="", server_default="")
    is_schematic: Mapped[bool] = mapped_column(default=False, server_default="false")
    geom: Mapped[WKBElement] = mapped_column(geometry("MULTIPOLYGON"))


class Point(Versioned, Base):
    """A problem point: where it is, what it is, who answers for it, where it stands.

    *state* and the clock columns are written by ``points.services.move_point`` only.
    """

    __tablename__ = "point"
    __table_args__ = (
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
        CheckConstraint(LINE_ONLY_FOR_RIVERS, name="line_only_for_rivers"),
        CheckConstraint(
            "GeometryType(geom) IN ('POINT', 'POLYGON', 'MULTIPOLYGON', 'LINESTRING', "
            "'MULTILINESTRING')",
            name="geom_kind",
        ),
        CheckConstraint(ON_THE_GLOBE, name="geom_on_the_globe"),
        CheckConstraint("responsible_unit_id <> accepting_unit_id", name="units_differ"),
        CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress_pct"),
        CheckConstraint("accuracy_m >= 0", name="accuracy_m"),
        CheckConstraint(
            "due_on >= first_due_on OR first_due_on IS NULL", name="due_on_not_earlier"
        ),
        CheckConstraint("(state = 'merged') = (main_point_id IS NOT NULL)", name="merged_has_main"),
        CheckConstraint("main_point_id <> point_id", name="main_is_another"),
        UniqueConstraint("source_name", "source_id"),
        Index("ix_point_newest", text("updated_at DESC"), text("point_id DESC")),
        Index("ix_point_due", text(NEVER_LAST), "point_id"),
        Index("ix_point_state_category", "state", "category"),
        Index(
            "ix_point_search",
            "searched",
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
    )

    point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str | None] = mapped_column(unique=True)
    """Our number, given by the server once, never reused."""
    upstream_no: Mapped[str] = mapped_column(default="", server_default="")
    name: Mapped[str]
    category: Mapped[Category]
    description: Mapped[str] = mapped_column(default="", server_default="")
    pollution_types: Mapped[list[str]] = mapped_column(default=list, server_default="[]")

    geom: Mapped[WKBElement] = mapped_column(geometry("GEOMETRY"))
    entry: Mapped[WKBElement | None] = mapped_column(geometry("POINT", index=False))
    """Where to park and walk in."""
    datum: Mapped[str] = mapped_column(default="wgs84", server_default="wgs84")
    """The declared datum that the position came in; *geom* is always EPSG:4326."""
    raw_x: Mapped[float | None]
    raw_y: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    location_method: Mapped[LocationMethod]
    length_m: Mapped[float] = mapped_column(
        Float(53), Computed("ST_Length(geom::geography)", persisted=True)
    )
    area_m2: Mapped[float] = mapped_column(
        Float(53), Computed("ST_Area(geom::geography)", persisted=True)
    )
    address: Mapped[str] = mapped_column(default="", server_default="")
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(AdminArea.area_id), index=True)

    risk_grade: Mapped[RiskGrade | None]
    liable_party: Mapped[str] = mapped_column(default="", server_default="")
    """第一责任主体: the polluter or holder first answerable."""
    land_owner: Mapped[str] = mapped_column(default="", server_default="")
    case_no: Mapped[str] = mapped_column(default="", server_default="")
    """立案号 of an enforcement case."""
    secrecy: Mapped[Secrecy] = mapped_column(default=Secrecy.OPEN, server_default="open")
    substantiation: Mapped[Substantiation | None]
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_punished: Mapped[bool] = mapped_column(default=False, server_default="false")

    responsible_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    accepting_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    territorial_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    reporting_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    inspector_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The inspector whose list it stands on."""

    state: Mapped[State] = mapped_column(default=State.REPORTED)
    closed_reason: Mapped[str] = mapped_column(default="", server_default="")
    main_point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(POINT_FK))
    progress_pct: Mapped[int] = mapped_column(default=0, server_default="0")
    found_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    started_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_text: Mapped[str] = mapped_column(default="", server_default="")
    first_due_on: Mapped[date | None]
    node_due_on: Mapped[date | None]
    """The earliest deadline among its open measures; kept by the ledger."""
    proof_due_on: Mapped[date | None]
    relapsed_at: Mapped[datetime | None]
    criticised_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    source_name: Mapped[str | None]
    source_id: Mapped[str | None]
    """The row's own key in the file it came from: a second import finds it again."""
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    searched: Mapped[str] = mapped_column(
        Computed(SEARCHED, persisted=True), deferred=True, deferred_raiseload=True
    )
    """What the search box looks through: substrings, by trigrams."""

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Rows of the actor's units; secret rows only for those who may read them."""
        return point_scope(cls, actor)


def point_scope(cls: type[Point], actor: Actor) -> ColumnElement[bool] | None:
    """The one rule of who may see which point, for the ORM hook and for raw SQL alike."""
    secret = true() if actor.sees_secret else cls.secrecy != Secrecy.SECRET
    if actor.sees_all:
        return None if actor.sees_secret else secret
    units = actor.scope_unit_ids
    mine = or_(
        within(cls.responsible_unit_id, units),
        within(cls.accepting_unit_id, units),
        within(cls.territorial_unit_id, units),
        within(cls.reporting_unit_id, units),
        cls.inspector_id == actor.person_id,
    )
    return and_(mine, secret)


class PointGeometry(Stamped, Base):
    """A position that a point had; the present one is the row that is still open."""

    __tablename__ = "point_geometry"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="valid_range"),
        ExcludeConstraint(
            (text("point_id"), "="),
            (text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_point_geometry_no_overlap",
        ),
    )

    point_geometry_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), index=True)
    geom: Mapped[WKBElement] = mapped_column(geometry("GEOMETRY", index=False))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")


class RiverSegment(Versioned, Base):
    """What a river segment has beside its line."""

    __tablename__ = "river_segment"

    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), primary_key=True)
    river: Mapped[str]
    start_name: Mapped[str] = mapped_column(default="", server_default="")
    end_name: Mapped[str] = mapped_column(default="", server_default="")
    bank: Mapped[str] = mapped_column(default="", server_default="")
    water_class: Mapped[str] = mapped_column(default="", server_default="")
    river_chief: Mapped[str] = mapped_column(default="", server_default="")


class WasteSite(Versioned, Base):
    """What a waste site has beside its outline."""

    __tablename__ = "waste_site"
    __table_args__ = (CheckConstraint("volume_m3 >= 0", name="volume_m3"),)

    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), primary_key=True)
    volume_m3: Mapped[float | None]
    is_covered: Mapped[bool | None]
    permit_no: Mapped[str] = mapped_column(default="", server_default="")


class Factory(Versioned, Base):
    """What a firm has beside its place."""

    __tablename__ = "factory"
    __table_args__ = (
        CheckConstraint("uscc = '' OR uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name="uscc"),
    )

    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), primary_key=True)
    uscc: Mapped[str] = mapped_column(default="", server_default="")
    """统一社会信用代码, 18 characters (GB 32100-2015)."""
    production_state: Mapped[str] = mapped_column(default="", server_default="")
    eia_no: Mapped[str] = mapped_column(default="", server_default="")


class PointComment(Stamped, Base):
    """Advice on a point; it decides nothing."""

    __tablename__ = "point_comment"
    __table_args__ = (CheckConstraint("length(body) BETWEEN 1 AND 4000", name="body_length"),)

    comment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(POINT_FK), index=True)
    author_id: Mapped[uuid.UUID]
    body: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]


class CodeCounter(Base):
    """The last number given in a series such as ``PDZQ-2023-BRK``."""

    __tablename__ = "code_counter"
    __audited__ = False

    series: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
