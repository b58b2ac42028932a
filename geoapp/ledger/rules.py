"""What a ledger row can be; plain Python."""

from enum import StrEnum

from geoapp.core.i18n import N_


class CampaignLevel(StrEnum):
    """Who runs the drive."""

    CENTRAL = "central"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    PARTY = "party"
    OWN = "own"


CAMPAIGN_LEVEL_NAMES: dict[CampaignLevel, str] = {
    CampaignLevel.CENTRAL: N_("Central inspection"),
    CampaignLevel.CITY: N_("Municipal inspection"),
    CampaignLevel.DISTRICT: N_("District inspection"),
    CampaignLevel.TOWN: N_("Town inspection"),
    CampaignLevel.PARTY: N_("Party inspection"),
    CampaignLevel.OWN: N_("Own check"),
}


class TaskUnitRole(StrEnum):
    """What a unit does in a task beside the responsible one."""

    LEAD = "lead"
    COOPERATING = "cooperating"
    CONTACT = "contact"
    TECHNICAL = "technical"


class CandidateStatus(StrEnum):
    """What became of a place name found in a problem's text."""

    OPEN = "open"
    PLACED = "placed"
    DISMISSED = "dismissed"


class PlaceWhy(StrEnum):
    """By which rule words of a ledger were taken for the name of a place."""

    TOWN_PART = "town_part"
    ADDRESS = "address"
    FACILITY = "facility"
    RIVER_REACH = "river_reach"
    COLUMN = "column"


PLACE_WHY_TEXTS: dict[PlaceWhy, str] = {
    PlaceWhy.TOWN_PART: N_("A place within a town, street office or village"),
    PlaceWhy.ADDRESS: N_("A road with a number or a side"),
    PlaceWhy.FACILITY: N_("The name of a facility"),
    PlaceWhy.RIVER_REACH: N_("A reach of a river"),
    PlaceWhy.COLUMN: N_("Written in the column of places"),
}
