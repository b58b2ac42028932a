"""What a problem point can be: categories, states, grades; plain Python."""

from enum import StrEnum

from geoapp.core.i18n import N_


class Category(StrEnum):
    """What kind of place it is; the value is stored, sent and translated."""

    CONSTRUCTION_WASTE = "construction_waste"
    ILLEGAL_DUMPING = "illegal_dumping"
    DISPOSAL_SITE = "disposal_site"
    BRICK_FACTORY = "brick_factory"
    RIVER_SEGMENT = "river_segment"
    WATER_OUTFALL = "water_outfall"
    KEY_POLLUTER = "key_polluter"
    INDUSTRY = "industry"
    FARM_RUNOFF = "farm_runoff"
    WOODLAND = "woodland"
    IDLE_LAND = "idle_land"
    KEY_WORKS = "key_works"
    CATERING = "catering"
    SCRAP_YARD = "scrap_yard"
    WASTE_DUMP = "waste_dump"
    SEWAGE_WORKS = "sewage_works"
    LANDFILL = "landfill"
    WATER_SOURCE = "water_source"
    DUST = "dust"
    NOISE = "noise"
    OTHER = "other"


CATEGORY_NAMES: dict[Category, str] = {
    Category.CONSTRUCTION_WASTE: N_("Construction waste"),
    Category.ILLEGAL_DUMPING: N_("Illegal dumping"),
    Category.DISPOSAL_SITE: N_("Spoil disposal site"),
    Category.BRICK_FACTORY: N_("Brick factory"),
    Category.RIVER_SEGMENT: N_("River segment"),
    Category.WATER_OUTFALL: N_("Outfall to water"),
    Category.KEY_POLLUTER: N_("Key polluter"),
    Category.INDUSTRY: N_("Industrial firm"),
    Category.FARM_RUNOFF: N_("Farm run-off"),
    Category.WOODLAND: N_("Woodland"),
    Category.IDLE_LAND: N_("Idle land"),
    Category.KEY_WORKS: N_("Key construction works"),
    Category.CATERING: N_("Catering"),
    Category.SCRAP_YARD: N_("Scrap yard"),
    Category.WASTE_DUMP: N_("Waste dump"),
    Category.SEWAGE_WORKS: N_("Sewage works"),
    Category.LANDFILL: N_("Landfill"),
    Category.WATER_SOURCE: N_("Drinking-water source"),
    Category.DUST: N_("Dust"),
    Category.NOISE: N_("Noise"),
    Category.OTHER: N_("Other"),
}

CATEGORY_CODES: dict[Category, str] = {
    Category.CONSTRUCTION_WASTE: "CWS",
    Category.ILLEGAL_DUMPING: "DMP",
    Category.DISPOSAL_SITE: "DSP",
    Category.BRICK_FACTORY: "BRK",
    Category.RIVER_SEGMENT: "RIV",
    Category.WATER_OUTFALL: "OUT",
    Category.KEY_POLLUTER: "KEY",
    Category.INDUSTRY: "IND",
    Category.FARM_RUNOFF: "FRM",
    Category.WOODLAND: "WOD",
    Category.IDLE_LAND: "IDL",
    Category.KEY_WORKS: "WRK",
    Category.CATERING: "CAT",
    Category.SCRAP_YARD: "SCR",
    Category.WASTE_DUMP: "WST",
    Category.SEWAGE_WORKS: "SEW",
    Category.LANDFILL: "LDF",
    Category.WATER_SOURCE: "WSR",
    Category.DUST: "DST",
    Category.NOISE: "NOI",
    Category.OTHER: "OTH",
}
"""Three letters of a category inside our numbering, ``PDZQ-2023-BRK-0001``."""


class State(StrEnum):
    """Where a point stands in the loop from finding to closing."""

    DRAFT = "draft"
    REPORTED = "reported"
    ASSIGNED = "assigned"
    PLANNED = "planned"
    RECTIFYING = "rectifying"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    IN_NOTICE = "in_notice"
    CLOSED = "closed"
    ONGOING = "ongoing"
    UNFOUNDED = "unfounded"
    MERGED = "merged"
    REFERRED = "referred"


STATE_NAMES: dict[State, str] = {
    State.DRAFT: N_("Draft"),
    State.REPORTED: N_("To be verified"),
    State.ASSIGNED: N_("Assigned"),
    State.PLANNED: N_("Plan fixed"),
    State.RECTIFYING: N_("Rectifying"),
    State.COMPLETED: N_("Completed, to be accepted"),
    State.ACCEPTED: N_("Accepted"),
    State.IN_NOTICE: N_("In public notice"),
    State.CLOSED: N_("Closed off"),
    State.ONGOING: N_("Ongoing duty"),
    State.UNFOUNDED: N_("Unfounded"),
    State.MERGED: N_("Merged"),
    State.REFERRED: N_("Referred"),
}

OPEN_STATES = frozenset(
    {
        State.REPORTED,
        State.ASSIGNED,
        State.PLANNED,
        State.RECTIFYING,
        State.COMPLETED,
        State.ACCEPTED,
        State.IN_NOTICE,
    }
)
TERMINAL_STATES = frozenset({State.CLOSED, State.UNFOUNDED, State.MERGED, State.REFERRED})


class RiskGrade(StrEnum):
    """How grave a person judged the point to be; never computed."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"


RISK_NAMES: dict[RiskGrade, str] = {
    RiskGrade.RED: N_("Red risk"),
    RiskGrade.ORANGE: N_("Orange risk"),
    RiskGrade.YELLOW: N_("Yellow risk"),
    RiskGrade.BLUE: N_("Blue risk"),
    RiskGrade.GREEN: N_("Green risk"),
}


class LocationMethod(StrEnum):
    """How the position was found."""

    GNSS = "gnss"
    MAP_CLICK = "map_click"
    TYPED = "typed"
    IMPORTED = "imported"
    SEGMENT_ENDS = "segment_ends"


class Secrecy(StrEnum):
    """Who may read it at all."""

    OPEN = "open"
    INTERNAL = "internal"
    SECRET = "secret"  # noqa: S105 - a grade of documents, no password


class Substantiation(StrEnum):
    """Whether the finding is true, in the four values that offices count."""

    TRUE = "true"
    MOSTLY_TRUE = "mostly_true"
    PARTLY_TRUE = "partly_true"
    UNTRUE = "untrue"


SUBSTANTIATION_NAMES: dict[Substantiation, str] = {
    Substantiation.TRUE: N_("Substantiated"),
    Substantiation.MOSTLY_TRUE: N_("Mostly substantiated"),
    Substantiation.PARTLY_TRUE: N_("Partly substantiated"),
    Substantiation.UNTRUE: N_("Unsubstantiated"),
}

MIN_TEXT_LENGTH = 10  # characters; domain table, move 1: "text ≥ 10 字"


def format_code(prefix: str, area_code: str, year: int, category: Category, number: int) -> str:
    """Our number of a point: ``{district}{town}-{year}-{category}-{4 digits}``, never reused."""
    return f"{prefix}{area_code}-{year}-{CATEGORY_CODES[category]}-{number:04d}"
