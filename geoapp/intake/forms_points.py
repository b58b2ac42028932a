"""What a person declares about a file of points, and the words that still need a meaning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from geoapp.core.i18n import gettext as _
from geoapp.geo.shapes import Box
from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import FIELD_NAMES, PLACE_FIELDS, Field
from geoapp.intake.forms import Fields, datum_of, pairs_of, word
from geoapp.intake.readers_points import PointFileOptions
from geoapp.intake.rules import RowProblem
from geoapp.intake.rules_points import IMPORTABLE_STATES
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category, State

WORDS_SHOWN = 60  # more unknown words than that are another column, not words to map

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One field and the heading it is read from: as chosen, else as guessed."""

    field: Field
    name: str
    chosen: str
    guessed: str


def options_of(form: Fields, *, region: Box) -> PointFileOptions:
    """Return how the file is to be read."""
    state, category = word(form, "state"), word(form, "category")
    return PointFileOptions(
        datum=datum_of(form),
        columns={
            which: heading for which in Field if (heading := word(form, f"column_{which.value}"))
        },
        states=_meanings(form, "status", State),
        categories=_meanings(form, "category", Category),
        state=State(state) if state in IMPORTABLE_STATES else None,
        category=Category(category) if category in set(Category) else None,
        region=region,
        layer=word(form, "layer"),
    )


def _meanings(form: Fields, what: str, kind: type[Word]) -> dict[str, Word]:
    pairs = pairs_of(form, f"{what}_word", f"{what}_meaning")
    return {text: kind(meaning) for text, meaning in pairs if meaning in set(kind)}


def unknown_words(
    problems: Iterable[RowProblem], codes: Sequence[str], given: Mapping[str, StrEnum]
) -> list[tuple[str, str]]:
    """Return (word, meaning so far) of words that were mapped or wait for a meaning."""
    words = {str(one.data["word"]): "" for one in problems if one.code in codes}
    words |= {text: meaning.value for text, meaning in given.items()}
    return sorted(words.items())[:WORDS_SHOWN]


def unknown_states(
    problems: Iterable[RowProblem], options: PointFileOptions
) -> list[tuple[str, str]]:
    """Return the words of states that need a meaning, or have one from this form."""
    return unknown_words(problems, (found.STATUS_UNKNOWN,), options.states)


def unknown_categories(
    problems: Iterable[RowProblem], options: PointFileOptions
) -> list[tuple[str, str]]:
    """Return the words of categories that need a meaning, or have one from this form."""
    codes = (found.CATEGORY_UNKNOWN, found.CATEGORY_ASSUMED)
    return unknown_words(problems, codes, options.categories)


def column_choices(
    options: PointFileOptions, guessed: Mapping[Field, str], *, with_places: bool
) -> list[ColumnChoice]:
    """Return every field that can have a column, for the mapping form."""
    return [
        ColumnChoice(which, name, options.columns.get(which, ""), guessed.get(which, ""))
        for which, name in FIELD_NAMES.items()
        if with_places or which not in PLACE_FIELDS
    ]


def state_choices() -> list[tuple[str, str]]:
    """The states that a file may name."""
    return [(one.value, _(STATE_NAMES[one])) for one in IMPORTABLE_STATES]


def category_choices() -> list[tuple[str, str]]:
    """All categories."""
    return [(one.value, _(name)) for one, name in CATEGORY_NAMES.items()]
