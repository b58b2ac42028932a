import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.core.i18n import use_language
from geoapp.geo.numbers import (
    Unit,
    area_quantities,
    distance_quantity,
    m2_to_mu,
    mu_to_m2,
    say_area,
    say_distance,
)


def test_one_mu_is_two_thirds_of_a_thousand_square_metres():
    assert mu_to_m2(1) == pytest.approx(666.67, abs=0.004)
    assert m2_to_mu(10_000) == pytest.approx(15)


@given(st.floats(0, 1e12))
def test_mu_there_and_back_is_the_same_area(area):
    assert mu_to_m2(m2_to_mu(area)) == pytest.approx(area)


@pytest.mark.parametrize(
    ("metres", "unit", "said"),
    [
        (0, Unit.METRE, "0 m"),
        (38.4, Unit.METRE, "38 m"),
        (999.4, Unit.METRE, "999 m"),
        (999.6, Unit.KILOMETRE, "1.0 km"),
        (1240, Unit.KILOMETRE, "1.2 km"),
        (12_400, Unit.KILOMETRE, "12 km"),
    ],
)
def test_distances_change_to_kilometres_from_one_thousand_metres(metres, unit, said):
    assert distance_quantity(metres).unit is unit
    with use_language("en"):
        assert say_distance(metres) == said


@pytest.mark.parametrize(
    ("area", "english", "chinese"),
    [
        (1240, "1,240 m² (1.86 mu)", "1,240 平方米（1.86 亩）"),
        (100_000, "100,000 m² (150 mu)", "100,000 平方米（150 亩）"),
        (2_500_000, "2.50 km² (3,750 mu)", "2.50 平方公里（3,750 亩）"),
    ],
)
def test_areas_are_said_with_mu_beside_them(area, english, chinese):
    assert area_quantities(area)[1].unit is Unit.MU
    with use_language("en"):
        assert say_area(area) == english
    assert say_area(area) == chinese


@pytest.mark.parametrize("nothing", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_quantity(nothing):
    with pytest.raises(ValueError, match="no quantity"):
        say_area(nothing)
    with pytest.raises(ValueError, match="no quantity"):
        say_distance(nothing)
