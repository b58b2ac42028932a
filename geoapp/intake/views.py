"""Pages of the imports: three cards, a preview with every problem, the result."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import current_actor, reading, requires
from geoapp.accounts.rules import Permission, may
from geoapp.intake import views_layers, views_ledger, views_points
from geoapp.intake.forms import datum_choices
from geoapp.intake.views_files import sealer
from geoapp.points.queries_layers import imported_layers
from geoapp.web.state import state

blueprint = Blueprint("intake", __name__)


@requires(Permission.LEDGER_IMPORT)
def board() -> ResponseReturnValue:
    """Offer the three kinds of import."""
    with reading() as session:
        layers = imported_layers(session)
    return render_template(
        "intake/board.html",
        datums=datum_choices(),
        layers=layers,
        upload_mb=state().settings.upload_mb,
        may_layer=may(current_actor(), Permission.LAYER_IMPORT),
    )


@requires(Permission.LEDGER_IMPORT)
def result() -> ResponseReturnValue:
    """Say what an import did; the address carries it, sealed."""
    said = sealer().unseal("result", request.args.get("said", ""))
    return render_template("intake/result.html", said=said)


blueprint.add_url_rule("/imports", view_func=board)
blueprint.add_url_rule("/imports/results", view_func=result)
views_ledger.add_addresses(blueprint)
views_points.add_addresses(blueprint)
views_layers.add_addresses(blueprint)
