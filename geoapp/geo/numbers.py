"""How the office says areas and distances: 亩, m², km², 米, 公里."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from geoapp.core.i18n import N_, gettext

M2_PER_MU = 2000 / 3  # 1 亩 = 666.67 m², 15 亩 = 1 ha (GB 3100 notes it beside the SI units)
M_PER_KM = 1000
M2_PER_KM2 = 1_000_000
FINE_KM = 10  # below it a tenth of a kilometre still matters
FINE_MU = 100  # below it hundredths of a 亩 still matter


class Unit(StrEnum):
    """A unit of length or area."""

    METRE = "m"
    KILOMETRE = "km"
    SQUARE_METRE = "m2"
    MU = "mu"
    SQUARE_KILOMETRE = "km2"


_SAID = {
    Unit.METRE: N_("%(number)s m"),
    Unit.KILOMETRE: N_("%(number)s km"),
    Unit.SQUARE_METRE: N_("%(number)s m²"),
    Unit.MU: N_("%(number)s mu"),
    Unit.SQUARE_KILOMETRE: N_("%(number)s km²"),
}


@dataclass(frozen=True)
class Quantity:
    """A number as it is to be said: its unit and its digits after the point."""

    value: float
    unit: Unit
    digits: int

    def __str__(self) -> str:
        """Say it in the current language, thousands grouped."""
        return gettext(_SAID[self.unit], number=f"{self.value:,.{self.digits}f}")


def m2_to_mu(area_m2: float) -> float:
    """Convert square metres to 亩."""
    return area_m2 / M2_PER_MU


def mu_to_m2(area_mu: float) -> float:
    """Convert 亩 to square metres."""
    return area_mu * M2_PER_MU


def distance_quantity(distance_m: float) -> Quantity:
    """Choose metres below one kilometre, then kilometres: one digit below ten, none beyond."""
    if abs(round(_finite(distance_m))) < M_PER_KM:
        return Quantity(distance_m, Unit.METRE, 0)
    km = distance_m / M_PER_KM
    return Quantity(km, Unit.KILOMETRE, 1 if abs(km) < FINE_KM else 0)


def area_quantities(area_m2: float) -> tuple[Quantity, Quantity]:
    """Choose m², or km² from one square kilometre on, and 亩 beside them."""
    mu = m2_to_mu(_finite(area_m2))
    in_mu = Quantity(mu, Unit.MU, 2 if abs(mu) < FINE_MU else 0)
    if abs(round(area_m2)) < M2_PER_KM2:
        return Quantity(area_m2, Unit.SQUARE_METRE, 0), in_mu
    return Quantity(area_m2 / M2_PER_KM2, Unit.SQUARE_KILOMETRE, 2), in_mu


def say_distance(distance_m: float) -> str:
    """Say a distance: ``350 m``, ``1.2 km``; 350 米, 1.2 公里."""
    return str(distance_quantity(distance_m))


def say_area(area_m2: float) -> str:
    """Say an area: ``1,240 m² (1.86 mu)``; 1,240 平方米（1.86 亩）."""
    area, in_mu = area_quantities(area_m2)
    return gettext("%(area)s (%(mu)s)", area=area, mu=in_mu)


def _finite(value: float) -> float:
    if not isfinite(value):
        msg = f"{value} is no quantity"
        raise ValueError(msg)
    return value
