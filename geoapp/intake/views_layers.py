"""A map layer: preview with kind and count, confirmation all or nothing."""

from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import requires, writing
from geoapp.accounts.rules import Permission
from geoapp.core.errors import DomainError
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.intake.forms import Ticket, datum_choices
from geoapp.intake.forms_layers import areas_of, declared_of, options_of
from geoapp.intake.services_layers import (
    KIND_NAMES,
    LEVEL_NAMES,
    LayerDeclaration,
    LayerImport,
    Outcome,
    import_layer,
)
from geoapp.intake.views_files import groups, no_file, preview_page, said, taken, unpacked

OUTCOME_NAMES = {
    Outcome.ADDED: N_("A new layer"),
    Outcome.REPLACED: N_("Replaces the layer of this name"),
    Outcome.DESCRIBED: N_("The same shapes, described anew"),
    Outcome.UNCHANGED: N_("Imported already"),
}


@dataclass
class _Look:
    """What a preview found out before it gave up, if it did."""

    declared: LayerDeclaration
    done: LayerImport | None = None
    trouble: DomainError | None = None


def _try(ticket: Ticket, *, keep: bool) -> _Look:
    """Import for good when *keep* and nothing is wrong; otherwise look, and take it back."""
    look = _Look(declared_of(request.form, file_name=ticket.name, sha256=ticket.sha256))
    try:
        with writing() as session, unpacked(ticket) as path:
            look.done = import_layer(
                session,
                path,
                options=options_of(request.form),
                declared=look.declared,
                areas=areas_of(request.form),
                name=ticket.name,
            )
            if look.done.refused or not keep:
                session.rollback()
    except DomainError as error:
        look.trouble = error
    return look


@requires(Permission.LAYER_IMPORT)
def preview_layer() -> ResponseReturnValue:
    """Show kind, count, first shapes and every problem; nothing stays written."""
    try:
        ticket = taken("layer")
    except DomainError as error:
        return no_file(error)
    return _page(ticket, _try(ticket, keep=False))


@requires(Permission.LAYER_IMPORT)
def import_layer_file() -> ResponseReturnValue:
    """Bring the layer in, whole or not at all."""
    try:
        ticket = taken("layer")
    except DomainError as error:
        return no_file(error)
    look = _try(ticket, keep=True)
    done = look.done
    if done is None or done.refused or look.trouble:
        return _page(ticket, look)
    return said(
        {
            "kind": "layer",
            "file": ticket.name,
            "title": look.declared.title,
            "nothing": done.outcome is Outcome.UNCHANGED
            and not (done.areas_added or done.areas_changed),
            "outcome": done.outcome.value,
            "counts": {
                "read": done.read,
                "before": done.before,
                "areas_added": done.areas_added,
                "areas_changed": done.areas_changed,
            },
        }
    )


def _page(ticket: Ticket, look: _Look) -> ResponseReturnValue:
    done = look.done
    return preview_page(
        "intake/layer.html",
        ticket,
        look.trouble,
        refused=done is None or done.refused,
        done=done,
        declared=look.declared,
        groups=groups(done.problems, done.numbers) if done else [],
        datums=datum_choices(),
        levels=[("", _("No"))] + [(key, _(name)) for key, name in LEVEL_NAMES.items()],
        kind_names=KIND_NAMES,
        outcome_names=OUTCOME_NAMES,
        headings=[(one, one) for one in done.headings] if done else [],
    )


def add_addresses(blueprint: Blueprint) -> None:
    """Give the pages of this module their addresses."""
    blueprint.add_url_rule("/imports/layer/previews", view_func=preview_layer, methods=["POST"])
    blueprint.add_url_rule("/imports/layer", view_func=import_layer_file, methods=["POST"])
