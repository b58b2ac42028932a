"""Tables of the ledger: campaign, document, problem, task, measure; n:m with points."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from geoapp.accounts.rules import Actor
from geoapp.accounts.tables import Unit, within
from geoapp.core.model import Base, Versioned
from geoapp.deadlines.rules_deadline import DeadlineKind
from geoapp.ledger.rules import CampaignLevel, CandidateStatus, TaskUnitRole
from geoapp.points.rules import Secrecy
from geoapp.points.tables import Point, point_scope

UNIT_FK = Unit.unit_id


class SourceDocument(Versioned, Base):
    """A document that problems rest on: 发文字号, issuer, date, secrecy."""

    __tablename__ = "source_document"
    __table_args__ = (
        CheckConstraint("doc_no = '' OR doc_no ~ '〔[0-9]{4}〕[0-9]+号$'", name="doc_no"),
        Index("ix_source_document_doc_no", "doc_no"),
    )

    document_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    doc_no: Mapped[str] = mapped_column(default="", server_default="")
    title: Mapped[str]
    issuer: Mapped[str] = mapped_column(default="", server_default="")
    signer: Mapped[str] = mapped_column(default="", server_default="")
    main_to: Mapped[str] = mapped_column(default="", server_default="")
    copy_to: Mapped[str] = mapped_column(default="", server_default="")
    issued_on: Mapped[date | None]
    secrecy: Mapped[Secrecy] = mapped_column(default=Secrecy.INTERNAL, server_default="internal")
    blob_sha256: Mapped[str | None]

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Secret documents only for those who may read them."""
        return None if actor.sees_secret else cls.secrecy != Secrecy.SECRET


class Campaign(Versioned, Base):
    """A bounded drive: 专项督察, with its window and the base date of its deadlines."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="window"),)

    campaign_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    level: Mapped[CampaignLevel] = mapped_column(default=CampaignLevel.OWN, server_default="own")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    base_on: Mapped[date | None]
    """The day that relative deadlines count from ("自8月29日起")."""
    reporting_unit: Mapped[str] = mapped_column(default="", server_default="")
    """填报单位 of the ledger's head line, as written."""
    contact: Mapped[str] = mapped_column(default="", server_default="")
    contact_phone: Mapped[str] = mapped_column(default="", server_default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(SourceDocument.document_id))


class Problem(Versioned, Base):
    """The wording of a finding, with two serial numbers; n:m to points."""

    __tablename__ = "problem"
    __table_args__ = (UniqueConstraint("campaign_id", "own_no"),)

    problem_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Campaign.campaign_id), index=True)
    own_no: Mapped[str]
    upstream_no: Mapped[str] = mapped_column(default="", server_default="")
    seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """Order in the ledger."""
    description: Mapped[str]
    goal: Mapped[str] = mapped_column(default="", server_default="")
    pollution_types: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    is_typical_case: Mapped[bool] = mapped_column(default=False, server_default="false")
    secrecy: Mapped[Secrecy] = mapped_column(default=Secrecy.INTERNAL, server_default="internal")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(SourceDocument.document_id))
    content_sha256: Mapped[str] = mapped_column(default="", server_default="")
    """Of the normalised ledger row: a second import of the same changes nothing."""

    @classmethod
    def __row_scope__(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Problems with a task of the actor's units, or linked to a point that he sees."""
        return problem_scope(cls, actor)


class ProblemPoint(Base):
    """Which points a problem names, and which problems a point stands in."""

    __tablename__ = "problem_point"

    problem_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Problem.problem_id), primary_key=True)
    point_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Point.point_id), primary_key=True, index=True
    )


class Task(Versioned, Base):
    """A problem as one responsible unit has to solve it, under one lead leader."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("responsible_unit_id <> accepting_unit_id", name="units_differ"),
        UniqueConstraint("problem_id", "seq"),
    )

    task_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    problem_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Problem.problem_id), index=True)
    seq: Mapped[int]
    description: Mapped[str] = mapped_column(default="", server_default="")
    """This unit's part of the problem, where the ledger words it apart."""
    lead_leader: Mapped[str] = mapped_column(default="", server_default="")
    responsible_text: Mapped[str] = mapped_column(default="", server_default="")
    """责任部门 as written."""
    responsible_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    accepting_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    responsible_person: Mapped[str] = mapped_column(default="", server_default="")
    parent_task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("task.task_id"))


class TaskUnit(Base):
    """A unit beside the responsible one."""

    __tablename__ = "task_unit"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Task.task_id), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(UNIT_FK), primary_key=True)
    role: Mapped[TaskUnitRole] = mapped_column(primary_key=True)


class Measure(Versioned, Base):
    """One action with its own deadline, kept as typed value and in the original words."""

    __tablename__ = "measure"
    __table_args__ = (
        UniqueConstraint("task_id", "seq"),
        CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress_pct"),
        CheckConstraint(
            "deadline_kind NOT IN ('date', 'range', 'month_part') OR due_on IS NOT NULL",
            name="dated_kind_has_day",
        ),
        CheckConstraint("deadline_kind <> 'ongoing' OR due_on IS NULL", name="ongoing_has_no_day"),
        CheckConstraint("due_on >= start_on", name="due_after_start"),
    )

    measure_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Task.task_id), index=True)
    seq: Mapped[int]
    description: Mapped[str]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(UNIT_FK), index=True)
    deadline_kind: Mapped[DeadlineKind]
    due_text: Mapped[str]
    start_on: Mapped[date | None]
    due_on: Mapped[date | None]
    year_inferred: Mapped[bool] = mapped_column(default=False, server_default="false")
    progress_pct: Mapped[int] = mapped_column(default=0, server_default="0")
    done_at: Mapped[datetime | None]
    done_note: Mapped[str] = mapped_column(default="", server_default="")
    case_no: Mapped[str] = mapped_column(default="", server_default="")


class PlaceCandidate(Versioned, Base):
    """A place name found in a problem's text, for a person to put on the map."""

    __tablename__ = "place_candidate"
    __table_args__ = (
        UniqueConstraint("problem_id", "name"),
        CheckConstraint("(status = 'placed') = (point_id IS NOT NULL)", name="placed_has_point"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    problem_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Problem.problem_id), index=True)
    seq: Mapped[int] = mapped_column(default=0, server_default="0")
    name: Mapped[str]
    why: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[CandidateStatus] = mapped_column(
        default=CandidateStatus.OPEN, server_default="open"
    )
    point_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Point.point_id))
    dismissed_reason: Mapped[str] = mapped_column(default="", server_default="")


def problem_scope(cls: type[Problem], actor: Actor) -> ColumnElement[bool] | None:
    """The one rule of who may see which problem."""
    open_to = cls.secrecy != Secrecy.SECRET
    if actor.sees_all:
        return None if actor.sees_secret else open_to
    units = actor.scope_unit_ids
    tasks = select(Task.problem_id).where(
        or_(within(Task.responsible_unit_id, units), within(Task.accepting_unit_id, units))
    )
    visible = point_scope(Point, actor)
    linked = select(ProblemPoint.problem_id).join(Point, Point.point_id == ProblemPoint.point_id)
    if visible is not None:
        linked = linked.where(visible)
    # correlate(None): the statement around it may join tasks or points of its own
    mine = or_(
        cls.problem_id.in_(tasks.correlate(None)), cls.problem_id.in_(linked.correlate(None))
    )
    return mine if actor.sees_secret else mine & open_to
