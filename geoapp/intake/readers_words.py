"""The words of a row: state, category, name, times and the columns that are kept as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from geoapp.intake import rules_found as found
from geoapp.intake.columns_points import Columns, Field
from geoapp.intake.readers_tables import MAX_CELL, cell_text
from geoapp.intake.rules import Findings, Said, Severity
from geoapp.intake.rules_points import (
    accepted_categories,
    accepted_states,
    category_of,
    read_instant,
    state_of,
)
from geoapp.points.rules import CATEGORY_NAMES, STATE_NAMES, Category, State

NUL = "\x00"
Plain = str | int | float | bool


@dataclass(kw_only=True)
class WordReader:
    """Understands the words of rows, one heading row at a time; each new word is reported once."""

    columns: Columns
    findings: Findings
    zone: tzinfo
    states: Mapping[str, State]
    categories: Mapping[str, Category]
    default_state: State | None = None
    default_category: Category | None = None
    _known_states: dict[str, State | None] = field(default_factory=dict)
    _known_categories: dict[str, Category | None] = field(default_factory=dict)

    def text(self, which: Field, cells: Mapping[Field, object], *, row: int) -> str | None:
        """Return the text of a field, empty if there is none; None: the row is refused."""
        if which not in cells:
            return ""
        found_text = cell_text(cells[which])
        if NUL in found_text or len(found_text) > MAX_CELL:
            self._refuse_text(found_text, row, self.columns.heading(which))
            return None
        return found_text

    def state(self, word: str, *, row: int) -> State | None:
        """Return the state that *word* means; None: it means none, and the row is refused."""
        if not word:
            return self._assumed_state()
        if word in self._known_states:
            state = self._known_states[word]
            if state is None:
                self.findings.add_again(found.STATUS_UNKNOWN, Severity.ERROR)
            return state
        state = self._known_states[word] = state_of(word, given=self.states)
        if state is None:
            self._unknown(found.STATUS_UNKNOWN, Field.STATUS, row, word, Said(accepted_states))
        return state

    def category(self, word: str, *, row: int) -> Category | None:
        """Return the category that *word* means, or the default; None: the row is refused."""
        if not word and self.default_category:
            return self.default_category
        if word in self._known_categories:
            category = self._known_categories[word]
            if category is None:
                self.findings.add_again(found.CATEGORY_UNKNOWN, Severity.ERROR)
            return category
        category = category_of(word, given=self.categories)
        if category is None and self.default_category:
            category = self.default_category
            self.findings.add(
                found.CATEGORY_ASSUMED,
                Severity.NOTICE,
                row=row,
                column=self.columns.heading(Field.CATEGORY),
                word=word,
                category=Said.term(CATEGORY_NAMES[category]),
            )
        elif category is None:
            accepted = Said(accepted_categories)
            self._unknown(found.CATEGORY_UNKNOWN, Field.CATEGORY, row, word, accepted)
        self._known_categories[word] = category
        return category

    def instant(self, which: Field, cell: object, *, row: int) -> datetime | None:
        """Return the instant of a cell; what is no time is reported and stays in *extra*."""
        text = cell_text(cell)
        if not text:
            return None
        instant = read_instant(cell, zone=self.zone)
        if instant is None:
            heading = self.columns.heading(which)
            self.findings.add(
                found.TIME_UNREADABLE, Severity.WARNING, row=row, column=heading, text=text[:40]
            )
        return instant

    def remarks(self, cells: Sequence[object], *, row: int) -> dict[str, Plain] | None:
        """Return the unused columns by heading, empty ones left out; None: the row is refused."""
        kept: dict[str, Plain] = {}
        for n in self.columns.unused:
            value = plain(cells[n])
            if isinstance(value, str) and (NUL in value or len(value) > MAX_CELL):
                self._refuse_text(value, row, self.columns.headings[n])
                return None
            if value != "":
                kept[self.columns.headings[n]] = value
        return kept

    def _assumed_state(self) -> State:
        state = self.default_state or State.REPORTED
        if "" not in self._known_states:
            self._known_states[""] = state
            if self.default_state is None:
                term = Said.term(STATE_NAMES[state])
                self.findings.add(found.STATUS_ASSUMED, Severity.NOTICE, state=term)
        return state

    def _unknown(self, code: str, which: Field, row: int, word: str, accepted: Said) -> None:
        heading = self.columns.heading(which)
        self.findings.add(
            code, Severity.ERROR, row=row, column=heading, word=word[:40], accepted=accepted
        )

    def _refuse_text(self, text: str, row: int, heading: str) -> None:
        if NUL in text:
            self.findings.add(found.NUL_CHARACTER, Severity.ERROR, row=row, column=heading)
        else:
            self.findings.add(
                found.CELL_TOO_LONG, Severity.ERROR, row=row, column=heading, limit=MAX_CELL
            )


def plain(cell: object) -> Plain:
    """Return a cell as JSON can hold it: numbers stay numbers, everything else is text."""
    item = getattr(cell, "item", None)  # numpy's numbers know their plain twin
    value = item() if callable(item) else cell
    if isinstance(value, bytes | bytearray | memoryview):
        return ""
    if isinstance(value, bool | int) or (isinstance(value, float) and abs(value) < float("inf")):
        return value
    return cell_text(value)
