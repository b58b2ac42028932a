"""Why a visit or a photo is refused; plain Python. *data["field"]* names the place in the form."""

from geoapp.core.errors import BadInput, Conflict, NotFound, Refused, TooLarge
from geoapp.core.i18n import N_


class VisitMissing(NotFound):
    """There is no such visit, or this person may not see it."""

    code = "visits.visit_missing"
    message = N_("There is no such visit, or it is not yours to see.")
    hint = N_("Look at the point for its visits.")


class EvidenceNotFound(NotFound):
    """There is no such photo, or this person may not see it."""

    code = "visits.evidence_missing"
    message = N_("There is no such photo, or it is not yours to see.")
    hint = N_("Look at the point for its photos.")


class VisitIdTaken(Conflict):
    """The same id came with other content: a draft was changed after it had been received."""

    code = "visits.id_taken"
    message = N_("This visit was already received, with other content; nothing was changed.")
    hint = N_("Look at the receipt. What is missing there belongs into a new visit.")


class FindingsMissing(Refused):
    """Nothing is said about what was seen."""

    code = "visits.findings_missing"
    message = N_("Nothing is written about what was seen.")
    hint = N_("Say in a few words what the place looks like.")


class OffSiteReasonMissing(Refused):
    """The phone was too far away for a visit on site, and nobody says why."""

    code = "visits.off_site_reason_missing"
    message = N_("You are %(distance_m)s m from the point; on site means within %(limit_m)s m.")
    hint = N_("Measure the position again at the place, or write down why you are elsewhere.")


class PositionReasonMissing(Refused):
    """A visit on site without a position, and nobody says why."""

    code = "visits.position_reason_missing"
    message = N_("The visit has no position.")
    hint = N_("Let the phone measure it, or write down why that is not possible.")


class PositionCoarse(Refused):
    """The position is so inexact that it shows no presence, and nobody says why."""

    code = "visits.position_coarse"
    message = N_("The position is only exact to %(accuracy_m)s m.")
    hint = N_("Switch on the phone's exact location, or write down why that is not possible.")


class PositionWrong(BadInput):
    """Longitude or latitude are no degrees on the globe, or the accuracy is no length."""

    code = "visits.position_wrong"
    message = N_("%(lon)s, %(lat)s is no position in degrees, longitude first.")
    hint = N_("Measure the position again.")


class PhotoTwice(Refused):
    """The same photo came twice with this visit."""

    code = "visits.photo_twice"
    message = N_("Photo %(number)s is the same as another photo of this visit.")
    hint = N_("Remove one of them.")


class PhotoAlreadyFiled(Refused):
    """The point already has this very photo."""

    code = "visits.photo_already_filed"
    message = N_("Photo %(number)s is already filed with this point.")
    hint = N_("Remove it, or take a new one: each visit needs its own photos.")


class TooManyPhotos(TooLarge):
    """More photos than one visit can have."""

    code = "visits.too_many_photos"
    message = N_("A visit has at most %(limit)s photos.")
    hint = N_("Send the others with a second visit.")
