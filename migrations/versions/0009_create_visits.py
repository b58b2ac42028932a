"""Visits and their evidence, append-only."""

from alembic import op

revision = "0009"
down_revision = "0008"

VISIT = r"""
CREATE TABLE visit (
    visit_id UUID NOT NULL,
    point_id UUID NOT NULL,
    method VARCHAR(32) NOT NULL,
    inspector_id UUID NOT NULL,
    inspector_name TEXT NOT NULL,
    unit_id UUID,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    device_at timestamptz,
    received_at timestamptz NOT NULL,
    pos geometry(POINT,4326),
    accuracy_m DOUBLE PRECISION,
    pos_age_s DOUBLE PRECISION,
    pos_samples INTEGER,
    pos_source TEXT DEFAULT '' NOT NULL,
    distance_m DOUBLE PRECISION,
    off_site_reason TEXT DEFAULT '' NOT NULL,
    findings TEXT NOT NULL,
    checklist JSONB DEFAULT '{}' NOT NULL,
    weather TEXT DEFAULT '' NOT NULL,
    accompanied_by TEXT DEFAULT '' NOT NULL,
    payload_sha256 TEXT NOT NULL,
    CONSTRAINT pk_visit PRIMARY KEY (visit_id),
    CONSTRAINT ck_visit_times CHECK (ended_at >= started_at),
    CONSTRAINT ck_visit_accuracy_m CHECK (accuracy_m >= 0),
    CONSTRAINT ck_visit_distance_with_pos CHECK ((pos IS NULL) = (distance_m IS NULL)),
    CONSTRAINT fk_visit_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id),
    CONSTRAINT ck_visit_visitmethod
        CHECK (method IN ('on_site', 'documents', 'talk', 'spot_check', 'descent',
            'look_back', 'acceptance')),
    CONSTRAINT fk_visit_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (unit_id)
)
"""

EVIDENCE = r"""
CREATE TABLE evidence (
    evidence_id UUID NOT NULL,
    point_id UUID NOT NULL,
    visit_id UUID,
    kind VARCHAR(32) NOT NULL,
    role VARCHAR(32) NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    file_name TEXT DEFAULT '' NOT NULL,
    width_px INTEGER,
    height_px INTEGER,
    web_sha256 TEXT,
    thumb_sha256 TEXT,
    phash TEXT,
    taken_at timestamptz,
    taken_pos geometry(POINT,4326),
    taken_distance_m DOUBLE PRECISION,
    bearing_deg DOUBLE PRECISION,
    exif JSONB DEFAULT '{}' NOT NULL,
    caption TEXT DEFAULT '' NOT NULL,
    uploaded_by UUID NOT NULL,
    uploaded_at timestamptz NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (evidence_id),
    CONSTRAINT uq_evidence_point_id_sha256 UNIQUE (point_id, sha256),
    CONSTRAINT ck_evidence_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_evidence_size_bytes CHECK (size_bytes > 0),
    CONSTRAINT fk_evidence_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id),
    CONSTRAINT fk_evidence_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (visit_id),
    CONSTRAINT ck_evidence_evidencekind CHECK (kind IN ('photo', 'video', 'audio', 'document')),
    CONSTRAINT ck_evidence_evidencerole
        CHECK (role IN ('before', 'during', 'after', 'overview', 'other'))
)
"""

INDEXES = (
    "CREATE INDEX idx_visit_pos ON visit USING gist (pos)",
    "CREATE INDEX ix_visit_inspector_id_started_at ON visit (inspector_id, started_at)",
    "CREATE INDEX ix_visit_point_id_started_at ON visit (point_id, started_at)",
    "CREATE INDEX idx_evidence_taken_pos ON evidence USING gist (taken_pos)",
    "CREATE INDEX ix_evidence_sha256 ON evidence (sha256)",
    "CREATE INDEX ix_evidence_visit_id ON evidence (visit_id)",
)

REFUSE_CHANGE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    for table in (VISIT, EVIDENCE):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)
    for table in (
        "visit",
        "evidence",
    ):
        op.execute(REFUSE_CHANGE.format(table=table))


def downgrade() -> None:
    for table in (
        "evidence",
        "visit",
    ):
        op.drop_table(table)
