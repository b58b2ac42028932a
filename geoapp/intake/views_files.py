"""An upload on its way: into the blob store, out again as a file, its problems in groups."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geoapp.accounts.guard import current_actor
from geoapp.core.errors import DomainError
from geoapp.core.i18n import N_
from geoapp.intake.forms import FileMissing, Sealer, Ticket, word
from geoapp.intake.rules import RowProblem, Severity
from geoapp.web.errors import status_of
from geoapp.web.state import state

SEVERITY_NAMES = {
    Severity.ERROR: N_("Errors"),
    Severity.WARNING: N_("Warnings"),
    Severity.NOTICE: N_("Notes"),
}
SEVERITY_TONES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "blue"}
REFUSED = 422
LONGEST_NAME = 200


@dataclass(frozen=True)
class ProblemGroup:
    """All problems of one weight."""

    severity: Severity
    name: str
    tone: str
    count: int
    listed: list[RowProblem]


def sealer() -> Sealer:
    """Seals of whoever asks."""
    return Sealer(current_app.secret_key or "", current_actor().person_id)


def taken(kind: str) -> Ticket:
    """Return the file of this request: newly uploaded, or the one that its ticket names.

    Raises:
        FileMissing, TicketWrong: there is none.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        if "ticket" in request.form:
            return sealer().ticket(request.form["ticket"], kind=kind)
        raise FileMissing
    blob = state().blobs.put(upload.stream)
    if not blob.size:
        raise FileMissing
    name = PurePosixPath(upload.filename.replace("\\", "/")).name[-LONGEST_NAME:]
    return Ticket(kind, blob.sha256, name)


@contextmanager
def unpacked(ticket: Ticket) -> Iterator[Path]:
    """Put the stored file where readers can open it, until the block ends."""
    with TemporaryDirectory(prefix="geoapp-import-") as folder:
        path = Path(folder) / "upload"
        with state().blobs.open(ticket.sha256) as stored, path.open("wb") as file:
            shutil.copyfileobj(stored, file)
        yield path


def groups(
    problems: Iterable[RowProblem], numbers: Mapping[Severity, int] | None = None
) -> list[ProblemGroup]:
    """Sort *problems* by weight; *numbers* counts those that are not listed, too."""
    listed = list(problems)
    found = []
    for severity, name in SEVERITY_NAMES.items():
        own = [one for one in listed if one.severity is severity]
        count = (numbers or {}).get(severity, len(own))
        found.append(ProblemGroup(severity, name, SEVERITY_TONES[severity], count, own))
    return found


def no_file(error: DomainError) -> ResponseReturnValue:
    """Send the person back to the cards, with the reason."""
    flash(str(error), "error")
    return redirect(url_for("intake.board"), 303)


def preview_page(
    template: str, ticket: Ticket, trouble: DomainError | None, *, refused: bool, **content: Any
) -> ResponseReturnValue:
    """Show a preview; *trouble* is why the file cannot be read as declared.

    A preview with errors is a good answer to an upload, and a refusal of a confirmation.
    """
    page = render_template(
        template,
        ticket=ticket,
        sealed=sealer().text(ticket),
        trouble=trouble,
        refused=refused,
        form=request.form,
        word=lambda name: word(request.form, name),
        **content,
    )
    if trouble is not None:
        return page, status_of(type(trouble))
    return page, REFUSED if refused and "confirmed" in request.form else 200


def said(content: Mapping[str, Any]) -> ResponseReturnValue:
    """Go on to the page that says what an import did."""
    token = sealer().seal("result", content)
    return redirect(url_for("intake.result", said=token), 303)
