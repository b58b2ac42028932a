"""What a lamp and a state look like: shape and colour, on pages, maps and paper alike; plain."""

from dataclasses import dataclass

from geoapp.core.i18n import N_


@dataclass(frozen=True)
class Symbol:
    """A sign that is read without colour: *shape* and *word* say the same as *tone*.

    *tone* is a colour token of app.css, *colour* its value for canvas and paper.
    """

    shape: str
    tone: str
    colour: str
    word: str


TONES = {
    "green": "#1a7a4c",
    "yellow": "#b26a00",
    "red": "#b3231b",
    "blue": "#1f5fa6",
    "grey": "#6a7377",
    "purple": "#694a92",
    "teal": "#00695f",
    "amber": "#a35a00",
}


def _symbol(shape: str, tone: str, word: str) -> Symbol:
    return Symbol(shape, tone, TONES[tone], word)


LAMPS = {
    "green": _symbol("circle", "green", N_("On schedule")),
    "yellow": _symbol("triangle", "yellow", N_("Behind or due soon")),
    "red": _symbol("square", "red", N_("Overdue")),
    "blue": _symbol("diamond", "blue", N_("Kept up")),
    "grey": _symbol("ring", "grey", N_("Finished")),
}

STAGES = {
    "reported": _symbol("down", "purple", N_("To be verified")),
    "assigned": _symbol("diamond", "blue", N_("Assigned")),
    "rectifying": _symbol("triangle", "amber", N_("Rectifying")),
    "acceptance": _symbol("hexagon", "teal", N_("In acceptance")),
    "closed": _symbol("circle", "green", N_("Closed off")),
    "ongoing": _symbol("target", "blue", N_("Ongoing duty")),
    "ended": _symbol("cross", "grey", N_("Ended otherwise")),
}
"""States grouped for the map: thirteen colours are no longer read, seven are."""

STAGE_OF_STATE = {
    "draft": "reported",
    "reported": "reported",
    "assigned": "assigned",
    "planned": "assigned",
    "rectifying": "rectifying",
    "completed": "acceptance",
    "accepted": "acceptance",
    "in_notice": "acceptance",
    "closed": "closed",
    "ongoing": "ongoing",
    "unfounded": "ended",
    "merged": "ended",
    "referred": "ended",
}

_STATE_WORDS = {
    "draft": N_("Draft"),
    "reported": N_("To be verified"),
    "assigned": N_("Assigned"),
    "planned": N_("Plan fixed"),
    "rectifying": N_("Rectifying"),
    "completed": N_("Completed, to be accepted"),
    "accepted": N_("Accepted"),
    "in_notice": N_("In public notice"),
    "closed": N_("Closed off"),
    "ongoing": N_("Ongoing duty"),
    "unfounded": N_("Unfounded"),
    "merged": N_("Merged"),
    "referred": N_("Referred"),
}

UNKNOWN = _symbol("ring", "grey", N_("Unknown"))


def lamp_symbol(value: str) -> Symbol:
    """Return the sign of a lamp (green, yellow, red, blue, grey)."""
    return LAMPS.get(str(value), UNKNOWN)


def state_symbol(value: str) -> Symbol:
    """Return the sign of a point's state: the stage's shape and colour, the state's own word."""
    stage = STAGE_OF_STATE.get(str(value))
    if stage is None:
        return UNKNOWN
    return _symbol(STAGES[stage].shape, STAGES[stage].tone, _STATE_WORDS[str(value)])
