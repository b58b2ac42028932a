"""The words of the lifecycle: what moves are called and what they demand; plain Python."""

from enum import StrEnum

from geoapp.core.i18n import N_


class Verb(StrEnum):
    """What a move is called; together with source and target it names a row of MOVES."""

    REPORT = "report"
    ASSIGN = "assign"
    FIND_UNFOUNDED = "find_unfounded"
    MERGE = "merge"
    REFER = "refer"
    RETURN_ASSIGNMENT = "return_assignment"
    PLAN = "plan"
    FIX_AT_ONCE = "fix_at_once"
    START = "start"
    RECORD_PROGRESS = "record_progress"
    COMPLETE = "complete"
    REJECT = "reject"
    ACCEPT = "accept"
    PUBLISH_NOTICE = "publish_notice"
    UPHOLD_OBJECTION = "uphold_objection"
    CLOSE_OFF = "close_off"
    CLOSE_WITHOUT_NOTICE = "close_without_notice"
    KEEP_ONGOING = "keep_ongoing"
    END_ONGOING = "end_ongoing"
    REPORT_RELAPSE = "report_relapse"
    EXTEND = "extend"
    CORRECT = "correct"


class Need(StrEnum):
    """One thing that a move demands; checked by the server before it happens."""

    GEOMETRY = "geometry"
    CATEGORY = "category"
    TEXT = "text"
    PHOTO = "photo"
    SUBSTANTIATION = "substantiation"
    RESPONSIBLE_UNIT = "responsible_unit"
    ACCEPTING_UNIT = "accepting_unit"
    UNITS_DIFFER = "units_differ"
    DEADLINE = "deadline"
    VISIT = "visit"
    TWO_PHOTOS = "two_photos"
    REASON = "reason"
    MAIN_POINT = "main_point"
    RECEIVING_BODY = "receiving_body"
    REFERRAL_NO = "referral_no"
    PROPOSED_UNIT = "proposed_unit"
    RETURNS_LEFT = "returns_left"
    MEASURES = "measures"
    CASE_PLAN = "case_plan"
    IMMEDIATE_FIX = "immediate_fix"
    PROGRESS = "progress"
    MEASURES_DONE = "measures_done"
    AFTER_PHOTOS = "after_photos"
    CASE_NO = "case_no"
    FAILED_ITEMS = "failed_items"
    INDEPENDENCE = "independence"
    RECENT_VISIT = "recent_visit"
    FIVE_CHECKS = "five_checks"
    SIGNATURE = "signature"
    NOTICE = "notice"
    OBJECTION = "objection"
    NOTICE_OVER = "notice_over"
    NOTICE_PROOF = "notice_proof"
    NO_NOTICE_NEEDED = "no_notice_needed"
    PROOF_PLAN = "proof_plan"
    RELAPSE_PHOTO = "relapse_photo"
    NEW_DEADLINE = "new_deadline"
    DOCUMENT = "document"


VERB_NAMES: dict[Verb, str] = {
    Verb.REPORT: N_("Report the point"),
    Verb.ASSIGN: N_("Assign"),
    Verb.FIND_UNFOUNDED: N_("Record as unfounded"),
    Verb.MERGE: N_("Merge into another point"),
    Verb.REFER: N_("Refer to another body"),
    Verb.RETURN_ASSIGNMENT: N_("Return the assignment"),
    Verb.PLAN: N_("Fix the rectification plan"),
    Verb.FIX_AT_ONCE: N_("Rectify at once"),
    Verb.START: N_("Start rectification"),
    Verb.RECORD_PROGRESS: N_("Record progress"),
    Verb.COMPLETE: N_("Report completion"),
    Verb.REJECT: N_("Send back for rework"),
    Verb.ACCEPT: N_("Accept"),
    Verb.PUBLISH_NOTICE: N_("Publish the notice"),
    Verb.UPHOLD_OBJECTION: N_("Uphold an objection"),
    Verb.CLOSE_OFF: N_("Close off"),
    Verb.CLOSE_WITHOUT_NOTICE: N_("Close off without notice"),
    Verb.KEEP_ONGOING: N_("Keep as ongoing duty"),
    Verb.END_ONGOING: N_("End the ongoing duty"),
    Verb.REPORT_RELAPSE: N_("Report a relapse"),
    Verb.EXTEND: N_("Extend the deadline"),
    Verb.CORRECT: N_("Correct a final state"),
}

NEED_TEXTS: dict[Need, str] = {
    Need.GEOMETRY: N_("A position on the map with its accuracy."),
    Need.CATEGORY: N_("A category."),
    Need.TEXT: N_("A description of at least 10 characters."),
    Need.PHOTO: N_("At least 1 photo."),
    Need.SUBSTANTIATION: N_("Whether the finding is substantiated."),
    Need.RESPONSIBLE_UNIT: N_("The responsible unit."),
    Need.ACCEPTING_UNIT: N_("The accepting unit."),
    Need.UNITS_DIFFER: N_("An accepting unit other than the responsible unit."),
    Need.DEADLINE: N_("A deadline."),
    Need.VISIT: N_("A recorded visit."),
    Need.TWO_PHOTOS: N_("At least 2 photos."),
    Need.REASON: N_("A reason in words."),
    Need.MAIN_POINT: N_("The number of the main point."),
    Need.RECEIVING_BODY: N_("The receiving body."),
    Need.REFERRAL_NO: N_("The number of the referral letter."),
    Need.PROPOSED_UNIT: N_("The unit that should have it instead."),
    Need.RETURNS_LEFT: N_("Not returned before: one return is allowed."),
    Need.MEASURES: N_("At least 1 measure, each with unit and deadline."),
    Need.CASE_PLAN: N_("A written plan of its own, as the risk is orange or red."),
    Need.IMMEDIATE_FIX: N_("The mark that it can be rectified at once."),
    Need.PROGRESS: N_("The progress in percent."),
    Need.MEASURES_DONE: N_("All measures done or ongoing."),
    Need.AFTER_PHOTOS: N_("At least 2 after-photos within 100 m, taken after the start."),
    Need.CASE_NO: N_("The enforcement case number, as it was punished."),
    Need.FAILED_ITEMS: N_("What failed."),
    Need.INDEPENDENCE: N_("Another person of another unit than those who rectified."),
    Need.RECENT_VISIT: N_("Your own visit within the last 7 days."),
    Need.FIVE_CHECKS: N_("All five acceptance standards ticked."),
    Need.SIGNATURE: N_("Your signature."),
    Need.NOTICE: N_("The text, first day and length of the notice."),
    Need.OBJECTION: N_("The objection that was upheld."),
    Need.NOTICE_OVER: N_("The end of the notice period."),
    Need.NOTICE_PROOF: N_("A link to the notice or its scan."),
    Need.NO_NOTICE_NEEDED: N_("The source document that needs no notice."),
    Need.PROOF_PLAN: N_("How and when it is proved again."),
    Need.RELAPSE_PHOTO: N_("A photo of the relapse at the place."),
    Need.NEW_DEADLINE: N_("A new deadline after the present one."),
    Need.DOCUMENT: N_("The number of the document that allows it."),
}
