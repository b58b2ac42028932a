from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, Integer, Text, Time, cast, column, literal, select, values

from geoapp.deadlines.queries import (
    CalendarEmpty,
    LampColumns,
    lamp_expression,
    load_calendar,
    workday_no,
    workdays_left,
)
from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import Lamp, LampFacts, LampLimits, StateGroup, read_lamp
from geoapp.deadlines.services import seed_calendar

NOW = datetime(2024, 9, 30, 2, 0, tzinfo=UTC)
COLUMNS = (
    column("place", Integer),
    column("state_group", Text),
    column("due_on", Date),
    column("due_clock", Time),
    column("started_on", Date),
    column("last_update_at", DateTime(timezone=True)),
    column("relapsed_at", DateTime(timezone=True)),
    column("criticised_at", DateTime(timezone=True)),
    column("proof_due_on", Date),
    column("node_due_on", Date),
    column("progress", Integer),
)


def near(of, days):
    return st.integers(-days, days).map(lambda count: of + timedelta(days=count))


DAYS = st.none() | near(NOW.date(), 40) | near(NOW.date(), 6000)
INSTANTS = st.none() | st.integers(-40 * 24, 24).map(lambda hours: NOW + timedelta(hours=hours))
RARELY = st.none() | st.none() | st.none() | st.just(NOW)
FACTS = st.builds(
    LampFacts,
    group=st.sampled_from([StateGroup.OPEN, StateGroup.OPEN, StateGroup.ONGOING, StateGroup.ENDED]),
    due_on=DAYS,
    due_clock=st.none() | st.sampled_from([time(9), time(10), time(10, 0, 1), time(15)]),
    started_on=DAYS,
    last_update_at=INSTANTS,
    relapsed_at=RARELY,
    criticised_at=RARELY,
    proof_due_on=DAYS,
    node_due_on=DAYS,
    progress=st.integers(0, 100),
)
LIMITS = st.builds(
    LampLimits,
    near_workdays=st.integers(0, 10),
    near_percent=st.integers(0, 50),
    slack_percent=st.integers(0, 30),
    stale_workdays=st.integers(1, 20),
)


def sql_lamps(session, facts, *, now, limits):
    """The lamps of *facts* by SQL, in their order."""
    rows = [
        (
            place,
            fact.group.value,
            fact.due_on,
            fact.due_clock,
            fact.started_on,
            fact.last_update_at,
            fact.relapsed_at,
            fact.criticised_at,
            fact.proof_due_on,
            fact.node_due_on,
            fact.progress,
        )
        for place, fact in enumerate(facts)
    ]
    table = values(*COLUMNS, name="point").data(rows)
    c = {item.name: cast(item, item.type) for item in table.c}  # a column of nulls has no type
    group, place = c.pop("state_group"), c.pop("place")
    lamp = lamp_expression(
        LampColumns(group=group, **c),
        now=now,
        limits=limits,
    )
    return list(session.scalars(select(lamp).order_by(place)))


def test_sql_and_python_light_the_same_lamp(session):
    seed_calendar(session)
    calendar = load_calendar(session)

    @settings(max_examples=60, derandomize=True, deadline=None, database=None)
    @given(
        facts=st.lists(FACTS, min_size=1, max_size=25),
        minutes=st.integers(-2000, 2000),
        limits=LIMITS,
    )
    def check(facts, minutes, limits):
        now = NOW + timedelta(minutes=minutes)
        expected = [read_lamp(fact, calendar, now=now, limits=limits).lamp for fact in facts]
        assert sql_lamps(session, facts, now=now, limits=limits) == expected

    check()


def test_a_lamp_can_be_filtered_by(session):
    seed_calendar(session)
    table = values(column("due_on", Date), name="point").data([(date(2024, 1, 1),)])
    no_day, no_moment = literal(None, Date), literal(None, DateTime(timezone=True))
    lamp = lamp_expression(
        LampColumns(
            group=literal("open"),
            due_on=table.c.due_on,
            started_on=no_day,
            last_update_at=no_moment,
            relapsed_at=no_moment,
            criticised_at=no_moment,
            proof_due_on=no_day,
            progress=literal(0),
        ),
        now=NOW,
    )
    found = select(table.c.due_on).where(lamp == Lamp.RED)
    assert session.scalars(found).all() == [date(2024, 1, 1)]


def test_the_stored_calendar_counts_like_the_shipped_one(session):
    seed_calendar(session)
    assert load_calendar(session) == shipped_calendar()
    days = [date(1999, 1, 1), date(2023, 1, 1), date(2024, 10, 8), date(2035, 12, 31), date.max]
    for day in days:
        counted = session.scalar(select(workday_no(literal(day, Date))))
        assert counted == shipped_calendar().workday_no(day)


def test_workdays_left_are_negative_behind_the_deadline_and_null_without_one(session):
    seed_calendar(session)
    for due_on, left in ((date(2024, 10, 8), 1), (date(2024, 9, 27), -2), (None, None)):
        assert session.scalar(select(workdays_left(literal(due_on, Date), now=NOW))) == left


def test_an_empty_calendar_is_said_not_counted_on(session):
    with pytest.raises(CalendarEmpty):
        load_calendar(session)
