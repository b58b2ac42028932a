"""The moves of the demo story: for each word of arcs.toml what people do."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from geoapp.deadlines.rules import DeadlineKind, LimitUnit, shanghai_day
from geoapp.demo.columns import Event, demo_id
from geoapp.demo.readers import main_points, say, words_of
from geoapp.demo.services_ledger import day_words
from geoapp.demo.services_story import Stage
from geoapp.ledger.services import MeasureDraft, add_measure, finish_measure
from geoapp.ledger.tables import Measure, ProblemPoint, Task
from geoapp.points.protocol import Verb
from geoapp.points.rules import RiskGrade, Substantiation
from geoapp.points.rules_form import ACCEPTANCE_STANDARDS, MoveForm
from geoapp.points.services import comment_point

Do = Callable[[Stage, Event], None]
GRAVE = frozenset({RiskGrade.RED, RiskGrade.ORANGE})
NODE_BEFORE = timedelta(days=5)  # the first measure is due before the point itself


def _value(event: Event) -> int:
    return event.step.value or 0


def _paper(event: Event, kind: str) -> str:
    number = int(demo_id(kind, event.row.key)) % 90 + 10
    return f"示例督〔{shanghai_day(event.at).year}〕{number}号"


def assign(stage: Stage, event: Event) -> None:
    """The planner gives the point to its unit, with a deadline."""
    accepting = "sj-eco" if stage.is_songjiang(event.row) else "pd-eco"
    form = MoveForm(
        reason=say()["verify"],
        substantiation=(
            Substantiation.MOSTLY_TRUE if event.row.risk is RiskGrade.BLUE else Substantiation.TRUE
        ),
        responsible_unit_id=stage.units[event.row.unit],
        accepting_unit_id=stage.units[accepting],
        inspector_id=stage.actors[stage.inspector(event.row)].person_id,
        due_on=stage.today + timedelta(days=_value(event)),
    )
    stage.move(event, "planner", Verb.ASSIGN, form)


def comment(stage: Stage, event: Event) -> None:
    """The adviser says something."""
    comment_id = demo_id("comment", event.row.key)
    with stage.acting("adviser") as session:
        comment_point(
            session,
            event.row.point_id,
            body=say()["comment"],
            now=event.at,
            comment_id=comment_id,
        )


def ask_return(stage: Stage, event: Event) -> None:
    """The unit says that it is not the right one; the planner has not answered yet."""
    town = event.row.town
    other = (
        town
        if event.row.unit != town
        else ("sj-eco" if stage.is_songjiang(event.row) else "pd-city")
    )
    form = MoveForm(reason=say()["ask_return"], proposed_unit_id=stage.units[other])
    stage.move(event, stage.worker(event.row), Verb.RETURN_ASSIGNMENT, form)


def give_back(stage: Stage, event: Event) -> None:
    """The unit says that it is not the right one, and the planner agrees."""
    ask_return(stage, event)
    stage.agree(event, "planner")


def plan(stage: Stage, event: Event) -> None:
    """The unit fixes its measures; those of the ledger stand already."""
    point = stage.point(event.row)
    login = stage.worker(event.row)
    has_measures = stage.session.scalar(
        select(ProblemPoint.problem_id).where(ProblemPoint.point_id == point.point_id).limit(1)
    )
    if has_measures is None:
        last = point.due_on or stage.today
        days = last - NODE_BEFORE, last
        with stage.acting(login) as session:
            for words, day in zip(words_of(event.row.category).measures, days, strict=True):
                draft = MeasureDraft(description=words, due_text=day_words(day))
                add_measure(session, point.point_id, draft=draft, now=event.at)
    paper = _paper(event, "plan") if event.row.risk in GRAVE else ""
    stage.move(event, login, Verb.PLAN, MoveForm(document_no=paper))


def ask_start(stage: Stage, event: Event) -> None:
    """The unit asks to begin; the accepting unit has not answered yet."""
    form = MoveForm(reason=say()["start"])
    stage.move(event, stage.worker(event.row), Verb.START, form)


def start(stage: Stage, event: Event) -> None:
    """The unit begins, and the accepting unit agrees to its plan."""
    ask_start(stage, event)
    stage.agree(event, stage.acceptor(event.row))


def fix(stage: Stage, event: Event) -> None:
    """The unit mends it at once, without a plan."""
    stage.move(event, stage.worker(event.row), Verb.FIX_AT_ONCE, MoveForm(immediate_fix=True))


def progress(stage: Stage, event: Event) -> None:
    """The unit says how far it is."""
    percent = _value(event)
    form = MoveForm(reason=say()["progress"].format(percent=percent), progress_pct=percent)
    stage.move(event, stage.worker(event.row), Verb.RECORD_PROGRESS, form)


def ask_extend(stage: Stage, event: Event) -> None:
    """The unit asks for more time; nobody has answered yet."""
    form = MoveForm(
        reason=say()["extend"],
        due_on=stage.today + timedelta(days=_value(event)),
        document_no=_paper(event, "extend"),
    )
    stage.move(event, stage.worker(event.row), Verb.EXTEND, form)


def extend(stage: Stage, event: Event) -> None:
    """The unit asks for more time and gets it."""
    ask_extend(stage, event)
    stage.agree(event, stage.acceptor(event.row))


def finish(stage: Stage, event: Event) -> None:
    """The unit ticks off every measure that is still open."""
    open_ones = (
        select(Measure.measure_id)
        .join(Task, Task.task_id == Measure.task_id)
        .join(ProblemPoint, ProblemPoint.problem_id == Task.problem_id)
        .where(
            ProblemPoint.point_id == event.row.point_id,
            Measure.done_at.is_(None),
            Measure.deadline_kind.not_in([DeadlineKind.ONGOING, DeadlineKind.DONE]),
        )
    )
    note = words_of(event.row.category).done
    found = stage.session.scalars(open_ones).all()
    with stage.acting(stage.worker(event.row)) as session:
        for measure_id in found:
            finish_measure(session, event.row.point_id, measure_id, note=note, now=event.at)


def complete(stage: Stage, event: Event) -> None:
    """The unit reports completion."""
    form = MoveForm(reason=words_of(event.row.category).done)
    stage.move(event, stage.worker(event.row), Verb.COMPLETE, form)


def accept(stage: Stage, event: Event) -> None:
    """The accepting unit signs."""
    login = stage.acceptor(event.row)
    form = MoveForm(
        reason=say()["check"],
        five_checks=(True,) * ACCEPTANCE_STANDARDS,
        signature=stage.actors[login].name,
    )
    stage.move(event, login, Verb.ACCEPT, form)


def reject(stage: Stage, event: Event) -> None:
    """The accepting unit sends the work back."""
    form = MoveForm(
        failed_items=(say()["reject"],),
        due_on=stage.today + timedelta(days=_value(event)),
        progress_pct=80,
    )
    stage.move(event, stage.acceptor(event.row), Verb.REJECT, form)


def notice(stage: Stage, event: Event) -> None:
    """The planner publishes the result."""
    form = MoveForm(
        notice_text=say()["notice"],
        notice_start_on=shanghai_day(event.at),
        notice_days=_value(event),
        notice_unit=LimitUnit.DAY,
        notice_url=f"https://www.example.com/notice/{event.row.key}",
    )
    stage.move(event, "planner", Verb.PUBLISH_NOTICE, form)


def close(stage: Stage, event: Event) -> None:
    """The planner closes the point off."""
    stage.move(event, "planner", Verb.CLOSE_OFF, MoveForm(reason=say()["close"]))


def close_quietly(stage: Stage, event: Event) -> None:
    """The office closes off what needs no notice."""
    form = MoveForm(reason=say()["close"], document_no=_paper(event, "close"))
    stage.move(event, "admin", Verb.CLOSE_WITHOUT_NOTICE, form)


def keep(stage: Stage, event: Event) -> None:
    """The planner keeps the point as an ongoing duty."""
    form = MoveForm(
        proof_text=say()["keep"], proof_due_on=stage.today + timedelta(days=_value(event))
    )
    stage.move(event, "planner", Verb.KEEP_ONGOING, form)


def relapse(stage: Stage, event: Event) -> None:
    """The inspector finds it again, and the planner agrees."""
    due_on = stage.today + timedelta(days=_value(event))
    form = MoveForm(reason=say()["relapse"], due_on=due_on)
    stage.move(event, stage.inspector(event.row), Verb.REPORT_RELAPSE, form)
    stage.agree(event, "planner")


def unfounded(stage: Stage, event: Event) -> None:
    """The planner drops what nobody could find, and the accepting unit agrees."""
    stage.move(event, "planner", Verb.FIND_UNFOUNDED, MoveForm(reason=say()["unfounded"]))
    stage.agree(event, stage.acceptor(event.row))


def merge(stage: Stage, event: Event) -> None:
    """The planner joins two numbers for one thing."""
    main = demo_id("point", main_points()[event.row.key])
    form = MoveForm(reason=say()["merge"], main_point_id=main)
    stage.move(event, "planner", Verb.MERGE, form)


def refer(stage: Stage, event: Event) -> None:
    """The planner sends it to another body, and the office agrees."""
    form = MoveForm(
        reason=say()["refer"],
        receiving_body="上级主管部门（示例）",
        referral_no=_paper(event, "refer"),
    )
    stage.move(event, "planner", Verb.REFER, form)
    stage.agree(event, "admin")


DO: dict[str, tuple[Do, ...]] = {
    "assign": (assign,),
    "comment": (comment,),
    "ask_return": (ask_return,),
    "return": (give_back,),
    "plan": (plan,),
    "ask_start": (ask_start,),
    "start": (start,),
    "fix": (fix,),
    "progress": (progress,),
    "ask_extend": (ask_extend,),
    "extend": (extend,),
    "complete": (finish, complete),
    "accept": (accept,),
    "reject": (reject,),
    "notice": (notice,),
    "close": (close,),
    "close_quietly": (close_quietly,),
    "keep": (keep,),
    "relapse": (relapse,),
    "unfounded": (unfounded,),
    "merge": (merge,),
    "refer": (refer,),
}
"""What happens at each word, in order; reports, visits and photos are in services_field."""
