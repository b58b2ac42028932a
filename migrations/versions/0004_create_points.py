"""Problem points: the place, its geometry over time, its numbers and comments."""

from alembic import op

revision = "0004"
down_revision = "0003"

EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")

ADMIN_AREA = r"""
CREATE TABLE admin_area (
    area_id UUID NOT NULL,
    code TEXT NOT NULL,
    short_code TEXT DEFAULT '' NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent_id UUID,
    unit_id UUID,
    source TEXT DEFAULT '' NOT NULL,
    is_schematic BOOLEAN DEFAULT 'false' NOT NULL,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_admin_area PRIMARY KEY (area_id),
    CONSTRAINT ck_admin_area_geom_valid CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    CONSTRAINT ck_admin_area_level CHECK (level IN ('district', 'town', 'village', 'grid')),
    CONSTRAINT uq_admin_area_code UNIQUE (code),
    CONSTRAINT fk_admin_area_parent_id_admin_area
        FOREIGN KEY(parent_id) REFERENCES admin_area (area_id),
    CONSTRAINT fk_admin_area_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (unit_id)
)
"""

POINT = r"""
CREATE TABLE point (
    point_id UUID NOT NULL,
    code TEXT,
    upstream_no TEXT DEFAULT '' NOT NULL,
    name TEXT NOT NULL,
    category VARCHAR(32) NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    pollution_types JSONB DEFAULT '[]' NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    entry geometry(POINT,4326),
    datum TEXT DEFAULT 'wgs84' NOT NULL,
    raw_x DOUBLE PRECISION,
    raw_y DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    location_method VARCHAR(32) NOT NULL,
    length_m FLOAT(53) GENERATED ALWAYS AS (ST_Length(geom::geography)) STORED NOT NULL,
    area_m2 FLOAT(53) GENERATED ALWAYS AS (ST_Area(geom::geography)) STORED NOT NULL,
    address TEXT DEFAULT '' NOT NULL,
    area_id UUID,
    risk_grade VARCHAR(32),
    liable_party TEXT DEFAULT '' NOT NULL,
    land_owner TEXT DEFAULT '' NOT NULL,
    case_no TEXT DEFAULT '' NOT NULL,
    secrecy VARCHAR(32) DEFAULT 'open' NOT NULL,
    substantiation VARCHAR(32),
    is_urgent BOOLEAN DEFAULT 'false' NOT NULL,
    is_punished BOOLEAN DEFAULT 'false' NOT NULL,
    responsible_unit_id UUID,
    accepting_unit_id UUID,
    territorial_unit_id UUID,
    reporting_unit_id UUID,
    inspector_id UUID,
    state VARCHAR(32) NOT NULL,
    closed_reason TEXT DEFAULT '' NOT NULL,
    main_point_id UUID,
    progress_pct INTEGER DEFAULT '0' NOT NULL,
    found_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    started_on DATE,
    due_on DATE,
    due_text TEXT DEFAULT '' NOT NULL,
    first_due_on DATE,
    node_due_on DATE,
    proof_due_on DATE,
    relapsed_at timestamptz,
    criticised_at timestamptz,
    closed_at timestamptz,
    source_name TEXT,
    source_id TEXT,
    extra JSONB DEFAULT '{}' NOT NULL,
    searched TEXT GENERATED ALWAYS AS (lower(coalesce(code, '') || ' ' || name || ' ' || address
        || ' ' || description || ' ' || liable_party || ' ' || case_no || ' ' || upstream_no))
        STORED NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_point PRIMARY KEY (point_id),
    CONSTRAINT ck_point_geom_valid CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom)),
    CONSTRAINT ck_point_line_only_for_rivers
        CHECK ((category = 'river_segment') = (GeometryType(geom) IN ('LINESTRING',
            'MULTILINESTRING'))),
    CONSTRAINT ck_point_geom_kind
        CHECK (GeometryType(geom) IN ('POINT', 'POLYGON', 'MULTIPOLYGON', 'LINESTRING',
            'MULTILINESTRING')),
    CONSTRAINT ck_point_geom_on_the_globe
        CHECK (ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -85
            AND ST_YMax(geom) <= 85),
    CONSTRAINT ck_point_units_differ CHECK (responsible_unit_id <> accepting_unit_id),
    CONSTRAINT ck_point_progress_pct CHECK (progress_pct BETWEEN 0 AND 100),
    CONSTRAINT ck_point_accuracy_m CHECK (accuracy_m >= 0),
    CONSTRAINT ck_point_due_on_not_earlier CHECK (due_on >= first_due_on OR first_due_on IS NULL),
    CONSTRAINT ck_point_merged_has_main CHECK ((state = 'merged') = (main_point_id IS NOT NULL)),
    CONSTRAINT ck_point_main_is_another CHECK (main_point_id <> point_id),
    CONSTRAINT uq_point_source_name_source_id UNIQUE (source_name, source_id),
    CONSTRAINT uq_point_code UNIQUE (code),
    CONSTRAINT ck_point_category
        CHECK (category IN ('construction_waste', 'illegal_dumping', 'disposal_site',
            'brick_factory', 'river_segment', 'water_outfall', 'key_polluter',
            'industry', 'farm_runoff', 'woodland', 'idle_land', 'key_works', 'catering',
            'scrap_yard', 'waste_dump', 'sewage_works', 'landfill', 'water_source',
            'dust', 'noise', 'other')),
    CONSTRAINT ck_point_locationmethod
        CHECK (location_method IN ('gnss', 'map_click', 'typed', 'imported',
            'segment_ends')),
    CONSTRAINT fk_point_area_id_admin_area FOREIGN KEY(area_id) REFERENCES admin_area (area_id),
    CONSTRAINT ck_point_riskgrade
        CHECK (risk_grade IN ('red', 'orange', 'yellow', 'blue', 'green')),
    CONSTRAINT ck_point_secrecy CHECK (secrecy IN ('open', 'internal', 'secret')),
    CONSTRAINT ck_point_substantiation
        CHECK (substantiation IN ('true', 'mostly_true', 'partly_true', 'untrue')),
    CONSTRAINT fk_point_responsible_unit_id_unit
        FOREIGN KEY(responsible_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT fk_point_accepting_unit_id_unit
        FOREIGN KEY(accepting_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT fk_point_territorial_unit_id_unit
        FOREIGN KEY(territorial_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT fk_point_reporting_unit_id_unit
        FOREIGN KEY(reporting_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT ck_point_state
        CHECK (state IN ('draft', 'reported', 'assigned', 'planned', 'rectifying',
            'completed', 'accepted', 'in_notice', 'closed', 'ongoing', 'unfounded',
            'merged', 'referred')),
    CONSTRAINT fk_point_main_point_id_point FOREIGN KEY(main_point_id) REFERENCES point (point_id)
)
"""

POINT_GEOMETRY = r"""
CREATE TABLE point_geometry (
    point_geometry_id UUID NOT NULL,
    point_id UUID NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    reason TEXT DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_point_geometry PRIMARY KEY (point_geometry_id),
    CONSTRAINT ck_point_geometry_valid_range CHECK (valid_to > valid_from),
    CONSTRAINT ex_point_geometry_no_overlap
        EXCLUDE USING gist (point_id WITH =, tstzrange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_point_geometry_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

RIVER_SEGMENT = r"""
CREATE TABLE river_segment (
    point_id UUID NOT NULL,
    river TEXT NOT NULL,
    start_name TEXT DEFAULT '' NOT NULL,
    end_name TEXT DEFAULT '' NOT NULL,
    bank TEXT DEFAULT '' NOT NULL,
    water_class TEXT DEFAULT '' NOT NULL,
    river_chief TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_river_segment PRIMARY KEY (point_id),
    CONSTRAINT fk_river_segment_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

WASTE_SITE = r"""
CREATE TABLE waste_site (
    point_id UUID NOT NULL,
    volume_m3 DOUBLE PRECISION,
    is_covered BOOLEAN,
    permit_no TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_waste_site PRIMARY KEY (point_id),
    CONSTRAINT ck_waste_site_volume_m3 CHECK (volume_m3 >= 0),
    CONSTRAINT fk_waste_site_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

FACTORY = r"""
CREATE TABLE factory (
    point_id UUID NOT NULL,
    uscc TEXT DEFAULT '' NOT NULL,
    production_state TEXT DEFAULT '' NOT NULL,
    eia_no TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_factory PRIMARY KEY (point_id),
    CONSTRAINT ck_factory_uscc CHECK (uscc = '' OR uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    CONSTRAINT fk_factory_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

POINT_COMMENT = r"""
CREATE TABLE point_comment (
    comment_id UUID NOT NULL,
    point_id UUID NOT NULL,
    author_id UUID NOT NULL,
    body TEXT NOT NULL,
    said_at timestamptz NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_point_comment PRIMARY KEY (comment_id),
    CONSTRAINT ck_point_comment_body_length CHECK (length(body) BETWEEN 1 AND 4000),
    CONSTRAINT fk_point_comment_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

CODE_COUNTER = r"""
CREATE TABLE code_counter (
    series TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    CONSTRAINT pk_code_counter PRIMARY KEY (series)
)
"""

INDEXES = (
    "CREATE INDEX idx_admin_area_geom ON admin_area USING gist (geom)",
    "CREATE INDEX ix_admin_area_unit_id ON admin_area (unit_id)",
    "CREATE INDEX idx_point_geom ON point USING gist (geom)",
    "CREATE INDEX ix_point_accepting_unit_id ON point (accepting_unit_id)",
    "CREATE INDEX ix_point_area_id ON point (area_id)",
    "CREATE INDEX ix_point_due ON point (coalesce(due_on, DATE '9999-12-31'), point_id)",
    "CREATE INDEX ix_point_inspector_id ON point (inspector_id)",
    "CREATE INDEX ix_point_newest ON point (updated_at DESC, point_id DESC)",
    "CREATE INDEX ix_point_reporting_unit_id ON point (reporting_unit_id)",
    "CREATE INDEX ix_point_responsible_unit_id ON point (responsible_unit_id)",
    "CREATE INDEX ix_point_search ON point USING gin (searched gin_trgm_ops)",
    "CREATE INDEX ix_point_state_category ON point (state, category)",
    "CREATE INDEX ix_point_territorial_unit_id ON point (territorial_unit_id)",
    "CREATE INDEX ix_point_geometry_point_id ON point_geometry (point_id)",
    "CREATE INDEX ix_point_comment_point_id ON point_comment (point_id)",
)


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for table in (
        ADMIN_AREA,
        POINT,
        POINT_GEOMETRY,
        RIVER_SEGMENT,
        WASTE_SITE,
        FACTORY,
        POINT_COMMENT,
        CODE_COUNTER,
    ):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    for table in (
        "code_counter",
        "point_comment",
        "factory",
        "waste_site",
        "river_segment",
        "point_geometry",
        "point",
        "admin_area",
    ):
        op.drop_table(table)
    # the extensions stay: an older migration or another application may use them
