"""Changes of points under one name: report, edit, relocate, comment, move."""

from geoapp.points.services_edit import comment_point, edit_point, relocate_point
from geoapp.points.services_moves import MoveOffer, decide_proposal, move_point, offers
from geoapp.points.services_report import report_point

__all__ = [
    "MoveOffer",
    "comment_point",
    "decide_proposal",
    "edit_point",
    "move_point",
    "offers",
    "relocate_point",
    "report_point",
]
