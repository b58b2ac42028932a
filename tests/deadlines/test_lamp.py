from datetime import UTC, date, datetime, time

import pytest

from geoapp.deadlines.readers import shipped_calendar
from geoapp.deadlines.rules import (
    LAMP_NAMES,
    REASON_TEXTS,
    Lamp,
    LampFacts,
    LampLimits,
    LampReason,
    StateGroup,
    read_lamp,
)

CALENDAR = shipped_calendar()
MONDAY = datetime(2024, 3, 4, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
OPEN = StateGroup.OPEN


def read(*, now=MONDAY, limits=None, **facts):
    facts.setdefault("group", OPEN)
    return read_lamp(LampFacts(**facts), CALENDAR, now=now, limits=limits or LampLimits())


def test_a_point_with_time_and_news_is_green():
    found = read(due_on=date(2024, 4, 30), started_on=date(2024, 3, 1), last_update_at=MONDAY)
    assert (found.lamp, found.reasons) == (Lamp.GREEN, ())


def test_a_closed_point_is_grey_whatever_happened():
    found = read(group=StateGroup.ENDED, due_on=date(2020, 1, 1), relapsed_at=MONDAY)
    assert (found.lamp, found.reasons) == (Lamp.GREY, (LampReason.ENDED,))


@pytest.mark.parametrize("days", [4, 5, 6, 7])
def test_three_workdays_before_the_deadline_it_turns_yellow(days):
    found = read(due_on=date(2024, 3, days))
    assert (found.lamp, found.reasons) == (Lamp.YELLOW, (LampReason.DUE_SOON,))
    assert found.workdays_left == days - 4


def test_the_last_fifth_of_a_long_limit_is_yellow():
    long = read(
        due_on=date(2024, 3, 15),
        started_on=date(2024, 1, 2),
        progress=90,
        last_update_at=MONDAY,
    )
    assert (long.workdays_left, long.workdays_total) == (9, 50)
    assert long.reasons == (LampReason.DUE_SOON,)


def test_progress_more_than_ten_percent_behind_time_is_yellow():
    # 22 of 100 working days are gone
    facts = {
        "due_on": date(2024, 6, 25),
        "started_on": date(2024, 1, 29),
        "last_update_at": MONDAY,
    }
    assert read(progress=11, **facts).reasons == (LampReason.BEHIND,)
    assert read(progress=12, **facts).reasons == ()


def test_ten_workdays_without_news_are_yellow():
    at = datetime(2024, 2, 20, 2, 0, tzinfo=UTC)  # a Tuesday, nine workdays before
    assert read(last_update_at=at).lamp is Lamp.GREEN
    day_earlier = datetime(2024, 2, 19, 2, 0, tzinfo=UTC)
    assert read(last_update_at=day_earlier).reasons == (LampReason.STALE,)


def test_a_point_never_updated_is_stale_from_its_start():
    assert read(started_on=date(2024, 2, 1)).reasons == (LampReason.STALE,)
    assert read().lamp is Lamp.GREEN


def test_a_missed_measure_is_yellow_although_the_point_has_time():
    found = read(due_on=date(2024, 6, 28), node_due_on=date(2024, 3, 3))
    assert found.reasons == (LampReason.NODE_MISSED,)


def test_the_deadline_lasts_until_midnight_in_shanghai():
    due_on = date(2024, 3, 4)
    last_minute = datetime(2024, 3, 4, 15, 59, tzinfo=UTC)
    assert read(due_on=due_on, now=last_minute).lamp is Lamp.YELLOW
    midnight = datetime(2024, 3, 4, 16, 0, tzinfo=UTC)
    found = read(due_on=due_on, now=midnight)
    assert (found.lamp, found.reasons[0], found.workdays_left) == (Lamp.RED, LampReason.OVERDUE, -1)


def test_a_clock_time_ends_the_deadline_earlier():
    due = {"due_on": date(2024, 3, 4), "due_clock": time(15)}
    assert read(**due, now=datetime(2024, 3, 4, 6, 59, tzinfo=UTC)).lamp is Lamp.YELLOW
    assert read(**due, now=datetime(2024, 3, 4, 7, 0, tzinfo=UTC)).lamp is Lamp.RED


@pytest.mark.parametrize("incident", ["relapsed_at", "criticised_at"])
@pytest.mark.parametrize("group", [StateGroup.OPEN, StateGroup.ONGOING])
def test_relapse_and_criticism_are_red_before_any_deadline(incident, group):
    found = read(
        group=group,
        due_on=date(2024, 12, 31),
        proof_due_on=date(2024, 12, 31),
        **{incident: MONDAY},
    )
    assert found.lamp is Lamp.RED


def test_ongoing_work_is_blue_while_its_proof_is_in_date():
    ongoing = {"group": StateGroup.ONGOING, "due_on": date(2024, 1, 1)}
    assert read(**ongoing, proof_due_on=date(2024, 3, 4)).lamp is Lamp.BLUE
    late = read(**ongoing, proof_due_on=date(2024, 3, 3))
    assert (late.lamp, late.reasons) == (Lamp.YELLOW, (LampReason.PROOF_MISSING,))
    assert read(**ongoing).reasons == (LampReason.PROOF_MISSING,)


def test_a_deadline_over_the_october_holiday_comes_nearer_than_it_looks():
    # ten calendar days, but only two working days
    found = read(due_on=date(2024, 10, 8), now=datetime(2024, 9, 29, 2, 0, tzinfo=UTC))
    assert (found.lamp, found.workdays_left) == (Lamp.YELLOW, 2)


def test_a_deadline_behind_the_announced_years_is_marked_as_predicted():
    assert read(due_on=date(2027, 3, 1)).is_predicted
    assert not read(due_on=date(2026, 3, 2)).is_predicted


def test_an_office_may_set_its_own_thresholds():
    due = {"due_on": date(2024, 3, 11), "last_update_at": MONDAY}
    assert read(**due).lamp is Lamp.GREEN
    assert read(**due, limits=LampLimits(near_workdays=5)).lamp is Lamp.YELLOW


def test_every_lamp_and_reason_has_words():
    assert set(LAMP_NAMES) == set(Lamp)
    assert set(REASON_TEXTS) == set(LampReason)
