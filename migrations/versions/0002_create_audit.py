"""The audit log, which the database itself keeps append-only and in one chain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

REFUSE_CHANGE = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
# A whole batch at once: the head moves one time, however many entries there are.
MOVE_HEAD = """
CREATE FUNCTION audit_move_head() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head audit_head%ROWTYPE;
    entries bigint;
    first_seq bigint;
    last_seq bigint;
BEGIN
    SELECT count(*), min(seq), max(seq) INTO entries, first_seq, last_seq FROM fresh;
    IF entries = 0 THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM audit_head FOR UPDATE;
    IF first_seq <> head.seq + 1 OR last_seq <> head.seq + entries OR EXISTS (
        SELECT FROM (
            SELECT prev_hash, lag(hash, 1, head.hash) OVER (ORDER BY seq) AS hash_before FROM fresh
        ) AS link WHERE prev_hash <> hash_before
    ) THEN
        RAISE EXCEPTION 'audit entries % to % do not follow the head of the chain',
            first_seq, last_seq USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE audit_head SET seq = last_seq, hash = (SELECT hash FROM fresh WHERE seq = last_seq);
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "audit_log_refuse_change": "BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
    "audit_log_move_head": "AFTER INSERT ON audit_log REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_move_head()",
    "audit_head_refuse_change": "BEFORE INSERT OR DELETE OR TRUNCATE ON audit_head"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
    # depth 1: the update came straight from a client, not from audit_move_head
    "audit_head_refuse_update": "BEFORE UPDATE ON audit_head FOR EACH ROW"
    " WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION audit_refuse_change()",
}


def words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False)


def digest(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    create_log()
    create_head()
    op.execute(REFUSE_CHANGE)
    op.execute(MOVE_HEAD)
    for name, rule in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {rule}")
        table = "audit_log" if name.startswith("audit_log") else "audit_head"
        # ALWAYS: also for a session that calls itself a replica
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM PUBLIC, CURRENT_USER")
    op.execute("REVOKE INSERT, DELETE, TRUNCATE ON audit_head FROM PUBLIC, CURRENT_USER")


def create_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid),
        words("actor_name"),
        sa.Column("unit_id", sa.Uuid),
        words("source"),
        words("address_prefix"),
        words("device_id"),
        sa.Column("device_at", sa.DateTime(timezone=True)),
        words("action"),
        words("entity"),
        words("entity_id"),
        sa.Column("before", sa.dialects.postgresql.JSONB),
        sa.Column("after", sa.dialects.postgresql.JSONB),
        words("reason"),
        digest("prev_hash"),
        digest("hash"),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_log"),
        sa.CheckConstraint("octet_length(prev_hash) = 32", name="ck_audit_log_prev_hash_size"),
        sa.CheckConstraint("octet_length(hash) = 32", name="ck_audit_log_hash_size"),
        sa.CheckConstraint("seq > 0", name="ck_audit_log_seq_positive"),
    )
    for columns in (["entity", "entity_id", "seq"], ["actor_id", "seq"], ["at"]):
        op.create_index(f"ix_audit_log_{'_'.join(columns)}", "audit_log", columns)


def create_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column(
            "audit_head_id",
            sa.SmallInteger,
            autoincrement=False,
            server_default=sa.text("1"),
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger, nullable=False),
        digest("hash"),
        sa.PrimaryKeyConstraint("audit_head_id", name="pk_audit_head"),
        sa.CheckConstraint("audit_head_id = 1", name="ck_audit_head_single_row"),
    )
    # The empty chain is part of the structure: the first entry follows 32 zero bytes.
    op.execute("INSERT INTO audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'))")


def downgrade() -> None:
    op.drop_table("audit_log")
    op.drop_table("audit_head")
    op.execute("DROP FUNCTION audit_move_head()")
    op.execute("DROP FUNCTION audit_refuse_change()")
