"""The typed base of every table: constraint names, stored enums, aware instants, audit hooks."""

import enum
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from geoalchemy2 import Geometry
from sqlalchemy import DateTime, Dialect, Enum, MetaData, Text, TypeDecorator, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class AwareDateTime(TypeDecorator[datetime]):
    """An instant in UTC; a naive datetime is refused when it is bound."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What its values are; a decorated type does not say it by itself."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive instants, hand the rest over in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime {value!r}: instants carry a zone"
            raise ValueError(msg)
        return value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: AwareDateTime,
        uuid.UUID: Uuid,
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        enum.StrEnum: Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=True,
            validate_strings=True,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }
    __audited__: ClassVar[bool] = True
    """False for rows that are themselves a log or that carry no decision (throttle, sessions)."""
    __unaudited_columns__: ClassVar[frozenset[str]] = frozenset()
    """Columns whose values never reach the audit log (password hashes, encrypted identities)."""


class Stamped:
    """Who made the row and when."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[uuid.UUID | None]


class Versioned(Stamped):
    """A row that two people may edit: the second one gets a conflict, not silence."""

    row_version: Mapped[int] = mapped_column(default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class-level directive
        """Tell the mapper which column counts the versions."""
        return {"version_id_col": cls.__table__.c.row_version}  # type: ignore[attr-defined]


def geometry(kind: str, *, index: bool = True) -> Geometry:
    """Return the column type of *kind* (POINT, LINESTRING, GEOMETRY...), EPSG:4326."""
    return Geometry(kind, srid=4326, spatial_index=index)
