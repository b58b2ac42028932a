"""Units, people, role grants, sign-ins and the throttle of failed tries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ONE_AT_A_TIME = """
ALTER TABLE role_grant ADD CONSTRAINT ex_role_grant_one_at_a_time EXCLUDE USING gist (
    person_id WITH =, role WITH =, unit_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
"""
# Two moves at once could close a circle that neither sees: the lock makes them queue.
REFUSE_CIRCLE = """
CREATE FUNCTION unit_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('unit tree'));
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT parent_id FROM unit WHERE unit_id = NEW.parent_id
            UNION
            SELECT unit.parent_id FROM unit JOIN above ON unit.unit_id = above.parent_id
        )
        SELECT FROM above WHERE parent_id = NEW.unit_id
    ) THEN
        RAISE EXCEPTION 'unit % cannot stand below itself', NEW.unit_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_unit_no_circle';
    END IF;
    RETURN NEW;
END $$
"""
WATCH_CIRCLE = """
CREATE TRIGGER unit_refuse_circle BEFORE UPDATE OF parent_id ON unit
    FOR EACH ROW EXECUTE FUNCTION unit_refuse_circle()
"""
UNIT_KINDS = "'town', 'village', 'department', 'enterprise', 'inspection_office', 'company'"
ROLES = "'inspector', 'responsible', 'planner', 'acceptor', 'briefing', 'admin', 'adviser'"


def instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, server_default="", nullable=False)


def stamps() -> list[sa.Column]:
    made = sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )
    return [made, sa.Column("created_by", sa.Uuid)]


def version() -> sa.Column:
    return sa.Column("row_version", sa.Integer, server_default="1", nullable=False)


def is_active() -> sa.Column:
    return sa.Column("is_active", sa.Boolean, server_default=sa.true(), nullable=False)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    create_unit()
    create_person()
    create_role_grant()
    create_sign_in()
    create_sign_in_attempt()


def create_unit() -> None:
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        words("short_name"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("area_code", sa.Text),
        words("liaison_name"),
        words("liaison_phone"),
        is_active(),
        version(),
        *stamps(),
        sa.PrimaryKeyConstraint("unit_id", name="pk_unit"),
        sa.UniqueConstraint(
            "parent_id", "name", name="uq_unit_parent_id_name", postgresql_nulls_not_distinct=True
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.unit_id"], name="fk_unit_parent_id_unit"),
        sa.CheckConstraint("parent_id <> unit_id", name="ck_unit_not_own_parent"),
        sa.CheckConstraint(
            "parent_id IS NOT NULL OR kind IN ('inspection_office', 'town', 'department')",
            name="ck_unit_root_kind",
        ),
        sa.CheckConstraint("btrim(name) <> ''", name="ck_unit_named"),
        sa.CheckConstraint(f"kind IN ({UNIT_KINDS})", name="ck_unit_unitkind"),
    )
    op.create_index(
        "uq_unit_root",
        "unit",
        [sa.text("(parent_id IS NULL)")],
        unique=True,
        postgresql_where=sa.text("parent_id IS NULL"),
    )
    op.execute(REFUSE_CIRCLE)
    op.execute(WATCH_CIRCLE)


def create_person() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        words("phone"),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("language", sa.Text, server_default="zh_Hans_CN", nullable=False),
        is_active(),
        sa.Column("must_change_password", sa.Boolean, server_default=sa.false(), nullable=False),
        version(),
        *stamps(),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name="fk_person_unit_id_unit"),
        sa.CheckConstraint("login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", name="ck_person_login_form"),
        sa.CheckConstraint("btrim(name) <> ''", name="ck_person_named"),
    )
    op.create_index("ix_person_unit_id", "person", ["unit_id"])


def create_role_grant() -> None:
    op.create_table(
        "role_grant",
        sa.Column("role_grant_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        instant("valid_from"),
        instant("valid_to", nullable=True),
        *stamps(),
        sa.PrimaryKeyConstraint("role_grant_id", name="pk_role_grant"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_role_grant_person_id_person"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name="fk_role_grant_unit_id_unit"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_role_grant_from_before_to"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="ck_role_grant_role"),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"])
    op.create_index("ix_role_grant_unit_id", "role_grant", ["unit_id"])
    op.execute(ONE_AT_A_TIME)


def create_sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("sign_in_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        instant("created_at"),
        instant("last_seen_at"),
        instant("expires_at"),
        instant("revoked_at", nullable=True),
        words("device"),
        words("address_prefix"),
        sa.PrimaryKeyConstraint("sign_in_id", name="pk_sign_in"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_token_hash"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_sign_in_person_id_person"
        ),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="ck_sign_in_token_hash_size"),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])
    op.create_index("ix_sign_in_expires_at", "sign_in", ["expires_at"])


def create_sign_in_attempt() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        instant("last_at"),
        instant("blocked_until", nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_attempt"),
        sa.CheckConstraint("failures >= 0", name="ck_sign_in_attempt_failures_not_negative"),
    )
    op.create_index("ix_sign_in_attempt_last_at", "sign_in_attempt", ["last_at"])


def downgrade() -> None:
    for table in ("sign_in_attempt", "sign_in", "role_grant", "person", "unit"):
        op.drop_table(table)
    op.execute("DROP FUNCTION unit_refuse_circle()")
