"""The ledger of the demo story: one campaign, its problems, tasks, measures and place names."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geoapp.deadlines.rules import parse_deadline, shanghai_day
from geoapp.demo.columns import demo_id
from geoapp.demo.readers import ledger
from geoapp.demo.services_people import unit_ids
from geoapp.ledger.rules import CampaignLevel
from geoapp.ledger.services import create_campaign
from geoapp.ledger.tables import Measure, PlaceCandidate, Problem, SourceDocument, Task

LEADER = "分管领导（示例）"
ACCEPTING = "pd-eco"


def day_words(day: date) -> str:
    """Write *day* as a ledger does."""
    return f"{day.year}年{day.month}月{day.day}日前"


def problem_keys(point: str) -> list[str]:
    """Return the numbers of the problems that name the point with the key *point*."""
    return [item["upstream"] for item in ledger()["problem"] if point in item["points"]]


def problem_id(upstream: str) -> uuid.UUID:
    """Return the id of the problem with that upstream number."""
    return demo_id("problem", upstream)


def add_ledger(session: Session, *, now: datetime) -> int:
    """Add the campaign with its problems, unless it is there; returns how many problems."""
    if session.scalar(select(Problem.problem_id).where(Problem.problem_id == problem_id("3"))):
        return 0
    data, today = ledger(), shanghai_day(now)
    campaign = create_campaign(
        session,
        name=data["name"].format(year=today.year),
        level=CampaignLevel.DISTRICT,
        starts_on=today + timedelta(days=data["starts"]),
        ends_on=today + timedelta(days=data["ends"]),
        base_on=today + timedelta(days=data["starts"]),
    )
    document = SourceDocument(
        document_id=demo_id("document"),
        doc_no=f"示例督〔{today.year}〕1号",
        title=data["document"].format(year=today.year),
        issuer="生态环境保护督察办公室（示例）",
        issued_on=today + timedelta(days=data["starts"]),
    )
    session.add(document)
    session.flush()
    campaign.document_id = document.document_id
    campaign.reporting_unit, campaign.contact = "浦东新区督察办", "督察办统筹员"
    units = unit_ids(session)
    for number, item in enumerate(data["problem"], 1):
        _add_problem(session, item, number=number, campaign_id=campaign.campaign_id)
        _add_tasks(session, item, units=units, today=today)
    return len(data["problem"])


def _add_problem(
    session: Session, item: Mapping[str, Any], *, number: int, campaign_id: uuid.UUID
) -> None:
    upstream = item["upstream"]
    problem = Problem(
        problem_id=problem_id(upstream),
        campaign_id=campaign_id,
        own_no=str(number),
        upstream_no=upstream,
        seq=number,
        description=item["text"],
        goal=item["goal"],
        pollution_types=item["types"],
        is_typical_case=item.get("typical", False),
        document_id=demo_id("document"),
    )
    session.add(problem)
    session.flush()
    session.add_all(
        PlaceCandidate(
            candidate_id=demo_id("candidate", upstream, name),
            problem_id=problem.problem_id,
            seq=seq,
            name=name,
            why=why,
        )
        for seq, (name, why) in enumerate(item.get("candidates", ()), 1)
    )
    session.flush()


def _add_tasks(
    session: Session, item: Mapping[str, Any], *, units: Mapping[str, uuid.UUID], today: date
) -> None:
    for seq, unit in enumerate(item["units"], 1):
        task = Task(
            task_id=demo_id("task", item["upstream"], unit),
            problem_id=problem_id(item["upstream"]),
            seq=seq,
            lead_leader=LEADER,
            responsible_unit_id=units[unit],
            accepting_unit_id=units[ACCEPTING],
        )
        session.add(task)
        session.flush()
        for number, (words, due) in enumerate(item["measures"], 1):
            session.add(_measure(task, number, words, due, today=today))
    session.flush()


def _measure(task: Task, seq: int, words: str, due: int | str, *, today: date) -> Measure:
    due_text = due if isinstance(due, str) else day_words(today + timedelta(days=due))
    deadline = parse_deadline(due_text, base_on=today + timedelta(days=ledger()["starts"]))
    return Measure(
        measure_id=demo_id("measure", str(task.task_id), str(seq)),
        task_id=task.task_id,
        seq=seq,
        description=words,
        unit_id=task.responsible_unit_id,
        deadline_kind=deadline.kind,
        due_text=due_text,
        start_on=deadline.start_on,
        due_on=deadline.due_on,
    )
