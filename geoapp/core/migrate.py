"""Schema versions: Alembic driven from code, with the folder found at run time."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_
from geoapp.core.resources import data_dir


class SchemaNewer(Unavailable):
    """The database was migrated by a newer program."""

    code = "schema.newer"
    message = N_("The database is at schema %(found)s, which this program does not know.")
    hint = N_("Start the newer program again, or restore a backup made by this version.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(data_dir("migrations")))
    return config


def head() -> str:
    """Return the newest revision that this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(engine: Engine) -> str | None:
    """Return the revision of the database; None: empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the database to *target*; does nothing, quickly, when it is there.

    Raises:
        SchemaNewer: the database knows a revision that this program does not.
    """
    found = current(engine)
    script = ScriptDirectory.from_config(_config())
    if target == "head" and found == script.get_current_head():
        return
    if found is not None and found not in {item.revision for item in script.walk_revisions()}:
        raise SchemaNewer(found=found)
    _run(engine, command.upgrade, target)


def downgrade(engine: Engine, target: str) -> None:
    """Take the database back to *target* (a revision or ``base``)."""
    _run(engine, command.downgrade, target)


def _run(engine: Engine, step: object, target: str) -> None:
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        step(config, target)  # type: ignore[operator]
