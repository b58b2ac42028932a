"""What passes between upload, preview and confirmation: a sealed ticket for the stored file."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from itsdangerous import BadData, URLSafeTimedSerializer

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.geo.datum import parse_datum
from geoapp.intake.readers_datum import FROM_FILE

VALID_S = 86_400  # a preview older than a day is looked at anew
DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
NUMBERED = "epsg"
LONGEST = 500


class FileMissing(BadInput):
    """The form came without a file."""

    code = "intake.no_file"
    message = N_("No file was chosen, or it is empty.")
    hint = N_("Choose a file and send the form again.")


class TicketWrong(BadInput):
    """The seal is broken, too old, of another person or for another kind of import."""

    code = "intake.ticket_wrong"
    message = N_("This preview is too old, or does not belong to you.")
    hint = N_("Choose the file once more.")


class Fields(Protocol):
    """A form as it was sent."""

    def get(self, name: str, default: str, /) -> str:
        """Return the first value of a field."""

    def getlist(self, name: str, /) -> list[str]:
        """Return all values of a field."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An uploaded file between preview and confirmation."""

    kind: str
    """ledger, points or layer."""
    sha256: str
    name: str


@dataclass(frozen=True)
class Sealer:
    """Seals for one person; nobody else's seal opens."""

    key: bytes | str
    person_id: uuid.UUID | None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=f"intake {purpose} {self.person_id}")

    def seal(self, purpose: str, content: Mapping[str, Any]) -> str:
        """Return *content* as a text that cannot be changed unseen."""
        return self._serializer(purpose).dumps(dict(content))

    def unseal(self, purpose: str, text: str) -> dict[str, Any]:
        """Return what was sealed.

        Raises:
            TicketWrong: it is not ours, or not this person's, or too old.
        """
        try:
            content: dict[str, Any] = self._serializer(purpose).loads(text, max_age=VALID_S)
        except BadData:
            raise TicketWrong from None
        return content

    def ticket(self, text: str, *, kind: str) -> Ticket:
        """Return the ticket that *text* carries, if it is for this *kind* of import."""
        ticket = Ticket(**self.unseal("file", text))
        if ticket.kind != kind:
            raise TicketWrong
        return ticket

    def text(self, ticket: Ticket) -> str:
        """Return the ticket as the form carries it."""
        return self.seal("file", asdict(ticket))


def word(form: Fields, name: str) -> str:
    """Return a field without blanks around it, never longer than any honest one."""
    return form.get(name, "").strip()[:LONGEST]


def datum_of(form: Fields) -> str:
    """Return the declared datum; empty: none was."""
    chosen = word(form, "datum")
    return f"EPSG:{word(form, 'epsg')}" if chosen == NUMBERED else chosen


def datum_choices() -> list[tuple[str, str]]:
    """The options of the datum, in the reader's language."""
    return [
        ("", _("Please choose")),
        *((name, parse_datum(name).label) for name in DATUMS),
        (NUMBERED, _("By EPSG number")),
        (FROM_FILE, _("As the file itself says")),
    ]


def pairs_of(form: Fields, left: str, right: str) -> list[tuple[str, str]]:
    """Return the filled pairs of two columns of fields."""
    rows = zip(form.getlist(left), form.getlist(right), strict=False)
    return [(one, other) for one, other in rows if one and other]
