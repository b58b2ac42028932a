"""``geoapp db``: the schema of the database."""

import click

from geoapp.cli.output import Answer, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core import migrate
from geoapp.core.cluster import Cluster
from geoapp.core.database import Database
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(db)


@click.group()
def db() -> None:
    """Look at the schema of the database, or bring it up to date."""


@db.command()
@shared_options
def status(*, settings: Settings, as_json: bool) -> None:
    """Say at which schema the database is."""
    with opened(settings) as state:
        found = migrate.current(state.database.engine)
    known = migrate.head()
    text = _("The database is at schema %(found)s of %(known)s.", found=found, known=known)
    give(Answer(text=text, facts={"schema": found, "newest": known}), as_json=as_json)


@db.command()
@dry_run_option
@shared_options
def upgrade(*, settings: Settings, as_json: bool, dry_run: bool) -> None:
    """Bring the schema up to date (every start does so, too)."""
    cluster = None if settings.database_url else Cluster(settings.data)
    url = cluster.start() if cluster else settings.database_url
    database = Database(url)
    try:
        before = migrate.current(database.engine)
        if not dry_run:
            migrate.upgrade(database.engine)
    finally:
        database.close()
        if cluster:
            cluster.stop()
    after = migrate.head()
    text = _("Schema %(before)s → %(after)s.", before=before or "—", after=after)
    give(Answer(text=text, facts={"before": before, "after": after}), as_json=as_json)
