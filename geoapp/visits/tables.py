"""Tables of what was seen on site: the visit and its evidence, append-only."""

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.accounts.rules import Actor
from geoapp.accounts.tables import Unit
from geoapp.core.model import Base, geometry
from geoapp.points.tables import Point
from geoapp.points.tables_moves import through_point
from geoapp.visits.rules import EvidenceKind, EvidenceRole, VisitMethod


class Visit(Base):
    """One person's check of one point; made by the phone under its own id, never changed."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("ended_at >= started_at", name="times"),
        CheckConstraint("accuracy_m >= 0", name="accuracy_m"),
        CheckConstraint("(pos IS NULL) = (distance_m IS NULL)", name="distance_with_pos"),
        Index("ix_visit_point_id_started_at", "point_id", "started_at"),
        Index("ix_visit_inspector_id_started_at", "inspector_id", "started_at"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Point.point_id))
    method: Mapped[VisitMethod]
    inspector_id: Mapped[uuid.UUID]
    inspector_name: Mapped[str]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Unit.unit_id))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    pos: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    accuracy_m: Mapped[float | None]
    pos_age_s: Mapped[float | None]
    pos_samples: Mapped[int | None]
    pos_source: Mapped[str] = mapped_column(default="", server_default="")
    distance_m: Mapped[float | None]
    """Geodesic metres from *pos* to the point as it lay at that moment."""
    off_site_reason: Mapped[str] = mapped_column(default="", server_default="")
    findings: Mapped[str]
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    weather: Mapped[str] = mapped_column(default="", server_default="")
    accompanied_by: Mapped[str] = mapped_column(default="", server_default="")
    payload_sha256: Mapped[str]

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Visible with its point."""
        return through_point(cls.point_id, actor)


class Evidence(Base):
    """One photo, video, recording or document; the bytes lie in the blob store."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("point_id", "sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        Index("ix_evidence_sha256", "sha256"),
    )

    evidence_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Point.point_id))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Visit.visit_id), index=True)
    kind: Mapped[EvidenceKind]
    role: Mapped[EvidenceRole]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="", server_default="")
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    web_sha256: Mapped[str | None]
    thumb_sha256: Mapped[str | None]
    phash: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    taken_pos: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    taken_distance_m: Mapped[float | None]
    bearing_deg: Mapped[float | None]
    exif: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    caption: Mapped[str] = mapped_column(default="", server_default="")
    uploaded_by: Mapped[uuid.UUID]
    uploaded_at: Mapped[datetime]

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Visible with its point."""
        return through_point(cls.point_id, actor)
