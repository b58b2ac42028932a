"""Why a change of a point is refused; plain Python."""

from geoapp.core.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from geoapp.core.i18n import N_
from geoapp.core.i18n import gettext as _
from geoapp.points.protocol import NEED_TEXTS, VERB_NAMES, Need, Verb


class MoveNotAllowed(Conflict):
    """The lifecycle has no such move from the present state; often somebody was faster."""

    code = "point.move_not_allowed"
    message = N_("“%(move)s” is not possible: the point is now in the state “%(state)s”.")
    hint = N_("Reload the page to see what happened and which moves are open.")


class PointChanged(Conflict):
    """The point was changed after this person looked at it."""

    code = "point.changed"
    message = N_("Somebody else has changed this point in the meantime; nothing was saved.")
    hint = N_("Reload the page, look at the change, and enter yours again.")


class MoveForbidden(Forbidden):
    """No role of the person reaches this point for this move."""

    code = "point.move_forbidden"
    message = N_("“%(move)s” is for these roles of the units concerned: %(roles)s.")
    hint = N_("Ask one of them, or your administrator if this is your work.")


class EvidenceMissing(Refused):
    """Something that the move demands has not been given."""

    code = "point.evidence_missing"
    message = N_("“%(move)s” still lacks: %(lacks)s")
    hint = N_("Add what is missing, then try again.")


def evidence_missing(verb: Verb, needs: tuple[Need, ...]) -> EvidenceMissing:
    """Name each of *needs* that the move lacks, by its word and by its text."""
    return EvidenceMissing(
        move=_(VERB_NAMES[verb]),
        lacks=" ".join(_(NEED_TEXTS[need]) for need in needs),
        verb=verb.value,
        needs=[need.value for need in needs],
    )


class ProposalWaiting(Conflict):
    """Another move of the point waits for a second person already."""

    code = "point.proposal_waiting"
    message = N_("“%(move)s” already waits for the decision of a second person.")
    hint = N_("Wait for the decision, or let it be withdrawn first.")


class ProposalMissing(NotFound):
    """There is no such proposal, or this person may not see it."""

    code = "point.proposal_missing"
    message = N_("There is no such proposal, or it is not yours to see.")
    hint = N_("Look at the history of the point.")


class ProposalDecided(Conflict):
    """The proposal has been decided already."""

    code = "point.proposal_decided"
    message = N_("This proposal has already been decided.")
    hint = N_("Look at the history of the point.")


class ProposalOwn(Forbidden):
    """Nobody confirms what they proposed themselves."""

    code = "point.proposal_own"
    message = N_("You proposed this yourself; a second person has to confirm it.")
    hint = N_("Ask somebody with the right to confirm; you can only withdraw it.")


class PersonNeeded(Forbidden):
    """A proposal comes from a person, not from the program."""

    code = "point.person_needed"
    message = N_("Only a person can do this, not the program itself.")
    hint = N_("Sign in and do it under your own name.")


class PointIdTaken(Conflict):
    """Another point already came under this id."""

    code = "point.id_taken"
    message = N_("Another point was already sent under this id.")
    hint = N_("Reload the page and enter the point once more.")


class OutsideRegion(Refused):
    """The position lies outside the region of the office."""

    code = "point.outside_region"
    message = N_("The position %(lon)s, %(lat)s lies outside the region of this office.")
    hint = N_("Check longitude and latitude; confirm the position if it is right.")


class ShapeWrong(Refused):
    """The shape does not fit the category."""

    code = "point.shape_wrong"
    message = N_("A point of the category “%(category)s” cannot be drawn as %(shape)s.")
    hint = N_("River segments are lines; every other category is a position or an area.")


class ShapeInvalid(Refused):
    """The shape is empty, crosses itself, or lies off the globe."""

    code = "point.shape_invalid"
    message = N_("The shape is empty, crosses itself, or lies off the globe.")
    hint = N_("Draw it again without crossing lines; longitude comes before latitude.")


class FieldUnknown(BadInput):
    """A change names something of a point that cannot be edited."""

    code = "point.field_unknown"
    message = N_("“%(name)s” of a point cannot be edited.")
    hint = N_("States and deadlines change by moves, positions by relocating the point.")


class CommentWrong(Refused):
    """A comment without words, or with too many."""

    code = "point.comment_wrong"
    message = N_("A comment has between 1 and 4000 characters.")
    hint = N_("Write a comment, or divide it in two.")
