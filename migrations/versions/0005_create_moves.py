"""The lifecycle: allowed pairs, the append-only log of moves, proposals."""

from alembic import op

revision = "0005"
down_revision = "0004"

ALLOWED_TRANSITION = r"""
CREATE TABLE allowed_transition (
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    verb TEXT NOT NULL,
    number INTEGER NOT NULL,
    roles JSONB NOT NULL,
    needs JSONB NOT NULL,
    confirmers JSONB NOT NULL,
    CONSTRAINT pk_allowed_transition PRIMARY KEY (source, target, verb)
)
"""

TRANSITION_LOG = r"""
CREATE TABLE transition_log (
    transition_id UUID NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    point_id UUID NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    verb TEXT NOT NULL,
    role TEXT NOT NULL,
    actor_id UUID,
    actor_name TEXT DEFAULT '' NOT NULL,
    unit_id UUID,
    confirmed_by UUID,
    at timestamptz NOT NULL,
    device_at timestamptz,
    pos geometry(POINT,4326),
    evidence_ids JSONB DEFAULT '[]' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    due_on DATE,
    CONSTRAINT pk_transition_log PRIMARY KEY (transition_id),
    CONSTRAINT fk_transition_log_source_target_verb_allowed_transition
        FOREIGN KEY(source, target, verb) REFERENCES allowed_transition (source, target,
            verb),
    CONSTRAINT fk_transition_log_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id)
)
"""

MOVE_PROPOSAL = r"""
CREATE TABLE move_proposal (
    proposal_id UUID NOT NULL,
    point_id UUID NOT NULL,
    source VARCHAR(32) NOT NULL,
    target TEXT NOT NULL,
    verb VARCHAR(32) NOT NULL,
    role TEXT NOT NULL,
    proposed_by UUID NOT NULL,
    proposed_name TEXT NOT NULL,
    proposed_unit_id UUID,
    proposed_at timestamptz NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    decision TEXT DEFAULT '' NOT NULL,
    decided_by UUID,
    decided_at timestamptz,
    decision_reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_move_proposal PRIMARY KEY (proposal_id),
    CONSTRAINT fk_move_proposal_source_target_verb_allowed_transition
        FOREIGN KEY(source, target, verb) REFERENCES allowed_transition (source, target,
            verb),
    CONSTRAINT ck_move_proposal_decision
        CHECK (decision IN ('', 'confirmed', 'declined', 'withdrawn')),
    CONSTRAINT ck_move_proposal_decided CHECK ((decision = '') = (decided_at IS NULL)),
    CONSTRAINT ck_move_proposal_two_people CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_move_proposal_point_id_point FOREIGN KEY(point_id) REFERENCES point (point_id),
    CONSTRAINT ck_move_proposal_state
        CHECK (source IN ('draft', 'reported', 'assigned', 'planned', 'rectifying',
            'completed', 'accepted', 'in_notice', 'closed', 'ongoing', 'unfounded',
            'merged', 'referred')),
    CONSTRAINT ck_move_proposal_verb
        CHECK (verb IN ('report', 'assign', 'find_unfounded', 'merge', 'refer',
            'return_assignment', 'plan', 'fix_at_once', 'start', 'record_progress',
            'complete', 'reject', 'accept', 'publish_notice', 'uphold_objection',
            'close_off', 'close_without_notice', 'keep_ongoing', 'end_ongoing',
            'report_relapse', 'extend', 'correct'))
)
"""

INDEXES = (
    "CREATE INDEX ix_transition_log_actor_id ON transition_log (actor_id)",
    "CREATE INDEX ix_transition_log_point_id_at ON transition_log (point_id, at)",
    "CREATE INDEX ix_move_proposal_point_id ON move_proposal (point_id)",
    """CREATE UNIQUE INDEX uq_move_proposal_open_point_id
    ON move_proposal (point_id)
    WHERE decision = ''""",
)

REFUSE_CHANGE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
REFUSE_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    for table in (ALLOWED_TRANSITION, TRANSITION_LOG, MOVE_PROPOSAL):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)
    op.execute(REFUSE_FUNCTION)
    for table in ("transition_log",):
        op.execute(REFUSE_CHANGE.format(table=table))


def downgrade() -> None:
    for table in (
        "move_proposal",
        "transition_log",
        "allowed_transition",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
