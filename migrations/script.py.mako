"""${message}.

Rules: next number and an imperative slug; imports only alembic, sqlalchemy, geoalchemy2;
schema or data, not both; NOT NULL in two steps; a real downgrade, or raise with the reason.
"""

from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
