"""Examples of what has and what lacks each need."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

from geoapp.points.protocol import Need
from geoapp.points.rules import Category, LocationMethod, RiskGrade, State, Substantiation
from geoapp.points.rules_facts import Facts, MeasureFact, PhotoFact, Rectifier, VisitFact
from geoapp.points.rules_form import MoveForm
from tests.support.factories import NOON

TODAY = date(2026, 3, 4)
ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
MY_UNIT, WORKS, OFFICE = uuid.UUID(int=11), uuid.UUID(int=12), uuid.UUID(int=13)
BARE = Facts(point_id=uuid.UUID(int=99), now=NOON, today=TODAY, actor_id=ME, actor_unit_id=MY_UNIT)
EMPTY = MoveForm()
BEGAN = NOON - timedelta(days=9)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


def photo(*, role="after", taken_at=NOON, distance_m=100.0, uploaded_at=NOON):
    return PhotoFact(
        evidence_id=uuid.uuid4(),
        role=role,
        taken_at=taken_at,
        uploaded_at=uploaded_at,
        distance_m=distance_m,
    )


def visit(*, by=ME, at=NOON, is_on_site=True):
    return VisitFact(inspector_id=by, ended_at=at, is_on_site=is_on_site)


def measure(*, has_unit=True, has_deadline=True, is_finished=False):
    return MeasureFact(has_unit=has_unit, has_deadline=has_deadline, is_finished=is_finished)


def facts(**known):
    return replace(BARE, **known)


TWO_AFTER = (photo(), photo())
WORKING = {"rectifying_since": BEGAN}
TICKED = (True,) * 5
NOTICE = MoveForm(notice_text="公示", notice_start_on=TODAY, notice_days=10)

PASSES = {
    Need.GEOMETRY: [
        (facts(location_method=LocationMethod.GNSS, accuracy_m=5.0), EMPTY),
        (facts(location_method=LocationMethod.MAP_CLICK), EMPTY),
    ],
    Need.CATEGORY: [(facts(category=Category.DUST), EMPTY)],
    Need.TEXT: [(facts(description="一二三四五六七八九十"), EMPTY)],
    Need.PHOTO: [
        (facts(photos=(photo(),)), EMPTY),
        (BARE, MoveForm(evidence_ids=(OTHER,))),
        (facts(has_document=True), EMPTY),
        (facts(state_since=BEGAN, photos=(photo(uploaded_at=BEGAN),)), EMPTY),
    ],
    Need.SUBSTANTIATION: [(BARE, MoveForm(substantiation=Substantiation.PARTLY_TRUE))],
    Need.RESPONSIBLE_UNIT: [
        (BARE, MoveForm(responsible_unit_id=WORKS)),
        (facts(responsible_unit_id=WORKS), EMPTY),
    ],
    Need.ACCEPTING_UNIT: [
        (BARE, MoveForm(accepting_unit_id=OFFICE)),
        (facts(accepting_unit_id=OFFICE), EMPTY),
    ],
    Need.UNITS_DIFFER: [
        (BARE, MoveForm(responsible_unit_id=WORKS, accepting_unit_id=OFFICE)),
        (
            facts(responsible_unit_id=WORKS, accepting_unit_id=WORKS),
            MoveForm(accepting_unit_id=OFFICE),
        ),
    ],
    Need.DEADLINE: [
        (BARE, MoveForm(due_on=TODAY)),
        (facts(due_on=TODAY), EMPTY),
        (BARE, MoveForm(due_text="长期坚持")),
    ],
    Need.VISIT: [(facts(visits=(visit(by=OTHER),)), EMPTY)],
    Need.TWO_PHOTOS: [(facts(photos=TWO_AFTER), EMPTY)],
    Need.REASON: [(BARE, MoveForm(reason="属实"))],
    Need.MAIN_POINT: [
        (facts(main_state=State.RECTIFYING), MoveForm(main_point_id=OTHER)),
        (facts(main_state=State.CLOSED), MoveForm(main_point_id=OTHER)),
    ],
    Need.RECEIVING_BODY: [(BARE, MoveForm(receiving_body="公安局"))],
    Need.REFERRAL_NO: [(BARE, MoveForm(referral_no="浦环移〔2026〕1号"))],
    Need.PROPOSED_UNIT: [(facts(responsible_unit_id=WORKS), MoveForm(proposed_unit_id=OFFICE))],
    Need.RETURNS_LEFT: [(BARE, EMPTY)],
    Need.MEASURES: [(facts(measures=(measure(), measure(is_finished=True))), EMPTY)],
    Need.CASE_PLAN: [
        (BARE, EMPTY),
        (facts(risk_grade=RiskGrade.YELLOW), EMPTY),
        (facts(risk_grade=RiskGrade.RED, has_case_plan=True), EMPTY),
        (facts(risk_grade=RiskGrade.ORANGE), MoveForm(document_no="祝府〔2026〕3号")),
    ],
    Need.IMMEDIATE_FIX: [(BARE, MoveForm(immediate_fix=True))],
    Need.PROGRESS: [(BARE, MoveForm(progress_pct=0)), (BARE, MoveForm(progress_pct=100))],
    Need.MEASURES_DONE: [(BARE, EMPTY), (facts(measures=(measure(is_finished=True),)), EMPTY)],
    Need.AFTER_PHOTOS: [
        (facts(photos=TWO_AFTER, **WORKING), EMPTY),
        (facts(photos=(photo(taken_at=BEGAN), photo()), **WORKING), EMPTY),
    ],
    Need.CASE_NO: [
        (BARE, EMPTY),
        (facts(is_punished=True, case_no="20230414049"), EMPTY),
        (facts(is_punished=True), MoveForm(case_no="20230414049")),
    ],
    Need.FAILED_ITEMS: [(BARE, MoveForm(failed_items=("未覆盖",)))],
    Need.INDEPENDENCE: [
        (BARE, EMPTY),
        (
            facts(
                responsible_unit_id=WORKS,
                rectifiers=(Rectifier(person_id=OTHER, unit_id=WORKS),),
            ),
            EMPTY,
        ),
    ],
    Need.RECENT_VISIT: [
        (facts(visits=(visit(at=NOON - WEEK),)), EMPTY),
        (facts(visits=(visit(at=BEGAN + timedelta(days=3)),), **WORKING), EMPTY),
    ],
    Need.FIVE_CHECKS: [(BARE, MoveForm(five_checks=TICKED))],
    Need.SIGNATURE: [(BARE, MoveForm(signature="王"))],
    Need.NOTICE: [
        (BARE, NOTICE),
        (facts(state_since=BEGAN), replace(NOTICE, notice_start_on=TODAY - timedelta(days=9))),
    ],
    Need.OBJECTION: [(BARE, MoveForm(objection="仍有扬尘"))],
    Need.NOTICE_OVER: [(facts(notice_ends_on=TODAY - timedelta(days=1)), EMPTY)],
    Need.NOTICE_PROOF: [
        (BARE, MoveForm(notice_url="https://gov.example/1")),
        (facts(notice_url="https://gov.example/1"), EMPTY),
        (BARE, MoveForm(evidence_ids=(OTHER,))),
    ],
    Need.NO_NOTICE_NEEDED: [(BARE, MoveForm(document_no="沪环〔2026〕5号"))],
    Need.PROOF_PLAN: [
        (BARE, MoveForm(proof_text="每季度拍照", proof_due_on=TODAY + timedelta(days=1)))
    ],
    Need.RELAPSE_PHOTO: [
        (facts(closed_at=BEGAN, photos=(photo(role="before", taken_at=BEGAN),)), EMPTY)
    ],
    Need.NEW_DEADLINE: [
        (BARE, MoveForm(due_on=TODAY)),
        (facts(due_on=TODAY), MoveForm(due_on=TODAY + timedelta(days=1))),
    ],
    Need.DOCUMENT: [(BARE, MoveForm(document_no="祝府〔2026〕4号"))],
}

FAILS = {
    Need.GEOMETRY: [
        (facts(location_method=LocationMethod.GNSS), EMPTY),
        (facts(has_geometry=False, accuracy_m=3.0), EMPTY),
    ],
    Need.CATEGORY: [(BARE, EMPTY)],
    Need.TEXT: [(facts(description="  一二三四五六七八九   "), EMPTY)],
    Need.PHOTO: [
        (BARE, EMPTY),
        (facts(state_since=NOON, photos=(photo(uploaded_at=NOON - SECOND),)), EMPTY),
        (facts(state_since=NOON, has_document=True), MoveForm(evidence_ids=(OTHER,))),
    ],
    Need.SUBSTANTIATION: [
        (BARE, EMPTY),
        (BARE, MoveForm(substantiation=Substantiation.UNTRUE)),
    ],
    Need.RESPONSIBLE_UNIT: [(BARE, EMPTY)],
    Need.ACCEPTING_UNIT: [(BARE, EMPTY)],
    Need.UNITS_DIFFER: [
        (BARE, MoveForm(responsible_unit_id=WORKS, accepting_unit_id=WORKS)),
        (facts(responsible_unit_id=WORKS), MoveForm(accepting_unit_id=WORKS)),
        (BARE, MoveForm(responsible_unit_id=WORKS)),
    ],
    Need.DEADLINE: [(BARE, EMPTY), (BARE, MoveForm(due_text="尽快"))],
    Need.VISIT: [(BARE, EMPTY)],
    Need.TWO_PHOTOS: [(facts(photos=(photo(),)), EMPTY)],
    Need.REASON: [(BARE, MoveForm(reason=" \n"))],
    Need.MAIN_POINT: [
        (facts(main_state=State.RECTIFYING), EMPTY),
        (BARE, MoveForm(main_point_id=OTHER)),
        (facts(main_state=State.REPORTED), MoveForm(main_point_id=BARE.point_id)),
        (facts(main_state=State.MERGED), MoveForm(main_point_id=OTHER)),
        (facts(main_state=State.UNFOUNDED), MoveForm(main_point_id=OTHER)),
    ],
    Need.RECEIVING_BODY: [(BARE, EMPTY)],
    Need.REFERRAL_NO: [(BARE, MoveForm(referral_no=" "))],
    Need.PROPOSED_UNIT: [
        (BARE, EMPTY),
        (facts(responsible_unit_id=WORKS), MoveForm(proposed_unit_id=WORKS)),
    ],
    Need.RETURNS_LEFT: [(facts(returns=1), EMPTY)],
    Need.MEASURES: [
        (BARE, EMPTY),
        (facts(measures=(measure(), measure(has_unit=False))), EMPTY),
        (facts(measures=(measure(has_deadline=False),)), EMPTY),
    ],
    Need.CASE_PLAN: [
        (facts(risk_grade=RiskGrade.RED), EMPTY),
        (facts(risk_grade=RiskGrade.ORANGE), MoveForm(document_no=" ")),
    ],
    Need.IMMEDIATE_FIX: [(BARE, EMPTY)],
    Need.PROGRESS: [
        (BARE, EMPTY),
        (BARE, MoveForm(progress_pct=-1)),
        (BARE, MoveForm(progress_pct=101)),
    ],
    Need.MEASURES_DONE: [(facts(measures=(measure(is_finished=True), measure())), EMPTY)],
    Need.AFTER_PHOTOS: [
        (facts(photos=(photo(),), **WORKING), EMPTY),
        (facts(photos=(photo(), photo(role="before")), **WORKING), EMPTY),
        (facts(photos=(photo(), photo(distance_m=100.1)), **WORKING), EMPTY),
        (facts(photos=(photo(), photo(distance_m=None)), **WORKING), EMPTY),
        (facts(photos=(photo(), photo(taken_at=BEGAN - SECOND)), **WORKING), EMPTY),
        (facts(photos=(photo(), photo(taken_at=None)), **WORKING), EMPTY),
    ],
    Need.CASE_NO: [(facts(is_punished=True), EMPTY)],
    Need.FAILED_ITEMS: [(BARE, EMPTY), (BARE, MoveForm(failed_items=(" ",)))],
    Need.INDEPENDENCE: [
        (facts(rectifiers=(Rectifier(person_id=ME, unit_id=WORKS),)), EMPTY),
        (facts(rectifiers=(Rectifier(person_id=OTHER, unit_id=MY_UNIT),)), EMPTY),
        (facts(responsible_unit_id=MY_UNIT), EMPTY),
        (facts(actor_id=None), EMPTY),
        (facts(actor_unit_id=None), EMPTY),
    ],
    Need.RECENT_VISIT: [
        (BARE, EMPTY),
        (facts(visits=(visit(by=OTHER),)), EMPTY),
        (facts(visits=(visit(is_on_site=False),)), EMPTY),
        (facts(visits=(visit(at=NOON - WEEK - SECOND),)), EMPTY),
        (facts(visits=(visit(at=NOON - WEEK),), rectifying_since=NOON - SECOND), EMPTY),
    ],
    Need.FIVE_CHECKS: [
        (BARE, EMPTY),
        (BARE, MoveForm(five_checks=(True,) * 4)),
        (BARE, MoveForm(five_checks=(True, True, False, True, True))),
    ],
    Need.SIGNATURE: [(BARE, MoveForm(signature=" "))],
    Need.NOTICE: [
        (BARE, EMPTY),
        (BARE, replace(NOTICE, notice_text=" ")),
        (BARE, replace(NOTICE, notice_start_on=None)),
        (BARE, replace(NOTICE, notice_days=0)),
        (BARE, replace(NOTICE, notice_days=367)),
        (facts(state_since=NOON), replace(NOTICE, notice_start_on=TODAY - timedelta(days=1))),
    ],
    Need.OBJECTION: [(BARE, EMPTY)],
    Need.NOTICE_OVER: [(BARE, EMPTY), (facts(notice_ends_on=TODAY), EMPTY)],
    Need.NOTICE_PROOF: [(BARE, EMPTY)],
    Need.NO_NOTICE_NEEDED: [(BARE, EMPTY)],
    Need.PROOF_PLAN: [
        (BARE, MoveForm(proof_text="每季度拍照", proof_due_on=TODAY)),
        (BARE, MoveForm(proof_due_on=TODAY + timedelta(days=1))),
    ],
    Need.RELAPSE_PHOTO: [
        (facts(closed_at=NOON, photos=(photo(taken_at=NOON - SECOND),)), EMPTY),
        (facts(closed_at=BEGAN, photos=(photo(distance_m=101),)), EMPTY),
        (facts(closed_at=BEGAN), EMPTY),
    ],
    Need.NEW_DEADLINE: [
        (BARE, EMPTY),
        (BARE, MoveForm(due_on=TODAY - timedelta(days=1))),
        (facts(due_on=TODAY + timedelta(days=3)), MoveForm(due_on=TODAY + timedelta(days=2))),
    ],
    Need.DOCUMENT: [(BARE, EMPTY)],
}
