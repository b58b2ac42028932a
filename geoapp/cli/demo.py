"""``geoapp demo``: an example district to look around in."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from geoapp.accounts.rules import ROLE_NAMES, SYSTEM
from geoapp.cli.output import DRY_RUN_DONE, Answer, give
from geoapp.cli.root import dry_run_option, opened, shared_options
from geoapp.core.blobs import BlobStore, DiskStore
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings
from geoapp.demo.services import Loaded, load_demo
from geoapp.web.state import AppState


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(demo)


@click.group()
def demo() -> None:
    """Load an example district: units, people, points with a past."""


@demo.command()
@dry_run_option
@shared_options
def load(*, settings: Settings, as_json: bool, dry_run: bool) -> None:
    """Load the example district; what is there already stays as it is."""
    with opened(settings) as state:
        if not dry_run:
            found = _load(state, settings, state.blobs, dry_run=False)
        else:
            with tempfile.TemporaryDirectory() as folder:
                found = _load(state, settings, DiskStore(Path(folder)), dry_run=True)
    facts = {} if dry_run else {"logins": [vars(login) for login in found.logins]}
    give(
        Answer(text=_text(found, dry_run=dry_run), counts=found.counts(), facts=facts),
        as_json=as_json,
    )


def _load(state: AppState, settings: Settings, blobs: BlobStore, *, dry_run: bool) -> Loaded:
    with state.database.transaction(SYSTEM) as session:
        found = load_demo(session, blobs=blobs, settings=settings, now=datetime.now(UTC))
        if dry_run:
            session.rollback()
    return found


def _text(found: Loaded, *, dry_run: bool) -> str:
    if dry_run:
        return _(DRY_RUN_DONE)
    if not any(found.counts().values()):
        return _("The example district is there already; nothing was changed.")
    lines = [_("The example district is loaded.")]
    if found.logins:
        lines.append(
            _("Sign-ins, shown only this once (geoapp users passwd LOGIN makes a new one):")
        )
    lines += [f"  {_(ROLE_NAMES[one.role])}\t{one.login}\t{one.password}" for one in found.logins]
    return "\n".join(lines)
