"""Alembic's door: one advisory lock, short lock waits, one transaction a migration."""

from alembic import context
from sqlalchemy import text

MIGRATION_LOCK = 0x6765_6F61  # "geoa"

connection = context.config.attributes["connection"]
connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
connection.execute(text("SET lock_timeout = '10s'"))
connection.execute(text("SET statement_timeout = '15min'"))
connection.commit()
try:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
finally:
    connection.rollback()
    connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
    connection.execute(text("RESET lock_timeout"))
    connection.execute(text("RESET statement_timeout"))
    connection.commit()
