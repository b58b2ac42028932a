"""The ledger: campaign, document, problem, task, measure, place candidates."""

from alembic import op

revision = "0008"
down_revision = "0007"

SOURCE_DOCUMENT = r"""
CREATE TABLE source_document (
    document_id UUID NOT NULL,
    doc_no TEXT DEFAULT '' NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT DEFAULT '' NOT NULL,
    signer TEXT DEFAULT '' NOT NULL,
    main_to TEXT DEFAULT '' NOT NULL,
    copy_to TEXT DEFAULT '' NOT NULL,
    issued_on DATE,
    secrecy VARCHAR(32) DEFAULT 'internal' NOT NULL,
    blob_sha256 TEXT,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_source_document PRIMARY KEY (document_id),
    CONSTRAINT ck_source_document_doc_no CHECK (doc_no = '' OR doc_no ~ '〔[0-9]{4}〕[0-9]+号$'),
    CONSTRAINT ck_source_document_secrecy CHECK (secrecy IN ('open', 'internal', 'secret'))
)
"""

CAMPAIGN = r"""
CREATE TABLE campaign (
    campaign_id UUID NOT NULL,
    name TEXT NOT NULL,
    level VARCHAR(32) DEFAULT 'own' NOT NULL,
    starts_on DATE,
    ends_on DATE,
    base_on DATE,
    reporting_unit TEXT DEFAULT '' NOT NULL,
    contact TEXT DEFAULT '' NOT NULL,
    contact_phone TEXT DEFAULT '' NOT NULL,
    document_id UUID,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_campaign PRIMARY KEY (campaign_id),
    CONSTRAINT ck_campaign_window CHECK (ends_on >= starts_on),
    CONSTRAINT uq_campaign_name UNIQUE (name),
    CONSTRAINT ck_campaign_campaignlevel
        CHECK (level IN ('central', 'city', 'district', 'town', 'party', 'own')),
    CONSTRAINT fk_campaign_document_id_source_document
        FOREIGN KEY(document_id) REFERENCES source_document (document_id)
)
"""

PROBLEM = r"""
CREATE TABLE problem (
    problem_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    own_no TEXT NOT NULL,
    upstream_no TEXT DEFAULT '' NOT NULL,
    seq INTEGER DEFAULT '0' NOT NULL,
    description TEXT NOT NULL,
    goal TEXT DEFAULT '' NOT NULL,
    pollution_types JSONB DEFAULT '[]' NOT NULL,
    is_typical_case BOOLEAN DEFAULT 'false' NOT NULL,
    secrecy VARCHAR(32) DEFAULT 'internal' NOT NULL,
    document_id UUID,
    content_sha256 TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_problem PRIMARY KEY (problem_id),
    CONSTRAINT uq_problem_campaign_id_own_no UNIQUE (campaign_id, own_no),
    CONSTRAINT fk_problem_campaign_id_campaign
        FOREIGN KEY(campaign_id) REFERENCES campaign (campaign_id),
    CONSTRAINT ck_problem_secrecy CHECK (secrecy IN ('open', 'internal', 'secret')),
    CONSTRAINT fk_problem_document_id_source_document
        FOREIGN KEY(document_id) REFERENCES source_document (document_id)
)
"""

PROBLEM_POINT = r"""
CREATE TABLE problem_point (
    problem_id UUID NOT NULL,
    point_id UUID NOT NULL,
    CONSTRAINT pk_problem_point PRIMARY KEY (problem_id, point_id),
    CONSTRAINT fk_problem_point_problem_id_problem
        FOREIGN KEY(problem_id) REFERENCES problem (problem_id),
    CONSTRAINT fk_problem_point_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

TASK = r"""
CREATE TABLE task (
    task_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    lead_leader TEXT DEFAULT '' NOT NULL,
    responsible_text TEXT DEFAULT '' NOT NULL,
    responsible_unit_id UUID,
    accepting_unit_id UUID,
    responsible_person TEXT DEFAULT '' NOT NULL,
    parent_task_id UUID,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_task PRIMARY KEY (task_id),
    CONSTRAINT ck_task_units_differ CHECK (responsible_unit_id <> accepting_unit_id),
    CONSTRAINT uq_task_problem_id_seq UNIQUE (problem_id, seq),
    CONSTRAINT fk_task_problem_id_problem FOREIGN KEY(problem_id) REFERENCES problem (problem_id),
    CONSTRAINT fk_task_responsible_unit_id_unit
        FOREIGN KEY(responsible_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT fk_task_accepting_unit_id_unit
        FOREIGN KEY(accepting_unit_id) REFERENCES unit (unit_id),
    CONSTRAINT fk_task_parent_task_id_task FOREIGN KEY(parent_task_id) REFERENCES task (task_id)
)
"""

TASK_UNIT = r"""
CREATE TABLE task_unit (
    task_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    role VARCHAR(32) NOT NULL,
    CONSTRAINT pk_task_unit PRIMARY KEY (task_id, unit_id, role),
    CONSTRAINT fk_task_unit_task_id_task FOREIGN KEY(task_id) REFERENCES task (task_id),
    CONSTRAINT fk_task_unit_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (unit_id),
    CONSTRAINT ck_task_unit_taskunitrole
        CHECK (role IN ('lead', 'cooperating', 'contact', 'technical'))
)
"""

MEASURE = r"""
CREATE TABLE measure (
    measure_id UUID NOT NULL,
    task_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    description TEXT NOT NULL,
    unit_id UUID,
    deadline_kind VARCHAR(32) NOT NULL,
    due_text TEXT NOT NULL,
    start_on DATE,
    due_on DATE,
    year_inferred BOOLEAN DEFAULT 'false' NOT NULL,
    progress_pct INTEGER DEFAULT '0' NOT NULL,
    done_at timestamptz,
    done_note TEXT DEFAULT '' NOT NULL,
    case_no TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_measure PRIMARY KEY (measure_id),
    CONSTRAINT uq_measure_task_id_seq UNIQUE (task_id, seq),
    CONSTRAINT ck_measure_progress_pct CHECK (progress_pct BETWEEN 0 AND 100),
    CONSTRAINT ck_measure_dated_kind_has_day
        CHECK (deadline_kind NOT IN ('date', 'range', 'month_part') OR due_on IS NOT
            NULL),
    CONSTRAINT ck_measure_ongoing_has_no_day CHECK (deadline_kind <> 'ongoing' OR due_on IS NULL),
    CONSTRAINT ck_measure_due_after_start CHECK (due_on >= start_on),
    CONSTRAINT fk_measure_task_id_task FOREIGN KEY(task_id) REFERENCES task (task_id),
    CONSTRAINT fk_measure_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (unit_id),
    CONSTRAINT ck_measure_deadlinekind
        CHECK (deadline_kind IN ('date', 'range', 'month_part', 'relative', 'ongoing',
            'done', 'unclear'))
)
"""

PLACE_CANDIDATE = r"""
CREATE TABLE place_candidate (
    candidate_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    seq INTEGER DEFAULT '0' NOT NULL,
    name TEXT NOT NULL,
    why TEXT DEFAULT '' NOT NULL,
    status VARCHAR(32) DEFAULT 'open' NOT NULL,
    point_id UUID,
    dismissed_reason TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_place_candidate PRIMARY KEY (candidate_id),
    CONSTRAINT uq_place_candidate_problem_id_name UNIQUE (problem_id, name),
    CONSTRAINT ck_place_candidate_placed_has_point
        CHECK ((status = 'placed') = (point_id IS NOT NULL)),
    CONSTRAINT fk_place_candidate_problem_id_problem
        FOREIGN KEY(problem_id) REFERENCES problem (problem_id),
    CONSTRAINT ck_place_candidate_candidatestatus CHECK (status IN ('open', 'placed', 'dismissed')),
    CONSTRAINT fk_place_candidate_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

INDEXES = (
    "CREATE INDEX ix_source_document_doc_no ON source_document (doc_no)",
    "CREATE INDEX ix_problem_campaign_id ON problem (campaign_id)",
    "CREATE INDEX ix_problem_point_point_id ON problem_point (point_id)",
    "CREATE INDEX ix_task_accepting_unit_id ON task (accepting_unit_id)",
    "CREATE INDEX ix_task_problem_id ON task (problem_id)",
    "CREATE INDEX ix_task_responsible_unit_id ON task (responsible_unit_id)",
    "CREATE INDEX ix_measure_task_id ON measure (task_id)",
    "CREATE INDEX ix_measure_unit_id ON measure (unit_id)",
    "CREATE INDEX ix_place_candidate_problem_id ON place_candidate (problem_id)",
)


def upgrade() -> None:
    for table in (
        SOURCE_DOCUMENT,
        CAMPAIGN,
        PROBLEM,
        PROBLEM_POINT,
        TASK,
        TASK_UNIT,
        MEASURE,
        PLACE_CANDIDATE,
    ):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    for table in (
        "place_candidate",
        "measure",
        "task_unit",
        "task",
        "problem_point",
        "problem",
        "campaign",
        "source_document",
    ):
        op.drop_table(table)
