"""Tables of imported map layers, apart from the point because they hold no problem."""

import uuid
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.core.model import Base, Versioned, geometry


class Layer(Versioned, Base):
    """A vector layer that an office brought in."""

    __tablename__ = "layer"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9_]{1,60}$'", name="name"),
        CheckConstraint("kind IN ('point', 'line', 'polygon')", name="kind"),
    )

    layer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str]
    datum: Mapped[str]
    """The declared datum of the file; the features are EPSG:4326."""
    source: Mapped[str] = mapped_column(default="", server_default="")
    licence: Mapped[str] = mapped_column(default="", server_default="")
    attribution: Mapped[str] = mapped_column(default="", server_default="")
    map_approval_no: Mapped[str] = mapped_column(default="", server_default="")
    """审图号 of a published map."""
    is_schematic: Mapped[bool] = mapped_column(default=False, server_default="false")
    style: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    content_sha256: Mapped[str] = mapped_column(default="", server_default="")


class LayerFeature(Base):
    """One feature of an imported layer."""

    __tablename__ = "layer_feature"
    __audited__ = False
    __table_args__ = (CheckConstraint("NOT ST_IsEmpty(geom)", name="geom_not_empty"),)

    layer_feature_id: Mapped[int] = mapped_column(primary_key=True)
    layer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Layer.layer_id, ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(default="", server_default="")
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    geom: Mapped[WKBElement] = mapped_column(geometry("GEOMETRY"))
