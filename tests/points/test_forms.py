import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geoapp.deadlines.rules import Lamp
from geoapp.points import ports
from geoapp.points.columns import PointFilter, PointSort
from geoapp.points.forms import ValueWrong, filter_from_args, filter_to_args, sort_from_args
from geoapp.points.rules import Category, RiskGrade, State
from geoapp.points.tables import Point

DEGREES = st.floats(-80, 80).map(lambda value: float(f"{value:.4g}"))
BOXES = st.tuples(DEGREES, DEGREES, DEGREES, DEGREES).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(str.strip)
FILTERS = st.builds(
    PointFilter,
    q=WORDS,
    states=st.frozensets(st.sampled_from(State)),
    lamps=st.frozensets(st.sampled_from(Lamp)),
    categories=st.frozensets(st.sampled_from(Category)),
    risk_grades=st.frozensets(st.sampled_from(RiskGrade)),
    unit_id=st.none() | st.uuids(),
    area_id=st.none() | st.uuids(),
    inspector_id=st.none() | st.uuids(),
    bbox=st.none() | BOXES,
)


@given(FILTERS)
def test_a_filter_survives_its_way_through_an_address(wanted):
    assert filter_from_args(MultiDict(filter_to_args(wanted))) == wanted


def test_no_limits_make_an_empty_address():
    assert filter_to_args(PointFilter()) == {}
    assert filter_from_args(MultiDict()) == PointFilter()


def test_several_values_come_repeated_or_with_commas():
    states = frozenset({State.CLOSED, State.ONGOING})
    for pairs in ([("state", "closed"), ("state", "ongoing")], [("state", "closed, ongoing")]):
        assert filter_from_args(MultiDict(pairs)).states == states


def test_filters_of_upper_floors_are_read_by_their_names():
    ports.plug_in([ports.Plug(narrowers={"campaign": lambda value: Point.name == value})])
    wanted = filter_from_args(MultiDict({"campaign": "7", "colour": "red"}))
    assert wanted.narrow == {"campaign": "7"}
    assert filter_to_args(wanted) == {"campaign": "7"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "gone"),
        ("lamp", "pink"),
        ("unit", "7"),
        ("q", "a\x00b"),
        ("q", "长" * 5000),
        ("bbox", "1,2,3"),
        ("bbox", "3,2,1,4"),
        ("bbox", "nan,nan,nan,nan"),
        ("bbox", "1,2,inf,4"),
        ("bbox", "a,b,c,d"),
    ],
)
def test_values_that_cannot_be_are_refused(name, value):
    with pytest.raises(ValueWrong) as refusal:
        filter_from_args(MultiDict({name: value}))
    assert refusal.value.data["name"] == name


def test_the_order_has_a_default_and_refuses_others():
    assert sort_from_args(MultiDict()) is PointSort.NEWEST
    assert sort_from_args(MultiDict({"sort": "lamp"})) is PointSort.LAMP
    with pytest.raises(ValueWrong):
        sort_from_args(MultiDict({"sort": str(uuid.uuid4())}))
