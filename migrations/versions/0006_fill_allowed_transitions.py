"""The rows of the lifecycle table; a test holds them equal to points/lifecycle.py."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

# number, source, target, verb, roles, needs, confirmers; lists are words apart by blanks
ROWS = (
    (
        1,
        "draft",
        "reported",
        "report",
        "admin inspector planner",
        "geometry photo category text",
        "",
    ),
    (
        2,
        "reported",
        "assigned",
        "assign",
        "planner",
        "substantiation responsible_unit accepting_unit units_differ deadline",
        "",
    ),
    (
        3,
        "reported",
        "unfounded",
        "find_unfounded",
        "planner",
        "visit two_photos reason",
        "acceptor",
    ),
    (4, "reported", "merged", "merge", "planner", "main_point", ""),
    (4, "assigned", "merged", "merge", "planner", "main_point", ""),
    (5, "reported", "referred", "refer", "planner", "receiving_body referral_no", "admin"),
    (5, "assigned", "referred", "refer", "planner", "receiving_body referral_no", "admin"),
    (
        6,
        "assigned",
        "reported",
        "return_assignment",
        "responsible",
        "reason proposed_unit returns_left",
        "planner",
    ),
    (7, "assigned", "planned", "plan", "responsible", "measures case_plan", ""),
    (8, "assigned", "rectifying", "fix_at_once", "responsible", "immediate_fix", ""),
    (9, "planned", "rectifying", "start", "responsible", "measures", "acceptor"),
    (
        10,
        "rectifying",
        "rectifying",
        "record_progress",
        "inspector responsible",
        "reason progress",
        "",
    ),
    (
        11,
        "rectifying",
        "completed",
        "complete",
        "responsible",
        "measures_done after_photos case_no",
        "",
    ),
    (12, "completed", "rectifying", "reject", "acceptor", "failed_items photo new_deadline", ""),
    (
        13,
        "completed",
        "accepted",
        "accept",
        "acceptor",
        "independence recent_visit five_checks signature",
        "",
    ),
    (14, "accepted", "in_notice", "publish_notice", "planner", "notice", ""),
    (15, "in_notice", "rectifying", "uphold_objection", "planner", "objection new_deadline", ""),
    (16, "in_notice", "closed", "close_off", "admin planner", "notice_over notice_proof", ""),
    (17, "accepted", "closed", "close_without_notice", "admin", "no_notice_needed", ""),
    (18, "closed", "ongoing", "keep_ongoing", "planner", "proof_plan", ""),
    (18, "ongoing", "closed", "end_ongoing", "planner", "reason", ""),
    (
        19,
        "closed",
        "assigned",
        "report_relapse",
        "admin inspector",
        "relapse_photo reason",
        "planner",
    ),
    (
        19,
        "ongoing",
        "assigned",
        "report_relapse",
        "admin inspector",
        "relapse_photo reason",
        "planner",
    ),
    (
        20,
        "reported",
        "reported",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "assigned",
        "assigned",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "planned",
        "planned",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "rectifying",
        "rectifying",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "completed",
        "completed",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "accepted",
        "accepted",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (
        20,
        "in_notice",
        "in_notice",
        "extend",
        "responsible",
        "reason new_deadline document",
        "acceptor admin",
    ),
    (21, "unfounded", "reported", "correct", "admin", "reason", "admin"),
    (21, "merged", "reported", "correct", "admin", "reason", "admin"),
    (21, "merged", "assigned", "correct", "admin", "reason", "admin"),
    (21, "referred", "reported", "correct", "admin", "reason", "admin"),
    (21, "referred", "assigned", "correct", "admin", "reason", "admin"),
    (21, "closed", "in_notice", "correct", "admin", "reason", "admin"),
    (21, "closed", "accepted", "correct", "admin", "reason", "admin"),
    (21, "closed", "ongoing", "correct", "admin", "reason", "admin"),
)
TABLE = sa.table(
    "allowed_transition",
    sa.column("number", sa.Integer),
    sa.column("source", sa.Text),
    sa.column("target", sa.Text),
    sa.column("verb", sa.Text),
    sa.column("roles", postgresql.JSONB),
    sa.column("needs", postgresql.JSONB),
    sa.column("confirmers", postgresql.JSONB),
)


def upgrade() -> None:
    names = [column.name for column in TABLE.columns]
    lists = {"roles", "needs", "confirmers"}
    rows = [
        {
            name: str(value).split() if name in lists else value
            for name, value in zip(names, row, strict=True)
        }
        for row in ROWS
    ]
    op.bulk_insert(TABLE, rows)


def downgrade() -> None:
    op.execute("DELETE FROM allowed_transition")
