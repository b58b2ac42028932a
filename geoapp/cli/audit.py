"""``geoapp audit``: the proof that the record of changes is whole."""

import click

from geoapp.accounts.rules import SYSTEM
from geoapp.audit.services import DAMAGE_TEXTS, Anchor, AnchorUnreadable, current_anchor
from geoapp.audit.services import verify as verify_chain
from geoapp.cli.output import Answer, give
from geoapp.cli.root import opened, shared_options
from geoapp.core.i18n import gettext as _
from geoapp.core.settings import Settings


def register(main: click.Group) -> None:
    """Add the commands to ``geoapp``."""
    main.add_command(audit)


@click.group()
def audit() -> None:
    """Check the record of all changes."""


@audit.command()
@click.option("--anchor", help="SEQ:HASH that an earlier check printed; the chain must hold it.")
@shared_options
def verify(*, settings: Settings, as_json: bool, anchor: str | None) -> None:
    """Recompute the whole hash chain; exit 1 when a link does not hold."""
    known = _anchor(anchor) if anchor else None
    with opened(settings) as state, state.database.reading(SYSTEM) as session:
        result = verify_chain(session, anchor=known)
        end = str(current_anchor(session))
    good = _("The chain of %(rows)s entries is whole. Its end: %(end)s", rows=result.rows, end=end)
    bad = _(DAMAGE_TEXTS[result.reason]) if result.reason else ""
    at = _("Entry %(seq)s: %(why)s", seq=result.first_bad_seq, why=bad)
    answer = Answer(
        text=good if result.ok else at,
        counts={"entries": result.rows},
        facts={"anchor": end, "first_bad": result.first_bad_seq},
        refused=not result.ok,
        code="" if result.ok else "audit.damaged",
    )
    give(answer, as_json=as_json)


def _anchor(words: str) -> Anchor:
    try:
        return Anchor.parse(words)
    except ValueError as error:
        raise AnchorUnreadable from error
