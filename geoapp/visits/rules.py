"""What a visit and a piece of evidence can be; plain Python."""

from enum import StrEnum

from geoapp.core.i18n import N_

OFF_SITE_FLOOR_M = 50  # a point's own position is seldom known better in a built-up street
OFF_SITE_FACTOR = 2  # two accuracy radii hold about 95 % of fixes
COARSE_FIX_M = 300  # a cell tower or a wireless network, no satellite: it shows the town, no more


class VisitMethod(StrEnum):
    """How the point was checked."""

    ON_SITE = "on_site"
    DOCUMENTS = "documents"
    TALK = "talk"
    SPOT_CHECK = "spot_check"
    DESCENT = "descent"
    LOOK_BACK = "look_back"
    ACCEPTANCE = "acceptance"


VISIT_METHOD_NAMES: dict[VisitMethod, str] = {
    VisitMethod.ON_SITE: N_("On-site check"),
    VisitMethod.DOCUMENTS: N_("Check of documents"),
    VisitMethod.TALK: N_("Talk"),
    VisitMethod.SPOT_CHECK: N_("Spot check"),
    VisitMethod.DESCENT: N_("Descent visit"),
    VisitMethod.LOOK_BACK: N_("Look-back"),
    VisitMethod.ACCEPTANCE: N_("Acceptance check"),
}

PRESENCE = frozenset(VisitMethod) - {VisitMethod.DOCUMENTS, VisitMethod.TALK}
"""Methods that say "I was there": they need a position near the point, or a reason."""


class EvidenceKind(StrEnum):
    """What the file is."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class EvidenceRole(StrEnum):
    """What the file shows."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    OVERVIEW = "overview"
    OTHER = "other"


EVIDENCE_ROLE_NAMES: dict[EvidenceRole, str] = {
    EvidenceRole.BEFORE: N_("Before rectification"),
    EvidenceRole.DURING: N_("During rectification"),
    EvidenceRole.AFTER: N_("After rectification"),
    EvidenceRole.OVERVIEW: N_("Overview"),
    EvidenceRole.OTHER: N_("Other"),
}


def off_site_limit_m(accuracy_m: float | None) -> float:
    """Distance in metres from which a visit counts as off site: max(50, 2 × accuracy)."""
    return max(OFF_SITE_FLOOR_M, OFF_SITE_FACTOR * (accuracy_m or 0.0))
