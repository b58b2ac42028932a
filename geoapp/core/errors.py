"""Error families: one class a cause, a string code, data instead of sentences."""

from typing import ClassVar

from geoapp.core.i18n import gettext


class DomainError(Exception):
    """A refusal with a code, data, and a sentence from the catalogue.

    A subclass sets *code* (``feature.cause``), *message* and *hint*: whole English sentences,
    marked with ``N_()`` and with named holes such as ``%(source)s``, filled from the data.
    """

    code: ClassVar[str] = ""
    message: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    def __init__(self, **data: object) -> None:
        super().__init__(self.code)
        self.data = data

    def __str__(self) -> str:
        """Say the sentence in the current language, with the hint behind it."""
        return " ".join(part for part in (self.sentence(), self.advice()) if part)

    def sentence(self) -> str:
        """What was wrong, in the current language."""
        return gettext(self.message, **self.data)

    def advice(self) -> str:
        """How to mend it, in the current language; empty where there is nothing to advise."""
        return gettext(self.hint, **self.data) if self.hint else ""


class Refused(DomainError):
    """The request breaks a rule of the domain (HTTP 422)."""


class BadInput(DomainError):
    """The request cannot be read (HTTP 400)."""


class NotFound(DomainError):
    """Nothing is there that this person may see (HTTP 404)."""


class Forbidden(DomainError):
    """This person may not do that (HTTP 403)."""


class SignInNeeded(DomainError):
    """Nobody is signed in (HTTP 401)."""


class Conflict(DomainError):
    """Somebody else changed it first (HTTP 409)."""


class TooLarge(DomainError):
    """More bytes, pixels or rows than allowed (HTTP 413)."""


class TooMany(DomainError):
    """Too many tries in a short time (HTTP 429)."""


class Unavailable(DomainError):
    """A part that the app needs is missing or down (HTTP 503)."""
