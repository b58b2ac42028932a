"""The working-day calendar and the time limits."""

from alembic import op

revision = "0003"
down_revision = "0002"

CALENDAR_DAY = r"""
CREATE TABLE calendar_day (
    day DATE NOT NULL,
    is_workday BOOLEAN NOT NULL,
    workday_no INTEGER NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    status VARCHAR(32) NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (day),
    CONSTRAINT ck_calendar_day_workday_no_not_negative CHECK (workday_no >= 0),
    CONSTRAINT ck_calendar_day_daystatus CHECK (status IN ('official', 'predicted'))
)
"""

DEADLINE_RULE = r"""
CREATE TABLE deadline_rule (
    event TEXT NOT NULL,
    amount INTEGER NOT NULL,
    unit VARCHAR(32) NOT NULL,
    cut_off TIME WITHOUT TIME ZONE,
    note TEXT DEFAULT '' NOT NULL,
    row_version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    CONSTRAINT pk_deadline_rule PRIMARY KEY (event),
    CONSTRAINT ck_deadline_rule_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT ck_deadline_rule_event_named CHECK (event <> ''),
    CONSTRAINT ck_deadline_rule_limitunit CHECK (unit IN ('workday', 'day', 'month', 'hour'))
)
"""

INDEXES = ("CREATE INDEX ix_calendar_day_workday_no ON calendar_day (workday_no)",)


def upgrade() -> None:
    for table in (CALENDAR_DAY, DEADLINE_RULE):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    for table in (
        "deadline_rule",
        "calendar_day",
    ):
        op.drop_table(table)
