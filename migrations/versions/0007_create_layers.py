"""Imported map layers."""

from alembic import op

revision = "0007"
down_revision = "0006"

LAYER = r"""
CREATE TABLE layer (
    layer_id UUID NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    datum TEXT NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    licence TEXT DEFAULT '' NOT NULL,
    attribution TEXT DEFAULT '' NOT NULL,
    map_approval_no TEXT DEFAULT '' NOT NULL,
    is_schematic BOOLEAN DEFAULT 'false' NOT NULL,
    style JSONB DEFAULT '{}' NOT NULL,
    content_sha256 TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_layer PRIMARY KEY (layer_id),
    CONSTRAINT ck_layer_name CHECK (name ~ '^[a-z0-9_]{1,60}$'),
    CONSTRAINT ck_layer_kind CHECK (kind IN ('point', 'line', 'polygon')),
    CONSTRAINT uq_layer_name UNIQUE (name)
)
"""

LAYER_FEATURE = r"""
CREATE TABLE layer_feature (
    layer_feature_id SERIAL NOT NULL,
    layer_id UUID NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    properties JSONB DEFAULT '{}' NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    CONSTRAINT pk_layer_feature PRIMARY KEY (layer_feature_id),
    CONSTRAINT ck_layer_feature_geom_not_empty CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT fk_layer_feature_layer_id_layer
        FOREIGN KEY(layer_id) REFERENCES layer (layer_id) ON DELETE CASCADE
)
"""

INDEXES = (
    "CREATE INDEX idx_layer_feature_geom ON layer_feature USING gist (geom)",
    "CREATE INDEX ix_layer_feature_layer_id ON layer_feature (layer_id)",
)


def upgrade() -> None:
    for table in (LAYER, LAYER_FEATURE):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    for table in (
        "layer_feature",
        "layer",
    ):
        op.drop_table(table)
